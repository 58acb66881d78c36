; SPDX-License-Identifier: MIT
; A closure does not see what its variables become later; the compiler warns of that.
; modes: smp no-smp wasm-mt wasm-st (the warning comes when it is compiled)
; expect: 1 2
; expect: [0, 1, 3]
; expect-error: Warning: set_after_copy.lisp:11:3: The function of line 10 holds a copy of n and does not see this change
(define (stale)
  (define n 1)
  (define shows
    (list (lambda () n)))
  (set! n 2)
  (append shows n))
(let ((both (stale))) (print ((nth both 0)) (nth both 1)))
(define (running)
  (define total 0)
  (define shows '())
  (do ((i 0 (+ i 1)))
      ((= i 3))
    (set! total (+ total i))
    (set! shows (append shows (lambda () total))))
  (map shows (lambda (show) (show))))
(print (running))
