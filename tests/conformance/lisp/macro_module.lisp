; SPDX-License-Identifier: MIT
; module: imported by import.lisp
(export unless-zero)
(define (test x) `(not (= 0 ,x)))
(define-macro (unless-zero x . body) `(when ,(test x) ,@body))
