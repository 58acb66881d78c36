; title: Hello, Lisp
; tags: lisp, basics
;
; A form is a list whose first item says what to do with the others.
; Look at: everything is an expression, also `if`.

(print "Hello, world!")
(define name "Ada")
(print "Hello," (if (= name "") "nobody" name))
(print (+ 1 2 3) (* 2 (- 10 4)) (str "one" 2 "three"))
; expect: Hello, world!
; expect: Hello, Ada
; expect: 6 12 one2three
