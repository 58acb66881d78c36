; SPDX-License-Identifier: MIT
(define (fact n)
  (if (< n 2)
      1
      (* n (fact (- n 1)))))

(define (sum-to n)
  (let loop ((i 0) (sum 0))
    (if (> i n)
        sum
        (loop (+ i 1) (+ sum i)))))

(define (make-adder n)
  (lambda (x) (+ x n)))

(define (parity n)
  (define (even k) (or (= k 0) (odd (- k 1))))
  (define (odd k) (and (!= k 0) (even (- k 1))))
  (even n))

(define (describe x)
  (match x
    ((list a . rest) (str a " and " (len rest) " more"))
    ({name (? string n)} n)
    (n (try (throw n) (catch e (error-message e)) (finally (print "done"))))))

(print (fact 10) (sum-to 100) ((make-adder 1) 2) (parity 10))
(print (map '((1 2) {name "Ann"} "x") describe))
