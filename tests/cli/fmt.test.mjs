// SPDX-License-Identifier: MIT
// `ttvm fmt`: every program of the tree means the same afterwards, and formatting again changes nothing.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { listFiles } from '../lib/programs.mjs';
import { ROOT, folderOf, run } from './ttvm.mjs';

const FOLDERS = ['tests/conformance', 'tests/regress', 'tests/golden', 'tests/bench', 'examples', 'std'];
const code = (text) => text.replace(/[ \t]*;.*$/gm, '');

for (const folder of FOLDERS)
  test(`programs of ${folder}`, { timeout: 900_000 }, async (t) => {
    const copy = folderOf(t, {});
    cpSync(path.join(ROOT, folder), copy, { recursive: true });
    const files = listFiles(copy, /\.(ttvm|lisp)$/)
      .filter((file) => !readFileSync(file).includes(0)) // no text
      .map((file) => path.relative(copy, file));
    assert.ok(files.length > 0);
    const before = new Map();
    for (const file of files) {
      const listing = await run(['disasm', file], { cwd: copy });
      if (listing.status === 0) before.set(file, code(listing.stdout));
    }
    for (let at = 0; at < files.length; at += 200) {
      const some = files.slice(at, at + 200);
      const formatted = await run(['fmt', ...some], { cwd: copy });
      assert.equal(formatted.stderr, '');
      const again = await run(['fmt', '--check', ...some], { cwd: copy });
      assert.equal(again.stderr, '', 'formatting twice changes nothing more');
    }
    for (const [file, listing] of before) {
      const after = await run(['disasm', file], { cwd: copy });
      assert.equal(code(after.stdout), listing, `${file} means the same`);
    }
  });

test('comments, empty lines and closing parentheses', async (t) => {
  const folder = folderOf(t, {
    'a.lisp':
      '\n\n; top\n(define (f x)   ; what\n(let ((a 1)\n(b 2))\n\n\n(+ a\nb) ; sum\n)\n)\n(f\n1)\n(if a\nb\n    c)',
    'a.ttvm':
      '; top\n  push_int   1 ;one\n\n\n\nlabel  x\nPUSH_STR  two  blanks  ; rest\n print\n   ; note\nnonsense   x\n',
  });
  assert.equal((await run(['fmt', 'a.lisp', 'a.ttvm'], { cwd: folder })).status, 0);
  assert.equal(
    readFileSync(path.join(folder, 'a.lisp'), 'utf8'),
    '; top\n(define (f x) ; what\n  (let ((a 1)\n        (b 2))\n\n    (+ a\n       b) ; sum\n   ))\n(f\n  1)\n(if a\n    b\n    c)\n',
  );
  assert.equal(
    readFileSync(path.join(folder, 'a.ttvm'), 'utf8'),
    '; top\n    PUSH_INT 1  ;one\n\nLABEL x\n    PUSH_STR two  blanks  ; rest\n    PRINT\n    ; note\nnonsense   x\n',
  );
});

test('--check changes nothing; other files are refused', async (t) => {
  const folder = folderOf(t, { 'a.ttvm': 'PRINT\n', 'b.txt': 'x' });
  const checked = await run(['fmt', '--check', 'a.ttvm'], { cwd: folder });
  assert.equal(checked.status, 1);
  assert.match(checked.stderr, /a\.ttvm is not formatted/);
  assert.equal(readFileSync(path.join(folder, 'a.ttvm'), 'utf8'), 'PRINT\n');
  assert.equal((await run(['fmt', 'b.txt'], { cwd: folder })).status, 2);
  assert.equal((await run(['fmt', 'absent.ttvm'], { cwd: folder })).status, 1);
  writeFileSync(path.join(folder, 'b.txt'), '');
  assert.equal((await run(['fmt', '-'], { stdin: 'print\n' })).stdout, '    PRINT\n');
});
