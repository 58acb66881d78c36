; SPDX-License-Identifier: MIT
; A closure keeps the values its variables had when it was made.
; expect: 15 25
; expect: [0, 1, 4]
; expect: [11, 12, 13]
; expect: 111
(define (adder n) (lambda (x) (+ x n)))
(define add10 (adder 10))
(print (add10 5) ((adder 20) 5))
(define squares
  (let loop ((i 0) (all '()))
    (if (= i 3) all (loop (+ i 1) (append all (lambda () (* i i)))))))
(print (map squares (lambda (f) (f))))
(print (let ((base 10)) (map '(1 2 3) (lambda (x) (+ x base)))))
(define (nest a) (lambda (b) (lambda (c) (+ a b c))))
(print (((nest 1) 10) 100))
