// SPDX-License-Identifier: MIT
// `npm run fuzz [target…]`: runs the libFuzzer targets of tests/fuzz, each for FUZZ_SECONDS (default 60),
// as many at a time as there are cores. Found inputs stay below build/fuzz/found.

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
/** The target that is no libFuzzer program. */
const DIFFERENTIAL = 'differential';

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

/** Random programs, run in all ways that must not make a difference (tests/fuzz/programs). */
async function compareWays(seconds) {
  const from = String(Date.now() * 1000);
  const { code, output } = await run(
    path.join(BUILD, 'native/bin/differential'),
    ['--from', from, '--seconds', String(seconds)],
    { timeout: seconds * 1000 + SPARE_MS },
  );
  const good = code === 0;
  console.log(
    `${DIFFERENTIAL}: ${output.trim().split('\n').at(-1)}, ${good ? green('good') : red('FAILED')}`,
  );
  if (!good) console.log(output);
  return good;
}

main(import.meta, async (args) => {
  const seconds = Number(process.env.FUZZ_SECONDS ?? 60);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new StepError('FUZZ_SECONDS must be a whole number above 0');
  if (args.length === 0 || args.some((name) => name !== DIFFERENTIAL))
    await build(['fuzz'], { goal: 'fuzz' });
  if (args.length === 0 || args.includes(DIFFERENTIAL)) await build(['native'], { goal: 'fuzz' });
  const folder = path.join(BUILD, 'fuzz/fuzz');
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => /^fuzz_\w+$/.test(name)) : [];
  const all = [...found, DIFFERENTIAL];
  const unknown = args.find((name) => !all.includes(name));
  if (unknown) throw new StepError(`no fuzz target '${unknown}'; there are: ${all.join(', ')}`);
  const queue = args.length > 0 ? [...args] : all.sort();
  if (queue.length === 0) throw new StepError('tests/fuzz has no target');
  console.log(bold(`${queue.length} targets, ${seconds} s each`));
  let failed = 0;
  const work = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const good = name === DIFFERENTIAL ? await compareWays(seconds) : await fuzz(name, seconds);
      if (!good) failed++;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (failed > 0)
    throw new StepError(`${failed} targets found something; the inputs are below build/fuzz/found`);
});
