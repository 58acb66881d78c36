// SPDX-License-Identifier: MIT
/*
 * Idle workers, wake-ups between them, and the decision that the run is over (core/sched/PROTOCOLS.md, "Run
 * queues and stealing", "Idle workers and the end", "Host requests" step 1): core/sched/sched.c (make_ready,
 * tt_sched_wake_one, sleep_idle, is_quiescent), run_queue.c, actor/pending.c.
 *
 * Two workers (or one) with a queue each, a host thread that answers requests. An actor is a token: it lies in a queue,
 * is run, or waits for the host. Running it starts another, asks the host, gives way, or ends it, a bounded
 * number of times in all. One statement is one access to shared memory, sequentially consistent.
 *
 * Checked in every interleaving: the run is declared over only when no actor is left, and then every worker
 * leaves; while actors are left somebody runs them (no invalid end state), also while the host is slow: it may
 * stop answering once until everybody else waits.
 *
 * That is_quiescent looks at the queues once more after the requests is a second line of defence: whoever
 * completes a request while all are idle has to wait for idle_lock before it leaves the count.
 *
 * Each MUTATE_… takes one step of the protocol away; the check must fail then.
 */
#ifndef WORKERS
#define WORKERS 2 /* 1: what a lost signal does shows only where no other worker looks at the queues */
#endif
#define SPAWNS   2
#define REQUESTS 2
#define TURNS    1

byte queue[2];
byte alive = 1;      /* actors, wherever they are */
byte requests = 0;   /* under way: what the program counts */
byte asked = 0;      /* not yet answered: what the host knows */
byte spawns = 0, submitted = 0, turns = 0;
byte idle = 0;
bool slow = false;   /* the host is */
bool over = false;
bool locked = false; /* idle_lock */
bool asleep[2];

inline lock() { atomic { !locked -> locked = true } }
inline unlock() { locked = false }

/* condition_signal: one of those asleep, any; nothing when nobody is */
inline signal() {
    atomic {
        if
        :: asleep[0] -> asleep[0] = false
        :: asleep[1] -> asleep[1] = false
        :: !asleep[0] && !asleep[1]
        fi
    }
}
inline broadcast() { d_step { asleep[0] = false; asleep[1] = false } }

inline wake_one() {
    if
    :: idle == 0
    :: idle != 0 ->
#ifdef MUTATE_SIGNAL_WITHOUT_LOCK
       signal()
#else
       lock(); signal(); unlock()
#endif
    fi
}

inline wake_all() { lock(); broadcast(); unlock() }

/* tt_sched_finish */
inline finish() {
    assert(alive == 0);
    over = true;
#ifndef MUTATE_FINISH_WITHOUT_WAKING
    wake_all()
#endif
}

/* a worker that pushes: it comes to the first one itself */
inline push_own() {
    atomic { queue[me]++; many = queue[me] > 1 };
    if
    :: many -> wake_one()
    :: !many
    fi
}

inline sleep_idle() {
#ifdef MUTATE_LOOK_BEFORE_COUNTING
    found = queue[0] > 0 || over;
    if
    :: !found -> found = queue[1] > 0
    :: else
    fi;
    lock();
    idle++;
#else
    lock();
    idle++;
    found = over;
    if
    :: !found -> found = queue[0] > 0
    :: else
    fi;
    if
    :: !found -> found = queue[1] > 0
    :: else
    fi;
#endif
    if
    :: !found && idle == WORKERS ->
       /* is_quiescent: queues, requests, queues again */
       quiet = requests == 0;
       if
       :: quiet -> quiet = queue[0] == 0
       :: else
       fi;
       if
       :: quiet -> quiet = queue[1] == 0
       :: else
       fi
    :: else -> quiet = false
    fi;
    if
    :: quiet -> idle--; unlock(); finish()
    :: else ->
       if
       :: !found ->
          atomic { asleep[me] = true; locked = false }; /* condition_wait gives the lock up as it sleeps */
          (!asleep[me]);
          lock()
       :: else
       fi;
       idle--;
       unlock()
    fi;
    found = false; quiet = false
}

/* One slice of an actor; it is out of all queues. */
inline run_actor() {
    do
    :: spawns < SPAWNS -> atomic { spawns++; alive++ }; push_own()
    :: atomic { submitted < REQUESTS -> submitted++ }; requests++; asked++; break /* it waits */
    :: atomic { turns < TURNS -> turns++ }; push_own(); break /* preempted */
    :: alive--; break
    od
}

proctype worker(byte me) {
    bool many, found, quiet;
    byte hand = 0;
    do
    :: over -> break
    :: else ->
       if
       :: atomic { queue[me] > 0 -> queue[me]-- }; run_actor()
       :: atomic { queue[me] == 0 -> skip };
          if /* tt_run_queue_steal: the half, one of them to run at once */
          :: atomic { queue[1 - me] > 0 -> hand = (queue[1 - me] + 1) / 2; queue[1 - me] = queue[1 - me] - hand };
             atomic { queue[me] = queue[me] + hand - 1; hand = 0 };
             run_actor()
          :: atomic { queue[1 - me] == 0 -> skip };
             if
             :: !over -> sleep_idle()
             :: over
             fi
          fi
       fi
    od
}

/* tt_host_complete */
proctype host() {
    bool last, rested = false;
end:
    do
    :: atomic { asked > 0 && !rested -> rested = true; slow = true }; (!slow)
    :: atomic { asked > 0 -> asked-- };
#ifdef MUTATE_COUNT_BEFORE_READY
       atomic { requests--; last = requests == 0 };
#endif
       queue[0]++;
       wake_one();
#ifndef MUTATE_COUNT_BEFORE_READY
       atomic { requests--; last = requests == 0 };
#endif
#ifndef MUTATE_NO_POKE
       if
       :: last -> wake_all()
       :: else
       fi
#endif
    :: over -> break
    od
}

/* Nobody can do anything until the host answers: then nothing may lie in a queue. */
proctype lull() {
end:
    do
    :: timeout && slow -> assert(queue[0] == 0 && queue[1] == 0); slow = false
    :: over -> break
    od
}

init {
    queue[0] = 1;
    atomic {
        run worker(0);
        if
        :: WORKERS == 2 -> run worker(1)
        :: else
        fi;
        run host();
        run lull()
    }
    (_nr_pr == 1);
    assert(over && alive == 0 && idle == 0)
}
