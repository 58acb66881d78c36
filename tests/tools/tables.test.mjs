// SPDX-License-Identifier: MIT
// The tables of core/ are covered by programs, and the check notices when they are not.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findStale, findUncovered, readTables } from './check_tables.mjs';
import { ROOT } from './steps.mjs';
import { withTree } from './tree.mjs';

const OPCODES = `/* TT_OP(COMMENT, NONE, 0, 0, 0, "x", "", "") */
TT_OP(PUSH_INT, INT, 0, 1, P, "stack", "-> Int", "Pushes (an \\"integer\\").")
  TT_OP(JMP, LABEL, 0, 0, J, "control", "->", "Jumps.")
TT_OP(BUILTIN, BUILTIN, V, 1, T, "builtins", "a -> v", "Calls.")
TT_SYNONYM("JMP_ADDR", JMP)
`;
const TREE = {
  'core/bytecode/opcodes.def': OPCODES,
  'core/bytecode/builtins.def': 'TT_BUILTIN(math_sqrt, "math.sqrt", 1, "sqrt(x)", "Root.")\n',
  'core/base/result.def': 'TT_ERROR(BAD, "BadThing")\nTT_ERROR(NET, "NetworkError")\n',
  'core/exec/bad.c': 'void f(void) { fail(TT_ERR_BAD); }\n',
};
const COVERING =
  '; expect-error: BadThing\n  pushint 5 ; comment\nLABEL a\n\tJmp_Addr a\n BUILTIN math.sqrt\n';

describe('coverage of the tables', () => {
  const { mnemonics, builtins, kinds } = findUncovered(ROOT);

  test('this tree: the tables are read', () => {
    const tables = readTables(ROOT);
    assert.ok(tables.mnemonics.includes('PUSH_INT') && tables.mnemonics.includes('EXIT_ACTOR'));
    assert.ok(tables.kinds.some(({ text }) => text === 'StackUnderflow'));
    assert.equal(tables.synonyms.get('STOREVAR'), 'STORE');
  });
  test('this tree: every instruction has a program', () => assert.deepEqual(mnemonics, []));
  test('this tree: every built-in is used', () => assert.deepEqual(builtins, []));
  test('this tree: every kind of error is shown by a program', () => assert.deepEqual(kinds, []));
  test('this tree: no generated file is stale', () => assert.deepEqual(findStale(ROOT), []));

  test('any case, missing underscores and synonyms count as uses', () => {
    const found = withTree({ ...TREE, 'tests/conformance/a.ttvm': COVERING }, findUncovered);
    assert.deepEqual(found, { mnemonics: [], builtins: [], kinds: [] });
  });

  test('a row without a program is found; a mention in a comment is none', () => {
    const found = withTree(
      { ...TREE, 'tests/conformance/a.ttvm': '; JMP x\n; math.sqrt\n BUILTIN text.len\n' },
      findUncovered,
    );
    assert.deepEqual(found, { mnemonics: ['PUSH_INT', 'JMP'], builtins: ['math.sqrt'], kinds: ['BadThing'] });
  });

  test('a generated file that lacks a row is stale', () => {
    const text =
      "export const X = [{ mnemonic: 'PUSH_INT' }, { mnemonic: 'JMP' }, { mnemonic: 'BUILTIN' }];\n";
    const stale = withTree({ ...TREE, 'build/generated/tables.ts': text }, findStale);
    assert.equal(stale.length, 1);
    assert.match(stale[0], /math\.sqrt/);
  });
});
