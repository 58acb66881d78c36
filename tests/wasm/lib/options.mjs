// SPDX-License-Identifier: MIT
// Options of the command line as run options of the engine.

const number = (set) => (options, value) => set(options, Number(value));
const limit = (name) => number((options, value) => (options.limits[name] = value));

const WITH_VALUE = {
  '--workers': number((options, value) => (options.workers = value)),
  '--seed': number((options, value) => (options.seed = value)),
  '--gc': (options, value) => (options.gc = value),
  '--max-heap': limit('heapBytes'),
  '--max-actor-heap': limit('actorHeapBytes'),
  '--max-depth': limit('callDepth'),
  '--max-instructions': limit('instructions'),
  '--max-time': limit('timeMs'),
  '--max-mailbox': limit('mailbox'),
  '--max-handles': limit('handles'),
};
const FLAGS = {
  '--no-smp': (options) => (options.deterministic = true),
  '--virtual-time': (options) => (options.virtualTime = true),
  '--optimize': (options) => (options.optimize = true),
  '--use-ir': (options) => (options.engine = 'register'),
  '--trace': (options) => (options.trace = true),
};

/** @param {string[]} words  as after `; options:` */
export function runOptions(words) {
  const options = { limits: {} };
  const rest = words.flatMap((word) => (word.startsWith('--') ? word.split(/=(.*)/s, 2) : [word]));
  while (rest.length > 0) {
    const word = rest.shift();
    if (Object.hasOwn(FLAGS, word)) FLAGS[word](options);
    else if (Object.hasOwn(WITH_VALUE, word)) WITH_VALUE[word](options, rest.shift());
    else throw new Error(`the engine has no option ${word}: say '; modes: native (why)'`);
  }
  return options;
}
