// SPDX-License-Identifier: MIT
// The generated files of wasm-glue/ts are what the generator makes of its tables today.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { ROOT, must } from '../tools/steps.mjs';

for (const [mode, name] of [
  ['--typescript', 'wasm-glue/ts/raw.ts'],
  ['--events', 'wasm-glue/ts/trace_table.ts'],
  ['--passes', 'wasm-glue/ts/pass_table.ts'],
]) {
  test(`${name} is up to date`, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'ttvm-raw-'));
    try {
      const fresh = path.join(folder, 'fresh.ts');
      await must(process.execPath, [path.join(ROOT, 'wasm-glue/gen_exports.mjs'), mode, fresh]);
      assert.equal(
        readFileSync(path.join(ROOT, name), 'utf8'),
        readFileSync(fresh, 'utf8'),
        `run: node wasm-glue/gen_exports.mjs ${mode} ${name}`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
