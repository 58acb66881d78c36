// SPDX-License-Identifier: MIT
// `ttvm optimize`: the text it writes reads back and is not optimized any further; images; the report; what the
// examples gain; and random programs, which must not be able to tell that they were optimized.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { collectPrograms } from '../lib/programs.mjs';
import { ROOT, TTVM, folderOf, run } from './ttvm.mjs';

const DIFFERENTIAL = path.join(path.dirname(TTVM), 'differential');
const SANITIZED = process.env.TTVM_BINARY !== undefined;
const FOLDER = 'examples/optimizer';
const EXAMPLES = readdirSync(path.join(ROOT, FOLDER)).filter((name) => name.endsWith('.ttvm'));
const PASSES = [
  'constant folding',
  'constant propagation',
  'dead code elimination',
  'peephole',
  'instruction combining',
  'jump threading',
  'tail calls',
  'memory layout',
];

test('the report names the eight passes and counts what they did', async (t) => {
  const cwd = folderOf(t, { 'in.ttvm': 'PUSH_INT 2\nPUSH_INT 3\nADD\nPRINT\nHALT\nNOP\n' });
  const { status, stdout, stderr } = await run(['optimize', 'in.ttvm', 'out.ttvm'], { cwd });
  assert.deepEqual([status, stderr], [0, '']);
  const rows = Object.fromEntries(
    stdout
      .split('\n')
      .filter((line) => line.startsWith('│'))
      .map((line) => line.split(/[│┆]/).map((cell) => cell.trim()))
      .map(([, name, changes, removed]) => [name, `${changes} ${removed}`]),
  );
  assert.deepEqual(Object.keys(rows), ['Pass', ...PASSES]);
  assert.equal(rows['constant folding'], '1 -2');
  assert.equal(rows['dead code elimination'], '1 -1');
  for (const name of ['peephole', 'tail calls', 'memory layout']) assert.equal(rows[name], '0 0');
  assert.match(stdout, /^instructions: 6 → 3 \(-50\.0 %\)$/m);
  const text = readFileSync(path.join(cwd, 'out.ttvm'), 'utf8');
  assert.deepEqual(text.trim().split(/\s*\n\s*/), ['PUSH_INT 5', 'PRINT', 'HALT']);
});

test('instructions stay on their lines, so errors name the same places', async (t) => {
  const cwd = folderOf(t, {
    'in.ttvm': '; a comment\nPUSH_INT 1\nPUSH_INT 2\nADD\nSTORE x\n\n  PUSH_STR "a"\n    LOAD x\nSUB\n',
  });
  await run(['optimize', 'in.ttvm', 'out.ttvm'], { cwd });
  const before = await run(['in.ttvm'], { cwd });
  const after = await run(['out.ttvm'], { cwd });
  assert.equal(before.status, 1);
  assert.equal(after.stderr, before.stderr.replaceAll('in.ttvm', 'out.ttvm'));
});

test('- writes the program to standard output and the report to standard error; .ttb is an image', async (t) => {
  const cwd = folderOf(t, { 'in.ttvm': 'PUSH_INT 2\nPUSH_INT 3\nMUL\nPRINT\n' });
  const { status, stdout, stderr } = await run(['optimize', 'in.ttvm', '-'], { cwd });
  assert.equal(status, 0);
  assert.match(stdout, /PUSH_INT 6\n\s*PRINT\n$/);
  assert.match(stderr, /constant folding/);
  assert.equal((await run(['optimize', 'in.ttvm', 'out.ttb'], { cwd })).status, 0);
  assert.equal((await run(['out.ttb'], { cwd })).stdout, '6\n');
  assert.doesNotMatch((await run(['disasm', 'out.ttb'], { cwd })).stdout, /MUL/);
});

test('a program with errors writes nothing', async (t) => {
  const cwd = folderOf(t, { 'in.ttvm': 'BAD\n' });
  const { status, stdout, stderr } = await run(['optimize', 'in.ttvm', 'out.ttvm'], { cwd });
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^Error: in\.ttvm:1:1/);
  assert.throws(() => readFileSync(path.join(cwd, 'out.ttvm')), /ENOENT/);
});

test('modules are optimized, too, and what they import is found', async (t) => {
  const cwd = folderOf(t, {
    'main.ttvm': 'IMPORT "lib"\nPUSH_INT 4\nLOAD twice\nCALL_FUNCTION\nPRINT\n',
    'lib.ttvm':
      'MAKE_FUNCTION f n\nSTORE twice\nEXPORT twice\nHALT\nLABEL f\nLOAD n\nPUSH_INT 1\nPUSH_INT 1\nADD\nMUL\nRET\n',
  });
  const { status, stdout, stderr } = await run(['--optimize', '--trace', 'main.ttvm'], { cwd });
  assert.deepEqual([status, stdout], [0, '8\n']);
  assert.equal(stderr.match(/Add @/g), null);
});

for (const name of EXAMPLES)
  test(`${name}: at least 30 % fewer instructions, and the same output`, async () => {
    const { status, stdout } = await run(['--file', path.join(FOLDER, name)], { command: DIFFERENTIAL });
    assert.equal(status, 0, stdout);
    const [, plain, optimized] = /(\d+) plain, (\d+) optimized\nno difference\n$/.exec(stdout) ?? [];
    assert.ok(Number(optimized) <= 0.7 * Number(plain), stdout);
  });

test('what is written reads back, and is not optimized any further', { skip: SANITIZED }, async (t) => {
  const cwd = folderOf(t, {});
  /* Random programs are tried in larger numbers (random_programs.test.mjs): besides what once went wrong, a third of those
     that people wrote will do. */
  const programs = collectPrograms(ROOT)
    .filter(({ file }) => file.endsWith('.ttvm'))
    .filter(({ name }, number) => name.includes('regress/') || number % 3 === 0);
  const problems = [];
  let next = 0;
  const worker = async (number) => {
    for (let program = programs[next++]; program; program = programs[next++]) {
      const [once, twice] = [`once${number}.ttvm`, `twice${number}.ttvm`].map((name) => path.join(cwd, name));
      const first = await run(['optimize', program.file, once]);
      if (first.status !== 0) continue; /* a program that is wrong on purpose */
      const second = await run(['optimize', once, twice]);
      if (second.status !== 0) problems.push(`${program.name}: ${second.stderr}`);
      else if (!second.stdout.endsWith('rounds: 0\n')) problems.push(`${program.name}: ${second.stdout}`);
    }
  };
  await Promise.all([worker(1), worker(2)]);
  assert.deepEqual(problems, []);
});
