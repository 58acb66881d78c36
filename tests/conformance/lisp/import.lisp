; SPDX-License-Identifier: MIT
; Lisp imports .ttvm and .lisp, with and without a prefix, values, functions and macros.
; expect: 42 42
; expect: 15 ttvm: 6
; expect: not zero
(import "lisp_module" as m)
(import "bridge")
(import "macro_module")
(print (m.twice 21) m.answer)
(print (triple 5) (twice_in_ttvm 3))
(unless-zero 3 (print "not zero"))
