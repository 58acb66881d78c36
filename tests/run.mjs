// SPDX-License-Identifier: MIT
// Runs the programs of tests/conformance, tests/limits, tests/regress and examples natively, each in every
// mode, by the expectations in their comments; seeded ones with several seeds; the golden tests; random programs
// against a model; and the check that every instruction appears in a conformance program. The last line is `N passed, M failed`.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStress, judgeRun, runsIn } from './lib/expectations.mjs';
import { hasSeed, runSeeds } from './lib/determinism.mjs';
import { collectGolden, runGolden } from './lib/golden.mjs';
import { MODEL_GROUPS, runModel } from './lib/model_run.mjs';
import { collectPrograms, uncoveredInstructions } from './lib/programs.mjs';
import { runProgram } from './lib/run_program.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const PARALLEL = 2;
const TIMEOUT = 20;

/** Which sanitizer the binary runs under, if any: it decides which modes are worth their time. */
const SANITIZER = process.env.TSAN_OPTIONS ? 'thread' : process.env.ASAN_OPTIONS ? 'address' : 'none';
/** Native modes: name in `modes:` comments → options of ttvm, and the sanitizers under which it is usual. */
const MODES = {
  smp: { options: [], usual: ['none', 'address', 'thread'] },
  'no-smp': { options: ['--no-smp'], usual: ['none'] },
  // Compiled to an image, whose source is then gone.
  image: { options: ['--no-smp'], image: true, usual: ['none'] },
  opt: { options: ['--no-smp', '--optimize'], usual: ['none'] },
  // The register engine.
  ir: { options: ['--use-ir'], usual: ['none'] },
  'ir-no-smp': { options: ['--use-ir', '--no-smp'], usual: ['none', 'address'] },
  'ir-opt': { options: ['--use-ir', '--no-smp', '--optimize'], usual: ['none'] },
  'ir-stress': {
    options: ['--use-ir', '--no-smp', '--gc-stress', '--reductions', '1'],

    usual: ['address'],
  },
  // Finds errors of collector and scheduler, most of all together with the address sanitizer.
  stress: { options: ['--no-smp', '--gc-stress', '--reductions', '1'], usual: ['address'] },
  // The same for the collector that works in steps.
  steps: { options: ['--no-smp', '--gc-stress-steps', '--reductions', '1'], usual: ['address'] },
};
/** Sanitized programs are several times slower. */
const STRETCH = SANITIZER === 'none' ? 1 : 6;
const USUAL = Object.keys(MODES).filter((mode) => MODES[mode].usual.includes(SANITIZER));

const USAGE = `usage: node tests/run.mjs [FILTER…] [--binary PATH] [--modes ${Object.keys(MODES).join(',')}] [--timeout SECONDS]
                          [--update] [--verbose]
FILTER: only tests whose path contains it (one of them); --update: write the golden files anew`;

function usageError(text) {
  console.error(`${text}\n${USAGE}`);
  process.exit(2);
}

function parseArguments(args) {
  const result = {
    filters: [],
    binary: 'build/native/bin/ttvm',
    modes: USUAL,
    timeout: TIMEOUT,
    update: false,
    verbose: false,
  };
  const value = (at) => args[at] ?? usageError(`${args[at - 1]} needs a value`);
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === '--binary') result.binary = value(++at);
    else if (arg === '--modes') result.modes = value(++at).split(',');
    else if (arg === '--timeout') result.timeout = Number(value(++at));
    else if (arg === '--update') result.update = true;
    else if (arg === '--verbose') result.verbose = true;
    else if (arg.startsWith('-')) usageError(`unknown option '${arg}'`);
    else result.filters.push(arg);
  }
  for (const mode of result.modes) if (!(mode in MODES)) usageError(`unknown mode '${mode}'`);
  if (!(result.timeout > 0)) usageError('--timeout expects seconds');
  result.binary = path.resolve(ROOT, result.binary);
  return result;
}

/** One test each: {name, run: () => Promise<string[]>} with what is wrong. */
function collectTests({ filters, binary, modes, timeout, update }) {
  const chosen = ({ name }) => filters.length === 0 || filters.some((filter) => name.includes(filter));
  const programs = collectPrograms(ROOT)
    .filter(chosen)
    .flatMap(({ file, name, expectations }) => {
      const { problems } = expectations;
      if (problems.length > 0) return [{ name, run: async () => problems }];
      const seconds = Math.max(timeout, expectations.timeout ?? 0) * STRETCH;
      return modes
        .filter((mode) => runsIn(expectations, mode) && !(isStress(mode) && name.startsWith('tests/limits/')))
        .map((mode) => ({
          name: `${name} [${mode}]`,
          run: async () =>
            judgeRun(
              expectations,
              await runProgram(binary, file, expectations, { ...MODES[mode], timeout: seconds }),
            ),
        }));
    });
  const seeded = collectPrograms(ROOT)
    .filter(chosen)
    .filter(hasSeed)
    .map((program) => ({
      name: `${program.name} [seeds]`,
      run: () => runSeeds(binary, program, { timeout: timeout * STRETCH }),
    }));
  const golden = collectGolden(ROOT)
    .filter(chosen)
    .map((test) => ({
      name: test.name,
      run: () => runGolden(binary, test, { timeout: timeout * STRETCH, update }),
    }));
  const model = MODEL_GROUPS.flatMap((group) =>
    modes
      .filter((mode) => !MODES[mode].image)
      .map((mode) => ({
        name: `tests/model: ${group.name} [${mode}]`,
        run: () => runModel(binary, group, { options: MODES[mode].options, timeout: timeout * STRETCH }),
      })),
  ).filter(chosen);
  const coverage = {
    name: 'tests/conformance: every instruction appears',
    run: async () => uncoveredInstructions(ROOT).missing.map((name) => `no program contains ${name}`),
  };
  return [...programs, ...seeded, ...golden, ...model, ...[coverage].filter(chosen)];
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  if (!existsSync(options.binary))
    usageError(`there is no ${options.binary}: build it first (npm run build)`);
  const tests = collectTests(options);
  if (tests.length === 0) usageError('no test has such a name');
  const started = performance.now();
  let next = 0;
  let failed = 0;
  const worker = async () => {
    for (let test = tests[next++]; test; test = tests[next++]) {
      const begun = performance.now();
      const wrong = await test.run();
      if (wrong.length > 0) {
        failed++;
        console.log([`FAIL ${test.name}`, ...wrong.map((line) => `     ${line}`)].join('\n'));
      } else if (options.verbose)
        console.log(`ok   ${test.name} (${Math.round(performance.now() - begun)} ms)`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  console.log(`${tests.length} tests in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  console.log(`${tests.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await main();
