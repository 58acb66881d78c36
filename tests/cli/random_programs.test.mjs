// SPDX-License-Identifier: MIT
// Random programs (tests/fuzz/programs): run in all ways that must not make a difference, and what they cover.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { TTVM, run } from './ttvm.mjs';

const DIFFERENTIAL = path.join(path.dirname(TTVM), 'differential');
const SANITIZED = process.env.TTVM_BINARY !== undefined;

test('random programs cannot tell in which engine they run, optimized or not', async () => {
  const { status, stdout } = await run(['--from', '1', '--count', SANITIZED ? '60' : '1500'], {
    command: DIFFERENTIAL,
  });
  assert.equal(status, 0, stdout);
});

test(
  'random programs execute every instruction and built-in function but those of the host',
  {
    skip: SANITIZED,
  },
  async () => {
    const { status, stdout } = await run(['--coverage', '4000', '--from', '1'], { command: DIFFERENTIAL });
    assert.equal(
      status,
      0,
      stdout
        .split('\n')
        .filter((row) => /^ +0 /.test(row))
        .join('\n'),
    );
    assert.match(stdout, /\n0 never executed\n$/);
  },
);
