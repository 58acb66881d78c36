// SPDX-License-Identifier: MIT
// Every program of the native runner on both wasm builds, judged by the same comments.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { judgeRun, runsIn } from '../lib/expectations.mjs';
import { collectPrograms, listFiles } from '../lib/programs.mjs';
import { ROOT } from '../tools/steps.mjs';
import { BUILDS, delay, startEngine, startProgram } from './lib/engines.mjs';
import { runOptions } from './lib/options.mjs';

const folders = new Map();

/** All files of a folder by their names from there, as a program's own file system. */
function filesOf(folder) {
  let files = folders.get(folder);
  if (!files) {
    files = Object.fromEntries(
      listFiles(folder, /\.[a-z]+$/).map((file) => [
        path.relative(folder, file).replaceAll('\\', '/'),
        new Uint8Array(readFileSync(file)),
      ]),
    );
    folders.set(folder, files);
  }
  return files;
}

async function runOnce(engine, { file, expectations }, how = {}) {
  const main = path.basename(file);
  const files = filesOf(path.dirname(file));
  const program = startProgram(engine, files[main], {
    main,
    files,
    ...runOptions(expectations.options),
    ...how,
    args: expectations.args,
    env: expectations.env,
  });
  program.run.input(expectations.stdin);
  program.run.endInput();
  const late = Symbol('late');
  const result = await Promise.race([
    program.run.done,
    delay((expectations.timeout ?? 20) * 1000, { ref: false }).then(() => late),
  ]);
  const timedOut = result === late;
  if (timedOut) await program.run.stop();
  const { status } = await program.run.done;
  return judgeRun(expectations, { stdout: program.out, stderr: program.err, status, timedOut });
}

/** TTVM_ONLY: run only programs whose names contain this. */
const only = process.env.TTVM_ONLY ?? '';
const programs = collectPrograms(ROOT).filter(({ name }) => name.includes(only));

for (const build of BUILDS) {
  describe(build.mode, () => {
    let engine;
    before(async () => {
      engine = await startEngine(build);
    });
    after(() => engine.dispose());

    for (const program of programs.filter(({ expectations }) => runsIn(expectations, build.mode))) {
      test(program.name, async () => {
        const wrong = await runOnce(engine, program);
        assert.ok(wrong.length === 0, wrong.join('\n'));
      });
    }
  });
}

/** Optimized and interpreted register code are the same on both builds: one will do. */
for (const [title, build, mode, how] of [
  ['optimized', 'wasm-st', 'opt', { optimize: true }],
  ['register engine, interpreted', 'wasm-st', 'ir', { engine: 'register', generateCode: false }],
  ['generated code', 'wasm-st', 'ir', { engine: 'register' }],
  ['generated code', 'wasm-mt', 'ir', { engine: 'register' }],
])
  describe(`${build}, ${title}`, () => {
    let engine;
    before(async () => {
      engine = await startEngine(BUILDS.find((each) => each.mode === build));
    });
    after(() => engine.dispose());

    const both = ({ expectations }) => runsIn(expectations, build) && runsIn(expectations, mode);
    for (const program of programs.filter(both)) {
      test(program.name, async () => {
        const wrong = await runOnce(engine, program, how);
        assert.ok(wrong.length === 0, wrong.join('\n'));
      });
    }
  });
