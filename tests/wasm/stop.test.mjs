// SPDX-License-Identifier: MIT
// Stop works within 100 ms on any program. (A worker that does not answer is replaced only after a second, so
// these stops are answered, and the state is kept.)

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BUILDS, delay, startEngine, startProgram } from './lib/engines.mjs';
import { BLOCKED, LONG_OPERATIONS, SPIN, STORM, flood } from './lib/programs.mjs';

const LIMIT_MS = 100;
const TIMES = 5;
/** A reader that never comes back. */
const stuckReader = { output: () => new Promise(() => {}) };

const CASES = {
  'an endless loop': [SPIN],
  'an endless loop, deterministic': [SPIN, { deterministic: true }],
  'an endless loop of the one worker': [SPIN, { workers: 1 }],
  'a message storm': [STORM],
  'a message storm, seeded': [STORM, { seed: 7 }],
  'a blocked RECEIVE': [BLOCKED],
  'a blocked RECEIVE, deterministic': [BLOCKED, { deterministic: true }],
  'a long SLEEP': ['PUSH_INT 600000\nSLEEP'],
  'a RECEIVE_TIMEOUT far away': ['PUSH_INT 600000\nRECEIVE_TIMEOUT out\nLABEL out'],
  'a READ_LINE': ['READ_LINE'],
  'a flood that nobody reads': [flood(1000, 0), { handlers: stuckReader }],
  ...Object.fromEntries(
    Object.entries(LONG_OPERATIONS).map(([name, source]) => [`a loop of long operations: ${name}`, [source]]),
  ),
};

for (const build of BUILDS) {
  describe(build.mode, () => {
    let engine;
    before(async () => {
      engine = await startEngine(build);
    });
    after(() => engine.dispose());

    for (const [name, [source, how]] of Object.entries(CASES)) {
      test(`stops ${name}`, async () => {
        const times = [];
        for (let i = 0; i < TIMES; i++) {
          const { run } = startProgram(engine, source, how);
          await delay(60);
          const started = performance.now();
          await run.stop();
          times.push(performance.now() - started);
          assert.equal((await run.done).reason, 'stopped');
        }
        const median = times.sort((a, b) => a - b)[TIMES >> 1];
        assert.ok(median < LIMIT_MS, `${times.map((ms) => ms.toFixed(1)).join(', ')} ms`);
      });
    }

    test('stop before the start, twice, and after the end', async () => {
      const early = startProgram(engine, SPIN).run;
      await Promise.all([early.stop(), early.stop()]);
      assert.equal((await early.done).reason, 'stopped');
      const short = startProgram(engine, 'PUSH_INT 1\nPRINT').run;
      assert.equal((await short.done).reason, 'finished');
      await short.stop();
      assert.equal((await short.done).reason, 'finished');
    });

    test('the answer tells what was executed', async () => {
      const { run } = startProgram(engine, SPIN);
      await delay(500);
      await run.stop();
      assert.ok((await run.done).instructions > 1000);
    });

    test('what was printed before the stop is there', async () => {
      const program = startProgram(engine, BLOCKED);
      await program.printed('waiting\n');
      await program.run.stop();
      await program.run.done;
      assert.equal(program.out, 'waiting\n');
    });

    test('running something else stops what runs', async () => {
      const first = startProgram(engine, SPIN).run;
      await delay(30);
      const second = startProgram(engine, 'PUSH_STR "next"\nPRINT');
      assert.equal((await first.done).reason, 'stopped');
      assert.equal((await second.run.done).reason, 'finished');
      assert.equal(second.out, 'next\n');
    });
  });
}
