// SPDX-License-Identifier: MIT
// --trace-format and --trace-out: what happens between actors, as text, as JSON, and for Perfetto.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { ROOT, folderOf, run, runSource } from './ttvm.mjs';

/** main starts an echo, sends to it and ends with the answer; a second actor crashes while it is watched. */
const PROGRAM = `
REGISTER "boss"
MAKE_FUNCTION echo
SPAWN
SELF
SEND
RECEIVE
PRINT
MAKE_FUNCTION crash
SPAWN_MONITOR
POP
POP
RECEIVE
GET_FIELD type
PRINT
HALT
LABEL echo
RECEIVE
PUSH_STR "a text of more than sixteen bytes"
SEND
HALT
LABEL crash
PUSH_STR "boom"
THROW
`;

async function traced(t, format, options = []) {
  const cwd = folderOf(t, { 'main.ttvm': PROGRAM });
  const { status, stdout, stderr } = await run(
    [...options, '--trace-format', format, '--trace-out=trace.out', 'main.ttvm'],
    { cwd },
  );
  assert.equal(status, 0, stderr);
  assert.equal(stdout, 'a text of more than sixteen bytes\nDOWN\n');
  return readFileSync(path.join(cwd, 'trace.out'), 'utf8');
}

const jsonLines = (text) => text.trimEnd().split('\n').map(JSON.parse);

test('json: one object a line, numbered without holes', async (t) => {
  const events = jsonLines(await traced(t, 'json', ['--seed', '5']));
  assert.ok(events.every((event, index) => event.sequence === index));
  const of = (kind) => events.filter(({ event }) => event === kind);
  assert.deepEqual(of('register'), [
    { sequence: 1, event: 'register', worker: 0, actor: 1, name: 'boss', file: 'main.ttvm', line: 2 },
  ]);
  assert.deepEqual(
    of('spawn').map(({ actor, child, function: name, line }) => [actor, child, name, line]),
    [
      [1, 2, 'echo', 4],
      [1, 3, 'crash', 10],
    ],
  );
  assert.deepEqual(
    of('send').map(({ actor, to, message, text, line }) => [actor, to, message, text, line]),
    [
      [1, 2, 1, '1', 6],
      [2, 1, 1, 'a text of more than sixteen bytes', 20],
    ],
  );
  const received = of('receive').map(({ actor, from, message, text }) => [actor, from, message, text]);
  assert.deepEqual(received.slice(0, 2), [
    [2, 1, 1, '1'],
    [1, 2, 1, 'a text of more than sixteen bytes'],
  ]);
  assert.equal(received[2][1], 0, 'the DOWN message has no sender');
  assert.deepEqual(
    of('exception').map(({ actor, uncaught, text }) => [actor, uncaught, text]),
    [[3, 1, 'Thrown: boom']],
  );
  assert.deepEqual(
    of('exit').map(({ actor, abnormal }) => [actor, abnormal]),
    [
      [2, 0],
      [3, 1],
      [1, 0],
    ],
  );
  assert.equal(of('monitor')[0].ref, of('down')[0].ref);
  assert.ok(of('wait').every(({ why }) => why === 'a message'));
  assert.ok(of('run').every(({ ns }) => ns === 0));
});

for (const options of [
  ['--seed=7'],
  ['--seed=7', '--virtual-time'],
  ['--virtual-time'],
  ['--no-smp', '--seed=1'],
]) {
  test(`the same run gives the same events: ${options.join(' ')}`, async (t) => {
    const first = await traced(t, 'json', options);
    assert.equal(await traced(t, 'json', options), first);
  });
}

for (const [name, options] of [
  ['virtual', ['--virtual-time']],
  ['seed', ['--virtual-time', '--seed=7']],
]) {
  test(`the events of ${options.join(' ')} are the golden ones, as in WebAssembly`, async (t) => {
    const golden = path.join(ROOT, 'tests/cli/golden');
    const out = path.join(folderOf(t, {}), 'trace');
    const { status } = await run(
      [...options, '--trace-format=json', `--trace-out=${out}`, 'supervised.ttvm'],
      {
        cwd: golden,
      },
    );
    assert.equal(status, 0);
    assert.equal(
      readFileSync(out, 'utf8'),
      readFileSync(path.join(golden, `supervised.${name}.jsonl`), 'utf8'),
      `to renew: ttvm ${options.join(' ')} --trace-format=json --trace-out=supervised.${name}.jsonl supervised.ttvm`,
    );
  });
}

test('text: a line for each event, on standard error when no file is given', async (t) => {
  const { status, stderr } = await runSource(t, 'SELF\nPUSH_STR "hi"\nSEND\nRECEIVE\nPRINT', {
    options: ['--seed=1', '--trace-format=text'],
  });
  assert.equal(status, 0);
  assert.equal(
    stderr,
    [
      '<1> run ns=0 (main.ttvm:1)',
      '<1> send to=1 message=1 "hi" (main.ttvm:3)',
      '<1> receive from=1 message=1 "hi" (main.ttvm:4)',
      '<1> exit abnormal=0 ran=0 "normal" (main.ttvm:5)',
      '',
    ].join('\n'),
  );
});

test('perfetto: one JSON array of spans, arrows and names', async (t) => {
  for (const options of [['--seed=1'], []]) {
    const events = JSON.parse(await traced(t, 'perfetto', options));
    const of = (phase) => events.filter(({ ph }) => ph === phase);
    assert.equal(of('B').length, of('E').length);
    assert.deepEqual(
      of('s')
        .map(({ id }) => id)
        .sort(),
      ['0x0000000100000001', '0x0000000200000001'],
    );
    assert.deepEqual(
      of('f')
        .map(({ id }) => id)
        .sort(),
      of('s')
        .map(({ id }) => id)
        .sort(),
    );
    const names = of('M').map(({ tid, args }) => [tid, args.name]);
    assert.deepEqual(
      names.sort(([a], [b]) => a - b),
      [
        [1, 'boss'],
        [2, 'echo'],
        [3, 'crash'],
      ],
    );
    // Spans of an actor do not overlap, and what is inside lies between beginning and end.
    for (const tid of [1, 2, 3]) {
      let end = 0;
      let begin = null;
      for (const { ph, ts } of events.filter((event) => event.tid === tid && 'ts' in event)) {
        if (ph === 'B') {
          assert.ok(ts >= end && begin === null);
          begin = ts;
        } else if (ph === 'E') {
          assert.ok(ts >= begin);
          end = ts;
          begin = null;
        } else if (begin !== null) {
          assert.ok(ts >= begin, `${ph} at ${ts}`);
        }
      }
    }
  }
});

test('many threads: every message is sent before it is received, and nothing is lost', async (t) => {
  const source = `
PUSH_INT 20
STORE n
LABEL start
MAKE_FUNCTION worker
SPAWN
SELF
SEND
LOAD n
PUSH_INT 1
SUB
STORE n
LOAD n
JNZ start
PUSH_INT 2000
STORE n
LABEL collect
RECEIVE
POP
LOAD n
PUSH_INT 1
SUB
STORE n
LOAD n
JNZ collect
HALT
LABEL worker
RECEIVE
STORE boss
PUSH_INT 100
STORE left
LABEL again
LOAD boss
LOAD left
SEND
LOAD left
PUSH_INT 1
SUB
STORE left
LOAD left
JNZ again
`;
  const { status, stderr } = await runSource(t, source, { options: ['--workers=4', '--trace-format=json'] });
  assert.equal(status, 0);
  const sent = new Map();
  let received = 0;
  jsonLines(stderr).forEach((event, index) => {
    assert.equal(event.sequence, index);
    const key = `${event.event === 'send' ? event.actor : event.from}.${event.message}`;
    if (event.event === 'send') sent.set(key, event.text);
    if (event.event === 'receive') {
      assert.equal(sent.get(key), event.text);
      received++;
    }
  });
  assert.equal(sent.size, 2020);
  assert.equal(received, 2020);
});

test('a trace that cannot be written is an error', async (t) => {
  const missing = await runSource(t, 'HALT', { options: ['--trace-out=no/such/folder'] });
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /cannot write no\/such\/folder/);
  const full = await runSource(t, 'HALT', { options: ['--trace-format=json', '--trace-out=/dev/full'] });
  assert.equal(full.status, 1);
  assert.match(full.stderr, /cannot write the trace/);
});

test('--trace-procs: a line for what becomes of processes', async (t) => {
  const source =
    'MAKE_FUNCTION child\nSPAWN_LINK\nPOP\nTRAP_EXIT true\nRECEIVE\nPOP\nHALT\nLABEL child\nHALT\n';
  const { status, stderr } = await runSource(t, source, { options: ['--no-smp', '--trace-procs'] });
  assert.equal(status, 0);
  assert.match(stderr, /^\[proc\] 1 spawned 2 \(child\)$/m);
  assert.match(stderr, /^\[proc\] 2 ended: normal$/m);
});
