; SPDX-License-Identifier: MIT
; A wrong number of arguments raises BadArgument; of a function the compiler knows, it also warns.
; expect: BadArgument BadArgument
; expect-error: Warning: arguments.lisp:8:13: f takes 2 arguments, not 1
; modes: smp no-smp wasm-mt wasm-st (the warning comes when it is compiled)
(define (f a b) a)
(define (call g) (g 1))
(print (try (f 1) (catch e (error-kind e)))
       (try (call f) (catch e (error-kind e))))
