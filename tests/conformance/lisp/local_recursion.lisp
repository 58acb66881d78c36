; SPDX-License-Identifier: MIT
; Local functions may call themselves and each other, also with variables from around, also as values.
; expect: true false
; expect: [3628800, 8]
; expect: 8 7
; expect: [1, 2, 6, 24]
; expect: 21
(define (parity n)
  (define (even k) (if (= k 0) #t (odd (- k 1))))
  (define (odd k) (if (= k 0) #f (even (- k 1))))
  (even n))
(print (parity 10) (parity 7))
(define (two n)
  (letrec ((fact (lambda (k) (if (< k 2) 1 (* k (fact (- k 1))))))
           (fib (lambda (k) (if (< k 2) k (+ (fib (- k 1)) (fib (- k 2)))))))
    (list (fact n) (fib 6))))
(print (two 10))
(define (make n)
  (define (a k) (if (= k 0) n (b (- k 1))))
  (define (b k) (if (= k 0) (+ n 1) (a (- k 1))))
  (list a b))
(print ((nth (make 7) 0) 3) ((nth (make 7) 1) 3))
(define (scaled)
  (define (fact k) (if (< k 2) 1 (* k (fact (- k 1)))))
  (map '(1 2 3 4) fact))
(print (scaled))
(define (deep x)
  (define (f y) (define (g z) (define (h w) (+ x y z w)) (h 6)) (g 5))
  (f 4))
(print (deep 6))
