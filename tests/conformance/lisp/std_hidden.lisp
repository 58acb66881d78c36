; SPDX-License-Identifier: MIT
; A program's own names come before those of std.
; expect: mine 2
(define (first x) "mine")
(define (f map) (+ map 1))
(print (first '(1)) (f 1))
