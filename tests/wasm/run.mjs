// SPDX-License-Identifier: MIT
// The suite `wasm`: compiles the engine's TypeScript for Node, then runs this folder's *.test.mjs (or those
// whose names contain an argument) against build/wasm-mt and build/wasm-st. Ends with `N passed, M failed`.

import path from 'node:path';
import process from 'node:process';
import { runNodeTests } from '../tools/node_tests.mjs';
import { BUILD, ROOT, hashInputs, main, must, step, withLock } from '../tools/steps.mjs';

async function compileTypeScript() {
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

main(import.meta, async (args) => {
  await compileTypeScript();
  await runNodeTests('tests/wasm', { filters: args });
});
