; SPDX-License-Identifier: MIT
; trap-exit, spawn-link, spawn-monitor, monitor.
; expect: EXIT normal
; expect: DOWN gone true
; expect: noproc
(trap-exit #t)
(spawn-link (lambda () 1))
(print (receive ({type t reason r} (str t " " r))))
(define pair (spawn-monitor (lambda (x) (exit-actor x)) "gone"))
(receive ({type "DOWN" reason r pid p} (print "DOWN" r (= p (nth pair 0)))))
(monitor 999)
(print (receive ({type "DOWN" reason r} r)))
