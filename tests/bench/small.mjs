// SPDX-License-Identifier: MIT
// The programs of this folder with smaller numbers, for tests that count instead of timing.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../tools/steps.mjs';

/** Program → its large number, and the small one. */
export const SMALL = {
  fib: [/\b32\b/g, '18'],
  loop_sum: [/\b100000000\b/g, '100000'],
  sieve: [/\b2000000\b/g, '20000'],
  nbody: [/\b500000\b/g, '200'],
  string_build: [/\b1000000\b/g, '5000'],
  list_ops: [/\b1000001\b/g, '5001'],
  string_naive: [/\b200000\b/g, '5000'],
  spawn_exit: [/\b1000000\b/g, '1000'],
  ring: [/\b1000000\b/g, '10000'],
  ping_pong: [/\b1000000\b/g, '3000'],
};

export function smallSource(name, extension) {
  const [large, small] = SMALL[name];
  return readFileSync(path.join(ROOT, 'tests/bench', `${name}.${extension}`), 'utf8').replace(large, small);
}
