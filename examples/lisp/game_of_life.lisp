; title: Game of life
; tags: lisp, games
;
; A glider moves over a torus; a cell is 1 or 0.
; Look at: nested `do` loops are plain loops in the code: `ttvm compile-lisp` shows them.

(define size 8)
(define (cell board x y)
  (nth (nth board (mod (+ y size) size)) (mod (+ x size) size)))

(define (neighbours board x y)
  (do ((dy -1 (+ dy 1))
       (count 0
              (+ count
                 (cell board (- x 1) (+ y dy))
                 (cell board (+ x 1) (+ y dy))
                 (if (= dy 0) 0 (cell board x (+ y dy))))))
      ((> dy 1) count)))

(define (next-cell board x y)
  (match (list (cell board x y) (neighbours board x y))
    ((list _ 3) 1)
    ((list 1 2) 1)
    (_ 0)))

(define (next board)
  (map (range 0 size)
       (lambda (y) (map (range 0 size) (lambda (x) (next-cell board x y))))))

(define (show board)
  (map board (lambda (row) (print (join (map row (lambda (c) (if c "#" "."))) "")))))

(define glider
  '((0 1 0 0 0 0 0 0)
    (0 0 1 0 0 0 0 0)
    (1 1 1 0 0 0 0 0)
    (0 0 0 0 0 0 0 0)
    (0 0 0 0 0 0 0 0)
    (0 0 0 0 0 0 0 0)
    (0 0 0 0 0 0 0 0)
    (0 0 0 0 0 0 0 0)))
(show (let loop ((board glider) (n 12)) (if (= n 0) board (loop (next board) (- n 1)))))
; expect: ........
; expect: ........
; expect: ........
; expect: ....#...
; expect: .....#..
; expect: ...###..
; expect: ........
; expect: ........
