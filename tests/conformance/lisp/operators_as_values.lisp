; SPDX-License-Identifier: MIT
; Operators and instructions are function values, too.
; expect: 10 24 [true, false] [-1, -2] [[1, 2], [3, 2]]
(print (reduce '(1 2 3 4) + 0) (reduce '(1 2 3 4) * 1) (map '(0 1) not) (map '(1 2) neg)
       (map '((1) (3)) (lambda (l) (list-append l 2))))
