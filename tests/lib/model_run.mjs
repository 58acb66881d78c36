// SPDX-License-Identifier: MIT
// Runs the random programs of model.mjs and compares what they print with the model.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { diffLines } from './expectations.mjs';
import { expectedOutput, programText, randomProgram } from './model.mjs';
import { cleanEnvironment, runCommand } from './run_program.mjs';

const FAILED = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../build/model');
const GROUPS = 8;
const SEEDS_IN_GROUP = 30;

export const MODEL_GROUPS = Array.from({ length: GROUPS }, (_, at) => {
  const from = 1 + at * SEEDS_IN_GROUP;
  return { from, to: from + SEEDS_IN_GROUP, name: `random programs ${from} to ${from + SEEDS_IN_GROUP - 1}` };
});

/** DELETE of an unknown variable warns; the model does not. */
const withoutWarnings = (text) =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('Warning: '));

/** Lines that say what differs, for the first program of the group that does; none when all agree. */
export async function runModel(binary, { from, to }, { options, timeout }) {
  let compared = 0;
  for (let seed = from; seed < to; seed++) {
    const program = randomProgram(seed);
    const expected = expectedOutput(program);
    if (expected === undefined) continue;
    compared++;
    const text = programText(program);
    const run = await runCommand(binary, [...options, '-'], {
      env: cleanEnvironment(),
      stdin: text,
      timeout,
    });
    const errors = withoutWarnings(run.stderr);
    if (run.stdout === expected && run.status === 0 && errors.length === 0) continue;
    mkdirSync(FAILED, { recursive: true });
    const file = path.join(FAILED, `${seed}.ttvm`);
    writeFileSync(file, text);
    return [
      `program ${seed}, kept as ${file} (- model, + got), status ${run.signal ?? run.status}:`,
      ...diffLines(expected.split('\n'), run.stdout.split('\n'))
        .slice(0, 60)
        .map((line) => `  ${line}`),
      ...errors.slice(0, 20).map((line) => `  stderr: ${line}`),
    ];
  }
  return compared * 2 > to - from
    ? []
    : [`the model knows the output of ${compared} of ${to - from} programs only`];
}
