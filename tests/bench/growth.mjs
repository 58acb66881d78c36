// SPDX-License-Identifier: MIT
// Time at n and at 10n: about 10 times as much is right, more than LIMIT times is not linear any more.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BUILD, ROOT } from '../tools/steps.mjs';
import { measure } from './measure.mjs';
import { best } from './stats.mjs';

export const LIMIT = 15;

/** Processor seconds that a run with n may take: far more than any needs. */
const LONGEST_RUN = 1;
/** Rounds before a growth is called too steep: noise makes the short run look fast at first. */
const ROUNDS_TO_FLAG = 4;

function sourceFile(row, n) {
  if (!row.source) return path.join(ROOT, 'tests/bench/growth', `${row.name}.ttvm`);
  const folder = path.join(BUILD, 'bench/generated');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${row.name}_${n}.ttvm`);
  writeFileSync(file, row.source(n));
  return file;
}

async function runOnce(binary, row, n, cpuLimit) {
  const words = row.command ?? ['--workers', '1', ...(row.options ?? [])];
  const behind = row.behind ?? (row.source ? [] : [String(n)]);
  const run = await measure([binary, ...words, sourceFile(row, n), ...behind], { pinned: true, cpuLimit });
  const expected = row.output ? row.output(n) : n;
  if (!run.problem && expected !== '' && run.output !== `${expected}\n`)
    run.problem = `prints ${JSON.stringify(run.output.slice(0, 60))}, not ${expected}`;
  return run;
}

/** Processor seconds of a program that does nothing. */
export async function startup(binary) {
  const runs = [];
  for (let i = 0; i < 7; i++) {
    const run = await measure([binary, '--workers', '1', path.join(ROOT, 'tests/bench/hello.ttvm')], {
      pinned: true,
    });
    runs.push(run.cpu);
  }
  return best(runs);
}

/**
 * @returns {Promise<{name: string, n: number, small?: number, large?: number, ratio?: number, peak?: number,
 *   steep: boolean, problem?: string}>} processor seconds without start-up; peak bytes of 10n
 */
export async function growth(binary, row, base, { rounds, seconds }) {
  const started = performance.now();
  const small = [];
  const large = [];
  const peaks = [];
  const result = { name: row.name, n: row.n, steep: false };
  for (let done = 0; ; done++) {
    const enough = done >= rounds && !(result.ratio > LIMIT && done < ROUNDS_TO_FLAG);
    if (done > 0 && (enough || (performance.now() - started) / 1000 > seconds)) break;
    const a = await runOnce(binary, row, row.n, LONGEST_RUN);
    if (a.problem)
      return { ...result, steep: a.problem === 'out of time', problem: `n = ${row.n}: ${a.problem}` };
    small.push(a.cpu - base);
    const b = await runOnce(binary, row, 10 * row.n, 1 + 1.2 * LIMIT * best(small));
    if (b.problem) {
      const problem = `n = ${10 * row.n}: ${b.problem}, n = ${row.n}: ${best(small).toFixed(3)} s`;
      return { ...result, steep: b.problem === 'out of time', problem };
    }
    large.push(b.cpu - base);
    peaks.push(b.peak);
    Object.assign(result, { small: best(small), large: best(large), peak: best(peaks) });
    result.ratio = result.large / result.small;
    result.steep = result.ratio > LIMIT;
  }
  return result;
}
