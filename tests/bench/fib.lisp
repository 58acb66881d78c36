; SPDX-License-Identifier: MIT
; fib(32), doubly recursive.
; expect: 2178309
(define (fib n)
  (if (< n 2)
      n
      (+ (fib (- n 1)) (fib (- n 2)))))
(print (fib 32))
