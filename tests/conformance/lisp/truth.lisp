; SPDX-License-Identifier: MIT
; 0, #f and null are false, everything else is true; and/or give the deciding value.
; expect: no no no yes yes yes
; expect: 0 3 true 2 null false
(define (truth x) (if x "yes" "no"))
(print (truth 0) (truth #f) (truth null) (truth '()) (truth "") (truth 0.0))
(print (and 1 0 (print "never")) (and 1 2 3) (and) (or 0 2 (print "never")) (or #f null) (or))
