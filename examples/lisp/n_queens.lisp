; title: N queens
; tags: lisp, puzzles
;
; Columns of the queens placed so far, the last one first; a search with backtracking.
; Look at: `count-solutions` and `place` call each other, `safe` is a loop.

(define (safe queen others)
  (let loop ((left others) (distance 1))
    (match left
      ((list) #t)
      ((list other . more)
       (and (!= queen other)
            (!= (abs (- queen other)) distance)
            (loop more (+ distance 1)))))))

(define (count-solutions n)
  (define (place queens)
    (if (= (len queens) n)
        1
        (sum (map (filter (range 0 n) (lambda (q) (safe q queens)))
                  (lambda (q) (place (prepend q queens)))))))
  (place '()))

(define (first-solution n)
  (define (place queens)
    (if (= (len queens) n)
        queens
        (let try-next ((q 0))
          (cond
            ((= q n) null)
            ((and (safe q queens) (place (prepend q queens))))
            (else (try-next (+ q 1)))))))
  (place '()))

(print (map (range 1 8) count-solutions))
(define board (first-solution 6))
(map board (lambda (q) (print (str (repeat ". " q) "Q " (repeat ". " (- 5 q))))))
; expect: [1, 0, 0, 2, 10, 4, 40]
; expect: . . . . Q . 
; expect: . . Q . . . 
; expect: Q . . . . . 
; expect: . . . . . Q 
; expect: . . . Q . . 
; expect: . Q . . . . 
