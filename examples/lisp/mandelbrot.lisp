; title: The Mandelbrot set
; tags: lisp, floats
;
; A loop of floating-point numbers for each character; rows are computed by actors, all at once.
; Look at: `parallel` collects the answers in the order of the rows, whoever is ready first.

(define (steps cx cy)
  (let loop ((x 0.0) (y 0.0) (n 0))
    (if (or (= n 60) (> (+ (* x x) (* y y)) 4.0))
        n
        (loop (+ (- (* x x) (* y y)) cx) (+ (* 2.0 x y) cy) (+ n 1)))))

(define (row y)
  (join (map (range 0 60)
             (lambda (x)
               (char-at " .:-=+*%@#" (/ (* 9 (steps (- (* x 0.05) 2.2) (- (* y 0.12) 1.2))) 60))))
        ""))

(define (parallel f items)
  (define main (self))
  (define pids (map items (lambda (item) (spawn (lambda () (send main (list (self) (f item))))))))
  (map pids (lambda (pid) (receive ((list (from when (= from pid)) result) result)))))

(map (parallel row (range 0 21)) (lambda (line) (print (trim-right line))))
; expect:
; expect:                                         ..
; expect:                                         ..:..
; expect:                                       .::##--.
; expect:                                  ......:####:...
; expect:                                ..*#:-##########-.::::
; expect:                              ..*:#################-..
; expect:                   .....:......######################=.
; expect:                  ...-#=###=:.:######################-.
; expect:               ..*..+#########=######################.
; expect:     ##############################################...
; expect:               ..*..+#########=######################.
; expect:                  ...-#=###=:.:######################-.
; expect:                   .....:......######################=.
; expect:                              ..*:#################-..
; expect:                                ..*#:-##########-.::::
; expect:                                  ......:####:...
; expect:                                       .::##--.
; expect:                                         ..:..
; expect:                                         ..
; expect:
