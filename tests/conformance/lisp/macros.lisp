; SPDX-License-Identifier: MIT
; Macros get unevaluated forms and give a form; they may use functions of the file and rest parameters.
; expect: 2 1
; expect: 0 1 2 
; expect: 3
; expect: 1 4 9
; expect: 5 from 2 + 3
; expect: ok
(define-macro (swap! a b)
  (let ((t (gensym)))
    `(let ((,t ,a)) (set! ,a ,b) (set! ,b ,t))))
(define t 1)
(define u 2)
(swap! t u)
(print t u)
(define-macro (repeat-times var n . body)
  `(let loop ((,var 0)) (when (< ,var ,n) ,@body (loop (+ ,var 1)))))
(repeat-times i 3 (write i ""))
(print)
(define-macro (my-or . forms)
  (cond ((is_empty forms) #f)
        ((= (length forms) 1) (first forms))
        (else (let ((v (gensym))) `(let ((,v ,(first forms))) (if ,v ,v (my-or ,@(rest forms))))))))
(print (my-or #f 0 3 (print "never")))
(define (square-form x) `(* ,x ,x))
(define-macro (print-squares . xs) `(print ,@(map xs square-form)))
(print-squares 1 2 3)
(define-macro (explain form) `(print ,form "from" ,(str (nth form 1) " " (symbol->string (first form)) " " (nth form 2))))
(explain (+ 2 3))
(define-macro (define-getter name value) `(define (,(string->symbol (str "get-" (symbol->string name)))) ,value))
(define-getter state "ok")
(print (get-state))
