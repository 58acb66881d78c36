; SPDX-License-Identifier: MIT
; All errors of a file are shown, with place and suggestion.
; expect-empty
; expect-error: compile_errors.lisp:9:2: Undefined variable: prnt (did you mean print?)
; expect-error: compile_errors.lisp:10:37: Undefined variable: countr (did you mean countr2?)
; expect-error: compile_errors.lisp:11:1: Malformed if: it is written (if test then else)
; expect-error: compile_errors.lisp:12:1: () calls nothing
; exit: 1
(prnt 1)
(define (f countr2 counter) (+ 1 1) countr)
(if)
()
