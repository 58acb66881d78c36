// SPDX-License-Identifier: MIT
// What a page loads: each engine file, compressed as servers do it.

import assert from 'node:assert/strict';
import test from 'node:test';
import { LIMITS } from '../bench/targets.mjs';
import { WASM_FILES, wasmSizes } from '../bench/wasm.mjs';

test('the engine files are small', (t) => {
  const sizes = wasmSizes();
  assert.equal(Object.keys(sizes).length, WASM_FILES.length, 'npm run build wasm');
  for (const [name, bytes] of Object.entries(sizes)) {
    t.diagnostic(`${name}: ${(bytes / 1024).toFixed(1)} KB`);
    assert.ok(bytes <= LIMITS.wasmBytes, `${name}: ${bytes} bytes, at most ${LIMITS.wasmBytes}`);
  }
});
