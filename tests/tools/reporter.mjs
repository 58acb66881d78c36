// SPDX-License-Identifier: MIT
// Reporter for Node's test runner: one line a test as it ends, the errors in full, and a last line
// `N passed, M failed`. Groups (`describe`) and whole files count only when they fail by themselves.

import path from 'node:path';
import { inspect } from 'node:util';
import { ROOT, dim, formatTime, green, red, yellow } from './steps.mjs';

function describeError(error) {
  const cause = error?.cause ?? error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
  return text.replace(/^/gm, '      ');
}

export default async function* report(source) {
  let passed = 0;
  let failed = 0;
  let file = '';
  for await (const { type, data } of source) {
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message;
    if (type === 'test:start' && data.file && data.file !== file) {
      file = data.file;
      yield `${dim(path.relative(ROOT, file))}\n`;
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const isGroup = data.details?.type === 'suite';
    const isFile = data.nesting === 0 && data.name === data.file;
    const time = dim(formatTime(data.details?.duration_ms ?? 0));
    const name = `${'  '.repeat(data.nesting + 1)}${isFile ? path.relative(ROOT, data.name) : data.name}`;
    if (type === 'test:pass') {
      if (isGroup || isFile) continue;
      if (data.skip !== undefined || data.todo !== undefined) {
        yield `${name} ${yellow(data.skip !== undefined ? `skipped ${data.skip || ''}` : 'todo')}\n`;
        continue;
      }
      passed++;
      yield `${name} ${green('ok')} ${time}\n`;
    } else {
      // A group fails because its tests did: those are counted already.
      const byChildren = data.details?.error?.failureType === 'subtestsFailed';
      if (byChildren) continue;
      failed++;
      yield `${name} ${red('FAILED')} ${time}\n${describeError(data.details?.error)}\n`;
    }
  }
  yield `${passed} passed, ${failed} failed\n`;
}
