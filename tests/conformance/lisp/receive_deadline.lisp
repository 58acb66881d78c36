; SPDX-License-Identifier: MIT
; Messages that do not fit do not put off the time of after.
; options: --virtual-time
; expect: late true
(define main (self))
(spawn (lambda () (let loop ((i 0)) (when (< i 100) (sleep 10) (! main 'tick) (loop (+ i 1))))))
(define start (get-time-ms))
(define result (receive ('never 1) (after 95 "late")))
(print result (< (- (get-time-ms) start) 120))
