; title: An interpreter for a tiny language
; tags: lisp, languages
;
; A Lisp in Lisp: quoted lists are the programs, an object of variables is the environment.
; Look at: functions of the tiny language are data, too; recursion goes through the global environment.

(define (evaluate e env)
  (match e
    ((? number) e)
    ((? string name)
     (if (has env name) (get env name) (throw (str "unknown: " name))))
    ((list 'fn parameters body) {parameters parameters body body env env})
    ((list 'if test then else) (evaluate (if (evaluate test env) then else) env))
    ((list 'let name value body) (evaluate body (put env name (evaluate value env))))
    ((list f . args)
     (call-tiny (evaluate f env) (map args (lambda (arg) (evaluate arg env))) env))))

(define (call-tiny f args env)
  (match f
    ({native g} (g (first args) (last args)))
    ({parameters names body body env own}
     (evaluate body (merge (merge env own) (from-entries (zip names args)))))))

(define (native g) {native g})
(define globals
  {"+" (native +) "-" (native -) "*" (native *) "<" (native (lambda (a b) (if (< a b) 1 0)))})

(define program
  '(let fact (fn (n) (if (< n 2) 1 (* n (fact (- n 1)))))
     (let twice (fn (f x) (f (f x)))
       (+ (fact 10) (twice (fn (x) (* x 7)) 2)))))
(print (evaluate program globals))
(print (try (evaluate '(+ 1 nothing) globals) (catch e (error-message e))))
; expect: 3628898
; expect: unknown: nothing
