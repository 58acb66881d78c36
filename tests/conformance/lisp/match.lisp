; SPDX-License-Identifier: MIT
; Patterns: literals, names, lists with rest, objects (open), types, guards, in order.
; expect: zero text symbol pair 1 2 many 1 [2, 3] Ann 30 minor old int 5 true something
; expect: nested 3
; expect: empty
; expect: null is null
(define (what x)
  (match x
    (0 "zero")
    ("text" "text")
    ('symbol "symbol")
    ((list a b) (str "pair " a " " b))
    ((list a . more) (str "many " a " " more))
    ({name n age (a when (>= a 18))} (if (> a 90) "old" (str n " " a)))
    ({age _} "minor")
    ((? int n) (str "int " n))
    ((? bool) (str x))
    (_ "something")))
(print (what 0) (what "text") (what 'symbol) (what '(1 2)) (what '(1 2 3)) (what {name "Ann" age 30 more 1})
       (what {name "Tim" age 3}) (what {name "Eve" age 99}) (what 5) (what #t) (what 2.5))
(print (match {data '(1 {x (2 3)})} ({data (list _ {x (list _ n)})} (str "nested " n))))
(print (match '() ((list) "empty")))
(print (match null ((? null) "null is null")))
