// SPDX-License-Identifier: MIT
// `ttvm bench`: programs are judged before they have a time.

import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { folderOf, run } from './ttvm.mjs';

const LOOP = `; expect: 1000
PUSH_INT 0
STORE i
LABEL more
LOAD i
PUSH_INT 1
ADD
STORE i
LOAD i
PUSH_INT 1000
LT
JNZ more
LOAD i
PRINT
`;

test('every engine has a time for a program that shows what it should', async (t) => {
  const folder = folderOf(t, {
    'a.ttvm': LOOP,
    'b.lisp': '; expect: 3\n(print (+ 1 2))\n',
    'c.txt': 'no program',
  });
  const { status, stdout, stderr } = await run(['bench', '--no-table', folder]);
  assert.equal(status, 0, stdout + stderr);
  const lines = stdout.split('\n');
  assert.equal(lines[0], '=== Benchmarks: processor time, best of several runs ===');
  assert.match(
    lines[1],
    /^Program +Stack \(ms\) +optimized +Register \(ms\) +optimized +Instructions +million\/s$/,
  );
  const row = lines.find((line) => line.includes(path.join(folder, 'a.ttvm')));
  // 2, 8 for each round, 3.
  assert.match(row, /( +\d+\.\d){4} +8005 +\d+$/);
  assert.ok(stdout.includes('b.lisp'));
  assert.ok(!stdout.includes('c.txt'));
  const boxes = await run(['bench', folder]);
  assert.match(boxes.stdout, /^│ .*a\.ttvm +┆/m);
});

test('a program that shows something else has no time, and the run fails', async (t) => {
  const folder = folderOf(t, {
    'a.ttvm': LOOP.replace('expect: 1000', 'expect: 999'),
    'b.ttvm': '; expect: 1\nNONSENSE\n',
  });
  const { status, stdout } = await run(['bench', '--no-table', folder]);
  assert.equal(status, 1);
  assert.match(stdout, /a\.ttvm( +failed){4} /);
  assert.match(stdout, /b\.ttvm( +failed){4} /);
  assert.match(stdout, /a\.ttvm, stack plain:\n.*999/s);
});

test('a folder that is not there, or has no programs', async (t) => {
  const gone = await run(['bench', '/nowhere/at/all']);
  assert.equal(gone.status, 1);
  assert.match(gone.stderr, /Error: cannot read the folder \/nowhere/);
  const empty = await run(['bench', folderOf(t, { 'x.txt': '' })]);
  assert.equal(empty.status, 1);
  assert.match(empty.stderr, /Error: no programs in /);
});
