; SPDX-License-Identifier: MIT
; Comparisons give booleans and chain; each argument is evaluated once.
; expect: true false true true false true
; expect: once
; expect: once
; expect: once
; expect: true
; expect: true true false
(print (< 1 2 3) (< 1 3 2) (= 1 1.0) (<= 2 2 3) (> 3 3) (!= "a" "b"))
(define (once x) (print "once") x)
(print (< (once 1) (once 2) (once 3)))
(print (= '(1 (2)) (list 1 (list 2))) (< "abc" "abd") (not 1))
