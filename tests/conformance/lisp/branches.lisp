; SPDX-License-Identifier: MIT
; if without else is null; cond, case, when, unless.
; expect: null 1 null 2 null
; expect: one few many word other
; expect: b 5 null
(print (if #f 1) (when #t 0 1) (when #f 1) (unless #f 2) (unless #t 2))
(define (size n)
  (case n
    ((1) "one")
    ((2 3) "few")
    ((a "b") "word")
    ((4 5) "many")
    (else "other")))
(print (size 1) (size 3) (size 5) (size "a") (size 9))
(print (cond (#f "a") (else "b")) (cond (#f 1) (5)) (cond (#f 1)))
