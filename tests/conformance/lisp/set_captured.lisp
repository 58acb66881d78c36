; SPDX-License-Identifier: MIT
; A closure holds copies, so setting a variable of the function around is an error that says what to do.
; expect-empty
; expect-error: Error: set_captured.lisp:10:21: set! of n, which belongs to the function around this one: functions hold copies.
; expect-error: keep it in an actor
; expect-error:    10 |   (define (bump)    (set! n (+ n 1)))
; exit: 1
(define (counter)
  (define n 0)
  (define (bump)    (set! n (+ n 1)))
  (bump)
  n)
(print (counter))
