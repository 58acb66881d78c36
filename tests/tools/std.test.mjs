// SPDX-License-Identifier: MIT
// std/: what is generated from its comments is up to date, and the prelude has all the names.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { compileExpression, findStale, readModule } from './gen_std_docs.mjs';
import { ROOT } from './steps.mjs';

const read = (name) => readFileSync(path.join(ROOT, 'std', name), 'utf8');

test('documentation and example programs of std are up to date', () => {
  assert.deepEqual(
    findStale().map(([name]) => name),
    [],
  );
});

test('the prelude exports every name of the modules it imports', () => {
  const prelude = readModule('prelude', read('prelude.ttvm'));
  const imported = [...read('prelude.ttvm').matchAll(/^IMPORT "std\/(\w+)"$/gm)].map((match) => match[1]);
  const modules = readdirSync(path.join(ROOT, 'std')).filter(
    (name) => name.endsWith('.ttvm') && name !== 'prelude.ttvm',
  );
  assert.deepEqual([...imported].sort(), modules.map((name) => name.slice(0, -'.ttvm'.length)).sort());
  const names = new Set(imported.flatMap((name) => readModule(name, read(`${name}.ttvm`)).exports));
  assert.deepEqual([...prelude.exports].sort(), [...names].sort());
});

test('every exported function has the parameters that its comment says', () => {
  const files = readdirSync(path.join(ROOT, 'std'), { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.ttvm'))) {
    const source = read(file);
    const module = readModule(file.slice(0, -'.ttvm'.length), source);
    for (const f of module.functions) {
      const made = ['MAKE_FUNCTION', f.name, ...f.parameters].join(' ');
      assert.ok(source.includes(`${made}\nSTORE ${f.name}\nEXPORT ${f.name}\n`), `${file}: ${made}`);
    }
  }
});

test('example expressions compile to instructions', () => {
  const used = new Set();
  assert.deepEqual(compileExpression('f([1, -2.5], {a: null}, "x\\"y", g)', used), [
    'PUSH_INT 1',
    'PUSH_FLOAT -2.5',
    'MAKE_LIST 2',
    'MAKE_OBJECT',
    'NULL',
    'SET_FIELD a',
    'PUSH_STR "x\\"y"',
    'LOAD g',
    'LOAD f',
    'CALL_FUNCTION 4',
  ]);
  assert.deepEqual([...used].sort(), ['f', 'g']);
  assert.throws(() => compileExpression('f(1', new Set()), /in 'f\(1'/);
  assert.throws(() => compileExpression('f(1) 2', new Set()), /left over/);
});
