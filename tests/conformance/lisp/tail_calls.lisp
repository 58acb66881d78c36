; SPDX-License-Identifier: MIT
; Calls in tail position need no space: of itself, of others, of function values, in cond, when, match, catch.
; options: --max-depth 50
; expect: 100000 done even caught
(define (count n acc) (if (= n 0) acc (count (- n 1) (+ acc 1))))
(define (even n) (cond ((= n 0) "even") (else (odd (- n 1)))))
(define (odd n) (match n (0 "odd") (_ (let ((m (- n 1))) (even m)))))
(define (apply-down f n) (if (= n 0) "done" (f f (- n 1))))
(define (retry n) (try (if (= n 0) "caught" (throw "again")) (catch e (retry (- n 1)))))
(print (count 100000 0) (apply-down apply-down 100000) (even 10000) (retry 1000))
