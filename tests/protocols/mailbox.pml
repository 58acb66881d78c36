// SPDX-License-Identifier: MIT
/*
 * The mailbox of one actor, its parking and waking, and its end (core/sched/PROTOCOLS.md, "Wake-up" and
 * "Mailbox"): core/actor/mailbox.c, actor.c (tt_actor_park, wake), sched/worker.c (requeue, park, end_actor).
 *
 * One sender sends two messages, another sends one, a third process wakes the actor without a message (a timer,
 * an event), two workers take it from the run queue. One statement is one access to shared memory; memory is
 * sequentially consistent, as the accesses are that PROTOCOLS.md calls seq.
 *
 * Checked in every interleaving: the actor is in the run queue and run at most once at a time; messages of a
 * sender are received in order; at the end each message was received, freed by the ending owner, or kept by
 * its sender, exactly once; nobody waits for ever (an invalid end state).
 *
 * Each MUTATE_… takes one step of the protocol away; the check must fail then.
 */
#define SENDERS  2
#define EACH     2 /* of the first sender; message m (1 … MESSAGES) is number (m - 1) % EACH of sender (m - 1) / EACH */
#define MESSAGES 3
#define NIL      0
#define CLOSED   255

mtype = { READY, RUNNING, NOTIFIED, WAITING, ENDED };

mtype state = READY;
byte queued = 1;             /* times the actor is in the run queue */
byte runs = 0;               /* workers that run it */
byte outer = NIL;            /* head of the stack of messages */
byte next[MESSAGES + 1];     /* of each message on the stack */
byte fate[MESSAGES + 1];     /* times the message was received, freed or kept */
byte heard[SENDERS];         /* messages of each sender received */
byte received = 0;
bool ended = false;

/* The actor's private queue, as the messages in it, oldest first. Owner only. */
chan private = [MESSAGES] of { byte };

/* tt_actor_wake */
inline wake() {
    do
    :: seen = state;
       if
       :: seen == WAITING ->
#ifdef MUTATE_WAKE_WITHOUT_CAS
          state = READY; queued++; break
#else
          if
          :: atomic { state == seen -> state = READY }; queued++; break
          :: atomic { state != seen -> skip }
          fi
#endif
#ifdef MUTATE_NO_NOTIFICATION
       :: seen == RUNNING -> break
#else
       :: seen == RUNNING ->
          if
          :: atomic { state == seen -> state = NOTIFIED }; break
          :: atomic { state != seen -> skip }
          fi
#endif
       :: else -> break
       fi
    od
}

/* tt_mailbox_push, then the wake-up; the sender keeps the message when the mailbox is closed */
proctype sender(byte id; byte messages) {
    byte number, message, head;
    mtype seen;
    for (number : 0 .. messages - 1) {
        message = id * EACH + number + 1;
#ifdef MUTATE_WAKE_BEFORE_PUSH
        wake();
#endif
        do
        :: head = outer;
           if
           :: head == CLOSED -> fate[message]++; break
           :: else ->
              next[message] = head;
#ifdef MUTATE_PUSH_WITHOUT_CAS
              outer = message; break
#else
              if
              :: atomic { outer == head -> outer = message }; break
              :: atomic { outer != head -> skip }
              fi
#endif
           fi
        od;
#ifndef MUTATE_WAKE_BEFORE_PUSH
        if
        :: head != CLOSED -> wake()
        :: else
        fi;
#endif
        head = 0; /* what is over makes no new states */
        seen = 0
    }
}

proctype waker() {
    mtype seen;
    wake()
}

/* tt_mailbox_collect: takes the stack with one exchange, appends it oldest first */
inline collect() {
#ifdef MUTATE_COLLECT_WITHOUT_EXCHANGE
    taken = outer;
    outer = NIL;
#else
    atomic { taken = outer; outer = NIL };
#endif
    d_step {
        count = 0;
        do
        :: taken != NIL -> stack[count] = taken; count++; taken = next[taken]
        :: else -> break
        od;
#ifdef MUTATE_WITHOUT_REVERSAL
        i = 0;
        do
        :: i < count -> private!stack[i]; i++
        :: else -> break
        od;
#else
        do
        :: count > 0 -> count--; private!stack[count]
        :: else -> break
        od;
#endif
        i = 0; count = 0; taken = NIL
    }
}

inline receive_all() {
    do
    :: private?message ->
       d_step {
           assert((message - 1) % EACH == heard[(message - 1) / EACH]);
           heard[(message - 1) / EACH]++;
           fate[message]++;
           received++;
           message = 0
       }
    :: empty(private) -> break
    od
}

/* end_actor: closes the mailbox and frees what is in it */
inline end_actor() {
#ifdef MUTATE_END_WITHOUT_CLOSING
    atomic { taken = outer; outer = NIL };
#else
    atomic { taken = outer; outer = CLOSED };
#endif
    d_step {
        do
        :: taken != NIL -> fate[taken]++; taken = next[taken]
        :: else -> break
        od;
        do
        :: private?message -> fate[message]++
        :: empty(private) -> break
        od;
        message = 0
    }
    state = ENDED
}

proctype worker() {
    byte taken, count, i, message;
    byte stack[MESSAGES];
    do
    :: ended -> break
    :: atomic { queued > 0 -> queued--; runs++ };
       assert(queued == 0 && runs == 1);
       assert(state == READY);
       state = RUNNING;
       do
       :: collect();
          if
          :: received < MESSAGES && received + len(private) > 0 -> /* it may end before it has received all */
             end_actor(); runs--; ended = true; break
          :: receive_all()
          fi;
          if
          :: received == MESSAGES -> end_actor(); runs--; ended = true; break
          :: else
          fi;
          if
          :: runs--; state = READY; queued++; break /* preempted */
          :: skip
          fi;
          /* nothing there: tt_actor_park. `runs` leaves first: whoever wakes it may run it at once. */
#ifdef MUTATE_PARK_WITHOUT_CAS
          runs--; state = WAITING; break
#else
          runs--;
          if
          :: atomic { state == RUNNING -> state = WAITING }; break
          :: atomic { state != RUNNING -> state = RUNNING }; state = READY; queued++; break
          fi
#endif
       od
    od
}

init {
    atomic {
        run sender(0, EACH); run sender(1, MESSAGES - EACH); run waker(); run worker(); run worker()
    }
    (_nr_pr == 1); /* all others have ended: else nobody wakes the actor any more */
    byte m;
    for (m : 1 .. MESSAGES) {
        assert(fate[m] == 1)
    }
    assert(queued == 0)
}
