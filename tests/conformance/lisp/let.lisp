; SPDX-License-Identifier: MIT
; let binds at once, let* in order; an inner name hides an outer one and ends with its body.
; expect: 2 1
; expect: 1 2 3
; expect: inner 1 outer 0
; expect: 1
(define x 0)
(let ((a 1) (b 2)) (let ((a b) (b a)) (print a b)))
(let* ((a 1) (b (+ a 1)) (c (+ b 1))) (print a b c))
(let ((x 1)) (define (show) x) (write "inner" (show) ""))
(print "outer" x)
(define (f a) (let ((a (+ a 1))) (let ((a (* a 10))) a)) a)
(print (f 1))
