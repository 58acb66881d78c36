; SPDX-License-Identifier: MIT
; register, whereis, sending to a name, unregister.
; expect: true hello 0
(register 'me)
(send 'me "hello")
(define found (= (whereis 'me) (self)))
(define got (receive))
(unregister 'me)
(print found got (whereis 'me))
