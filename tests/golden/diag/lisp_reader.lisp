; SPDX-License-Identifier: MIT
(print "bad \q escape \x4 \u{110000}")
(print 99999999999999999999 1.2.3 #x)
(print {a 1 b} {1 2})
(print [1])
(print (1 . 2 3) ( . 1) (1 . ))
)
(print (list 1 2}
(print 'a
