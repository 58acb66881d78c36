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
import { compare, geometricMean, median, spread } from '../bench/stats.mjs';
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
  const sample = (user, peak) => ({ user, wall: user, system: 0, peak });
  const row = (ours, peak) => {
    const samples = { ttvm: [sample(ours, peak)], lua: [sample(1, 1e6)] };
    return summarize({ name: 'fib', figure: 'user' }, { samples, problems: {} }, 'ttvm', ['lua']);
  };
  const baseline = toBaseline([row(1, 2e6)], {}, 'ttvm');
  const wall = { ...row(3, 2e6), figure: 'wall' };
  assert.match(changes([wall], {}, 'ttvm', baseline).worse[0], /^fib, ratio to lua/);
  assert.deepEqual(changes([wall], {}, 'ttvm', baseline, { busy: true }).worse, []);
  assert.deepEqual(changes([row(1.2, 2.1e6)], {}, 'ttvm', baseline), { worse: [], better: [] });
  assert.match(
    changes([row(1.4, 2e6)], {}, 'ttvm', baseline).worse[0],
    /^fib, ratio to lua: 1.00 → 1.40 \(\+40%\)/,
  );
  assert.match(changes([row(1, 3e6)], {}, 'ttvm', baseline).worse[0], /^fib, peak MB: 2.0 → 3.0/);
  assert.match(changes([row(0.5, 2e6)], {}, 'ttvm', baseline).better[0], /^fib, ratio/);
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
  const found = targets({ rows, wasm, growth, sizes: { 'a.wasm': 220 * 1024 }, first: 20 });
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
  // What was not measured is not judged: a mean needs all of its programs.
  const part = targets({ rows: rows.slice(1), wasm: [], growth: [], sizes: {} });
  assert.equal(part.find(({ what }) => what === 'stack engine to lua5.4, mean').holds, undefined);
  assert.equal(part.find(({ what }) => what.includes('wasmoon')).value, undefined);
});
