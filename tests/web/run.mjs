// SPDX-License-Identifier: MIT
// The suite `web`: this folder's *.test.mjs (or those whose names contain an argument) in Chromium against
// build/site. One file at a time: the tests measure times. Ends with `N passed, M failed`.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ROOT, main, run } from '../tools/steps.mjs';

const HERE = path.join(ROOT, 'tests/web');

main(import.meta, async (args) => {
  const files = readdirSync(HERE)
    .filter((name) => name.endsWith('.test.mjs'))
    .filter((name) => args.length === 0 || args.some((arg) => name.includes(arg)))
    .sort();
  const { code } = await run(
    process.execPath,
    [
      '--test',
      '--test-concurrency=1',
      `--test-reporter=${path.join(ROOT, 'tests/tools/reporter.mjs')}`,
      '--test-reporter-destination=stdout',
      ...files.map((name) => path.join(HERE, name)),
    ],
    { live: true },
  );
  process.exitCode = code;
});
