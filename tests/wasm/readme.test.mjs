// SPDX-License-Identifier: MIT
// The example of wasm-glue/README.md works as it stands there.

import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { BUILD, ROOT } from '../tools/steps.mjs';
import { engineFolder } from './lib/engines.mjs';

test('the example', async () => {
  const readme = readFileSync(path.join(ROOT, 'wasm-glue/README.md'), 'utf8');
  const [, example] = /```js\n([^]*?)```/.exec(readme);
  // Beside the compiled client, as the example's import wants it; the folder of the engine comes from here.
  const file = path.join(BUILD, 'wasm-glue-js', `readme-example-${process.pid}.mjs`);
  writeFileSync(
    file,
    `const baseUrl = new URL(${JSON.stringify(engineFolder('wasm-mt').href)});\n${example}\nexport { text, reason, status };\n`,
  );
  try {
    const { text, reason, status } = await import(pathToFileURL(file).href);
    assert.deepEqual({ text, reason, status }, { text: 'Hello, Joe\n', reason: 'finished', status: 0 });
  } finally {
    rmSync(file, { force: true });
  }
});
