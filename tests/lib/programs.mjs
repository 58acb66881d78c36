// SPDX-License-Identifier: MIT
// Finds the test programs and examples, and what the instruction table and the conformance programs have in common.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseExpectations } from './expectations.mjs';

export const FOLDERS = ['tests/conformance', 'tests/limits', 'tests/regress', 'examples'];
const PROGRAM = /\.(ttvm|lisp)$/;

/** Files below a folder whose names match, sorted. */
export function listFiles(folder, pattern) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((file) => pattern.test(file))
    .sort();
}

/** Every program: its path from the root, its text and its expectations. */
export function collectPrograms(root, folders = FOLDERS) {
  return folders
    .flatMap((folder) => listFiles(path.join(root, folder), PROGRAM))
    .map((file) => {
      const source = readFileSync(file, 'utf8');
      return {
        file,
        name: path.relative(root, file).replaceAll('\\', '/'),
        source,
        expectations: parseExpectations(source),
      };
    });
}

/** First words of a .ttvm text's lines, in the table's spelling: capitals, without underscores. */
function usedMnemonics(source) {
  const words = source.split('\n').map((line) => /^[ \t]*([A-Za-z_]+)/.exec(line)?.[1]);
  return words.filter(Boolean).map((word) => word.toUpperCase().replaceAll('_', ''));
}

/** Rows of a .def table: the first argument of each `MACRO(NAME, …`. */
export function tableRows(text, macro) {
  return [...text.matchAll(new RegExp(`^${macro}\\(\\s*("?)([A-Za-z_0-9]+)\\1`, 'gm'))].map(
    (match) => match[2],
  );
}

/** Instructions (with their synonyms) of opcodes.def that no conformance program contains. */
export function uncoveredInstructions(root) {
  const table = readFileSync(path.join(root, 'core/bytecode/opcodes.def'), 'utf8');
  const names = [...tableRows(table, 'TT_OP'), ...tableRows(table, 'TT_SYNONYM')];
  const programs = collectPrograms(root, ['tests/conformance']).filter(({ file }) => file.endsWith('.ttvm'));
  const used = new Set(programs.flatMap(({ source }) => usedMnemonics(source)));
  return { total: names.length, missing: names.filter((name) => !used.has(name.replaceAll('_', ''))) };
}
