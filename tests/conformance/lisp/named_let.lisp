; SPDX-License-Identifier: MIT
; A named let is a loop, or a recursive function when its calls are not the last thing it does.
; expect: [0, 1, 2]
; expect: 120
; expect: 12 6
; expect: [[0, 0], [0, 1], [1, 0], [1, 1]]
; expect: 2 1
(print (let loop ((i 0) (out '())) (if (< i 3) (loop (+ i 1) (append out i)) out)))
(print (let fact ((n 5)) (if (= n 0) 1 (* n (fact (- n 1))))))
(print (+ 2 (let loop ((i 0)) (if (< i 10) (loop (+ i 1)) i))) (let loop ((i 0) (j 12)) (if (= i j) i (loop (+ i 1) (- j 1)))))
(print (let outer ((i 0) (all '()))
         (if (= i 2)
             all
             (let inner ((j 0) (all all))
               (if (= j 2)
                   (outer (+ i 1) all)
                   (inner (+ j 1) (append all (list i j))))))))
(let swap ((a 1) (b 2) (n 3)) (if (= n 0) (print a b) (swap b a (- n 1))))
