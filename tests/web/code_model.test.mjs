// SPDX-License-Identifier: MIT
// What belongs together in the forms of a program: source lines, stack code, optimized code, register code.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from './lib/model.mjs';

let CodeColumns;
before(async () => {
  ({ CodeColumns } = (await loadModel()).code_columns);
});

/** Stack code of `[address's line, column, text]` and labels as plain strings. */
function stackCode(rows) {
  const instructions = rows.filter((row) => typeof row !== 'string');
  return {
    text: rows.map((row) => `${typeof row === 'string' ? row : `    ${row[2]}`}\n`).join(''),
    positions: new Uint32Array(instructions.flatMap(([line, column]) => [line, column])),
  };
}

/** Register code of `[origin, text]`, with headings as plain strings. */
function registerCode(rows) {
  return {
    text: `; register code of a\n${rows.map((row) => `${typeof row === 'string' ? row : `    ${row[1]}`}\n`).join('')}`,
    origins: new Uint32Array(rows.filter((row) => typeof row !== 'string').map(([origin]) => origin)),
  };
}

const SOURCE = 'PUSH_INT 1\nPUSH_INT 2\nADD\nPRINT\n; the end\nLABEL end\nHALT\n';
const STACK = stackCode([
  [1, 1, 'PUSH_INT 1'],
  [2, 1, 'PUSH_INT 2'],
  [3, 1, 'ADD'],
  [4, 1, 'PRINT'],
  'LABEL end',
  [7, 1, 'HALT'],
]);
const OPTIMIZED = stackCode([[3, 1, 'PUSH_INT 3'], [4, 1, 'PRINT'], 'LABEL end', [7, 1, 'HALT']]);
const REPORT = {
  rounds: 1,
  instructions: { before: 5, after: 3 },
  variables: { before: 0, after: 0 },
  passes: [],
};

/** Texts of the marked rows of a column, exact ones first. */
function marked(columns, marks, name) {
  const { rows } = marks.get(name);
  const texts = columns.column(name).texts;
  const of = (mark) => texts.filter((_text, row) => rows[row] === mark);
  return [of(2), of(1)];
}

describe('columns of a program', () => {
  const plain = () =>
    new CodeColumns(SOURCE, {
      stack: STACK,
      optimized: null,
      registers: registerCode([
        '',
        '<main>() uses 4 registers',
        '  0x0000:',
        [2, 'LOADI $0, 1'],
        [2, 'ADDI $0, $0, 2'],
        [3, 'STEP PRINT'],
        '  end:',
        [4, 'STEP HALT'],
      ]),
    });
  const optimized = () =>
    new CodeColumns(SOURCE, {
      stack: STACK,
      optimized: { code: OPTIMIZED, report: REPORT },
      registers: registerCode([[1, 'LOADI $0, 3'], [1, 'STEP PRINT'], '  end:', [2, 'STEP HALT']]),
    });

  test('an operand is done by the register code of its operation', () => {
    const columns = plain();
    const marks = columns.marksOf('stack', 1);
    assert.deepEqual(marked(columns, marks, 'source'), [['PUSH_INT 2'], []]);
    assert.deepEqual(marked(columns, marks, 'registers'), [['LOADI  $0, 1', 'ADDI   $0, $0, 2'], []]);
    assert.equal(columns.column('optimized'), null);
  });

  test('register code tells all that it does', () => {
    const columns = plain();
    const at = columns.column('registers').texts.indexOf('ADDI   $0, $0, 2');
    const marks = columns.marksOf('registers', at);
    assert.deepEqual(marked(columns, marks, 'stack'), [['PUSH_INT 1', 'PUSH_INT 2', 'ADD'], []]);
    assert.deepEqual(marked(columns, marks, 'source')[0], ['PUSH_INT 1', 'PUSH_INT 2', 'ADD']);
  });

  test('optimized code is found by its place in the source, register code by the optimized', () => {
    const columns = optimized();
    const marks = columns.marksOf('source', 2);
    assert.deepEqual(marked(columns, marks, 'stack'), [['ADD'], []]);
    assert.deepEqual(marked(columns, marks, 'optimized'), [['PUSH_INT 3'], []]);
    assert.deepEqual(marked(columns, marks, 'registers')[0], ['LOADI  $0, 3', 'STEP   PRINT']);
    const gone = columns.marksOf('stack', 0);
    assert.deepEqual(marked(columns, gone, 'optimized'), [[], []]);
    assert.equal(gone.get('optimized').first, -1);
  });

  test('a label stands for what follows it, a line without code for nothing', () => {
    const columns = plain();
    const label = columns.column('stack').texts.indexOf('LABEL end');
    assert.deepEqual(marked(columns, columns.marksOf('stack', label), 'source'), [['HALT'], []]);
    assert.deepEqual(marked(columns, columns.marksOf('source', 4), 'stack'), [[], []]);
  });

  test('two instructions of one line are told apart by their columns', () => {
    const columns = new CodeColumns('(print (+ a 1))\n', {
      stack: stackCode([
        [1, 11, 'LOAD a'],
        [1, 13, 'PUSH_INT 1'],
        [1, 8, 'ADD'],
        [1, 1, 'PRINT'],
      ]),
      optimized: {
        code: stackCode([
          [1, 11, 'LOAD a'],
          [1, 8, 'ADD_INT 1'],
          [1, 1, 'PRINT'],
        ]),
        report: REPORT,
      },
      registers: null,
    });
    const marks = columns.marksOf('stack', 2);
    assert.deepEqual(marked(columns, marks, 'optimized'), [['ADD_INT 1'], ['LOAD a', 'PRINT']]);
    assert.deepEqual(marked(columns, marks, 'source'), [['(print (+ a 1))'], []]);
    assert.equal(marks.get('optimized').first, 1);
    assert.deepEqual(marked(columns, columns.marksOf('source', 0), 'optimized')[0].length, 3);
  });

  test('code without lines belongs together by its addresses', () => {
    const columns = new CodeColumns('', {
      stack: stackCode([
        [0, 0, 'PUSH_INT 1'],
        [0, 0, 'PRINT'],
      ]),
      optimized: null,
      registers: registerCode([
        [1, 'LOADI $0, 1'],
        [1, 'STEP PRINT'],
      ]),
    });
    const marks = columns.marksOf('stack', 0);
    assert.deepEqual(marked(columns, marks, 'registers')[0], ['LOADI  $0, 1', 'STEP   PRINT']);
    assert.deepEqual(marked(columns, marks, 'stack'), [['PUSH_INT 1'], []]);
    assert.deepEqual(marked(columns, marks, 'source'), [[], []]);
  });
});
