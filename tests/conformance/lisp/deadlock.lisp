; SPDX-License-Identifier: MIT
; A deadlock report names Lisp lines.
; expect-empty
; expect-error: process 1 waits for a message
; expect-error: (deadlock.lisp:7)
; exit: 1
(receive ((? int n) n))
