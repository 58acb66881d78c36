// SPDX-License-Identifier: MIT
// Errors of programs are results, never exceptions; the checker says where; what does not exist yet says so.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ROOT } from '../tools/steps.mjs';
import { BUILDS, DEFAULT_OPTIONS, runProgram, startEngine } from './lib/engines.mjs';
import { GREEDY, SPIN } from './lib/programs.mjs';

for (const build of BUILDS) {
  describe(build.mode, () => {
    let engine;
    before(async () => {
      engine = await startEngine(build);
    });
    after(() => engine.dispose());

    test('info', () => {
      assert.equal(engine.info.threads, build.mode === 'wasm-mt');
      assert.equal(engine.info.noThreadsReason, build.mode === 'wasm-mt' ? null : 'forced');
      assert.match(engine.info.version, /^\d+\.\d+\.\d+/);
    });

    test('the checker gives file, line, columns and a suggestion', async () => {
      const diagnostics = await engine.check(
        { 'main.ttvm': 'PUSH_INT 1\n  PRNT ; 🐢\nJMP nowhere' },
        'main.ttvm',
      );
      assert.equal(diagnostics.length, 2);
      const [unknown, label] = diagnostics;
      assert.deepEqual(
        { ...unknown, message: '' },
        {
          file: 'main.ttvm',
          line: 2,
          column: 3,
          endColumn: 7,
          severity: 'error',
          message: '',
          suggestion: 'PRINT',
        },
      );
      assert.match(unknown.message, /PRNT/);
      assert.equal(label.line, 3);
      assert.match(label.message, /nowhere/);
      assert.deepEqual(await engine.check({ 'main.ttvm': 'PUSH_INT 1\nPRINT' }, 'main.ttvm'), []);
    });

    test('columns count UTF-16 code units', async () => {
      const line = 'PUSH_STR "🐢🐢" surplus';
      const [diagnostic] = await engine.check({ a: line }, 'a');
      assert.equal(diagnostic.column, line.indexOf('surplus') + 1);
      assert.equal(diagnostic.endColumn, line.length + 1);
    });

    test('a program that cannot be read: report, status 1', async () => {
      const { err, out, result } = await runProgram(engine, 'PUSH_INT x');
      assert.equal(out, '');
      assert.match(err, /main\.ttvm/);
      assert.match(err, /\^/);
      assert.equal(result.status, 1);
      assert.equal(result.reason, 'failed');
    });

    test('a main file that is not there', async () => {
      let report = '';
      const missing = engine.run(
        { files: { 'main.ttvm': 'HALT' }, main: 'missing.ttvm', options: DEFAULT_OPTIONS },
        { output: (_stream, text) => void (report += text) },
      );
      assert.equal((await missing.done).status, 1);
      assert.match(report, /missing\.ttvm/);
    });

    test('code in all its forms, or the diagnostics that prevent it', async () => {
      const files = { a: 'PUSH_INT 40\n  PUSH_INT 2\nADD\nLABEL end\nPRINT' };
      const plain = await engine.code(files, 'a', { optimized: false, registers: true });
      assert.equal(plain.stack.text, '    PUSH_INT 40\n    PUSH_INT 2\n    ADD\nLABEL end\n    PRINT\n');
      assert.deepEqual([...plain.stack.positions], [1, 1, 2, 3, 3, 1, 5, 1]);
      assert.equal(plain.optimized, null);
      const lines = plain.registers.text.split('\n').filter((line) => line.startsWith('    '));
      assert.equal(lines.length, plain.registers.origins.length);
      assert.equal(plain.registers.origins[lines.findIndex((line) => line.includes('PRINT'))], 3);
      assert.doesNotMatch(plain.registers.text, /; \d/);

      const both = await engine.code(files, 'a', { optimized: true, registers: true });
      assert.equal(both.stack.text, plain.stack.text);
      const { code, report } = both.optimized;
      assert.equal(code.text, '    PUSH_INT 42\nLABEL end\n    PRINT\n');
      assert.deepEqual([code.positions[2], code.positions[3]], [5, 1]);
      assert.deepEqual(report.instructions, { before: 4, after: 2 });
      const [folding] = report.passes;
      assert.deepEqual(
        [folding.title, folding.changes, folding.removed, report.passes.length],
        ['constant folding', 1, 2, 8],
      );
      assert.match(both.registers.text, /LOADI +\$0, 42/);

      const bad = await engine.code({ a: 'PUSH_INT' }, 'a', { optimized: true, registers: true });
      assert.equal(bad.diagnostics.length, 1);
    });

    test('a profile of a run, for whoever asked for one', async () => {
      const main = 'CALL f\nCALL f\nHALT\nLABEL f\nPUSH_INT 1\nPOP\nRET';
      const profiled = engine.run(
        { files: { 'main.ttvm': main }, main: 'main.ttvm', options: { ...DEFAULT_OPTIONS, profile: true } },
        { output: () => undefined },
      );
      await profiled.done;
      const profile = await profiled.profile();
      const figures = Object.fromEntries(profile.functions.map((one) => [one.name, one]));
      assert.deepEqual([figures.f.calls, figures.f.ownInstructions, figures.f.line], [2, 6, 5]);
      assert.equal(figures['<main>'].allInstructions, profile.instructions);
      const called = profile.paths.find((path) => profile.functions[path.function].name === 'f');
      assert.equal(profile.functions[profile.paths[called.parent].function].name, '<main>');
      assert.deepEqual(
        profile.actors.map(({ pid, instructions }) => [pid, instructions]),
        [[1, profile.instructions]],
      );
      assert.deepEqual(profile.executions, [
        { file: 'main.ttvm', counts: new Float64Array([1, 1, 1, 2, 2, 2]) },
      ]);
      const plain = engine.run(
        { files: { 'main.ttvm': main }, main: 'main.ttvm', options: DEFAULT_OPTIONS },
        { output: () => undefined },
      );
      await plain.done;
      assert.equal(await plain.profile(), null);
      assert.equal(await profiled.profile(), null);
    });

    test('executions of instructions add up to the instructions of the run', async () => {
      for (const name of ['actors/chat_room', 'exceptions/retry', 'supervision/control']) {
        const text = readFileSync(path.join(ROOT, `examples/${name}.ttvm`), 'utf8');
        for (const options of [{}, { optimize: true }, { engine: 'register' }]) {
          const run = engine.run(
            {
              files: { 'main.ttvm': text },
              main: 'main.ttvm',
              options: { ...DEFAULT_OPTIONS, ...options, profile: true },
            },
            { output: () => undefined },
          );
          const { instructions } = await run.done;
          const { executions } = await run.profile();
          const sum = executions.flatMap(({ counts }) => [...counts]).reduce((a, b) => a + b, 0);
          const wanted = options.engine === 'register' ? 0 : instructions;
          assert.equal(sum, wanted, `${name} ${JSON.stringify(options)}`);
        }
      }
    });

    test('formatting, in the language of the name', async () => {
      assert.equal(
        await engine.format('a.lisp', '(define (f x)\n(+ x\n1))'),
        '(define (f x)\n  (+ x\n     1))\n',
      );
      assert.equal(await engine.format('a.ttvm', 'print'), '    PRINT\n');
    });

    test('a Lisp program, and its errors', async () => {
      const { out, result } = await runProgram(engine, '(print (map (list 1 2) (lambda (x) (* x x))))', {
        main: 'main.lisp',
      });
      assert.equal(out, '[1, 4]\n');
      assert.equal(result.status, 0);
      const found = await engine.check({ 'a.lisp': '(print\n  (prnt 1))' }, 'a.lisp');
      assert.deepEqual(
        found.map(({ line, column, endColumn, suggestion }) => [line, column, endColumn, suggestion]),
        [[2, 4, 8, 'print']],
      );
    });

    test('an uncaught error: report with kind and line, status 1', async () => {
      const { err, result } = await runProgram(engine, 'PUSH_INT 1\nPUSH_INT 0\nDIV\nPRINT');
      assert.match(err, /Division by zero/);
      assert.match(err, /main\.ttvm:3/);
      assert.equal(result.status, 1);
      assert.equal(result.reason, 'failed');
    });

    test('EXIT gives its code', async () => {
      const { result } = await runProgram(engine, 'PUSH_INT 7\nEXIT');
      assert.equal(result.status, 7);
    });

    test('a deadlock is reported and told apart', async () => {
      const { err, result } = await runProgram(engine, 'RECEIVE');
      assert.match(err, /[Dd]eadlock/);
      assert.equal(result.reason, 'deadlock');
      assert.equal(result.status, 1);
    });

    test('limits end the run or raise their error', async () => {
      const instructions = await runProgram(engine, SPIN, { limits: { instructions: 100_000 } });
      assert.equal(instructions.result.reason, 'limit');
      assert.equal(instructions.result.status, 1);
      const time = await runProgram(engine, SPIN, { limits: { timeMs: 100 } });
      assert.equal(time.result.reason, 'limit');
      const depth = await runProgram(engine, 'CALL f\nLABEL f\nCALL f\nRET', { limits: { callDepth: 100 } });
      assert.match(depth.err, /CallDepthExceeded|[Cc]all depth/);
      const heap = await runProgram(engine, 'MAKE_LIST 0\nLABEL a\nPUSH_INT 1\nLIST_APPEND\nJMP a', {
        limits: { heapBytes: 4 << 20 },
      });
      assert.match(heap.err, /[Hh]eap/);
      assert.equal(heap.result.status, 1);
    });

    test('endless recursion and endless growth end with the default limits', async () => {
      const depth = await runProgram(engine, 'CALL f\nLABEL f\nCALL f\nRET');
      assert.equal(depth.result.reason, 'failed');
      const heap = await runProgram(engine, 'MAKE_LIST 0\nLABEL a\nPUSH_INT 1\nLIST_APPEND\nJMP a');
      assert.equal(heap.result.reason, 'failed', heap.err);
      assert.match(heap.err, /[Hh]eap/);
    });

    for (const [name, source] of Object.entries(GREEDY)) {
      test(`${name}: an error of the program, and the engine lives on`, async () => {
        const { err, result } = await runProgram(engine, source);
        assert.equal(result.reason, 'failed');
        assert.match(err, /^Error: main\.ttvm:\d+:\d+: (HeapExceeded|CallDepthExceeded|FileError)/);
        assert.equal((await runProgram(engine, 'PUSH_INT 1\nPRINT')).out, '1\n');
      });
    }

    test('schedulers: as many as wished for, one when deterministic', async () => {
      const counts = {};
      for (const [name, how] of Object.entries({
        two: { workers: 2 },
        one: { workers: 1 },
        seeded: { workers: 2, seed: 1 },
        deterministic: { workers: 2, deterministic: true },
        virtual: { workers: 2, virtualTime: true },
      })) {
        let told;
        const { result } = await runProgram(engine, 'HALT', {
          ...how,
          handlers: { started: (count) => void (told = count) },
        });
        assert.equal(told, result.schedulers);
        counts[name] = told;
      }
      const threads = build.mode === 'wasm-mt';
      assert.deepEqual(counts, { two: threads ? 2 : 1, one: 1, seeded: 1, deterministic: 1, virtual: 1 });
    });

    test('virtual time does not wait', async () => {
      const started = performance.now();
      const { result } = await runProgram(engine, 'PUSH_INT 3600000\nSLEEP', { virtualTime: true });
      assert.equal(result.reason, 'finished');
      assert.ok(performance.now() - started < 1000);
    });

    test('same seed, same output', async () => {
      const race = `
        ${'MAKE_FUNCTION a\nSPAWN\nPOP\nMAKE_FUNCTION b\nSPAWN\nPOP\n'.repeat(5)}HALT
        LABEL a\nPUSH_STR "a"\nWRITE\nYIELD\nPUSH_STR "A"\nWRITE\nRET
        LABEL b\nPUSH_STR "b"\nWRITE\nYIELD\nPUSH_STR "B"\nWRITE\nRET`;
      const outputs = [];
      for (let i = 0; i < 3; i++) outputs.push((await runProgram(engine, race, { seed: 12345 })).out);
      assert.equal(new Set(outputs).size, 1);
      const others = new Set();
      for (let seed = 1; seed <= 8; seed++) others.add((await runProgram(engine, race, { seed })).out);
      assert.ok(others.size > 1, 'the seed has no effect');
    });
  });
}
