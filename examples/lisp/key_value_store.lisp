; title: A supervised key-value store with a TCP front end
; tags: lisp, actors, supervision, network
;
; The store is a child of a supervisor; connections are actors of their own. A command that crashes the store
; costs its data and nothing else: it is up again at once.
; Look at: the front end knows the store by its name, so it never notices the restart.

(define (store data)
  (receive
    ((list 'get key from)
     (send from (list 'value (get data key)))
     (store data))
    ((list 'set key value from)
     (send from (list 'value "ok"))
     (store (put data key value)))
    ((list 'break from)
     (send from (list 'value "breaking"))
     (exit-actor 'broken))))

(define (start-store)
  (register 'store)
  (store {}))

;; Asks the store; between a crash and the restart the name is free for a moment.
(define (ask question)
  (try
    (begin
      (send 'store question)
      (receive
        ((list 'value v) v)
        (after 2000 "no answer")))
    (catch e
      (sleep 5)
      (ask question))))

(define (answer line)
  (match (split (trim line) " ")
    ((list "get" key) (str (ask (list 'get key (self)))))
    ((list "set" key value) (ask (list 'set key value (self))))
    ((list "break") (ask (list 'break (self))))
    (_ "commands: get KEY, set KEY VALUE, break")))

(define (serve connection)
  (let ((line (tcp-recv connection 1000)))
    (if (= line null)
        (close connection)
        (begin
          (tcp-send connection (str (answer line) "\n"))
          (serve connection)))))

(define (accept listener)
  (spawn serve (tcp-accept listener))
  (accept listener))

(define (front-end main)
  (let ((listener (tcp-listen 0)))
    (send main (list 'port (tcp-port listener)))
    (accept listener)))

(define main (self))
(define (top)
  (supervisor one_for_one 5 1000
    (child 'store permanent start-store)
    (child 'front-end permanent (lambda () (front-end main))))
  (run-supervisor))
(define supervisor-pid (spawn top))
(define port (receive ((list 'port p) p)))

;; A client.
(define connection (tcp-connect "127.0.0.1" port))
(define (command text)
  (tcp-send connection (str text "\n"))
  (print text "->" (trim (tcp-recv connection 1000))))
(command "set colour green")
(command "get colour")
(command "break")
(sleep 50)
(command "get colour")
(command "set colour red")
(command "get colour")
(command "dance")
(close connection)
(exit 0)
; options: --no-smp
; expect: set colour green -> ok
; expect: get colour -> green
; expect: break -> breaking
; expect: get colour -> null
; expect: set colour red -> ok
; expect: get colour -> red
; expect: dance -> commands: get KEY, set KEY VALUE, break
