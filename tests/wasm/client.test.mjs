// SPDX-License-Identifier: MIT
// The client against workers that misbehave, which real ones do too rarely to be tested with: a scripted worker
// stands in, the client is the real one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngineIn } from '../../build/wasm-glue-js/client.js';
import { PROTOCOL_VERSION } from '../../build/wasm-glue-js/protocol.js';
import { DEFAULT_OPTIONS, delay } from './lib/engines.mjs';

const BASE = new URL('file:///nowhere/');
const request = { files: { m: '' }, main: 'm', options: DEFAULT_OPTIONS };
const done = (run, extra = {}) => ({
  type: 'done',
  run,
  result: { status: 0, reason: 'finished', schedulers: 1, instructions: 0, changedFiles: {}, ...extra },
});
const READY = { type: 'ready', protocol: PROTOCOL_VERSION, version: 'test', maxSchedulers: 4 };

/** Answers as `script[type](message, worker)` says, on top of a probe and an init that succeed. */
class ScriptedWorker {
  received = [];
  terminated = false;

  constructor(script) {
    this.script = {
      probe: ({ memory }) => {
        Atomics.add(new Int32Array(memory.buffer), 0, 1);
        this.say({ type: 'probed', ok: true });
      },
      init: () => this.say(READY),
      ...script,
    };
  }

  say(message) {
    queueMicrotask(() => {
      if (!this.terminated) this.onMessage(message);
    });
  }

  post(message) {
    this.received.push(message);
    this.script[message.type]?.(message, this);
  }

  listen(onMessage, onFailure) {
    this.onMessage = onMessage;
    this.onFailure = onFailure;
  }

  terminate() {
    this.terminated = true;
  }

  types() {
    return this.received.map(({ type }) => type);
  }
}

function environment(script, { isolated = true } = {}) {
  const workers = [];
  return {
    workers,
    cores: 2,
    isolated,
    spawn() {
      const worker = new ScriptedWorker(typeof script === 'function' ? script(workers.length) : script);
      workers.push(worker);
      return worker;
    },
  };
}

async function engineWith(script, how = {}) {
  const world = environment(script, how);
  const engine = await createEngineIn(world, { baseUrl: BASE, threads: how.threads ?? 'auto' });
  return { engine, world };
}

const noOutput = { output() {} };

test('threads when shared memory really arrives', async () => {
  const { engine, world } = await engineWith({});
  assert.deepEqual(engine.info, { threads: true, noThreadsReason: null, maxSchedulers: 4, version: 'test' });
  assert.equal(world.workers[0].received.at(-1).engineUrl, 'file:///nowhere/ttvm-mt.mjs');
  assert.equal(world.workers.length, 1);
});

test('one thread, with the reason, when it does not', async () => {
  const cases = [
    [{}, { threads: 'off' }, 'forced'],
    [{}, { isolated: false }, 'not-isolated'],
    [
      { probe: (_message, worker) => worker.say({ type: 'probed', ok: false }) },
      {},
      'shared-memory-not-transferable',
    ],
    // Says yes, but its write is never seen.
    [
      { probe: (_message, worker) => worker.say({ type: 'probed', ok: true }) },
      {},
      'shared-memory-not-transferable',
    ],
    [
      {
        probe: () => {
          throw new DOMException('no', 'DataCloneError');
        },
      },
      {},
      'shared-memory-not-transferable',
    ],
  ];
  for (const [script, how, reason] of cases) {
    const { engine, world } = await engineWith(script, how);
    assert.equal(engine.info.noThreadsReason, reason);
    assert.equal(engine.info.threads, false);
    assert.equal(world.workers.at(-1).received.at(-1).engineUrl, 'file:///nowhere/ttvm-st.mjs');
  }
});

test('one thread, too, when the build with threads cannot be started', async () => {
  const { engine, world } = await engineWith((index) =>
    index === 0 ? { init: (_message, worker) => worker.say({ type: 'bug', message: 'no memory' }) } : {},
  );
  assert.deepEqual([engine.info.threads, engine.info.noThreadsReason], [false, 'threads-failed']);
  assert.ok(world.workers[0].terminated);
  engine.dispose();
});

test('an engine that cannot be loaded is an EngineBug with the reason', async () => {
  await assert.rejects(
    engineWith({ init: (_message, worker) => worker.say({ type: 'bug', message: 'no such file' }) }),
    (error) => error.name === 'EngineBug' && error.message.includes('no such file'),
  );
  await assert.rejects(
    engineWith({ init: (_message, worker) => worker.say({ ...READY, protocol: 99 }) }),
    /reload the page/,
  );
});

test('a worker that ignores stop is replaced after a second, and the next run works', async () => {
  const { engine, world } = await engineWith((index) =>
    index === 0 ? {} : { run: ({ run }, worker) => worker.say(done(run)) },
  );
  const run = engine.run(request, noOutput);
  await delay(20);
  const started = performance.now();
  await run.stop();
  const took = performance.now() - started;
  assert.ok(took > 900 && took < 1500, `took ${took} ms`);
  assert.equal((await run.done).reason, 'stopped');
  assert.ok(world.workers[0].terminated);
  assert.equal((await engine.run(request, noOutput).done).reason, 'finished');
  engine.dispose();
  await delay(1);
  assert.ok(world.workers.every(({ terminated }) => terminated));
});

test('a long run has a spare made, which takes over without a new start', async () => {
  const { engine, world } = await engineWith((index) =>
    index === 0 ? {} : { run: ({ run }, worker) => worker.say(done(run)) },
  );
  const run = engine.run(request, noOutput);
  await delay(400);
  assert.equal(world.workers.length, 2);
  await run.stop();
  await engine.run(request, noOutput).done;
  assert.equal(world.workers.length, 2);
  engine.dispose();
});

test('a second run begins only after the first has stopped, and only the newest of several begins', async () => {
  const { engine, world } = await engineWith({
    run: ({ run }, worker) => {
      if (run === 3) worker.say(done(run));
    },
    stop: ({ run }, worker) => setTimeout(() => worker.say(done(run, { reason: 'stopped' })), 50),
  });
  const runs = [1, 2, 3].map(() => engine.run(request, noOutput));
  await delay(1);
  const reasons = await Promise.all(runs.map(async ({ done }) => (await done).reason));
  assert.deepEqual(reasons, ['stopped', 'stopped', 'finished']);
  const told = world.workers[0].received.filter(({ type }) => type === 'run' || type === 'stop');
  assert.deepEqual(
    told.map(({ type, run }) => `${type} ${run}`).filter((line) => line !== 'run 1' && line !== 'stop 1'),
    ['run 3'],
  );
  engine.dispose();
});

test('input that comes before the start is kept in order', async () => {
  const { engine, world } = await engineWith({});
  const run = engine.run(request, noOutput);
  run.input('a');
  run.input('');
  run.input('b');
  run.endInput();
  await delay(5);
  assert.deepEqual(world.workers[0].types().slice(2), ['run', 'input', 'input', 'end-input']);
  engine.dispose();
});

test('output is acknowledged after the reader is through, and done comes after it', async () => {
  const { engine, world } = await engineWith({
    run: ({ run }, worker) => worker.say({ type: 'output', run, stream: 'stdout', text: 'x' }),
  });
  let release;
  const run = engine.run(request, {
    output: () =>
      new Promise((resolve) => {
        release = resolve;
      }),
  });
  await delay(5);
  const [worker] = world.workers;
  assert.ok(!worker.types().includes('ack'));
  worker.say(done(1));
  let ended = false;
  void run.done.then(() => {
    ended = true;
  });
  await delay(5);
  assert.equal(ended, false);
  release();
  await run.done;
  assert.equal((await run.done).reason, 'finished');
  engine.dispose();
});

test('a reader that fails does not stop the output', async () => {
  const { engine, world } = await engineWith({
    run: ({ run }, worker) => worker.say({ type: 'output', run, stream: 'stdout', text: 'x' }),
  });
  const uncaught = new Promise((resolve) => {
    globalThis.reportError = resolve;
  });
  engine.run(request, {
    output() {
      throw new Error('reader');
    },
  });
  assert.equal((await uncaught).message, 'reader');
  delete globalThis.reportError;
  assert.ok(world.workers[0].types().includes('ack'));
  engine.dispose();
});

test('a bug rejects the run and open questions, and the engine recovers', async () => {
  const { engine } = await engineWith((index) =>
    index === 0
      ? { run: (_message, worker) => worker.say({ type: 'bug', message: 'trap' }) }
      : {
          run: ({ run }, worker) => worker.say(done(run)),
          check: ({ request: id }, worker) => worker.say({ type: 'checked', request: id, diagnostics: [] }),
        },
  );
  const question = engine.check({}, 'a');
  const run = engine.run(request, noOutput);
  await assert.rejects(run.done, (error) => error.name === 'EngineBug' && error.message === 'trap');
  await assert.rejects(question, /trap/);
  assert.deepEqual(await engine.check({}, 'a'), []);
  assert.equal((await engine.run(request, noOutput).done).reason, 'finished');
  engine.dispose();
});

test('a message that breaks the protocol is a bug of the engine', async () => {
  const { engine } = await engineWith({
    run: (_message, worker) => worker.say({ type: 'output', run: 1, stream: 'stdlog', text: 'x' }),
  });
  await assert.rejects(engine.run(request, noOutput).done, /message 'output': field 'stream'/);
  engine.dispose();
});

test('questions asked of a worker that had to be replaced are asked again', async () => {
  const { engine } = await engineWith((index) =>
    index === 0
      ? {}
      : { check: ({ request: id }, worker) => worker.say({ type: 'checked', request: id, diagnostics: [] }) },
  );
  const run = engine.run(request, noOutput);
  await delay(5);
  const question = engine.check({}, 'a');
  await run.stop();
  assert.deepEqual(await question, []);
  engine.dispose();
});

test('after dispose nothing works and nothing hangs', async () => {
  const { engine, world } = await engineWith({});
  const run = engine.run(request, noOutput);
  await delay(5);
  engine.dispose();
  engine.dispose();
  assert.equal((await run.done).reason, 'stopped');
  await assert.rejects(engine.check({}, 'a'), /disposed/);
  await assert.rejects(engine.run(request, noOutput).done, /disposed/);
  await delay(1);
  assert.ok(world.workers[0].terminated);
});
