; SPDX-License-Identifier: MIT
; module: imported by import.lisp and bridge.ttvm
(export twice answer)
(define (twice x) (* 2 x))
(define answer 42)
