// SPDX-License-Identifier: MIT
// Set-up: everything a fresh machine and a fresh clone need before a build. Idempotent and quick when
// nothing is missing. `node tests/tools/setup.mjs [build|test|check|fuzz|protocols]`

import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureEmscripten, findEmscriptenNeeds } from './emscripten.mjs';
import { GOALS, ensurePackages } from './packages.mjs';
import { ROOT, StepError, hashInputs, main, must, step, withLock } from './steps.mjs';

const MIN_NODE = [20, 19];

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
    throw new StepError(`too old: Node ${process.versions.node} (needs ${MIN_NODE.join('.')} or newer)`);
  }
}

/** `npm ci`, when the lock file or the Node version changed or node_modules is gone. */
async function installNpmPackages() {
  const key = hashInputs(
    ['package.json', 'package-lock.json', '.npmrc'],
    [String(process.versions.modules), process.platform, process.arch],
  );
  const outputs = [path.join(ROOT, 'node_modules/.package-lock.json')];
  await withLock('npm', () =>
    step(
      'npm ci',
      () => must('npm', ['ci', '--no-audit', '--no-fund'], { env: { npm_config_loglevel: 'error' } }),
      { stamp: 'npm', key, outputs },
    ),
  );
}

/**
 * @param {'build'|'test'|'check'|'fuzz'|'protocols'} goal
 * @returns {Promise<{emscripten?: {root: string, version: string, env: Record<string, string>}}>}
 */
export async function setUp(goal, { wasm = goal === 'build' || goal === 'test' } = {}) {
  checkNode();
  await ensurePackages(goal, wasm ? await findEmscriptenNeeds() : []);
  await installNpmPackages();
  return wasm ? { emscripten: await ensureEmscripten() } : {};
}

main(import.meta, async (args) => {
  const goal = args[0] ?? 'build';
  if (!GOALS.includes(goal)) throw new StepError(`unknown goal '${goal}'; one of: ${GOALS.join(', ')}`);
  const { emscripten } = await setUp(goal);
  if (emscripten)
    console.log(
      `Emscripten ${emscripten.version} at ${path.relative(ROOT, emscripten.root) || emscripten.root}`,
    );
  if (!existsSync(path.join(ROOT, 'node_modules')))
    throw new StepError('node_modules is missing after npm ci');
});
