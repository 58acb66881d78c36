; SPDX-License-Identifier: MIT
; try gives the value of its body or of catch; finally runs in every case, once.
; expect: 1 caught boom
; expect: DivisionByZero Division by zero
; expect: finally
; expect: value
; expect: finally
; expect: outer inner
; expect: cleanup
; expect: from handler
; expect: [1, 2]
; expect: 14
(print (try 1 (catch e 2)) (try (throw "boom") (catch e (str "caught " (error-message e)))))
(try (/ 1 0) (catch e (print (error-kind e) (error-message e))))
(print (try "value" (finally (print "finally"))))
(try (try (throw "inner") (finally (print "finally"))) (catch e (print "outer" (error-message e))))
(print (try
         (try (throw "x") (catch e (throw "from handler")) (finally (print "cleanup")))
         (catch e (error-message e))))
(print (error-value (try (throw '(1 2)) (catch e e))))
(print (+ 4 (try (throw "x") (catch e 10))))
