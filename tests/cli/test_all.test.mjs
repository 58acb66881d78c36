// SPDX-License-Identifier: MIT
// ttvm test-all: expectations, table, exit status.

import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { folderOf, run } from './ttvm.mjs';

const row = (stdout, name) =>
  stdout.split('\n').find((line) => line.includes(`${name} `) && line.startsWith('│'));

test('programs that do what they say', async (t) => {
  const cwd = folderOf(t, {
    'hello.ttvm': '; expect: hello\nPUSH_STR "hello"\nPRINT\n',
    'sub/args.ttvm': '; args: a "b c"\n; expect: [args.ttvm, a, b c]\nGET_ARGS\nPRINT\n',
    'sub/input.ttvm':
      '; stdin: one\n; stdin-part: two\n; expect: one\n; expect: two\nREAD_LINE\nPRINT\nREAD_INPUT\nPRINT\n',
    'exit.ttvm': '; exit: 9\n; expect-empty\nPUSH_INT 9\nEXIT\n',
    'error.ttvm':
      '; expect-error: Division by zero\n; expect-error: error.ttvm:6\n; exit: 1\nPUSH_INT 1\nPUSH_INT 0\nDIV\n',
    'env.ttvm': '; env: TTVM_TEST_ALL=x=y\n; expect: x=y\nPUSH_STR "TTVM_TEST_ALL"\nGET_ENV\nPRINT\n',
    'options.ttvm':
      '; options: --max-depth 5\n; expect-error: CallDepthExceeded\n; exit: 1\nCALL f\nHALT\nLABEL f\nCALL f\nRET\n',
    'any_order.ttvm':
      '; expect: a\n; expect-unordered: c\n; expect-unordered: b\n; expect: d\nPUSH_STR "a\\nb\\nc\\nd"\nPRINT\n',
    'module.ttvm': '; module: imported by user.ttvm\nPUSH_INT 4\nSTORE four\nEXPORT four\n',
    'user.ttvm': ';; expect: 4\r\nIMPORT module\nLOAD four\nPRINT\n',
    'file.ttvm':
      '; expect: text\nPUSH_STR "text"\nPUSH_STR "made.txt"\nWRITE_FILE\nPUSH_STR "made.txt"\nREAD_FILE\nPRINT\nPUSH_STR "made.txt"\nDELETE_FILE\n',
    'blank.ttvm': '; expect:  two blanks \n; expect:\nPUSH_STR " two blanks \\n"\nPRINT\n',
    'wasm_only.ttvm': '; modes: wasm (it says so)\n; expect: nothing\n',
    'notes.txt': 'not a program',
    '.hidden/x.ttvm': 'BAD',
  });
  for (const options of [[], ['--no-smp'], ['--seed', '4']]) {
    const { status, stdout, stderr } = await run(['test-all', ...options, '.'], { cwd });
    assert.equal(status, 0, stdout);
    assert.equal(stderr, '');
    assert.match(stdout, /\n11 passed, 0 failed\n$/);
    assert.match(row(stdout, 'hello.ttvm'), /┆ passed +┆ +\d+\.\d │$/);
    assert.match(row(stdout, 'wasm_only.ttvm'), /skipped/);
    assert.match(stdout, /1 skipped/);
    assert.ok(!stdout.includes('module.ttvm'));
    assert.ok(!stdout.includes('hidden'));
  }
});

test('programs that do not', async (t) => {
  const cwd = folderOf(t, {
    'tests/wrong.ttvm': '; expect: hello\n; expect: you\nPUSH_STR "hello\\nme"\nPRINT\n',
    'tests/less.ttvm': '; expect: a\n; expect: b\nPUSH_STR "a"\nPRINT\n',
    'tests/more.ttvm': '; expect: a\nPUSH_STR "a\\nb"\nPRINT\n',
    'tests/status.ttvm': '; expect-empty\nPUSH_INT 3\nEXIT\n',
    'tests/noise.ttvm': '; expect-empty\nDELETE nothing\n',
    'tests/silent.ttvm': '; expect-error: some warning\n',
    'tests/none.ttvm': 'NOP\n',
    'tests/typo.ttvm': '; expected: a\n; expect-empty\n',
    'tests/modes.ttvm': '; modes: wasm\n; expect-empty\n',
    'tests/number.ttvm': '; exit: one\n; expect-empty\n',
    'tests/bad.ttvm': '; expect-empty\nBAD\n',
    'tests/group.ttvm': '; expect-unordered: a\n; expect-unordered: b\nPUSH_STR "a\\nc"\nPRINT\n',
    'tests/fine.ttvm': '; expect-empty\nNOP\n',
  });
  const { status, stdout } = await run(['test-all', 'tests'], { cwd });
  assert.equal(status, 1);
  assert.match(stdout, /\n1 passed, 12 failed\n$/);
  assert.match(
    stdout,
    /FAILED tests\/wrong\.ttvm\n +line 2 of standard output differs\n +expected: you\n +but got: +me\n/,
  );
  assert.match(stdout, /tests\/less\.ttvm\n +line 2 .*\n +expected: b\n +but got: +\(nothing more\)\n/);
  assert.match(stdout, /tests\/more\.ttvm\n +line 2 .*\n +expected: \(nothing more\)\n +but got: +b\n/);
  assert.match(stdout, /tests\/status\.ttvm\n +exit status is 3, not 0\n/);
  assert.match(stdout, /tests\/noise\.ttvm\n +nothing was expected on standard error\n +standard error:\n/);
  assert.match(stdout, /tests\/silent\.ttvm\n +standard error lacks .*some warning\n/);
  assert.match(stdout, /tests\/none\.ttvm\n +nothing is expected/);
  assert.match(stdout, /tests\/typo\.ttvm\n +line 1: .*unknown/);
  assert.match(stdout, /tests\/modes\.ttvm\n +line 1: modes: needs a reason/);
  assert.match(stdout, /tests\/number\.ttvm\n +line 1: a number is expected/);
  assert.match(stdout, /tests\/bad\.ttvm\n(.*\n)* +Error: bad\.ttvm:2:1/);
});

test('a program that does not end, or prints without end, is ended', { timeout: 120_000 }, async (t) => {
  const cwd = folderOf(t, {
    'forever.ttvm': '; timeout: 1\n; expect: started\nPUSH_STR "started"\nPRINT\nLABEL a\nJMP a\n',
    'flood.ttvm':
      '; expect-empty\nPUSH_STR "0123456789012345678901234567890123456789012345678901234567890123456789"\nSTORE s\nLABEL a\nLOAD s\nPRINT\nJMP a\n',
    'fine.ttvm': '; expect-empty\nNOP\n',
  });
  const started = performance.now();
  const { status, stdout } = await run(['test-all', '.'], { cwd });
  assert.equal(status, 1);
  assert.match(stdout, /FAILED \.\/forever\.ttvm\n +did not end in time\n/);
  assert.match(stdout, /FAILED \.\/flood\.ttvm\n +(printed too much|did not end in time)\n/);
  assert.match(stdout, /\n1 passed, 2 failed\n$/);
  assert.ok(performance.now() - started < 60_000);
});

test('colours', async (t) => {
  const cwd = folderOf(t, { 'a.ttvm': '; expect-empty\n' });
  assert.ok(
    (await run(['--color', 'always', 'test-all', '.'], { cwd })).stdout.includes('\x1b[32mpassed\x1b[0m'),
  );
  assert.ok(!(await run(['test-all', '.'], { cwd })).stdout.includes('\x1b['));
});

test('folders without programs, and none at all', async (t) => {
  const cwd = folderOf(t, { 'empty/readme': '' });
  const empty = await run(['test-all', 'empty'], { cwd });
  assert.deepEqual(
    [empty.status, empty.stdout, empty.stderr],
    [1, '', 'Error: there is no program in empty\n'],
  );
  const absent = await run(['test-all'], { cwd });
  assert.deepEqual(
    [absent.status, absent.stderr],
    [1, 'Error: cannot read the folder examples: No such file or directory\n'],
  );
  const file = await run(['test-all', path.join('empty', 'readme')], { cwd });
  assert.equal(file.status, 1);
  assert.match(file.stderr, /Not a directory/);
});
