// SPDX-License-Identifier: MIT
// Holds the tables of core/ and what stands on them together: every instruction, built-in and error kind has
// a program under tests/ that uses it, and generated files show the tables' rows of today.
// `node tests/tools/check_tables.mjs [root]`

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, green, listFiles, main, red } from './steps.mjs';

const PROGRAM_FOLDERS = ['tests/conformance', 'tests/limits', 'tests/regress'];

const STRING = '"((?:[^"\\\\]|\\\\.)*)"';

/** Rows of a .def file: the arguments of `MACRO(...)` up to `count`, strings without their quotes. */
function readRows(text, macro, pattern) {
  const withoutComments = text.replace(/\/\*[\s\S]*?\*\//g, '');
  return [...withoutComments.matchAll(new RegExp(`^[ \\t]*${macro}\\(\\s*${pattern}`, 'gm'))].map((row) =>
    row.slice(1),
  );
}

/** @returns {{mnemonics: string[], synonyms: Map<string, string>, builtins: string[], kinds: {name: string, text: string}[]}} */
export function readTables(root) {
  const read = (name) => {
    const file = path.join(root, 'core', name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const opcodes = read('bytecode/opcodes.def');
  return {
    mnemonics: readRows(opcodes, 'TT_OP', '(\\w+)').map(([name]) => name),
    synonyms: new Map(
      readRows(opcodes, 'TT_SYNONYM', `${STRING}\\s*,\\s*(\\w+)`).map(([text, name]) => [plain(text), name]),
    ),
    builtins: readRows(read('bytecode/builtins.def'), 'TT_BUILTIN', `\\w+\\s*,\\s*${STRING}`).map(
      ([text]) => text,
    ),
    kinds: readRows(read('base/result.def'), 'TT_ERROR', `(\\w+)\\s*,\\s*${STRING}`).map(([name, text]) => ({
      name,
      text,
    })),
  };
}

/** Mnemonics are read in any case and with or without underscores. */
const plain = (word) => word.replace(/_/g, '').toUpperCase();

/** What the programs of a tree use: plain mnemonics, built-in names and all their text. */
export function readUses(texts) {
  const words = new Set();
  const builtins = new Set();
  for (const text of texts) {
    for (const line of text.split(/\r?\n/)) {
      const [, word = '', rest = ''] = /^\s*(\w+)(.*)$/.exec(line) ?? [];
      words.add(plain(word));
      if (plain(word) === 'BUILTIN') builtins.add(/^\s*"?([\w.?!-]+)/.exec(rest)?.[1] ?? '');
      // A built-in that runs as an actor or is called by name is used, too.
      for (const [, name] of rest.matchAll(/"([a-z][\w]*\.[\w?!-]+)"/g)) builtins.add(name);
    }
  }
  return { words, builtins };
}

/** Rows that no program uses. */
export function findUncovered(root) {
  const { mnemonics, synonyms, builtins, kinds } = readTables(root);
  const places = PROGRAM_FOLDERS.map((folder) => path.join(root, folder));
  const texts = listFiles(places, (file) => file.endsWith('.ttvm')).map((file) => readFileSync(file, 'utf8'));
  // The standard library is the built-ins' natural caller; its own tests call it.
  const library = listFiles([path.join(root, 'std')], (file) => file.endsWith('.ttvm')).map((file) =>
    readFileSync(file, 'utf8'),
  );
  const used = readUses(texts);
  const usedInLibrary = readUses(library);
  const reached = new Set([...used.words].map((word) => synonyms.get(word) ?? word).map(plain));
  const all = texts.join('\n');
  const code = listFiles([path.join(root, 'core')], (file) => /\.(?:c|h|inc)$/.test(file));
  const raised = new Set(
    code.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bTT_ERR_(\w+)/g)].map(([, name]) => name),
    ),
  );
  return {
    mnemonics: mnemonics.filter((name) => !reached.has(plain(name))),
    builtins: builtins.filter((name) => !used.builtins.has(name) && !usedInLibrary.builtins.has(name)),
    // Kinds that no code raises yet belong to parts that are still to come.
    kinds: kinds.filter(({ name, text }) => raised.has(name) && !all.includes(text)).map(({ text }) => text),
  };
}

/** Files made from the tables, and which rows each must show. */
const GENERATED = [
  { file: 'build/generated/tables.ts', rows: ({ mnemonics, builtins }) => [...mnemonics, ...builtins] },
];

/** Rows that a generated file lacks; empty for files that have not been made (a build makes them). */
export function findStale(root) {
  const tables = readTables(root);
  const problems = [];
  for (const { file, rows } of GENERATED) {
    const full = path.join(root, file);
    if (!existsSync(full)) continue;
    const text = readFileSync(full, 'utf8');
    const strings = new Set([...text.matchAll(/["']([\w.?!-]+)["']/g)].map(([, name]) => name));
    for (const row of rows(tables))
      if (!strings.has(row)) problems.push(`${file}: lacks ${row}; run 'npm run build native'`);
  }
  return problems;
}

main(import.meta, (args) => {
  const root = path.resolve(args[0] ?? ROOT);
  const { mnemonics, builtins, kinds } = findUncovered(root);
  const problems = [
    ...mnemonics.map(
      (name) => `${name}: no program under ${PROGRAM_FOLDERS.join(', ')} uses this instruction`,
    ),
    ...builtins.map((name) => `${name}: neither a test program nor std/ uses this built-in`),
    ...kinds.map((kind) => `${kind}: no test program shows this kind of error`),
    ...findStale(root),
  ];
  for (const problem of problems) console.error(red(problem));
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`tables: ${green('no problem')}`);
});
