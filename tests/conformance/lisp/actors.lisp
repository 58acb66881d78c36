; SPDX-License-Identifier: MIT
; spawn with and without arguments, send, !, self, selective receive, after.
; expect: 7
; expect: 30
; expect: second first
; expect: timeout
; expect: now
(define (adder) (receive ((list 'add a b from) (! from (+ a b)) (adder)) ('stop null)))
(define pid (spawn adder))
(send pid (list 'add 3 4 (self)))
(print (receive (v v)))
(! pid 'stop)
(define (multiply a b to) (! to (* a b)))
(spawn multiply 5 6 (self))
(print (receive))
(! (self) '(1 "first"))
(! (self) '(2 "second"))
(define two (receive ((list 2 text) text)))
(define one (receive ((list 1 text) text)))
(print two one)
(! (self) 'noise)
(print (receive ((? int n) n) (after 5 "timeout")))
(print (receive ((? int n) n) (after 0 "now")))
