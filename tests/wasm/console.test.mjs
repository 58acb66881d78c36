// SPDX-License-Identifier: MIT
// Output arrives whole, in order, in bounded pieces, and no faster than it is read; input as it is typed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BUILDS, delay, runProgram, startEngine, startProgram } from './lib/engines.mjs';
import { flood } from './lib/programs.mjs';

const CHUNK = 64 * 1024;
const MEGABYTE = 1 << 20;

const ECHO = `
LABEL again
  READ_LINE
  DUP
  NULL
  EQ
  JNZ end
  PUSH_STR "<"
  SWAP
  CONCAT
  PUSH_STR ">"
  CONCAT
  PRINT
  JMP again
LABEL end
  PUSH_STR "bye"
  PRINT
`;

for (const build of BUILDS) {
  describe(build.mode, () => {
    let engine;
    before(async () => {
      engine = await startEngine(build);
    });
    after(() => engine.dispose());

    test('100 MB of output pass in bounded memory, one chunk at a time', async () => {
      const lines = 102_400;
      let bytes = 0;
      let largest = 0;
      let underWay = 0;
      let overlapping = 0;
      const before = process.memoryUsage().rss;
      let peak = before;
      const { run } = startProgram(engine, flood(1024, lines), {
        handlers: {
          async output(_stream, text) {
            if (++underWay > 1) overlapping++;
            bytes += text.length;
            largest = Math.max(largest, text.length);
            peak = Math.max(peak, process.memoryUsage().rss);
            await null;
            underWay--;
          },
        },
      });
      const result = await run.done;
      assert.equal(result.reason, 'finished');
      assert.equal(bytes, lines * 1024);
      assert.ok(largest <= CHUNK, `a chunk of ${largest}`);
      assert.equal(overlapping, 0);
      assert.ok(peak - before < 128 * MEGABYTE, `${Math.round((peak - before) / MEGABYTE)} MB more`);
    });

    test('a slow reader slows the program down', async () => {
      let bytes = 0;
      const { run } = startProgram(engine, flood(1024, 0), {
        handlers: {
          async output(_stream, text) {
            bytes += text.length;
            await delay(50);
          },
        },
      });
      await delay(400);
      await run.stop();
      const { instructions } = await run.done;
      // Eight chunks read and the ring full: far from the tens of megabytes that it could print.
      assert.ok(bytes < 3 * MEGABYTE, `${bytes} bytes read`);
      assert.ok(instructions < 100_000, `${instructions} instructions`);
    });

    test('characters of several bytes survive being cut between chunks', async () => {
      const { out, result } = await runProgram(
        engine,
        flood(2, 1).replace('"x"', `"${'a🐢é'.repeat(9001)}"`),
      );
      assert.equal(result.reason, 'finished');
      assert.equal(out, `${'a🐢é'.repeat(9001)}\n`);
    });

    test('a value larger than the whole ring', async () => {
      const double = 'DUP\nCONCAT\n'.repeat(14);
      const { out } = await runProgram(
        engine,
        `PUSH_STR "${'0123456789abcdef'.repeat(8)}"\n${double}PRINT\nPUSH_STR "end"\nPRINT`,
      );
      assert.equal(out.length, 128 * 2 ** 14 + 5);
      assert.ok(out.endsWith('f\nend\n'));
    });

    test('reports on standard error come in place', async () => {
      const order = [];
      const { run } = startProgram(engine, 'PUSH_STR "one"\nPRINT\nDELETE nothing\nPUSH_STR "two"\nPRINT', {
        handlers: { output: (stream, text) => void order.push([stream, text]) },
      });
      await run.done;
      assert.deepEqual(
        order.map(([stream]) => stream),
        ['stdout', 'stderr', 'stdout'],
      );
      assert.equal(order[0][1], 'one\n');
      assert.equal(order[2][1], 'two\n');
    });

    test('typed input, and who waits for it', async () => {
      const wishes = [];
      const program = startProgram(engine, ECHO, {
        handlers: { wantsInput: (waiting) => void wishes.push(waiting) },
      });
      const { run } = program;
      while (wishes.length === 0) await delay(1);
      run.input('hé');
      await delay(20);
      assert.equal(program.out, '');
      run.input('llo\r\nwor');
      await program.printed('<héllo>\n');
      run.input('ld\n\n');
      await program.printed('<world>\n<>\n');
      run.input('last');
      run.endInput();
      const result = await run.done;
      assert.equal(result.reason, 'finished');
      assert.equal(program.out, '<héllo>\n<world>\n<>\n<last>\nbye\n');
      assert.equal(wishes[0], true);
      assert.equal(wishes.at(-1), false);
    });

    test('all ways to read', async () => {
      const { out } = await runProgram(
        engine,
        'READ_CHAR\nPRINT\nREAD_LINE\nPRINT\nREAD_INPUT\nPRINT\nREAD_CHAR\nPRINT\nREAD_LINE\nPRINT',
        {
          stdin: '🐢 first\nsecond\nthird\n',
        },
      );
      assert.equal(out, '🐢\n first\nsecond\nthird\n\nnull\nnull\n');
    });

    test('a program that waits for input does not keep the others waiting', async () => {
      const program = startProgram(
        engine,
        'MAKE_FUNCTION other\nSPAWN\nPOP\nREAD_LINE\nPRINT\nHALT\nLABEL other\nPUSH_STR "meanwhile"\nPRINT\nRET',
      );
      await program.printed('meanwhile\n');
      program.run.input('done\n');
      await program.run.done;
      assert.equal(program.out, 'meanwhile\ndone\n');
    });
  });
}
