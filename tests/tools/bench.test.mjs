// SPDX-License-Identifier: MIT
// The benchmark harness: that it refuses wrong output, flags steep growth, and judges against a baseline.

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { growth } from '../bench/growth.mjs';
import { buildMeasure, measure } from '../bench/measure.mjs';
import { GROWTH, PROGRAMS } from '../bench/programs.mjs';
import { race } from '../bench/race.mjs';
import { changes, summarize, toBaseline } from '../bench/report.mjs';
import { COMPARED, targets } from '../bench/targets.mjs';
import { isSlower, optimizedToPlain, worst } from '../bench/optimized.mjs';
import { compare, geometricMean, median, medianBounds, spread } from '../bench/stats.mjs';
import { wasmRatios } from '../bench/wasm.mjs';
import { BUILD } from './steps.mjs';

let folder;

before(async () => {
  mkdirSync(path.join(BUILD, 'bench'), { recursive: true });
  folder = mkdtempSync(path.join(BUILD, 'bench/test-'));
  await buildMeasure();
});
after(() => rmSync(folder, { recursive: true, force: true }));

function script(name, text) {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

const contender = (id, command) => ({ id, cwd: folder, command: () => command });
const hello = PROGRAMS.find(({ name }) => name === 'hello');

test('figures of samples', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(spread([1, 2, 3]), 0.5);
  assert.ok(Math.abs(geometricMean([1, 4]) - 2) < 1e-12);
  assert.equal(geometricMean([]), undefined);
  assert.deepEqual(compare([2, 4], [1, 1]), { ratio: 2, median: 3, spread: 1 / 3 });
});

test('bounds of a median', () => {
  // Of five samples all lie on one side of the median once in 32 times; of four, once in 16.
  assert.deepEqual(medianBounds([3, 1, 2, 5, 4]), { low: 1, high: 5 });
  assert.equal(medianBounds([1, 2, 3, 4]), undefined);
  // Of eight, at most one lies below it 9 times in 256.
  assert.deepEqual(medianBounds([8, 1, 2, 3, 4, 5, 6, 7]), { low: 2, high: 7 });
  assert.equal(medianBounds([]), undefined);
});

test('a program that --optimize slows down is told, noise is not', () => {
  const program = { name: 'fib', figure: 'cpu' };
  const samples = (list) => list.map((cpu) => ({ cpu }));
  const judge = (after) =>
    optimizedToPlain(program, {
      samples: { ttvm: samples([1, 1, 2, 1, 1]), optimized: samples(after), register: samples([1]) },
    });
  const slow = judge([1.1, 1.2, 2.12, 1.07, 1.1]);
  const noisy = judge([1.1, 1.2, 2.4, 1, 1.1]);
  assert.deepEqual(Object.keys(slow.engines), ['stack']);
  assert.equal(slow.engines.stack.median, 1.1);
  assert.ok(isSlower(slow.engines.stack));
  assert.ok(!isSlower(noisy.engines.stack));
  assert.equal(worst([noisy, slow]).low, slow.engines.stack.low);
  assert.equal(worst([judge([2])]), undefined);
});

test('measures time and memory, and tells how a command ended', async () => {
  const busy = await measure(['sh', '-c', 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo done']);
  assert.equal(busy.output, 'done\n');
  assert.ok(busy.user > 0 && busy.wall >= busy.user / 2 && busy.peak > 100_000);
  assert.equal(busy.problem, undefined);
  assert.match((await measure(['sh', '-c', 'echo why >&2; exit 3'])).problem, /^status 3: why/);
  assert.equal((await measure(['sleep', '20'], { wallLimit: 1 })).problem, 'out of time');
  assert.match((await measure(['/nonexistent/program'])).problem, /^status 127/);
});

test('who prints something else is not timed', async () => {
  const contenders = [contender('good', ['echo', 'hello']), contender('bad', ['echo', 'hallo'])];
  const { samples, problems } = await race(hello, contenders, { rounds: 2, seconds: 20 });
  assert.equal(samples.good.length, 2);
  assert.equal(samples.bad, undefined);
  assert.match(problems.bad, /prints "hallo/);
});

test('growth that is not linear is flagged', async () => {
  const loop = (count) =>
    script(
      `loop-${count.length}`,
      `for n; do :; done\nawk -v n="$n" 'BEGIN { for (i = 0; i < ${count}; i++); print n }'`,
    );
  const limits = { rounds: 2, seconds: 30 };
  const linear = await growth(loop('n * 2000'), { name: 'linear', n: 100 }, 0, limits);
  assert.equal(linear.problem, undefined);
  assert.equal(linear.steep, false);
  const quadratic = await growth(loop('n * n * 20'), { name: 'quadratic', n: 100 }, 0, limits);
  assert.equal(quadratic.steep, true);
  const wrong = await growth(script('wrong', 'echo 1'), { name: 'wrong', n: 100 }, 0, limits);
  assert.match(wrong.problem, /prints "1\\n", not 100/);
});

test('what is slower or larger than the baseline is told', () => {
  const sample = (cpu, peak) => ({ cpu, wall: cpu, peak });
  const row = (ours, peak, register = 1) => {
    const samples = { ttvm: [sample(ours, peak)], register: [sample(register, peak)], lua: [sample(1, 1e6)] };
    const program = { name: 'fib', figure: 'cpu' };
    return summarize(program, { samples, problems: {} }, 'ttvm', ['register', 'lua'], ['register']);
  };
  const run = (...rows) => ({ rows, bytes: {} });
  const baseline = toBaseline(
    { ...run(row(1, 2e6)), wasm: { fib: { 'register to wasmoon': 0.4 } }, sizes: { 'a.wasm': 1000 } },
    'ttvm',
  );
  const told = (what, options) => changes(what, 'ttvm', baseline, options);
  const wall = { ...row(3, 2e6), figure: 'wall' };
  assert.match(told(run(wall)).worse[0], /^fib, ttvm to lua/);
  assert.deepEqual(told(run(wall), { busy: true }).worse, []);
  assert.deepEqual(told(run(row(1.2, 2.1e6))), { worse: [], better: [] });
  assert.match(told(run(row(1.4, 2e6))).worse[0], /^fib, ttvm to lua: 1.00 → 1.40 \(\+40%\)/);
  assert.match(told(run(row(1, 3e6))).worse[0], /^fib, peak MB: 2.0 → 3.0/);
  assert.match(told(run(row(0.5, 2e6))).better[0], /^fib, ttvm/);
  // Each engine by itself, and never by the ratio of ours to ours.
  assert.deepEqual(told(run(row(1, 2e6, 2))), {
    worse: ['fib, register to lua: 1.00 → 2.00 (+100%)'],
    better: [],
  });
  const inWasm = (ratio) => told({ ...run(), wasm: { fib: { 'register to wasmoon': ratio } } });
  assert.match(inWasm(0.6).worse[0], /^fib in WebAssembly, register to wasmoon: 0.40 → 0.60 \(\+50%\)/);
  assert.deepEqual(inWasm(0.45), { worse: [], better: [] });
  assert.match(
    told({ ...run(), sizes: { 'a.wasm': 1100 } }).worse[0],
    /^a\.wasm, bytes by brotli: 1000 → 1100/,
  );
  // What a run leaves out stays as it was.
  assert.deepEqual(toBaseline(run(), 'ttvm', baseline), baseline);
});

test('ratios in WebAssembly are to wasmoon and to the same engine natively', () => {
  const samples = { stack: [{ cpu: 900 }], register: [{ cpu: 300 }, { cpu: 200 }], wasmoon: [{ cpu: 400 }] };
  const ratios = wasmRatios([{ name: 'fib', samples, problems: {} }], () => ({ ttvm: 0.9, register: 0.1 }));
  assert.deepEqual(ratios, {
    fib: {
      'stack to wasmoon': 2.25,
      'stack to native': 1,
      'register to wasmoon': 0.5,
      'register to native': 2,
    },
  });
  assert.deepEqual(
    wasmRatios([{ name: 'fib', samples: { stack: [{ cpu: 1 }] }, problems: {} }], () => ({})),
    {},
  );
});

test('made sources have the size they say', () => {
  const instructions = (source) => source.split('\n').filter((line) => /^ {4}/.test(line)).length;
  const made = (name) => GROWTH.find((row) => row.name === name).source;
  assert.equal(made('many_functions')(3).match(/^LABEL/gm).length, 3);
  assert.ok(Math.abs(instructions(made('assemble')(10_000)) - 10_000) <= 1000);
});

test('targets are judged by what was measured', () => {
  const bests = { ttvm: 1, register: 0.5, 'lua5.4': 1, 'luajit-joff': 0.5 };
  const rows = [...COMPARED, 'hello'].map((name) => ({ name, bests }));
  const wasm = COMPARED.map((name) => ({
    name,
    samples: { register: [{ cpu: 900 }, { cpu: 800 }], wasmoon: [{ cpu: 1600 }] },
    problems: {},
  }));
  const growth = [{ name: 'assemble', large: 0.3 }];
  const optimized = [{ name: 'fib', engines: { stack: { median: 1.1, low: 1.07, high: 1.2 } } }];
  const found = targets({
    rows,
    wasm,
    growth,
    optimized,
    sizes: { 'a.wasm': 220 * 1024 },
    first: 20,
    pause: 12,
  });
  const of = (what) => found.find((target) => target.what.startsWith(what));
  assert.deepEqual(
    [of('stack engine to lua5.4, mean').value, of('stack engine to lua5.4, mean').holds],
    [1, true],
  );
  assert.equal(of('register engine to lua5.4').value.toFixed(6), '0.500000');
  assert.ok(of('register engine to luajit').holds);
  assert.equal(of('register engine in WebAssembly to wasmoon').value.toFixed(6), '0.500000');
  assert.equal(of('register engine in WebAssembly to wasmoon').holds, false);
  assert.equal(of('register engine in WebAssembly to native').value.toFixed(6), '1.600000');
  assert.equal(of('100,000 instructions').holds, false);
  assert.equal(of('a.wasm').holds, true);
  assert.equal(of('longest pause').holds, false);
  assert.deepEqual(
    [of('--optimize to plain, fib').value, of('--optimize to plain, fib').holds],
    [1.07, false],
  );
  // What was not measured is not judged: a mean needs all of its programs.
  const part = targets({ rows: rows.slice(1), wasm: [], growth: [], sizes: {} });
  assert.equal(part.find(({ what }) => what === 'stack engine to lua5.4, mean').holds, undefined);
  assert.equal(part.find(({ what }) => what.includes('wasmoon')).value, undefined);
});
