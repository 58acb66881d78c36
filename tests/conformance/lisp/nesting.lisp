; SPDX-License-Identifier: MIT
; Operands stay as they are around branches, loops, try and match inside of an expression.
; expect: 111
(print (+ 1 (if (< 1 2) (let loop ((i 0)) (if (< i 10) (loop (+ i 1)) i)) 0) (try (throw "x") (catch e (match '(100) ((list n) n))))))
