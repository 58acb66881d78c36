// SPDX-License-Identifier: MIT
// The test-… commands about actors: their own programs pass, and programs that misbehave do not.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { ROOT, folderOf, run } from './ttvm.mjs';

const PROGRAMS = path.join(ROOT, 'core/cli/programs');

/** For each command, a defect put into one of its programs, and checks that must then fail. */
const DEFECTS = {
  'test-coffee-shop': [
    'orders.ttvm',
    'LOAD price\n    SUB',
    'LOAD price\n    ADD',
    ['gets receipt and change'],
  ],
  'test-concurrency': ['shares.ttvm', 'PUSH_INT 1000\n    LT', 'PUSH_INT 999\n    LT', ['the shares add up']],
  'test-concurrency-bytecode': ['image.ttvm', 'LOAD b\n    ADD', 'LOAD b\n    SUB', ['functions, closures']],
  'test-message-passing': [
    'rules.ttvm',
    'LABEL echo\n    RECEIVE',
    'LABEL echo\n    RECEIVE\n    POP\n    RECEIVE',
    ['a large message'],
  ],
  'test-monitoring-linking': ['ends.ttvm', '    DEMONITOR\n', '    POP\n', ['after DEMONITOR no DOWN']],
  'test-multithreaded': [
    'load.ttvm',
    'LABEL squarer\n    RECEIVE\n    DUP\n    MUL',
    'LABEL squarer\n    RECEIVE',
    ['2000 actors'],
  ],
  'test-process-registry': ['registry.ttvm', '    REGISTER "throne"\n', '', ['of many who want a name']],
  'test-register-whereis': ['names.ttvm', '    UNREGISTER "boss"\n', '', ['an unregistered name is free']],
  'test-selective-receive': [
    'matching.ttvm',
    'RECEIVE_MATCH .k = "a" & .v = 2',
    'RECEIVE_MATCH any',
    ['a field and its value'],
  ],
  'test-send-receive-comprehensive': [
    'values.ttvm',
    'PUSH_STR "stack"\n    SEND',
    'POP\n    SELF\n    PUSH_STR "other"\n    SEND',
    ['the three ways to send'],
  ],
  'test-smp-concurrency': [
    'rules.ttvm',
    '    PUSH_INT 500\n    LT',
    '    PUSH_INT 499\n    LT',
    ['nothing is lost'],
  ],
  'test-spawn-comprehensive': [
    'kinds.ttvm',
    'LABEL tell_self\n    SELF',
    'LABEL tell_self\n    PUSH_INT 1',
    ['SPAWN gives pids'],
  ],
  'test-supervisor-tree': [
    'strategies.ttvm',
    'START_SUPERVISOR one_for_all',
    'START_SUPERVISOR one_for_one',
    ['one_for_all stops the others'],
  ],
  'test-trap-exit': [
    'signals.ttvm',
    '    PUSH_STR "kill"\n    EXIT_SIGNAL',
    '    PUSH_STR "other"\n    EXIT_SIGNAL',
    ['kill cannot be trapped'],
  ],
  'test-yield-comprehensive': ['turns.ttvm', '    YIELD\n', '', ['after each YIELD']],
};

const sourceOf = (command, name) => readFileSync(path.join(PROGRAMS, command, name), 'utf8');

test('every folder of programs has a command and a defect here', () => {
  assert.deepEqual(readdirSync(PROGRAMS).sort(), Object.keys(DEFECTS).sort());
});

for (const [command, [name, good, bad, titles]] of Object.entries(DEFECTS)) {
  test(`ttvm ${command}`, { timeout: 300_000 }, async (t) => {
    const fine = await run([command]);
    assert.equal(fine.status, 0, fine.stdout + fine.stderr);
    assert.match(fine.stdout, /\n[1-9]\d* passed, 0 failed\n$/);
    assert.equal(fine.stderr, '');
    for (const file of readdirSync(path.join(PROGRAMS, command)))
      assert.ok(fine.stdout.includes(file), `${file} is not run`);

    const source = sourceOf(command, name);
    assert.ok(source.includes(good), `${name} has no place for the defect`);
    // A broken program may wait for ever where a good one gets an answer.
    const broken = `; timeout: 3\n${source.replace(good, bad)}`;
    const cwd = folderOf(t, { [`broken/${name}`]: broken });
    const { status, stdout } = await run([command, 'broken'], { cwd });
    assert.equal(status, 1, stdout);
    assert.match(stdout, /, [1-9]\d* failed\n$/);
    assert.match(stdout, new RegExp(`FAILED ${name}`));
    for (const title of titles) {
      const row = stdout.split('\n').find((line) => line.includes(title));
      assert.ok(row?.includes('FAILED'), `'${title}' should fail:\n${stdout}`);
    }
  });
}

test('programs that cannot be judged, and none at all', async (t) => {
  const cwd = folderOf(t, {
    'unchecked/a.ttvm': '; expect: a\nPUSH_STR "a"\nPRINT\n',
    'unexpected/a.ttvm': '; check: nothing\nNOP\n',
    'wrong/a.ttvm': '; check: it runs\n; expect-empty\nBAD\n',
    'empty/notes.txt': '',
  });
  const unchecked = await run(['test-coffee-shop', 'unchecked'], { cwd });
  assert.equal(unchecked.status, 1);
  assert.match(unchecked.stdout, /it has no comment 'check: …'/);
  const unexpected = await run(['test-coffee-shop', 'unexpected'], { cwd });
  assert.equal(unexpected.status, 1);
  assert.match(unexpected.stdout, /nothing is expected/);
  const wrong = await run(['test-coffee-shop', 'wrong'], { cwd });
  assert.equal(wrong.status, 1);
  assert.match(wrong.stdout, /a\.ttvm:3:1/);
  const empty = await run(['test-coffee-shop', 'empty'], { cwd });
  assert.deepEqual([empty.status, empty.stderr], [1, 'Error: there is no program in empty\n']);
  const absent = await run(['test-coffee-shop', 'nowhere'], { cwd });
  assert.deepEqual(
    [absent.status, absent.stderr],
    [1, 'Error: cannot read the folder nowhere: No such file or directory\n'],
  );
});

test('colours', async () => {
  const colored = await run(['--color', 'always', 'test-coffee-shop']);
  assert.ok(colored.stdout.includes('\x1b[32mpassed'));
  assert.ok(!(await run(['test-coffee-shop'])).stdout.includes('\x1b['));
});
