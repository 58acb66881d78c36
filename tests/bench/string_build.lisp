; SPDX-License-Identifier: MIT
; A list of 1,000,000 short strings, joined by commas and split again.
; expect: 10888895 1000000 9888896
(define text
  (let build ((parts '()) (i 1))
    (if (<= i 1000000)
        (build (list-append parts (str "item" i)) (+ i 1))
        (join parts ","))))
(define (total-length parts)
  (define count (len parts))
  (do ((total 0 (+ total (len (nth parts i))))
       (i 0 (+ i 1)))
      ((>= i count) total)))
(define parts (split text ","))
(print (len text) (len parts) (total-length parts))
