// SPDX-License-Identifier: MIT
// A run is a function of program, input, options and seed: programs that name a `--seed` in their options run
// twice with each of several seeds, and once more in the register engine: the same output each time. One that expects lines in any order must also show more than one order.

import { runProgram } from './run_program.mjs';

const SEEDS = [1, 2, 3, 4, 5, 6];

export const hasSeed = ({ expectations }) =>
  expectations.module === undefined && expectations.options.includes('--seed');

function withSeed(expectations, seed) {
  const options = [...expectations.options];
  options[options.indexOf('--seed') + 1] = String(seed);
  return { ...expectations, options };
}

/** Lines that say what is wrong. */
export async function runSeeds(binary, { file, expectations }, { timeout }) {
  const wrong = [];
  const outcomes = new Set();
  for (const seed of SEEDS) {
    const run = (...options) => runProgram(binary, file, withSeed(expectations, seed), { options, timeout });
    const [first, second, registers] = [await run(), await run(), await run('--use-ir')];
    const [a, b, c] = [first, second, registers].map(({ stdout, stderr, status }) =>
      JSON.stringify({ stdout, stderr, status }),
    );
    if (a !== b) wrong.push(`seed ${seed} gave two different outputs:`, `  ${a}`, `  ${b}`);
    if (a !== c) wrong.push(`seed ${seed}: the register engine gave another output:`, `  ${a}`, `  ${c}`);
    outcomes.add(first.stdout);
  }
  if (outcomes.size === 1 && expectations.output.some(({ ordered }) => !ordered))
    wrong.push(`all of ${SEEDS.length} seeds gave the same order:`, `  ${JSON.stringify([...outcomes][0])}`);
  return wrong;
}
