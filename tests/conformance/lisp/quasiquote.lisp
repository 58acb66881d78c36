; SPDX-License-Identifier: MIT
; Quasiquote builds lists and objects of values.
; expect: [1, 5, 2, 3, end, {k: 5}] [a] [] [1, 2] [1, x, 2]
(define x 5)
(print `(1 ,x ,@(list 2 3) end {k ,x}) `(a) `() `(,@'(1 2)) `(,@'(1) x ,@'(2)))
