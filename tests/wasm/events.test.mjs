// SPDX-License-Identifier: MIT
// Events, looking at actors and meddling with them, on both builds.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { TRACE_WAITS, decodeTrace } from '../../build/wasm-glue-js/node.js';
import { TRACE_TABLE } from '../../build/wasm-glue-js/trace_table.js';
import { BUILDS, delay, startEngine, startProgram } from './lib/engines.mjs';
import { ROOT } from '../tools/steps.mjs';

const GOLDEN = path.join(ROOT, 'tests/cli/golden');

/** A line of `--trace-format json` as `decodeTrace` gives it. */
function fromJson(line) {
  const row = TRACE_TABLE.find(({ kind }) => kind === line.event);
  const field = (name, none) => (name === null ? none : line[name]);
  const value = field(row.value, 0);
  return {
    sequence: line.sequence,
    kind: line.event,
    worker: line.worker,
    pid: line.actor,
    other: field(row.other, 0),
    value: line.event === 'wait' ? TRACE_WAITS.indexOf(value) : value,
    text: field(row.text, ''),
    file: line.file ?? '',
    line: line.line ?? 0,
  };
}

/** Starts a program whose events are decoded as they come. */
function startTraced(engine, source, options = {}) {
  const events = [];
  let dropped = 0;
  const program = startProgram(engine, source, {
    events: true,
    handlers: {
      events(batch) {
        events.push(...decodeTrace(batch));
        ({ dropped } = batch);
      },
    },
    ...options,
  });
  return Object.assign(program, { events, dropped: () => dropped });
}

const PAIR = `
REGISTER "boss"
MAKE_FUNCTION echo
SPAWN
SELF
SEND
RECEIVE
PRINT
HALT
LABEL echo
RECEIVE
PUSH_STR "a text of more than sixteen bytes, in fact of more than sixty-four bytes"
SEND
HALT
`;

/** Waits for a text, prints it, and waits again. */
const WAITER = `
PUSH_INT 42
STORE answer
MAKE_FUNCTION waiter
SPAWN
PUSH_STR "ready"
PRINT
LABEL rest
PUSH_INT 60000
SLEEP
JMP rest
LABEL waiter
PUSH_STR "mine"
STORE own
RECEIVE
PRINT
JMP waiter
`;

const LOOP = 'PUSH_STR "go"\nPRINT\nLABEL a\nPUSH_INT 1\nPOP\nJMP a';

for (const build of BUILDS) {
  describe(build.mode, () => {
    const started = startEngine(build);
    after(async () => (await started).dispose());

    test('events tell what happened, in order', async () => {
      const program = startTraced(await started, PAIR);
      const { reason } = await program.run.done;
      assert.equal(reason, 'finished');
      const { events } = program;
      assert.ok(events.every((event, index) => event.sequence === index));
      assert.equal(program.dropped(), 0);
      const of = (kind) => events.filter((event) => event.kind === kind);
      const [spawn] = of('spawn');
      assert.deepEqual(
        [spawn.pid, spawn.other, spawn.text, spawn.file, spawn.line],
        [1, 2, 'echo', 'main.ttvm', 4],
      );
      assert.deepEqual(
        of('send').map(({ pid, other, value, text }) => [pid, other, value, text]),
        [
          [1, 2, 1, '1'],
          [2, 1, 1, 'a text of more than sixteen bytes, in fact of more than sixty…'],
        ],
      );
      assert.deepEqual(
        of('receive')
          .map(({ pid, other, value }) => [pid, other, value])
          .sort(),
        [
          [1, 2, 1],
          [2, 1, 1],
        ],
      );
      assert.equal(of('register')[0].text, 'boss');
      assert.equal(of('exit').length, 2);
      assert.ok(of('wait').every(({ value }) => TRACE_WAITS[value] === 'a message'));
      assert.ok(of('run').every(({ value }) => value > 0));
    });

    test('an actor that the host wakes is told to be ready', async () => {
      const program = startTraced(await started, 'PUSH_STR "go"\nPRINT\nREAD_LINE\nPRINT\n');
      await program.printed('go');
      await delay(30);
      program.run.input('a line\n');
      await program.run.done;
      const kinds = program.events.filter(({ pid }) => pid === 1).map(({ kind }) => kind);
      const wait = kinds.indexOf('wait');
      assert.ok(wait > 0, kinds.join(' '));
      assert.deepEqual(kinds.slice(wait, wait + 3), ['wait', 'ready', 'run']);
    });

    test('without the option there are no events', async () => {
      const program = startTraced(await started, PAIR, { events: false });
      await program.run.done;
      assert.deepEqual(program.events, []);
    });

    for (const [name, options] of [
      ['virtual', { virtualTime: true }],
      ['seed', { virtualTime: true, seed: 7 }],
    ]) {
      test(`the events of a reproducible run are the native program's: ${name}`, async () => {
        const source = readFileSync(path.join(GOLDEN, 'supervised.ttvm'), 'utf8');
        const program = startTraced(await started, source, { main: 'supervised.ttvm', ...options });
        await program.run.done;
        const golden = readFileSync(path.join(GOLDEN, `supervised.${name}.jsonl`), 'utf8');
        assert.deepEqual(program.events, golden.trimEnd().split('\n').map(JSON.parse).map(fromJson));
      });
    }

    test('many events of a reproducible run arrive without loss', async () => {
      const source = `
PUSH_INT 30000
STORE n
LABEL more
SELF
PUSH_STR "a message whose text takes four records, since it is that long"
SEND
RECEIVE
POP
LOAD n
PUSH_INT 1
SUB
STORE n
LOAD n
JNZ more
`;
      const program = startTraced(await started, source, { deterministic: true });
      await program.run.done;
      assert.equal(program.dropped(), 0);
      assert.equal(program.events.filter(({ kind }) => kind === 'receive').length, 30_000);
      assert.ok(program.events.every((event, index) => event.sequence === index));
    });

    test('a flood of events from several threads: in order, without holes, what is lost is counted', async () => {
      const source = `
PUSH_INT 6
STORE n
LABEL more
MAKE_FUNCTION echo
SPAWN
DUP
SELF
SEND
POP
LOAD n
PUSH_INT 1
SUB
DUP
STORE n
JNZ more
PUSH_STR "go"
PRINT
LABEL serve
RECEIVE
SELF
SEND
JMP serve
LABEL echo
RECEIVE
STORE boss
LABEL loop
LOAD boss
SELF
SEND
RECEIVE
POP
JMP loop
`;
      const program = startTraced(await started, source, { workers: 3 });
      await program.printed('go');
      await delay(400);
      await program.run.stop();
      // What a stopped run left in shared memory comes in the frames after it.
      for (let before = -1; before !== program.events.length; await delay(60)) before = program.events.length;
      const { events } = program;
      assert.ok(events.length > 5000, `${events.length} events`);
      assert.ok(events.every((event, index) => event.sequence === index));
      assert.ok(Number.isSafeInteger(program.dropped()) && program.dropped() >= 0);
      if (build.mode === 'wasm-mt') assert.ok(new Set(events.map(({ worker }) => worker)).size > 1);
    });

    test('thousands of actors are looked at in several goes', async () => {
      const source = `
PUSH_INT 4500
STORE n
LABEL more
MAKE_FUNCTION sleeper
SPAWN
POP
LOAD n
PUSH_INT 1
SUB
DUP
STORE n
JNZ more
PUSH_STR "all"
PRINT
RECEIVE
HALT
LABEL sleeper
PUSH_INT 60000
SLEEP
`;
      const program = startTraced(await started, source, { deterministic: true });
      await program.printed('all');
      const pids = (await program.run.actors()).map(({ pid }) => pid);
      await program.run.stop();
      assert.deepEqual(
        pids,
        Array.from({ length: 4501 }, (_, i) => i + 1),
      );
    });

    test('actors can be inspected, written to and killed', async () => {
      const program = startTraced(await started, WAITER);
      await program.printed('ready');
      await delay(30);
      const actors = await program.run.actors();
      assert.deepEqual(
        actors.map(({ pid, state, mailbox, supervisor }) => [pid, state, mailbox, supervisor]),
        [
          [1, 'waiting', 0, null],
          [2, 'receiving', 0, null],
        ],
      );
      const info = await program.run.inspect(2);
      assert.equal(info.frames[0].function, 'waiter');
      assert.equal(info.line, 15);
      assert.match(info.waits, /^a message in RECEIVE at waiter/);
      assert.deepEqual(info.frames[0].variables, [{ name: 'own', value: 'mine' }]);
      assert.deepEqual(
        (await program.run.inspect(1)).frames[0].variables.filter(({ name }) => name === 'answer'),
        [{ name: 'answer', value: '42' }],
      );
      assert.equal(await program.run.inspect(77), null);
      program.run.send(2, 'from the page');
      await program.printed('from the page');
      program.run.kill(2);
      await delay(30);
      assert.equal(await program.run.inspect(2), null);
      await program.run.stop();
      assert.equal((await program.run.actors()).length, 1, 'kept after the end');
      const next = startTraced(await started, 'HALT');
      await next.run.done;
      assert.deepEqual(await program.run.actors(), [], 'until the next run');
    });

    test('pause stands still, resume goes on, stop works while paused', async () => {
      const program = startTraced(await started, LOOP);
      await program.printed('go');
      await program.run.pause();
      const before = (await program.run.inspect(1)).instructions;
      assert.ok(before > 0);
      await delay(40);
      assert.equal((await program.run.inspect(1)).instructions, before);
      program.run.resume();
      await delay(40);
      assert.ok((await program.run.inspect(1)).instructions > before);
      await program.run.pause();
      const begin = performance.now();
      await program.run.stop();
      assert.ok(performance.now() - begin < 500);
      assert.equal((await program.run.done).reason, 'stopped');
    });

    test('slow motion', async () => {
      const program = startTraced(await started, LOOP);
      await program.printed('go');
      program.run.setSpeed(500);
      await delay(50);
      const before = (await program.run.inspect(1)).instructions;
      await delay(400);
      const ran = (await program.run.inspect(1)).instructions - before;
      assert.ok(ran > 20 && ran < 600, `${ran} instructions`);
      program.run.setSpeed(null);
      await delay(60);
      assert.ok((await program.run.inspect(1)).instructions - before > 5000);
      await program.run.stop();
    });

    test('a program that cannot run has no actors', async () => {
      const program = startTraced(await started, 'NONSENSE');
      const asked = program.run.actors();
      await program.run.done;
      assert.deepEqual(await asked, []);
      assert.equal(await program.run.inspect(1), null);
    });
  });
}
