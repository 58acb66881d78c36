// SPDX-License-Identifier: MIT
// `npm run clean`: removes what was built. `-- --all` removes the private Emscripten and node_modules too.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { BUILD, ROOT, StepError, main } from './steps.mjs';

/** Slow to make and independent of our sources; the stamps of each stay with it. */
const KEPT = new Set(['toolchain', 'emscripten.env', '.stamps', '.locks']);
const KEPT_STAMPS = new Set(['npm', 'toolchain', 'tool-versions', 'apt-update']);

main(import.meta, (args) => {
  const all = args.includes('--all');
  const unknown = args.find((arg) => arg !== '--all');
  if (unknown) throw new StepError(`unknown option '${unknown}' (known: --all)`);
  if (all) {
    rmSync(BUILD, { recursive: true, force: true });
    rmSync(path.join(ROOT, 'node_modules'), { recursive: true, force: true });
    return;
  }
  if (!existsSync(BUILD)) return;
  for (const name of readdirSync(BUILD)) {
    if (!KEPT.has(name)) rmSync(path.join(BUILD, name), { recursive: true, force: true });
  }
  const stamps = path.join(BUILD, '.stamps');
  for (const name of existsSync(stamps) ? readdirSync(stamps) : []) {
    if (!KEPT_STAMPS.has(name) && !name.startsWith('emcc-')) rmSync(path.join(stamps, name), { force: true });
  }
});
