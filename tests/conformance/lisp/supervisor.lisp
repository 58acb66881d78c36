; SPDX-License-Identifier: MIT
; A supervisor restarts a child that crashes; supervise, restart-child and stop-child act on single ones.
; expect: 2 up
; expect: up
; expect: true
; expect: [a, b]
; expect-error: child crash
(define main (self))
(define (a) (! main "up") (receive ('crash (throw "child crash")) ('stop null)))
(define (b) (receive ('stop null)))
(define pids (supervisor one_for_one 5 1000 (child 'a permanent a) (child "b" temporary b)))
(write (length pids) "")
(print (receive))
(! (nth pids 0) 'crash)
(print (receive))
(supervise 'c transient (lambda () (receive ('x 1))))
(print (!= (restart-child 'c) 0))
(stop-child 'c)
(print (map (children) (lambda (child) (get child 'id))))
