; SPDX-License-Identifier: MIT
; Literals print as their values; a quoted name is a string.
; expect: 1 -7 2.5 10 true false null
; expect: a"b	c
; expect: [1, two, [3, null]] {name: Ann, 2: [x]}
; expect: é €
#| a comment #| in a comment |# |#
(print 1 -7 2.5 10.0 #t #f null)
(print "a\"b\tc")
(print '(1 two (3 null)) '{name "Ann" "2" (x)})
#;(print "skipped")
(print "\xe9" "\u{20AC}")
