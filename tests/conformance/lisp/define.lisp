; SPDX-License-Identifier: MIT
; Functions of the top level may be used before their definition; definitions in a body are local.
; expect: 6 120
; expect: 7
; expect: Undefined variable: later
; expect: 2
(print (twice 3) (fact 5))
(define (twice x) (* 2 x))
(define (fact n) (if (= n 0) 1 (* n (fact (- n 1)))))
(define (local x)
  (define y (+ x 1))
  (define (add z) (+ y z))
  (add 3))
(print (local 3))
(define (early) later)
(print (try (early) (catch e (error-message e))))
(define later 1)
(begin (define spliced 2))
(print spliced)
