// SPDX-License-Identifier: MIT
// What --optimize costs and what it must not: machine instructions, which valgrind counts and which no other
// program on the machine changes. Times are compared by `npm run bench`.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { GROWTH } from '../bench/programs.mjs';
import { SMALL, smallSource } from '../bench/small.mjs';
import { which } from '../tools/steps.mjs';
import { ROOT, TTVM, folderOf, run } from './ttvm.mjs';

const VALGRIND = which('valgrind');
const skip = process.env.TTVM_BINARY
  ? 'another build'
  : VALGRIND && existsSync(VALGRIND)
    ? false
    : 'valgrind is not installed';
const MOST = 1.05;
/** Machine instructions that optimizing may take for one instruction of a program, all rounds together. */
const MOST_FOR_ONE = 15_000;
/** Below so many machine instructions a program is too short to tell. */
const LEAST = 1e6;

/** Machine instructions of a run of ttvm, and its output. */
async function count(args, cwd) {
  const options = ['--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null'];
  const { status, stdout, stderr } = await run([...options, TTVM, ...args], { command: VALGRIND, cwd });
  const refs = Number(/I +refs: +([\d,]+)/.exec(stderr)?.[1].replaceAll(',', ''));
  assert.ok(refs > 0, stderr);
  return { status, stdout, refs };
}

/** What running costs, without starting and loading: a run is taken away that ends when it begins. */
async function running(options, file, cwd) {
  const whole = await count(['--no-smp', ...options, file], cwd);
  assert.equal(whole.status, 0);
  const loading = await count(['--no-smp', ...options, '--max-instructions', '1', file], cwd);
  return { stdout: whole.stdout, loading: loading.refs, refs: whole.refs - loading.refs };
}

const EXAMPLES = ['algorithms/sorting.ttvm', 'puzzles/n_queens.ttvm'];
const PROGRAMS = [
  ...Object.keys(SMALL).map((name) => [
    name,
    (t) => folderOf(t, { 'a.ttvm': smallSource(name, 'ttvm') }),
    'a.ttvm',
  ]),
  ...EXAMPLES.map((name) => [name, () => ROOT, path.join('examples', name)]),
];

for (const [name, folder, file] of PROGRAMS)
  test(`${name}: optimized, no more machine instructions`, { skip }, async (t) => {
    const cwd = folder(t);
    for (const engine of [[], ['--use-ir']]) {
      const plain = await running(engine, file, cwd);
      const optimized = await running([...engine, '--optimize'], file, cwd);
      const words = `${engine.join(' ')}: ${plain.refs} → ${optimized.refs}`;
      assert.equal(optimized.stdout, plain.stdout);
      assert.ok(plain.refs > LEAST, words);
      assert.ok(optimized.refs <= MOST * plain.refs, words);
    }
  });

test('optimizing costs as much for an instruction, however many there are', { skip }, async (t) => {
  const { source } = GROWTH.find(({ name }) => name === 'optimize');
  const cost = async (n) => {
    const cwd = folderOf(t, { 'a.ttvm': source(n) });
    const { refs } = await count(['optimize', 'a.ttvm', 'out.ttvm'], cwd);
    return refs - (await count(['check', 'a.ttvm'], cwd)).refs;
  };
  const [few, many] = [await cost(2000), await cost(20_000)];
  assert.ok(few / 2000 < MOST_FOR_ONE && many < 13 * few, `2,000: ${few}, 20,000: ${many}`);
});
