// SPDX-License-Identifier: MIT
// `npm test [suite…]`: set-up, builds, suites, and the sum as the last line: `N passed, M failed`.
// Each suite is a list of commands that print their own progress and end with such a line (counts.mjs).

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildPreset, build } from './build.mjs';
import { judge } from './counts.mjs';
import { nodeTestCommand } from './node_tests.mjs';
import { setUp } from './setup.mjs';
import { ROOT, StepError, bold, dim, formatTime, green, main, red, report, run } from './steps.mjs';

const NODE = process.execPath;
const MINUTE = 60_000;

const nodeTests = (folder) => ({ title: folder, command: nodeTestCommand(folder) });

/** A folder's own run.mjs when it has one, else its *.test.mjs. */
function folderTests(folder) {
  const own = `${folder}/run.mjs`;
  return existsSync(path.join(ROOT, own)) ? { title: folder, command: [NODE, own] } : nodeTests(folder);
}

const unitTests = (preset) => ({
  title: `C unit tests (${preset})`,
  command: [NODE, 'tests/tools/ctest.mjs', preset],
});

function conformance(title, args, env = {}) {
  return { title, command: [NODE, 'tests/run.mjs', ...args], env };
}

/** The load and faults of `npm run stress` in small numbers. */
const stress = (title, args, env = {}) => ({
  title,
  needs: 'tests/tools/stress.mjs',
  command: [NODE, 'tests/tools/stress.mjs', '--small', ...args],
  env,
});

const ASAN = {
  ASAN_OPTIONS: 'detect_leaks=1:halt_on_error=1:detect_stack_use_after_return=1',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
};
const TSAN = { TSAN_OPTIONS: 'halt_on_error=1:second_deadlock_stack=1' };

/**
 * Thread sanitizer cannot place its shadow memory under the wide address randomization of newer kernels;
 * its programs then run with randomization off.
 */
async function tsanWrapper() {
  try {
    if (Number(readFileSync('/proc/sys/vm/mmap_rnd_bits', 'utf8')) <= 28) return [];
  } catch {
    return [];
  }
  const { code } = await run('setarch', ['--addr-no-randomize', 'true']).catch(() => ({ code: 1 }));
  return code === 0 ? ['setarch', '--addr-no-randomize'] : [];
}

/** In the order in which they run: cheap and telling ones first. `presets` and `targets` are built before. */
export const SUITES = {
  tools: { parts: () => [nodeTests('tests/tools')], minutes: 5 },
  unit: { presets: ['debug'], parts: () => [unitTests('debug')], minutes: 10 },
  conformance: {
    targets: ['native'],
    parts: () => [conformance('conformance (native)', []), stress('stress, small', [])],
    minutes: 15,
  },
  cli: { targets: ['native'], parts: () => [folderTests('tests/cli')], minutes: 10 },
  wasm: { targets: ['wasm', 'native'], parts: () => [folderTests('tests/wasm')], minutes: 15 },
  web: { goal: 'test', targets: ['all'], parts: () => [folderTests('tests/web')], minutes: 15 },
  asan: {
    presets: ['asan'],
    parts: () => [
      { ...unitTests('asan'), env: ASAN },
      conformance('conformance (address + undefined)', ['--binary', 'build/asan/bin/ttvm'], ASAN),
      stress('stress, small (address + undefined)', ['--binary', 'build/asan/bin/ttvm'], ASAN),
      { ...folderTests('tests/cli'), env: { ...ASAN, TTVM_BINARY: 'build/asan/bin/ttvm' } },
    ],
    minutes: 20,
  },
  tsan: {
    presets: ['tsan'],
    wrapper: tsanWrapper,
    parts: () => [
      { ...unitTests('tsan'), env: TSAN },
      conformance(
        'actor programs (thread sanitizer)',
        [
          '--binary',
          'build/tsan/bin/ttvm',
          'actors',
          'links',
          'receive',
          'supervisors',
          'workers',
          'coffee',
          'concurrency',
          'network',
          'async',
          'streams',
          'databases',
        ],
        TSAN,
      ),
      stress('stress, small (thread sanitizer)', ['--binary', 'build/tsan/bin/ttvm'], TSAN),
      { ...folderTests('tests/cli'), env: { ...TSAN, TTVM_BINARY: 'build/tsan/bin/ttvm' } },
    ],
    minutes: 20,
  },
};

async function prepare({ goal = 'build', targets = [], presets = [] }) {
  await setUp(goal, { wasm: false });
  if (targets.length > 0) await build(targets, { goal });
  for (const preset of presets) await buildPreset(preset);
}

/** Runs one suite; returns its counts. */
async function runSuite(name, suite) {
  console.log(`\n${bold(`── ${name} ──`)}`);
  let parts;
  try {
    parts = suite.parts();
    await prepare(suite);
  } catch (error) {
    report(error);
    return { passed: 0, failed: 1, problem: 'could not be built' };
  }
  const wrapper = suite.wrapper ? await suite.wrapper() : [];
  const sum = { passed: 0, failed: 0, problem: '' };
  for (const part of parts) {
    console.log(
      dim(`${part.title}: ${part.command.map((word) => (word === NODE ? 'node' : word)).join(' ')}`),
    );
    const [program, ...args] = [...wrapper, ...part.command];
    const counts = judge(
      await run(program, args, { live: true, timeout: suite.minutes * MINUTE, env: part.env ?? {} }),
    );
    sum.passed += counts.passed;
    sum.failed += counts.failed;
    if (counts.problem) sum.problem += `${part.title} ${counts.problem}. `;
  }
  return sum;
}

main(import.meta, async (args) => {
  const unknown = args.find((name) => !(name in SUITES));
  if (unknown) throw new StepError(`unknown suite '${unknown}'; one of: ${Object.keys(SUITES).join(', ')}`);
  const names = args.length > 0 ? args : Object.keys(SUITES);
  if (args.length === 0) await setUp('test');
  const rows = [];
  for (const name of names) {
    const started = performance.now();
    const counts = await runSuite(name, SUITES[name]);
    rows.push({ name, counts, ms: performance.now() - started });
  }
  console.log(`\n${bold('── summary ──')}`);
  for (const { name, counts, ms } of rows) {
    const text = counts ? `${counts.passed} passed, ${counts.failed} failed` : 'absent';
    const paint = !counts || counts.failed > 0 ? red : green;
    console.log(
      `${name.padEnd(12)} ${paint(text.padEnd(28))} ${dim(formatTime(ms))} ${counts?.problem ?? ''}`,
    );
  }
  const passed = rows.reduce((sum, { counts }) => sum + counts.passed, 0);
  const failed = rows.reduce((sum, { counts }) => sum + counts.failed, 0);
  console.log(`total time ${formatTime(performance.now())}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
});
