// SPDX-License-Identifier: MIT
// `npm run check`: formatting, lint and types of C and TypeScript. `npm run format` (--fix) mends what tools
// can mend. Every check runs, also after a failure; status 1 when any failed.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { build, buildPreset } from './build.mjs';
import { setUp } from './setup.mjs';
import {
  BUILD,
  ROOT,
  StepError,
  hashInputs,
  listFiles,
  main,
  must,
  readStamp,
  report,
  run,
  step,
  writeStamp,
} from './steps.mjs';

const C_PLACES = ['core', 'wasm-glue', 'tests'];
const TS_PROJECTS = [
  'web/tsconfig.json',
  'web/src/model/tsconfig.json',
  'wasm-glue/tsconfig.json',
  'wasm-glue/ts/tsconfig.json',
];

const npmProgram = (name) => path.join(ROOT, 'node_modules/.bin', name);
const cFiles = () => listFiles(C_PLACES, (file) => /\.[ch]$/.test(file));

async function formatC(fix) {
  const files = cFiles();
  if (fix) return must('clang-format-14', ['-i', ...files]);
  const { code, output } = await run('clang-format-14', ['--dry-run', '-Werror', ...files]);
  const wrong = new Set(
    [...output.matchAll(/^([^\n:]+):\d+:\d+: error/gm)].map(([, file]) => path.relative(ROOT, file)),
  );
  if (code !== 0)
    throw new StepError(
      `${wrong.size} C files are not formatted`,
      wrong.size > 0 ? [...wrong].join('\n') : output,
    );
  return '';
}

const formatTs = (fix) =>
  must(npmProgram('prettier'), [fix ? '--write' : '--check', '--log-level', 'warn', '.']);

const lintTs = (fix) =>
  must(npmProgram('eslint'), [
    '--config',
    path.join(ROOT, '.eslint.config.mjs'),
    ...(fix ? ['--fix'] : []),
    '--max-warnings',
    '0',
    '--cache',
    '--cache-location',
    path.join(BUILD, '.eslintcache'),
    '.',
  ]);

async function checkTypes() {
  for (const project of TS_PROJECTS) {
    if (existsSync(path.join(ROOT, project))) await must(npmProgram('tsc'), ['--noEmit', '-p', project]);
  }
}

/** clang-tidy on every compiled file of core/, in parallel; a file is looked at again only when it changed. */
async function tidyC() {
  const database = JSON.parse(readFileSync(path.join(BUILD, 'native/compile_commands.json'), 'utf8'));
  const files = database
    .map(({ file }) => file)
    .filter((file) => file.startsWith(path.join(ROOT, 'core') + path.sep));
  const headers = hashInputs(['.clang-tidy', ...listFiles(C_PLACES, (file) => /\.(?:h|def)$/.test(file))]);
  let log = '';
  let failed = 0;
  const queue = [...new Set(files)].sort();
  const work = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const key = hashInputs([file], [headers]);
      const id = `tidy-${createHash('sha256').update(file).digest('hex').slice(0, 16)}`;
      if (readStamp(id) === key) continue;
      const args = [
        '--quiet',
        '-p',
        path.join(BUILD, 'native'),
        '--extra-arg=-Wno-unknown-warning-option',
        file,
      ];
      const { code, output } = await run('clang-tidy-14', args);
      if (code === 0) writeStamp(id, key);
      else {
        failed++;
        log += output;
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (failed > 0) throw new StepError(`clang-tidy found problems in ${failed} files`, log);
}

main(import.meta, async (args) => {
  const unknown = args.find((arg) => arg !== '--fix');
  if (unknown) throw new StepError(`unknown option '${unknown}' (known: --fix)`);
  const fix = args.includes('--fix');
  await setUp('check', { wasm: false });
  if (!fix) {
    // Types need the generated tables; clang-tidy, the compile commands; clang's warnings are a check themselves.
    await build(['native']);
    await buildPreset('clang');
  }
  const checks = [
    ['format of C (clang-format)', () => formatC(fix)],
    ['format of TypeScript (prettier)', () => formatTs(fix)],
    ['lint of TypeScript (eslint)', () => lintTs(fix)],
    ['types (tsc)', checkTypes],
    ['lint of C (clang-tidy)', tidyC],
  ];
  let failed = 0;
  for (const [title, action] of checks.slice(0, fix ? 3 : checks.length)) {
    try {
      await step(title, action);
    } catch (error) {
      report(error);
      failed++;
    }
  }
  if (failed > 0)
    throw new StepError(`${failed} of ${checks.length} checks failed; 'npm run format' mends formatting`);
});
