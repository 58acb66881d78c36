; SPDX-License-Identifier: MIT
; Sum of 0 … 99,999,999 in a loop.
; expect: 4999999950000000
(print (do ((sum 0 (+ sum i))
            (i 0 (+ i 1)))
           ((>= i 100000000) sum)))
