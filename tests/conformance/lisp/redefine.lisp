; SPDX-License-Identifier: MIT
; A second define of a name takes the place of the first when it is reached.
; expect: first
; expect: second
; expect: 3
(define (f) "first")
(define (call) (f))
(print (call))
(define (f) "second")
(print (call))
(define (g) 1)
(set! g (lambda () 3))
(print (g))
