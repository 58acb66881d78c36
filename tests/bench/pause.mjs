// SPDX-License-Identifier: MIT
// The longest pause of the collector with 104 MB of live data, as --gc-stats tells it.

import path from 'node:path';
import { ROOT } from '../tools/steps.mjs';
import { measure } from './measure.mjs';

const PROGRAM = path.join(ROOT, 'tests/bench/gc_pause.ttvm');
/** Whoever else computes on the machine makes a pause longer: the best of so many runs. */
const RUNS = 3;

/** Milliseconds; undefined when a run fails. */
export async function longestPause(binary) {
  const longest = [];
  for (let i = 0; i < RUNS; i++) {
    const { errors, problem } = await measure([binary, '--gc-stats', PROGRAM], { pinned: true });
    const found = /([\d.]+) ms the longest/.exec(errors);
    if (problem || !found) return undefined;
    longest.push(Number(found[1]));
  }
  return Math.min(...longest);
}
