// SPDX-License-Identifier: MIT
// Actors on generators: one round-robin run queue, one inbox each. An actor's body is a generator function
// of its own actor; it takes a message by `yield RECEIVE` and gives way by `yield PAUSE`.
export const RECEIVE = 1;
export const PAUSE = 2;

let ready = [];
let later = [];

export function spawn(body) {
  const actor = { steps: undefined, inbox: [], read: 0, wants: PAUSE, parked: false };
  actor.steps = body(actor);
  later.push(actor);
  return actor;
}

export function send(actor, message) {
  actor.inbox.push(message);
  if (actor.wants === RECEIVE) {
    actor.wants = PAUSE;
    later.push(actor);
    actor.parked = true;
  }
}

function take(actor) {
  const message = actor.inbox[actor.read++];
  if (actor.read === actor.inbox.length) {
    actor.inbox.length = 0;
    actor.read = 0;
  }
  return message;
}

function turn(actor) {
  let input = actor.parked ? take(actor) : undefined;
  actor.parked = false;
  for (;;) {
    const step = actor.steps.next(input);
    if (step.done) return;
    if (step.value === PAUSE) {
      later.push(actor);
      return;
    }
    if (actor.read === actor.inbox.length) {
      actor.wants = RECEIVE;
      return;
    }
    input = take(actor);
  }
}

export function run() {
  while (later.length > 0) {
    [ready, later] = [later, ready];
    for (const actor of ready) turn(actor);
    ready.length = 0;
  }
}
