; SPDX-License-Identifier: MIT
; A guard decides whether a message is taken; the others keep their order.
; expect: 12 3 7
(! (self) 3) (! (self) 12) (! (self) 7)
(define big (receive ((n when (> n 10)) n)))
(print big (receive (a a)) (receive (b b)))
