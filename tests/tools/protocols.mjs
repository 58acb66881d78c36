// SPDX-License-Identifier: MIT
// `npm run check:protocols`: every model of tests/protocols holds in all interleavings, and does not with
// one step of its protocol taken away (a MUTATE_… of the model).

import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setUp } from './setup.mjs';
import { BUILD, ROOT, StepError, bold, dim, formatTime, green, main, must, red, run } from './steps.mjs';

const FOLDER = path.join(ROOT, 'tests/protocols');
const WORK = path.join(BUILD, 'protocols');
/** Of one exploration: beyond it the model is too large, which is a failure, not a pass. */
const LIMITS = { ms: 120_000, depth: 100_000, megabytes: 2000 };

/** Sizes in which a model is checked; the usual ones first. */
const VARIANTS = { 'idle.pml': [[], ['-DWORKERS=1']] };

/**
 * Explores one model with these definitions.
 * @returns {Promise<{complete: boolean, errors: number, states: number, text: string}>}
 */
async function explore(model, defines, work) {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const source = path.join(FOLDER, model);
  await must('spin', ['-a', ...defines, source], { cwd: work });
  const options = ['-O2', '-w', '-DSAFETY', `-DMEMLIM=${LIMITS.megabytes}`];
  await must(process.env.CC ?? 'gcc', [...options, '-o', 'pan', 'pan.c'], { cwd: work });
  const { output, timedOut } = await run('./pan', [`-m${LIMITS.depth}`, '-n'], {
    cwd: work,
    timeout: LIMITS.ms,
  });
  const errors = /errors: (\d+)/.exec(output)?.[1];
  const states = /(\S+) states, stored/.exec(output)?.[1];
  const complete =
    !timedOut &&
    errors !== undefined &&
    !/max search depth too small|reached -DMEMLIM|out of memory/.test(output);
  return { complete, errors: Number(errors ?? 0), states: Number(states ?? 0), text: output };
}

/** The last steps before the error, with the values of variables. */
async function counterexample(model, defines, work) {
  const source = path.join(FOLDER, model);
  const { output } = await run('spin', ['-t', '-p', '-g', ...defines, '-k', `${model}.trail`, source], {
    cwd: work,
  });
  return output.split('\n').slice(-80).join('\n');
}

async function checkModel(model) {
  const started = performance.now();
  const time = () => dim(formatTime(performance.now() - started));
  const work = path.join(WORK, model);
  const variants = VARIANTS[model] ?? [[]];
  let passed = 0;
  let failed = 0;
  for (const defines of variants) {
    const title = [model, ...defines].join(' ');
    const result = await explore(model, defines, work);
    if (result.complete && result.errors === 0 && result.states > 1000) {
      passed++;
      console.log(`${green('holds')}  ${title}: ${result.states} states ${time()}`);
    } else {
      failed++;
      console.log(`${red('FAILED')} ${title}${result.complete ? '' : ': not explored completely'} ${time()}`);
      console.log(result.errors > 0 ? await counterexample(model, defines, work) : result.text);
    }
  }
  const text = readFileSync(path.join(FOLDER, model), 'utf8');
  const mutations = [...new Set(text.match(/\bMUTATE_[A-Z_]+/g))].filter((name) => name !== 'MUTATE_').sort();
  if (mutations.length === 0) throw new StepError(`${model} has no mutation: nothing shows that it can fail`);
  for (const mutation of mutations) {
    let found;
    for (const defines of variants) {
      const result = await explore(model, [...defines, `-D${mutation}`], work);
      found = /pan:1: (.*?) \(at depth/.exec(result.text)?.[1];
      if (result.errors > 0 && found) break;
    }
    if (found) passed++;
    else failed++;
    console.log(
      found ? `${green('found')}  ${mutation}: ${dim(found)}` : `${red('MISSED')} ${mutation} ${time()}`,
    );
  }
  return { passed, failed };
}

main(import.meta, async (args) => {
  await setUp('protocols');
  const models = readdirSync(FOLDER).filter((name) => name.endsWith('.pml'));
  const unknown = args.find((name) => !models.includes(name));
  if (unknown) throw new StepError(`no model '${unknown}'; there are: ${models.join(', ')}`);
  const sum = { passed: 0, failed: 0 };
  for (const model of args.length > 0 ? args : models.sort()) {
    console.log(bold(model));
    const { passed, failed } = await checkModel(model);
    sum.passed += passed;
    sum.failed += failed;
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
  process.exitCode = sum.failed > 0 ? 1 : 0;
});
