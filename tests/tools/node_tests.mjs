// SPDX-License-Identifier: MIT
// Suites that are Node tests: a folder's *.test.mjs under our reporter.

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ROOT, StepError, run } from './steps.mjs';

/**
 * The command that runs the *.test.mjs of a folder, given from the project's root, or those whose names contain one of
 * `filters`. Without `concurrency`, several files at a time.
 */
export function nodeTestCommand(folder, { filters = [], concurrency } = {}) {
  const place = path.join(ROOT, folder);
  const files = (existsSync(place) ? readdirSync(place) : [])
    .filter((name) => name.endsWith('.test.mjs'))
    .filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)))
    .sort();
  // Without a file Node would run whatever it finds.
  if (files.length === 0) {
    const which = filters.length > 0 ? ` with ${filters.join(' or ')} in its name` : '';
    throw new StepError(`${folder} has no *.test.mjs${which}`);
  }
  return [
    process.execPath,
    '--test',
    ...(concurrency ? [`--test-concurrency=${concurrency}`] : []),
    `--test-reporter=${path.join(ROOT, 'tests/tools/reporter.mjs')}`,
    '--test-reporter-destination=stdout',
    ...files.map((name) => path.join(place, name)),
  ];
}

/** Runs them with their own output; the exit status becomes this process's. */
export async function runNodeTests(folder, options) {
  const [command, ...args] = nodeTestCommand(folder, options);
  process.exitCode = (await run(command, args, { live: true })).code;
}
