; title: A calculator that reads its input
; tags: lisp, tools
;
; Reads lines of standard input: tokens, a parser by precedence, an evaluator; errors do not end it.
; Look at: the parser gives (list value rest), and `match` takes that apart.

(define (digit? c) (and (>= c "0") (<= c "9")))

(define (tokens text)
  (let loop ((chars (split text "")) (number "") (all '()))
    (define flushed (if (= number "") all (append all (to-float number))))
    (match chars
      ((list) flushed)
      ((list c . more)
       (cond
         ((or (digit? c) (= c ".")) (loop more (str number c) all))
         ((= c " ") (loop more "" flushed))
         (else (loop more "" (append flushed c))))))))

;; factor = number | - factor | ( sum )
(define (factor input)
  (match input
    ((list (? number n) . more) (list n more))
    ((list "-" . more) (match (factor more) ((list v left) (list (- v) left))))
    ((list "(" . more)
     (match (sum more)
       ((list v (list ")" . left)) (list v left))
       (_ (throw "a closing parenthesis is missing"))))
    ((list) (throw "the line ends too early"))
    ((list other . _) (throw (str "not expected: " other)))))

(define (chain part operators input)
  (let loop ((found (part input)))
    (match found
      ((list a (list op . more))
       (if (list-contains (keys operators) op)
           (match (part more)
             ((list b left) (loop (list ((get operators op) a b) left))))
           found))
      (_ found))))

(define (product input) (chain factor {"*" * "/" /} input))
(define (sum input) (chain product {"+" + "-" -} input))

(define (calculate line)
  (match (sum (tokens line))
    ((list value (list)) value)
    ((list _ left) (throw (str "not expected: " (first left))))))

(let loop ()
  (let ((line (read-line)))
    (unless (= line null)
      (try
        (print line "=" (calculate line))
        (catch e (print line "?" (error-message e))))
      (loop))))
; stdin: 1 + 2 * 3
; stdin: (1 + 2) * 3 - -4
; stdin: 2 * (3
; stdin: 1 / 0
; stdin: 7 / 2
; stdin: 3 $ 4
; expect: 1 + 2 * 3 = 7
; expect: (1 + 2) * 3 - -4 = 13
; expect: 2 * (3 ? a closing parenthesis is missing
; expect: 1 / 0 ? Division by zero
; expect: 7 / 2 = 3.5
; expect: 3 $ 4 ? not expected: $
