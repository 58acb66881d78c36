// SPDX-License-Identifier: MIT
// What --optimize does to the time of each program: the ratio of every round, optimized to plain, whose median is
// judged by bounds that noise cannot cross by itself.

import { bold, dim, green, red } from '../tools/steps.mjs';
import { figures } from './report.mjs';
import { median, medianBounds } from './stats.mjs';

/** Optimized may take so many times the time of plain. */
export const MOST = 1.05;

/** Engine → the contender that is plain, and the one that is optimized. */
const PAIRS = { stack: ['ttvm', 'optimized'], register: ['register', 'register-opt'] };
const NAME_WIDTH = 22;
const CELL_WIDTH = 30;

/**
 * @returns {{name: string, engines: Record<string, {median: number, low?: number, high?: number}>}} without an
 *   engine of which one of the two did not take part
 */
export function optimizedToPlain(program, result) {
  const engines = {};
  for (const [engine, [plain, optimized]] of Object.entries(PAIRS)) {
    const [before, after] = [plain, optimized].map((id) => figures(result, id, program.figure));
    const rounds = Math.min(before.length, after.length);
    if (rounds === 0) continue;
    const ratios = Array.from({ length: rounds }, (_, i) => after[i] / before[i]);
    engines[engine] = { median: median(ratios), ...medianBounds(ratios) };
  }
  return { name: program.name, engines };
}

/** Slower, as far as can be told: even the lower bound of the median says so. */
export const isSlower = ({ low }) => low !== undefined && low > MOST;

/** The program, in one of the engines, that is surely slowed down most: the one with the highest lower bound. */
export function worst(rows) {
  return rows
    .flatMap(({ name, engines }) => Object.values(engines).map((ratio) => ({ name, ...ratio })))
    .filter(({ low }) => low !== undefined)
    .sort((a, b) => b.low - a.low)[0];
}

export function printOptimized(rows) {
  const shown = rows.filter(({ engines }) => Object.keys(engines).length > 0);
  if (shown.length === 0) return;
  console.log(bold('\n--optimize: time to plain, median of the rounds and its bounds (95 % each)'));
  for (const { name, engines } of shown) {
    const cells = Object.entries(engines).map(([engine, ratio]) => {
      const bounds =
        ratio.low === undefined ? 'too few rounds' : `${ratio.low.toFixed(2)} … ${ratio.high.toFixed(2)}`;
      const text = `${engine} ${ratio.median.toFixed(2)} (${bounds})`.padStart(CELL_WIDTH);
      return ratio.low === undefined ? dim(text) : (isSlower(ratio) ? red : green)(text);
    });
    console.log(`${name.padEnd(NAME_WIDTH)}${cells.join('  ')}`);
  }
}
