// SPDX-License-Identifier: MIT
// Whoever opens a folder finds in its README what each file is. `node tests/tools/check_readmes.mjs [root]`
//
// A file is looked up in the nearest README above it, among the words between backticks. Its name counts with any
// ending (`mailbox.c` stands for mailbox.h, too; `sem_*.c` for all of a kind); so does the name of a folder on the way
// to it (`host/`, `src/app/`), which is then described as a whole.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, listFiles, main, red } from './steps.mjs';

const FOLDERS = ['core', 'wasm-glue', 'web', 'tests', 'std'];
const SOURCE = /\.(?:c|h|def|inc|ts|mjs|js|css)$/;

const stemOf = (name) => name.replace(/(?:\.test)?\.[a-z]+$|\.\[ch\]$/, '');
const toPattern = (word) =>
  new RegExp(`^${word.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')}$`);

/** What a README names: patterns of files without their endings, and folders below it. */
function readNames(readme) {
  const names = { stems: [], folders: new Set() };
  for (const [, code] of readFileSync(readme, 'utf8').matchAll(/`([^`\n]+)`/g))
    for (const word of code.split(/[\s,]+/).filter(Boolean)) {
      if (word.endsWith('/')) names.folders.add(word.slice(0, -1));
      const stem = stemOf(path.basename(word));
      if (!/^[*.]*$/.test(stem)) names.stems.push(toPattern(stem));
    }
  return names;
}

/** @returns {{problems: string[], files: number}} */
export function checkReadmes(root) {
  const known = new Map();
  const namesIn = (folder) => {
    const readme = path.join(root, folder, 'README.md');
    if (!known.has(folder)) known.set(folder, existsSync(readme) ? readNames(readme) : null);
    return known.get(folder);
  };
  const files = FOLDERS.flatMap((folder) =>
    listFiles([path.join(root, folder)], (file) => SOURCE.test(file)),
  ).map((file) => path.relative(root, file));
  const problems = [];
  for (const file of files) {
    let folder = path.dirname(file);
    while (folder !== '.' && !namesIn(folder)) folder = path.dirname(folder);
    const names = namesIn(folder);
    const stem = stemOf(path.basename(file));
    const parts = path.dirname(path.relative(folder, file)).split('/');
    const isNamed =
      names !== null &&
      (names.stems.some((pattern) => pattern.test(stem)) ||
        parts.some((_, i) => names.folders.has(parts.slice(0, i + 1).join('/'))));
    if (!isNamed) problems.push(`${file} is not in ${path.join(folder, 'README.md')}`);
  }
  return { problems, files: files.length };
}

main(import.meta, (args) => {
  const { problems, files } = checkReadmes(path.resolve(args[0] ?? ROOT));
  for (const problem of problems) console.error(red(problem));
  console.log(`${files} files, ${problems.length} without a word about them`);
  if (problems.length > 0) process.exitCode = 1;
});
