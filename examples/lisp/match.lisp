; title: Pattern matching
; tags: lisp, match
;
; `match` takes data apart: literals, lists with a rest, objects, types, guards.
; Look at: the derivative of an expression is a table of patterns.

(define (derive e)
  (match e
    ((? number) 0)
    ('x 1)
    ((list '+ a b) (list '+ (derive a) (derive b)))
    ((list '* a b) (list '+ (list '* (derive a) b) (list '* a (derive b))))
    ((list '^ a (? int n)) (list '* n (list '* (list '^ a (- n 1)) (derive a))))))

(define (simplify e)
  (match e
    ((list op a b)
     (match (list op (simplify a) (simplify b))
       ((list '+ 0 b) b)
       ((list '+ a 0) a)
       ((list '* 0 _) 0)
       ((list '* _ 0) 0)
       ((list '* 1 b) b)
       ((list '* a 1) a)
       ((list '^ a 1) a)
       ((list '+ (? number a) (? number b)) (+ a b))
       ((list '* (? number a) (? number b)) (* a b))
       (other other)))
    (other other)))

(define (show e)
  (match e
    ((list op a b) (str "(" (show a) " " op " " (show b) ")"))
    (other (str other))))

(print (show (simplify (derive '(+ (^ x 3) (* 5 x))))))

(define (describe shape)
  (match shape
    ({type "circle" r r} (str "a circle of " r))
    ({type "box" w w h (h when (= w h))} (str "a square of " w))
    ({type "box" w w h h} (str "a box of " w " by " h))
    ({type t} (str "some " t))))
(print (join (map '({type "circle" r 2} {type "box" w 3 h 3} {type "box" w 3 h 4} {type "blob"}) describe) ", "))
; expect: ((3 * (x ^ 2)) + 5)
; expect: a circle of 2, a square of 3, a box of 3 by 4, some blob
