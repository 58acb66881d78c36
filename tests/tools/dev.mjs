// SPDX-License-Identifier: MIT
// `npm run dev`: builds the engine, then Vite's development server with reload on change.

import path from 'node:path';
import { build } from './build.mjs';
import { ROOT, main, must } from './steps.mjs';

main(import.meta, async (args) => {
  await build(['native', 'wasm']);
  const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js');
  const config = path.join(ROOT, 'web/vite.config.mjs');
  await must(process.execPath, [vite, '--config', config, '--host', '127.0.0.1', ...args], {
    cwd: path.join(ROOT, 'web'),
    live: true,
  });
});
