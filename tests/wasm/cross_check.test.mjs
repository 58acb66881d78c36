// SPDX-License-Identifier: MIT
// What one side compresses, encrypts or stores, the other reads: the native program and both wasm builds.

import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BUILD, must } from '../tools/steps.mjs';
import { BUILDS, runProgram, startEngine } from './lib/engines.mjs';

const NATIVE = path.join(BUILD, 'native/bin/ttvm');

const WRITE = `
PUSH_STR "text with ünïcode, text with repetition, text with repetition"
STORE text
LOAD text
COMPRESS
PUSH_STR "text.z"
WRITE_BYTES
LOAD text
PUSH_STR "pass phrase ß"
ENCRYPT
PUSH_STR "text.sealed"
WRITE_BYTES
PUSH_STR "file-write:stream.txt"
STREAM_CREATE
STORE s
LOAD s
LOAD text
STREAM_WRITE
POP
LOAD s
STREAM_CLOSE
POP
PUSH_STR "sqlite:notes.db"
DB_CONNECT
STORE db
LOAD db
PUSH_STR "CREATE TABLE n (i INTEGER, r REAL, t TEXT, b BLOB); BEGIN"
DB_EXEC
POP
PUSH_INT 0
STORE i
LABEL more
LOAD db
PUSH_STR "INSERT INTO n VALUES (?, ?, ?, ?)"
LOAD i
PUSH_FLOAT 0.5
LOAD text
PUSH_BYTES "00ff"
MAKE_LIST 4
DB_EXEC_PARAMS
POP
LOAD i
PUSH_INT 1
ADD
STORE i
LOAD i
PUSH_INT 300
LT
JNZ more
LOAD db
PUSH_STR "COMMIT"
DB_EXEC
POP
`;

const READ = `
PUSH_STR "text.z"
READ_BYTES
DECOMPRESS
PRINT
PUSH_STR "text.sealed"
READ_BYTES
PUSH_STR "pass phrase ß"
DECRYPT
PRINT
PUSH_STR "file-read:stream.txt"
STREAM_CREATE
PUSH_INT 1000
STREAM_READ
PRINT
PUSH_STR "sqlite:notes.db"
DB_CONNECT
STORE db
LOAD db
PUSH_STR "SELECT count(*), sum(i), max(r), min(t), max(b) FROM n"
DB_QUERY
GET_FIELD data
PRINT
LOAD db
PUSH_STR "PRAGMA integrity_check"
DB_QUERY
GET_FIELD data
PRINT
`;

const TEXT = 'text with ünïcode, text with repetition, text with repetition';
const EXPECTED = `${TEXT}\n${TEXT}\n${TEXT}\n[[300, 44850, 0.5, ${TEXT}, Bytes(2)]]\n[[ok]]\n`;
const FILES = ['notes.db', 'stream.txt', 'text.sealed', 'text.z'];

let folder;
const native = (name, source) => {
  const file = path.join(folder, name);
  writeFileSync(file, source);
  return must(NATIVE, [file], { cwd: folder });
};
before(() => {
  assert.ok(existsSync(NATIVE), 'npm run build native');
  const parent = path.join(BUILD, 'tmp');
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(path.join(parent, 'cross-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

for (const build of BUILDS) {
  describe(build.mode, () => {
    let engine;
    before(async () => {
      engine = await startEngine(build);
    });
    after(() => engine.dispose());

    test('wasm reads what the native program wrote', async () => {
      for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
      await native('write.ttvm', WRITE);
      const files = Object.fromEntries(
        FILES.map((name) => [name, new Uint8Array(readFileSync(path.join(folder, name)))]),
      );
      const { out, err } = await runProgram(engine, READ, { files });
      assert.equal(err, '');
      assert.equal(out, EXPECTED);
    });

    test('the native program reads what wasm wrote', async () => {
      for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
      const { err, result } = await runProgram(engine, WRITE);
      assert.equal(err, '');
      assert.deepEqual(Object.keys(result.changedFiles).sort(), FILES);
      for (const [name, bytes] of Object.entries(result.changedFiles))
        writeFileSync(path.join(folder, name), bytes);
      assert.equal(await native('read.ttvm', READ), EXPECTED);
    });
  });
}
