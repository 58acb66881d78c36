; A loop's steps all see the old values, wherever the counter stands and whatever the test looks at.
(print (do ((i 0 (+ i 1)) (sum 0 (+ sum i)) (before -1 i)) ((>= i 5) (list i sum before))))
; expect: [5, 10, 4]
(print (do ((a 1 b) (i 0 (+ i 2)) (b 2 (+ a i))) ((> i 6) (list a b i))))
; expect: [5, 10, 8]
(print (let loop ((i 10) (all '())) (if (< i 13) (loop (+ i 1) (list-append all (* i i))) all)))
; expect: [100, 121, 144]
(print (let loop ((i 0) (n 0)) (cond ((>= i 6) n) ((= (mod i 2) 0) (loop (+ i 1) (+ n i))) (else (loop (+ i 1) n)))))
; expect: 6
(define (down n acc) (if (>= acc 3) (list n acc) (down (- n acc) (+ acc 1))))
(print (down 10 0))
; expect: [7, 3]
; A counter that is no number is an error after the other steps have been made.
(try (do ((i "a" (+ i 1)) (k 0 (begin (print "step") k))) ((= i 5)))
  (catch e (print (error-kind e))))
; expect: step
; expect: TypeMismatch
