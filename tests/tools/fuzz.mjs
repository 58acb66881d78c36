// SPDX-License-Identifier: MIT
// `npm run fuzz [target…]`: runs the libFuzzer targets of tests/fuzz and random programs, each for FUZZ_SECONDS (default 60),
// as many at a time as there are cores. Found inputs stay below build/fuzz/found.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { build } from './build.mjs';
import { BUILD, ROOT, StepError, bold, green, main, red, run } from './steps.mjs';

/** Texts that are good starting points for a target besides its own tests/fuzz/corpus/<target>. */
const SEEDS = {
  fuzz_asm: [
    'examples',
    'std',
    'tests/conformance',
    'tests/golden/asm',
    'tests/golden/diag',
    'tests/limits',
    'tests/regress',
  ],
  fuzz_format: ['examples', 'std', 'tests/conformance'],
  fuzz_lisp: ['examples/lisp', 'tests/bench', 'tests/conformance/lisp'],
};

/** Milliseconds for starting and for finishing the last input, on top of the asked-for time. */
const SPARE_MS = 60_000;
/** The targets that are no libFuzzer programs: random programs and such that nobody would write, also as WebAssembly. */
const RANDOM = {
  differential: (from, seconds) => compareWays(['--from', from, '--seconds', seconds]),
  'differential-mutated': (from, seconds) => compareWays(['--mutate', '--from', from, '--seconds', seconds]),
  'differential-wasm-mt': (from, seconds) => compareBuilds('wasm-mt', from, seconds),
  'differential-wasm-st': (from, seconds) => compareBuilds('wasm-st', from, seconds),
  'differential-wasm-mutated': (from, seconds) =>
    runNode(['wasm-st', '--mutate', '--from', from, '--seconds', seconds], seconds),
};
const DIFFERENTIAL = path.join(BUILD, 'native/bin/differential');
const RANDOM_PROGRAMS = path.join(ROOT, 'tests/fuzz/programs/random_programs.mjs');

/** Those of the places that exist; libFuzzer reads a folder with all below it. */
const existing = (places) =>
  places.map((place) => path.join(ROOT, place)).filter((place) => existsSync(place));

async function fuzz(name, seconds) {
  const corpus = path.join(BUILD, 'fuzz/corpus', name);
  const found = path.join(BUILD, 'fuzz/found', name);
  mkdirSync(corpus, { recursive: true });
  mkdirSync(found, { recursive: true });
  const seeds = existing([`tests/fuzz/corpus/${name}`, ...(SEEDS[name] ?? [])]);
  const options = [
    `-max_total_time=${seconds}`,
    '-timeout=10',
    '-rss_limit_mb=2048',
    '-max_len=65536',
    '-print_final_stats=1',
    `-artifact_prefix=${found}/`,
  ];
  const result = await run(path.join(BUILD, 'fuzz/fuzz', name), [...options, corpus, ...seeds], {
    timeout: seconds * 1000 + SPARE_MS,
  });
  const executions = /stat::number_of_executed_units:\s*(\d+)/.exec(result.output)?.[1] ?? 'no';
  const good = result.code === 0 && !result.timedOut;
  console.log(
    `${name}: ${executions} inputs in ${seconds} s, ${good ? green('nothing found') : red('FAILED')}`,
  );
  if (!good) console.log(result.output.split('\n').slice(-60).join('\n'));
  return good;
}

/** In all ways that must not make a difference, in one process. */
async function compareWays(args) {
  const { code, output } = await run(DIFFERENTIAL, args, { timeout: Number(args.at(-1)) * 1000 + SPARE_MS });
  return { good: code === 0, output };
}

/** The same in a WebAssembly build under Node, with generated code. */
async function runNode(args, seconds) {
  const { code, output } = await run(process.execPath, [RANDOM_PROGRAMS, ...args], {
    timeout: Number(seconds) * 1000 + SPARE_MS,
  });
  return { good: code === 0, output };
}

/** What the native build says of its programs, checked by a WebAssembly build. */
async function compareBuilds(preset, from, seconds) {
  const emit = spawn(DIFFERENTIAL, ['--emit', String(2 ** 31), '--from', from], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const check = spawn(process.execPath, [RANDOM_PROGRAMS, preset, '--check'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const timers = [
    setTimeout(() => emit.kill(), Number(seconds) * 1000),
    setTimeout(() => check.kill(), Number(seconds) * 1000 + SPARE_MS),
  ];
  // A check that has found something reads no more.
  check.stdin.on('error', () => emit.kill());
  emit.stdout.pipe(check.stdin);
  let output = '';
  check.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = await once(check, 'close');
  timers.forEach(clearTimeout);
  emit.kill();
  return { good: code === 0, output };
}

async function fuzzRandom(name, seconds) {
  const { good, output } = await RANDOM[name](String(Date.now() * 1000), String(seconds));
  console.log(`${name}: ${output.trim().split('\n').at(-1)}, ${good ? green('good') : red('FAILED')}`);
  if (!good) console.log(output);
  return good;
}

main(import.meta, async (args) => {
  const seconds = Number(process.env.FUZZ_SECONDS ?? 60);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new StepError('FUZZ_SECONDS must be a whole number above 0');
  if (args.length === 0 || args.some((name) => !(name in RANDOM))) await build(['fuzz'], { goal: 'fuzz' });
  if (args.length === 0 || args.some((name) => name in RANDOM)) {
    const wasm = args.length === 0 || args.some((name) => name.includes('wasm'));
    await build([wasm ? 'random' : 'native'], { goal: 'fuzz' });
  }
  const folder = path.join(BUILD, 'fuzz/fuzz');
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => /^fuzz_\w+$/.test(name)) : [];
  const all = [...found, ...Object.keys(RANDOM)];
  const unknown = args.find((name) => !all.includes(name));
  if (unknown) throw new StepError(`no fuzz target '${unknown}'; there are: ${all.join(', ')}`);
  const queue = args.length > 0 ? [...args] : all.sort();
  if (queue.length === 0) throw new StepError('tests/fuzz has no target');
  console.log(bold(`${queue.length} targets, ${seconds} s each`));
  let failed = 0;
  const work = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const good = name in RANDOM ? await fuzzRandom(name, seconds) : await fuzz(name, seconds);
      if (!good) failed++;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (failed > 0)
    throw new StepError(`${failed} targets found something; the inputs are below build/fuzz/found`);
});
