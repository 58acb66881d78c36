; SPDX-License-Identifier: MIT
; do: variables step at once, a variable without step stays.
; expect: 0 1 2 done
; expect: [5, 3, 2, 1, 1]
; expect: null
(print (do ((i 0 (+ i 1))) ((= i 3) "done") (write i "")))
(print (do ((a 1 b) (b 1 (+ a b)) (all '() (prepend a all)) (n 5 (- n 1))) ((= n 0) all)))
(print (do ((i 0 (+ i 1))) ((= i 3))))
