; SPDX-License-Identifier: MIT
; Run-time errors show the Lisp line and column, stack traces the functions and Lisp lines.
; expect-empty
; expect-error: Error: runtime_error.lisp:11:3: DivisionByZero: Division by zero
; expect-error:   at divide (runtime_error.lisp:11)
; expect-error:   at middle.helper (runtime_error.lisp:14)
; expect-error:   at middle (runtime_error.lisp:15)
; expect-error:   at <main> (runtime_error.lisp:16)
; exit: 1
(define (divide a b)
  (/ a b))
(define (middle x)
  (define (helper y)
    (+ 1 (divide x y)))
  (* 2 (helper 0)))
(print (middle 1))
