; title: Closures
; tags: lisp, closures
;
; A function holds copies of the variables around it. What has to change lives in an argument, a variable of
; the top level, or an actor.
; Look at: `counter` is an actor, so that two users see the same count.

(define (adder n) (lambda (x) (+ x n)))
(define (compose f g) (lambda (x) (f (g x))))
(define add-five (adder 5))
(print (add-five 10) ((compose add-five add-five) 10))
(print (map (range 1 6) (adder 100)))

(define (counter count)
  (receive
    ((list 'next from)
     (send from count)
     (counter (+ count 1)))))
(define numbers (spawn counter 1))
(define (next)
  (send numbers (list 'next (self)))
  (receive ((? int n) n)))
(print (next) (next) (next))
; expect: 15 20
; expect: [101, 102, 103, 104, 105]
; expect: 1 2 3
