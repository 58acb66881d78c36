// SPDX-License-Identifier: MIT
// --allow-fs=DIR and its like: what lies in the folder, and the ways out of it.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { folderOf, run } from './ttvm.mjs';

const attempt = (code) =>
  `TRY\n${code}\nPUSH_STR "fine"\nPRINT\nCATCH e\nLOAD e\nGET_FIELD message\nPRINT\nEND_TRY\n`;
const read = (name) => attempt(`PUSH_STR "${name}"\nREAD_FILE\nPOP`);
const write = (name) => attempt(`PUSH_STR "x"\nPUSH_STR "${name}"\nWRITE_FILE`);

function prepare(t, source) {
  const folder = folderOf(t, { 'main.ttvm': source, 'in/a.txt': 'inside', 'out/b.txt': 'outside' });
  symlinkSync('../out/b.txt', path.join(folder, 'in/link'));
  symlinkSync('../out', path.join(folder, 'in/folder'));
  symlinkSync('../out/new.txt', path.join(folder, 'in/dangling'));
  symlinkSync('a.txt', path.join(folder, 'in/near'));
  mkdirSync(path.join(folder, 'in-not'));
  return folder;
}

async function lines(t, source, options) {
  const cwd = prepare(t, source);
  const { stdout, stderr } = await run([...options, 'main.ttvm'], { cwd });
  assert.equal(stderr, '');
  return { cwd, got: stdout.trimEnd().split('\n') };
}

const refused = (op, what, name) => `${op} is not permitted: it needs --allow-fs-${what}=${name}`;

test('reading: links and dots lead nowhere else', async (t) => {
  const names = ['in/a.txt', 'in/near', 'in/../in/a.txt'];
  const outside = [
    'out/b.txt',
    'in/link',
    'in/folder/b.txt',
    'in/../out/b.txt',
    '/etc/hostname',
    'in/dangling',
    'in-not/x',
  ];
  const { got } = await lines(t, [...names, ...outside].map(read).join(''), ['--sandbox', '--allow-fs=in']);
  assert.deepEqual(got, [
    ...names.map(() => 'fine'),
    ...outside.map((name) => refused('READ_FILE', 'read', name)),
  ]);
});

test('writing: new files inside, nothing outside', async (t) => {
  const outside = ['out/c.txt', 'in/dangling', 'in/folder/c.txt', 'in/link', 'in/../c.txt'];
  const source = ['in/new.txt', 'in/near', ...outside].map(write).join('');
  const { cwd, got } = await lines(t, source, ['--allow-fs-write=in']);
  assert.deepEqual(got, ['fine', 'fine', ...outside.map((name) => refused('WRITE_FILE', 'write', name))]);
  assert.equal(readFileSync(path.join(cwd, 'in/a.txt'), 'utf8'), 'x');
  assert.equal(readFileSync(path.join(cwd, 'out/b.txt'), 'utf8'), 'outside');
  for (const name of ['out/c.txt', 'out/new.txt', 'c.txt']) assert.ok(!existsSync(path.join(cwd, name)));
});

test('the other services of files', async (t) => {
  const source =
    attempt('PUSH_STR "out"\nLIST_DIR\nPOP') +
    attempt('PUSH_STR "in"\nLIST_DIR\nPOP') +
    attempt('PUSH_STR "in/no/such/file"\nFILE_EXISTS\nPRINT') +
    attempt('PUSH_STR "out/b.txt"\nDELETE_FILE') +
    attempt('PUSH_STR "out/b.txt"\nASYNC_READ\nAWAIT\nPOP') +
    attempt('PUSH_STR "file-read:in/link"\nSTREAM_CREATE\nPOP') +
    attempt('PUSH_STR "file-write:out/b.txt"\nSTREAM_CREATE\nPOP') +
    attempt('PUSH_STR "sqlite:out/x.db"\nDB_CONNECT\nPOP') +
    attempt('PUSH_STR "sqlite:in/x.db"\nDB_CONNECT\nPOP');
  const { got } = await lines(t, source, ['--sandbox', '--allow-db', '--allow-fs=in']);
  assert.deepEqual(got, [
    refused('LIST_DIR', 'read', 'out'),
    'fine',
    'false',
    'fine',
    refused('DELETE_FILE', 'write', 'out/b.txt'),
    refused('AWAIT', 'read', 'out/b.txt'),
    refused('STREAM_CREATE', 'read', 'in/link'),
    refused('STREAM_CREATE', 'write', 'out/b.txt'),
    refused('DB_CONNECT', 'write', 'out/x.db'),
    'fine',
  ]);
});

test('several folders add up; a plain --allow-fs takes the narrowing back', async (t) => {
  const source = read('in/a.txt') + read('out/b.txt') + read('main.ttvm');
  const two = await lines(t, source, ['--allow-fs=in', '--allow-fs-read=out']);
  assert.deepEqual(two.got, ['fine', 'fine', refused('READ_FILE', 'read', 'main.ttvm')]);
  const all = await lines(t, source, ['--allow-fs=in', '--allow-fs']);
  assert.deepEqual(all.got, ['fine', 'fine', 'fine']);
});

test('databases of files need the rights of files, and reach no other file', async (t) => {
  const source =
    attempt('PUSH_STR "sqlite:in/x.db"\nDB_CONNECT\nPOP') +
    attempt('PUSH_STR "sqlite::memory:"\nDB_CONNECT\nPOP');
  const { got } = await lines(t, source, ['--sandbox', '--allow-db']);
  assert.deepEqual(got, ['DB_CONNECT is not permitted: it needs --allow-fs-read', 'fine']);
  const escape =
    'PUSH_STR "sqlite:in/x.db"\nDB_CONNECT\nSTORE db\n' +
    attempt(`LOAD db\nPUSH_STR "ATTACH 'out/y.db' AS y"\nDB_EXEC\nPOP`) +
    attempt(`LOAD db\nPUSH_STR "VACUUM INTO 'out/y.db'"\nDB_EXEC\nPOP`) +
    attempt(`LOAD db\nPUSH_STR "SELECT load_extension('out/y')"\nDB_QUERY\nPOP`) +
    attempt('LOAD db\nPUSH_STR "VACUUM"\nDB_EXEC\nPOP');
  const { cwd, got: tried } = await lines(t, escape, []);
  for (const line of tried.slice(0, 3)) assert.match(line, /^DB_(EXEC|QUERY) failed: /);
  assert.equal(tried[3], 'fine');
  assert.ok(!existsSync(path.join(cwd, 'out/y.db')));
});
