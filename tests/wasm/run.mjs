// SPDX-License-Identifier: MIT
// The suite `wasm`: compiles the engine's TypeScript for Node, then runs this folder's *.test.mjs (or those
// whose names contain an argument) against build/wasm-mt and build/wasm-st. Ends with `N passed, M failed`.

import { buildGlue } from '../tools/build.mjs';
import { runNodeTests } from '../tools/node_tests.mjs';
import { main } from '../tools/steps.mjs';

main(import.meta, async (args) => {
  await buildGlue();
  await runNodeTests('tests/wasm', { filters: args });
});
