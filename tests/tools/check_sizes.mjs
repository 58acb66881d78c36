// SPDX-License-Identifier: MIT
// Lists the ten largest source files and fails over the hard limit. Tables (.def), lock files and data are
// exempt. `node tests/tools/check_sizes.mjs [root]`

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, green, listFiles, main, red, yellow } from './steps.mjs';

/** Lines. Above AIM a file is asking to be split; above LIMIT the check fails. */
export const AIM = 600;
export const LIMIT = 1200;

const SOURCE = /\.(?:c|h|ts|mts|js|mjs|css|html|ttvm|lisp|cmake|md)$|(?:^|\/)CMakeLists\.txt$/;

/** @returns {{files: {file: string, lines: number}[], tooLarge: {file: string, lines: number}[]}} largest first */
export function checkSizes(root) {
  const files = listFiles([root], (file) => SOURCE.test(file)).map((file) => ({
    file: path.relative(root, file),
    lines: readFileSync(file, 'utf8').split('\n').length - 1,
  }));
  files.sort((a, b) => b.lines - a.lines);
  return { files, tooLarge: files.filter(({ lines }) => lines > LIMIT) };
}

main(import.meta, (args) => {
  const { files, tooLarge } = checkSizes(path.resolve(args[0] ?? ROOT));
  console.log(`${files.length} source files; the ten largest (aim ${AIM} lines, limit ${LIMIT}):`);
  for (const { file, lines } of files.slice(0, 10)) {
    const color = lines > LIMIT ? red : lines > AIM ? yellow : green;
    console.log(`${color(String(lines).padStart(6))}  ${file}`);
  }
  for (const { file, lines } of tooLarge)
    console.error(red(`${file}: ${lines} lines, more than ${LIMIT}: split it`));
  if (tooLarge.length > 0) process.exitCode = 1;
});
