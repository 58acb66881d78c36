// SPDX-License-Identifier: MIT
// Runs leave nothing behind: neither memory of the module nor threads, however they end.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { BUILDS, delay, runProgram, startEngine, startProgram } from './lib/engines.mjs';
import { BLOCKED, SPIN, STORM } from './lib/programs.mjs';

/** Some 40 MB live at the end, most of it in other actors' heaps; twenty times that is more than there is. */
const HEAVY = `
  MAKE_FUNCTION fill
  SPAWN
  POP
  CALL fill
  HALT
LABEL fill
  MAKE_LIST 0
  STORE l
LABEL again
  LOAD l
  PUSH_INT 1
  LIST_APPEND
  STORE l
  LOAD l
  LEN
  PUSH_INT 1000000
  LT
  JNZ again
  RET
`;

/** Opens one of everything, has requests of two actors under way, and ends without closing or awaiting any. */
const CARELESS = `
  PUSH_INT 8080
  TCP_LISTEN
  STORE listener
  MAKE_FUNCTION acceptor
  SPAWN
  POP
  PUSH_STR "127.0.0.1"
  PUSH_INT 8080
  TCP_CONNECT
  POP
  PUSH_INT 5353
  UDP_BIND
  POP
  PUSH_STR "memory"
  STREAM_CREATE
  POP
  PUSH_STR "file-write:out.txt"
  STREAM_CREATE
  PUSH_STR "text"
  STREAM_WRITE
  POP
  PUSH_STR "sqlite:notes.db"
  DB_CONNECT
  STORE db
  LOAD db
  PUSH_STR "CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(2000000)); BEGIN; INSERT INTO t VALUES (1)"
  DB_EXEC
  POP
  PUSH_STR "notes.db"
  ASYNC_READ
  POP
  LOAD db
  PUSH_STR "SELECT count(*) FROM t"
  DB_QUERY
  GET_FIELD data
  PRINT
  PUSH_INT 0
  EXIT
LABEL acceptor
  LOAD listener
  TCP_ACCEPT
  PUSH_INT 10
  TCP_RECV
  RET
`;

const threadCount = () => readdirSync('/proc/self/task').length;

for (const build of BUILDS) {
  describe(build.mode, () => {
    let engine;
    before(async () => {
      engine = await startEngine(build);
    });
    after(() => engine.dispose());

    test('20 heavy runs', async () => {
      for (let i = 0; i < 20; i++) {
        const { result, err } = await runProgram(engine, HEAVY);
        assert.equal(result.reason, 'finished', `run ${i + 1}: ${err}`);
      }
    });

    test('20 stopped runs of each kind keep the number of threads', async () => {
      await runProgram(engine, HEAVY);
      const threads = threadCount();
      for (let i = 0; i < 20; i++) {
        for (const source of [SPIN, STORM, BLOCKED]) {
          const { run } = startProgram(engine, source);
          await delay(5);
          await run.stop();
        }
      }
      await delay(50);
      assert.equal(threadCount(), threads);
    });

    test('50 runs that close nothing leave nothing open', async () => {
      await runProgram(engine, CARELESS);
      const threads = threadCount();
      const started = process.memoryUsage().rss;
      for (let i = 0; i < 50; i++) {
        const { out, err, result } = await runProgram(engine, CARELESS);
        assert.equal(err, '');
        assert.equal(out, '[[2]]\n');
        // What was not committed is not in the file, and no journal lies beside it.
        assert.deepEqual(Object.keys(result.changedFiles).sort(), ['notes.db', 'out.txt']);
      }
      await delay(50);
      assert.equal(threadCount(), threads);
      const grown = (process.memoryUsage().rss - started) / 2 ** 20;
      assert.ok(grown < 150, `${Math.round(grown)} MB more`);
    });

    test('200 short runs and checks', async () => {
      const started = process.memoryUsage().rss;
      for (let i = 0; i < 200; i++) {
        const { out } = await runProgram(engine, `PUSH_INT ${i}\nPRINT`, {
          files: { big: 'x'.repeat(1 << 20) },
        });
        assert.equal(out, `${i}\n`);
        assert.equal((await engine.check({ a: 'NOPE' }, 'a')).length, 1);
      }
      const grown = (process.memoryUsage().rss - started) / 2 ** 20;
      assert.ok(grown < 150, `${Math.round(grown)} MB more`);
    });
  });
}
