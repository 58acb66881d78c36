// SPDX-License-Identifier: MIT
// `npm run bench [options]`: builds what is measured and hands over to tests/bench/bench.mjs.

import { build } from './build.mjs';
import { main, run } from './steps.mjs';

main(import.meta, async (args) => {
  const wasm = !args.some((arg) => ['--no-wasm', '--quick', '--list', '--help'].includes(arg));
  await build(wasm ? ['native', 'wasm'] : ['native']);
  const { code } = await run(process.execPath, ['tests/bench/bench.mjs', ...args], { live: true });
  process.exitCode = code;
});
