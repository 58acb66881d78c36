; title: Tail calls
; tags: lisp, functions
;
; A call that is the last thing a function does needs no space: loops are functions.
; Look at: two functions that call each other half a million times.

(define (count-down n)
  (if (= n 0) "done" (count-down (- n 1))))
(define (even n) (or (= n 0) (odd (- n 1))))
(define (odd n) (and (!= n 0) (even (- n 1))))
(define (collatz n)
  (let loop ((n n) (steps 0))
    (cond
      ((= n 1) steps)
      ((= (mod n 2) 0) (loop (/ n 2) (+ steps 1)))
      (else (loop (+ (* 3 n) 1) (+ steps 1))))))
(print (count-down 1000000) (even 500000) (collatz 837799))
; expect: done true 524
