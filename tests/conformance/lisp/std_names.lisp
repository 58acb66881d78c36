; SPDX-License-Identifier: MIT
; All of std is there under its names, with - for _, as calls and as values, without an import.
; expect: 3 HI [1, 3] 6 true 2
; expect: [1, 2] [2, 4]
; expect: 3.141592653589793
(print (sqrt 9) (upper "hi") (filter '(1 2 3) (lambda (x) (!= x 2))) (reduce '(1 2 3) + 0) (starts-with "abc" "a")
       (strlen "ab"))
(print (sort '(2 1)) (map '(1 2) (lambda (x) (* 2 x))))
(print PI)
