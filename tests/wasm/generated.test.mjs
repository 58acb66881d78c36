// SPDX-License-Identifier: MIT
// wasm-glue/ts/raw.ts is what the generator makes of exports.def and glue_options.def today.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { ROOT, must } from '../tools/steps.mjs';

test('ts/raw.ts is up to date', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ttvm-raw-'));
  try {
    const fresh = path.join(folder, 'raw.ts');
    await must(process.execPath, [path.join(ROOT, 'wasm-glue/gen_exports.mjs'), '--typescript', fresh]);
    assert.equal(
      readFileSync(path.join(ROOT, 'wasm-glue/ts/raw.ts'), 'utf8'),
      readFileSync(fresh, 'utf8'),
      'run: node wasm-glue/gen_exports.mjs --typescript wasm-glue/ts/raw.ts',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
