// SPDX-License-Identifier: MIT
// What the native program compresses, encrypts and stores is read by the services of JavaScript, and the other way
// round.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/steps.mjs';
import { makeServices } from './lib/services.mjs';

const TTVM = path.join(ROOT, 'build/native/bin/ttvm');
const TEXT = 'Grüße, 世界! ';
const BINARY = new Uint8Array([0, 255, 128, 10]);

function folderOf(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'ttvm-exchange-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function native(folder, source) {
  writeFileSync(path.join(folder, 'main.ttvm'), source);
  return execFileSync(TTVM, ['main.ttvm'], { cwd: folder, encoding: 'utf8' });
}

const fileOf = (folder, name) => new Uint8Array(readFileSync(path.join(folder, name)));

test('compressed data', async (t) => {
  const folder = folderOf(t);
  const { call } = makeServices();
  native(
    folder,
    `PUSH_STR "${TEXT}"\nPUSH_INT 5000\nBUILTIN string.repeat\nCOMPRESS\nPUSH_STR "text.z"\nWRITE_BYTES\n` +
      'PUSH_BYTES "00ff800a"\nCOMPRESS\nPUSH_STR "bytes.z"\nWRITE_BYTES\n',
  );
  assert.equal(await call('DECOMPRESS', fileOf(folder, 'text.z')), TEXT.repeat(5000));
  assert.deepEqual(await call('DECOMPRESS', fileOf(folder, 'bytes.z')), BINARY);
  writeFileSync(path.join(folder, 'page.z'), await call('COMPRESS', TEXT.repeat(5000)));
  const read = 'PUSH_STR "page.z"\nREAD_BYTES\nDECOMPRESS\nHASH\nWRITE\n';
  assert.equal(native(folder, read), await call('HASH', TEXT.repeat(5000)));
});

test('encrypted data', async (t) => {
  const folder = folderOf(t);
  const { call } = makeServices();
  native(
    folder,
    `PUSH_STR "${TEXT}"\nPUSH_STR "pässword"\nENCRYPT\nPUSH_STR "text.sealed"\nWRITE_BYTES\n` +
      'PUSH_BYTES "00ff800a"\nPUSH_STR ""\nENCRYPT\nPUSH_STR "bytes.sealed"\nWRITE_BYTES\n',
  );
  assert.equal(await call('DECRYPT', fileOf(folder, 'text.sealed'), 'pässword'), TEXT);
  assert.deepEqual(await call('DECRYPT', fileOf(folder, 'bytes.sealed'), ''), BINARY);
  await assert.rejects(call('DECRYPT', fileOf(folder, 'text.sealed'), 'password'), { kind: 'DataError' });
  writeFileSync(path.join(folder, 'page.sealed'), await call('ENCRYPT', TEXT, 'pässword'));
  const read = 'PUSH_STR "page.sealed"\nREAD_BYTES\nPUSH_STR "pässword"\nDECRYPT\nWRITE\n';
  assert.equal(native(folder, read), TEXT);
});

test('databases', async (t) => {
  const folder = folderOf(t);
  const insert = "INSERT INTO t VALUES (1, 0.5), (NULL, x'00ff'), ('grün', -9223372036854775808)";
  const sql = ['CREATE TABLE t (a, b)', 'CREATE INDEX i ON t (a)', insert];
  const query = 'SELECT a, typeof(a), b, typeof(b) FROM t ORDER BY rowid';
  native(
    folder,
    `PUSH_STR "sqlite:native.db"\nDB_CONNECT\nPUSH_STR ${JSON.stringify(sql.join('; '))}\nDB_EXEC\nPOP\n`,
  );
  const { call, files } = makeServices();
  files.files.set('native.db', fileOf(folder, 'native.db'));
  const db = await call('DB_CONNECT', 'native.db');
  const { data } = await call('DB_QUERY', db, query, []);
  assert.deepEqual(data, [
    [1n, 'integer', 0.5, 'real'],
    [null, 'null', new Uint8Array([0, 255]), 'blob'],
    ['grün', 'text', -9223372036854775808n, 'integer'],
  ]);
  const own = await call('DB_CONNECT', 'page.db');
  for (const statement of sql) await call('DB_EXEC', own, statement, []);
  await call('CLOSE', own);
  writeFileSync(path.join(folder, 'page.db'), files.files.get('page.db'));
  const print = `PUSH_STR "sqlite:page.db"\nDB_CONNECT\nPUSH_STR "${query}"\nDB_QUERY\nGET_FIELD data\nPRINT\n`;
  assert.equal(
    native(folder, print),
    '[[1, integer, 0.5, real], [null, null, Bytes(2), blob], [grün, text, -9223372036854775808, integer]]\n',
  );
});
