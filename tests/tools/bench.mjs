// SPDX-License-Identifier: MIT
// `npm run bench [options]`: builds the native release and hands over to tests/bench/bench.mjs.

import { build } from './build.mjs';
import { main, run } from './steps.mjs';

main(import.meta, async (args) => {
  await build(['native']);
  const { code } = await run(process.execPath, ['tests/bench/bench.mjs', ...args], { live: true });
  process.exitCode = code;
});
