; SPDX-License-Identifier: MIT
; set! changes variables of the function itself and of the top level.
; expect: 3 null
; expect: 55
; expect: 12
(define counter 0)
(define (next!) (set! counter (+ counter 1)))
(next!) (next!)
(define result (next!))
(print counter result)
(define (sum n)
  (define total 0)
  (let loop ((i 1))
    (when (<= i n)
      (set! total (+ total i))
      (loop (+ i 1))))
  total)
(print (sum 10))
(define (shift x) (set! x (+ x 2)) x)
(print (shift 10))
