// SPDX-License-Identifier: MIT
// Builds, each incremental: `node tests/tools/build.mjs [native|tables|debug|clang|asan|tsan|fuzz|wasm|random|site|all]…`
// Results: build/native/bin/ttvm, build/wasm-mt/, build/wasm-st/, build/site/.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setUp } from './setup.mjs';
import {
  BUILD,
  ROOT,
  StepError,
  dim,
  formatTime,
  green,
  hashInputs,
  listFiles,
  main,
  must,
  red,
  step,
  withLock,
} from './steps.mjs';

/** What each target is made of, in order: presets, some with the one thing that is built. The site copies the wasm builds and reads the generated tables. */
const TARGETS = {
  native: ['native', 'tables'],
  tables: ['tables'],
  debug: ['debug'],
  clang: ['clang'],
  asan: ['asan'],
  tsan: ['tsan'],
  fuzz: ['fuzz'],
  wasm: ['tables', 'wasm-mt', 'wasm-st', 'glue'],
  site: ['tables', 'wasm-mt', 'wasm-st', 'site'],
  random: ['native', 'tables', 'wasm-mt differential', 'wasm-st differential', 'glue'],
  all: ['native', 'tables', 'wasm-mt', 'wasm-st', 'site'],
};

const GOAL_OF_TARGET = { fuzz: 'fuzz', clang: 'check' };
const NEEDS_WASM = new Set(['wasm', 'random', 'site', 'all']);

/** Configures when a build folder is new or its settings changed; Ninja itself notices CMakeLists.txt. */
async function configure(preset, env) {
  const folder = path.join(BUILD, preset);
  const key = hashInputs(['CMakePresets.json'], [ROOT, process.env.CC ?? '', ...Object.values(env)]);
  await step(
    `configure ${preset}`,
    async () => {
      rmSync(path.join(folder, 'CMakeCache.txt'), { force: true });
      await must('cmake', ['--preset', preset], { env });
    },
    { stamp: `configure-${preset}`, key, outputs: [path.join(folder, 'build.ninja')] },
  );
}

/** One line of its own when Ninja had work to do, and the compiler's full messages when it failed. */
async function compile(preset, env, targets = []) {
  const started = performance.now();
  const what = targets.length > 0 ? targets.join(' ') : preset;
  const jobs = `-j${availableParallelism()}`;
  if (process.stdout.isTTY) process.stdout.write(`${dim('•')} build ${what} ${dim('…')} `);
  try {
    const output = await must('ninja', ['-C', path.join(BUILD, preset), jobs, ...targets], { env });
    const result = output.includes('no work to do') ? 'up to date' : 'ok';
    const lead = process.stdout.isTTY ? '' : `• build ${what} … `;
    console.log(`${lead}${green(result)} ${dim(formatTime(performance.now() - started))}`);
  } catch (error) {
    console.log(`${process.stdout.isTTY ? '' : `• build ${what} … `}${red('failed')}`);
    // Only what went wrong: Ninja's lines about steps that went well say nothing.
    if (error instanceof StepError)
      error.log = error.log.replace(/^\[\d+\/\d+\] (?:Building|Linking|Generating|Re-).*\n/gm, '');
    throw error;
  }
}

export async function buildPreset(preset, env = {}, targets = []) {
  if (!existsSync(path.join(ROOT, 'CMakeLists.txt')))
    throw new StepError('CMakeLists.txt is missing at the top of the project');
  await withLock(`build-${preset}`, async () => {
    await configure(preset, env);
    await compile(preset, env, targets);
  });
}

/** Copies that keep their date when nothing changed, so that what is made from them stays up to date. */
function publish(from, to) {
  const bytes = readFileSync(from);
  if (existsSync(to) && readFileSync(to).equals(bytes)) return;
  mkdirSync(path.dirname(to), { recursive: true });
  writeFileSync(to, bytes);
}

/** build/generated: the core's tables for TypeScript and for readers. */
async function buildTables() {
  await withLock('build-native', async () => {
    await configure('native', {});
    await compile('native', {}, ['tt_tables']);
    for (const name of [
      'tables.ts',
      'instructions.md',
      'services.ts',
      'lisp_words.ts',
      'lisp_names.ts',
      'lisp.md',
    ]) {
      publish(path.join(BUILD, 'native/generated', name), path.join(BUILD, 'generated', name));
    }
  });
}

/** build/wasm-glue-js: the engine's TypeScript for Node. */
export async function buildGlue() {
  const output = path.join(BUILD, 'wasm-glue-js');
  await withLock('wasm-glue-js', () =>
    step(
      'compile wasm-glue/ts for Node',
      () =>
        must(process.execPath, [
          path.join(ROOT, 'node_modules/typescript/bin/tsc'),
          '-p',
          'wasm-glue/tsconfig.node.json',
        ]),
      {
        stamp: 'wasm-glue-js',
        key: hashInputs(['wasm-glue/ts', 'wasm-glue/tsconfig.json', 'wasm-glue/tsconfig.node.json']),
        outputs: [path.join(output, 'node.js'), path.join(output, 'vm.worker.node.js')],
      },
    ),
  );
}

async function buildSite() {
  const config = path.join(ROOT, 'web/vite.config.mjs');
  if (!existsSync(config)) throw new StepError('web/vite.config.mjs is missing');
  const engines = ['wasm-mt', 'wasm-st'].flatMap((name) =>
    listFiles(
      [path.join(BUILD, name)],
      (file) => /\.(m?js|wasm)$/.test(file) && !file.includes('CMakeFiles'),
    ),
  );
  const inputs = [
    'web',
    'wasm-glue/ts',
    'examples',
    'std',
    'package-lock.json',
    path.join(BUILD, 'generated'),
    ...engines,
  ];
  const output = path.join(BUILD, 'site');
  await withLock('build-site', () =>
    step(
      'build site',
      async () => {
        mkdirSync(output, { recursive: true });
        await must(
          process.execPath,
          [path.join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--config', config],
          {
            cwd: path.join(ROOT, 'web'),
          },
        );
        if (!existsSync(path.join(output, 'index.html')))
          throw new StepError('vite made no build/site/index.html');
      },
      { stamp: 'site', key: hashInputs(inputs), outputs: [path.join(output, 'index.html')] },
    ),
  );
}

/** Builds targets after their set-up. @param {string[]} targets names of TARGETS */
export async function build(targets, { goal = 'build' } = {}) {
  const wasm = targets.some((target) => NEEDS_WASM.has(target));
  const { emscripten } = await setUp(goal, { wasm });
  const parts = [...new Set(targets.flatMap((target) => TARGETS[target]))];
  for (const part of parts) {
    if (part === 'site') await buildSite();
    else if (part === 'tables') await buildTables();
    else if (part === 'glue') await buildGlue();
    else {
      const [preset, ...only] = part.split(' ');
      await buildPreset(preset, preset.startsWith('wasm-') ? emscripten.env : {}, only);
    }
  }
  return { emscripten };
}

main(import.meta, async (args) => {
  const targets = args.length > 0 ? args : ['all'];
  const unknown = targets.find((target) => !(target in TARGETS));
  if (unknown) throw new StepError(`unknown target '${unknown}'; one of: ${Object.keys(TARGETS).join(', ')}`);
  await build(targets, { goal: targets.map((target) => GOAL_OF_TARGET[target]).find(Boolean) ?? 'build' });
});
