; SPDX-License-Identifier: MIT
; Five bodies of the solar system, 500,000 steps; the energy in units of 10^-9, rounded.
; expect: -169096567
; 4 pi^2
(define (solar-mass) (* 4.0 3.141592653589793 3.141592653589793))
; A body from velocities a day and masses of the sun.
(define (body x y z vx vy vz mass)
  {x x y y z z vx (* vx 365.24) vy (* vy 365.24) vz (* vz 365.24) mass (* mass (solar-mass))})
(define start
  (list
    (body 0.0 0.0 0.0 0.0 0.0 0.0 1.0)
    (body 4.84143144246472090 -1.16032004402742839 -0.103622044471123109
          0.00166007664274403694 0.00769901118419740425 -0.0000690460016972063023 0.000954791938424326609)
    (body 8.34336671824457987 4.12479856412430479 -0.403523417114321381
          -0.00276742510726411104 0.00499852801234917238 0.0000230417297573763929 0.000285885980666130812)
    (body 12.8943695621391310 -15.1111514016986312 -0.223307578892655734
          0.00296460137564761618 0.00237847173959480950 -0.0000296589568540237556 0.0000436624404335156298)
    (body 15.3796971148509165 -25.9193146099879641 0.179258772950371181
          0.00268067772490389322 0.00162824170038242295 -0.0000951592254519715870 0.0000515138902046611451)))
; The bodies with a sun that holds the centre of gravity still.
(define (offset-momentum bodies)
  (let loop ((i 0) (px 0.0) (py 0.0) (pz 0.0))
    (if (< i (len bodies))
        (let ((b (nth bodies i)))
          (loop (+ i 1)
                (+ px (* (get b 'vx) (get b 'mass)))
                (+ py (* (get b 'vy) (get b 'mass)))
                (+ pz (* (get b 'vz) (get b 'mass)))))
        (list-set bodies 0
                  (put (put (put (nth bodies 0) 'vx (/ (- px) (solar-mass))) 'vy (/ (- py) (solar-mass)))
                       'vz (/ (- pz) (solar-mass)))))))
; The bodies after so many steps of 0.01.
(define (run bodies steps)
  (define count (len bodies))
  (do ((steps steps (- steps 1)))
      ((= steps 0) bodies)
    (do ((i 0 (+ i 1)))
        ((>= i count))
      (let ((a (nth bodies i)))
        (do ((j (+ i 1) (+ j 1)))
            ((>= j count))
          (let* ((b (nth bodies j))
                 (dx (- (get a 'x) (get b 'x)))
                 (dy (- (get a 'y) (get b 'y)))
                 (dz (- (get a 'z) (get b 'z)))
                 (d2 (+ (* dx dx) (* dy dy) (* dz dz)))
                 (magnitude (/ 0.01 (* d2 (sqrt d2))))
                 (pull-a (* (get a 'mass) magnitude))
                 (pull-b (* (get b 'mass) magnitude)))
            (set! a (put (put (put a 'vx (- (get a 'vx) (* dx pull-b))) 'vy (- (get a 'vy) (* dy pull-b)))
                         'vz (- (get a 'vz) (* dz pull-b))))
            (set! bodies
                  (list-set bodies j
                            (put (put (put b 'vx (+ (get b 'vx) (* dx pull-a))) 'vy (+ (get b 'vy) (* dy pull-a)))
                                 'vz (+ (get b 'vz) (* dz pull-a)))))))
        (set! bodies
              (list-set bodies i
                        (put (put (put a 'x (+ (get a 'x) (* 0.01 (get a 'vx)))) 'y
                                  (+ (get a 'y) (* 0.01 (get a 'vy))))
                             'z (+ (get a 'z) (* 0.01 (get a 'vz))))))))))
(define (energy bodies)
  (do ((e 0.0)
       (i 0 (+ i 1)))
      ((>= i (len bodies)) e)
    (let ((a (nth bodies i)))
      (set! e
            (+ e
               (* 0.5 (get a 'mass)
                  (+ (* (get a 'vx) (get a 'vx)) (* (get a 'vy) (get a 'vy)) (* (get a 'vz) (get a 'vz))))))
      (do ((j (+ i 1) (+ j 1)))
          ((>= j (len bodies)))
        (let* ((b (nth bodies j))
               (dx (- (get a 'x) (get b 'x)))
               (dy (- (get a 'y) (get b 'y)))
               (dz (- (get a 'z) (get b 'z))))
          (set! e (- e (/ (* (get a 'mass) (get b 'mass)) (sqrt (+ (* dx dx) (* dy dy) (* dz dz)))))))))))
(print (round (* 1000000000.0 (energy (run (offset-momentum start) 500000)))))
