; SPDX-License-Identifier: MIT
; Variables of the same name in one function do not get into each other's way.
; expect: 1 2 3 1
; expect: 10 global
(define g "global")
(define (f x)
  (define a x)
  (let ((x (+ x 1)))
    (define b x)
    (let ((x (+ x 1))) (write a b x ""))
    (- x 1)))
(print (f 1))
(define (h) (let ((g 10)) (write g "")) g)
(print (h))
