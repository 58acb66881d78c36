; title: Actors in Lisp
; tags: lisp, actors
;
; A pipeline: a source, two stages and a sink, each an actor with its own mailbox.
; Look at: `receive` takes what fits; a stage ends by passing the end on.

(define (stage f next)
  (receive
    ((list 'item x)
     (send next (list 'item (f x)))
     (stage f next))
    ('end (send next 'end))))

(define (collect all)
  (receive
    ((list 'item x) (collect (append all x)))
    ('end all)
    (after 5000 "too slow")))

(define square (spawn stage (lambda (x) (* x x)) (self)))
(define increment (spawn stage (lambda (x) (+ x 1)) square))
(do ((i 0 (+ i 1)))
    ((= i 6))
  (send increment (list 'item i)))
(send increment 'end)
(print (collect '()))
; expect: [1, 4, 9, 16, 25, 36]
