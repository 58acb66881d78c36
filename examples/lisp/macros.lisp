; title: Macros
; tags: lisp, macros
;
; A macro gets forms and gives a form: new control structures are a few lines.
; Look at: `gensym` makes names that no program can clash with.

(define-macro (while test . body)
  (let ((loop (gensym)))
    `(let ,loop ()
       (when ,test
         ,@body
         (,loop)))))

(define-macro (for-each-in name items . body)
  `(let walk ((rest-of-items ,items))
     (unless (is_empty rest-of-items)
       (let ((,name (first rest-of-items))) ,@body)
       (walk (rest rest-of-items)))))

(define-macro (assert-that form)
  `(print (if ,form "holds:" "does not hold:") ,(str form)))

(define i 0)
(while (< i 3)
       (write i "")
       (set! i (+ i 1)))
(print)
(for-each-in fruit '("apple" "pear") (print "a" fruit))
(assert-that (= (+ 1 1) 2))
(assert-that (< 2 1))
; expect: 0 1 2 
; expect: a apple
; expect: a pear
; expect: holds: (= (+ 1 1) 2)
; expect: does not hold: (< 2 1)
