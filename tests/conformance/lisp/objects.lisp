; SPDX-License-Identifier: MIT
; Objects: literals, get and put with literal and computed keys; an absent field is null.
; expect: {name: Ann, age: 3} Ann 3 null
; expect: {name: Bob, age: 3} {name: Ann, age: 3, x: 1}
; expect: [name, age] true
(define o {name "Ann" "age" (+ 1 2)})
(define key "age")
(print o (get o 'name) (get o key) (get o 'absent))
(print (put o 'name "Bob") (put o (str "x") 1))
(print (keys o) (has o "age"))
