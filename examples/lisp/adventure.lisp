; title: A text adventure
; tags: lisp, games
;
; Rooms, things and a lamp; commands are lines of standard input. The state is one object that is passed on.
; Look at: every command is a pattern of words.

(define rooms
  {hall {text "You are in a hall. A door leads north, stairs lead down."
              exits {north "garden" down "cellar"}}
        garden {text "You are in a garden. The house is south."
                     exits {south "hall"}}
        cellar {text "You are in a cellar. Stairs lead up."
                     exits {up "hall"} dark #t}})

(define start {room "hall" carried '() places {lamp "garden" coin "cellar"}})

(define (things-in state room)
  (filter (keys (get state 'places)) (lambda (thing) (= (get (get state 'places) thing) room))))

(define (dark state)
  (and (get (get rooms (get state 'room)) 'dark)
       (not (list-contains (get state 'carried) "lamp"))))

(define (look state)
  (if (dark state)
      (print "It is dark. You see nothing.")
      (begin
        (print (get (get rooms (get state 'room)) 'text))
        (let ((things (things-in state (get state 'room))))
          (unless (is-empty things) (print "There is:" (join things ", "))))))
  state)

(define (go state direction)
  (match (get (get (get rooms (get state 'room)) 'exits) direction)
    (null (print "You cannot go" (str direction ".")) state)
    (room (look (put state 'room room)))))

(define (take-thing state thing)
  (cond
    ((or (dark state) (not (list-contains (things-in state (get state 'room)) thing)))
     (print "There is no" thing "here.")
     state)
    (else
      (print "Taken.")
      (put (put state 'carried (append (get state 'carried) thing))
           'places (put (get state 'places) thing "you")))))

(define (command state words)
  (match words
    ((list "look") (look state))
    ((list "go" direction) (go state direction))
    ((list "take" thing) (take-thing state thing))
    ((list "inventory")
     (print "You carry:" (if (is-empty (get state 'carried)) "nothing" (join (get state 'carried) ", ")))
     state)
    (_ (print "I know: look, go, take, inventory, quit.") state)))

(let play ((state (look start)))
  (write "> ")
  (match (read-line)
    (null (print "Bye."))
    ("quit" (print "Bye."))
    (line
      (print line)
      (let ((next (command state (split (trim line) " "))))
        (if (list-contains (get next 'carried) "coin")
            (print "You have found the coin. The end.")
            (play next))))))
; stdin: go down
; stdin: take coin
; stdin: go up
; stdin: go north
; stdin: take lamp
; stdin: dance
; stdin: go south
; stdin: go down
; stdin: inventory
; stdin: take coin
; expect: You are in a hall. A door leads north, stairs lead down.
; expect: > go down
; expect: It is dark. You see nothing.
; expect: > take coin
; expect: There is no coin here.
; expect: > go up
; expect: You are in a hall. A door leads north, stairs lead down.
; expect: > go north
; expect: You are in a garden. The house is south.
; expect: There is: lamp
; expect: > take lamp
; expect: Taken.
; expect: > dance
; expect: I know: look, go, take, inventory, quit.
; expect: > go south
; expect: You are in a hall. A door leads north, stairs lead down.
; expect: > go down
; expect: You are in a cellar. Stairs lead up.
; expect: There is: coin
; expect: > inventory
; expect: You carry: lamp
; expect: > take coin
; expect: Taken.
; expect: You have found the coin. The end.
