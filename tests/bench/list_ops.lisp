; SPDX-License-Identifier: MIT
; Five rounds of map, filter and reduce over 1,000,000 numbers, by the standard library and closures.
; expect: 1666673333334
(define numbers (range 1 1000001))
(define (one-round round)
  (reduce (filter (map numbers (lambda (x) (+ (* x 2) round)))
                  (lambda (x) (= (mod x 3) 0)))
          (lambda (a x) (+ a x))
          0))
(print (do ((total 0 (+ total (one-round round)))
            (round 1 (+ round 1)))
           ((> round 5) total)))
