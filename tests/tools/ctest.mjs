// SPDX-License-Identifier: MIT
// Runs the C unit tests of one build through CTest and counts their checks: a test program that prints
// `N passed, M failed` counts as that many, any other as one. `node tests/tools/ctest.mjs debug [ctest options]`

import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseCounts } from './counts.mjs';
import { BUILD, StepError, main, run } from './steps.mjs';

/** @param {string} xml CTest's JUnit report  @returns {{passed: number, failed: number}} */
export function countJunit(xml) {
  let passed = 0;
  let failed = 0;
  for (const [, attributes, body] of xml.matchAll(/<testcase\b([^>]*)>([\s\S]*?)<\/testcase>/g)) {
    const status = /\bstatus="(\w+)"/.exec(attributes ?? '')?.[1];
    if (status === 'disabled' || status === 'notrun') {
      // A test that CTest could not start at all is a failure, not an absence.
      if (status === 'notrun') failed++;
      continue;
    }
    const output = /<system-out>([\s\S]*?)<\/system-out>/.exec(body ?? '')?.[1] ?? '';
    const counts = parseCounts(output);
    if (counts) passed += counts.passed;
    if (status === 'run') {
      if (!counts) passed++;
      failed += counts?.failed ?? 0;
    } else {
      failed += Math.max(1, counts?.failed ?? 0);
    }
  }
  return { passed, failed };
}

main(import.meta, async ([preset, ...options]) => {
  if (!preset) throw new StepError('usage: node tests/tools/ctest.mjs PRESET [ctest options]');
  const folder = path.join(BUILD, preset);
  const junit = path.join(folder, 'ctest.xml');
  rmSync(junit, { force: true });
  const { code } = await run(
    'ctest',
    [
      '--test-dir',
      folder,
      '--output-on-failure',
      '--no-tests=error',
      '--timeout',
      '300',
      `-j${availableParallelism()}`,
    ].concat(['--test-output-size-passed', '65536', '--output-junit', junit], options),
    { live: true },
  );
  let counts = { passed: 0, failed: 0 };
  try {
    counts = countJunit(readFileSync(junit, 'utf8'));
  } catch {
    // No report: CTest itself failed; counted below.
  }
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
});
