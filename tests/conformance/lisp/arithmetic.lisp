; SPDX-License-Identifier: MIT
; Arithmetic takes any number of arguments; division of integers truncates.
; expect: 0 5 10 1 5 24 -5 3 -3 2.5 1 -1
; expect: 9223372036854775807 -9223372036854775808
(print (+) (+ 5) (+ 1 2 3 4) (*) (* 5) (* 2 3 4) (- 5) (- 10 4 3) (/ -7 2) (/ 5.0 2) (mod 7 3) (mod -7 3))
(print 9223372036854775807 (+ 9223372036854775807 1))
