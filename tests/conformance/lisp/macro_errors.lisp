; SPDX-License-Identifier: MIT
; Errors of a macro are shown at its call; macros that do not end are stopped.
; expect-empty
; expect-error: macro_errors.lisp:11:1: In the macro head: first expects a list with items
; expect-error: macro_errors.lisp:12:1: The macro again expands to itself again and again
; expect-error: macro_errors.lisp:13:1: In the macro forever: more than
; exit: 1
(define-macro (head x) (first x))
(define-macro (again) '(again))
(define-macro (forever) (let loop ((i 0)) (loop (+ i 1))))
(head 5)
(again)
(forever)
