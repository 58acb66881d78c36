// SPDX-License-Identifier: MIT
// What V8 compiles for speed while generated code runs: never the VM's large functions. That takes some 100 ms of
// processor time in the background of every run, which is more than most programs take.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { ROOT } from '../tools/steps.mjs';

const BENCH = path.join(ROOT, 'tests/bench');
/** Bytes of WebAssembly of one function. The interpreters have 24,000 and more. */
const MOST = 12_000;

for (const name of ['hello', 'loop_sum', 'fib', 'sieve', 'string_build'])
  test(`${name}: no large function of the VM is compiled for speed`, () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        '--trace-wasm-compilation-times',
        path.join(BENCH, 'in_node.mjs'),
        'register',
        path.join(BENCH, `${name}.ttvm`),
      ],
      { encoding: 'utf8', timeout: 120_000, maxBuffer: 1 << 26 },
    );
    assert.equal(status, 0, stderr);
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.includes('using TurboFan'));
    const bodies = lines.map((line) => Number(/bodysize (\d+)/.exec(line)?.[1]));
    assert.ok(bodies.length > 0, 'V8 says what it compiles');
    assert.ok(
      bodies.every((bytes) => bytes <= MOST),
      lines.join('\n'),
    );
  });
