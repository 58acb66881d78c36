// SPDX-License-Identifier: MIT
// check, disasm, compile.

import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { folderOf, run } from './ttvm.mjs';

const GOOD = 'PUSH_STR "hello"\nPRINT\nCALL twice n\nHALT\nLABEL twice\nRET\n';

test('check: one line for each good program, errors for the others, nothing runs', async (t) => {
  const cwd = folderOf(t, {
    'a.ttvm': 'PUSH_STR "never"\nPRINT\n',
    'b.ttvm': 'PUSH_INT x\nBAD\n',
    'c.ttvm': 'PUSH_INT 1\nPRINT\n',
  });
  const good = await run(['check', 'a.ttvm', 'c.ttvm'], { cwd });
  assert.deepEqual([good.status, good.stdout, good.stderr], [0, 'a.ttvm: ok\nc.ttvm: ok\n', '']);
  const mixed = await run(['check', 'a.ttvm', 'b.ttvm', 'absent.ttvm', 'c.ttvm'], { cwd });
  assert.equal(mixed.status, 1);
  assert.equal(mixed.stdout, 'a.ttvm: ok\nc.ttvm: ok\n');
  assert.match(mixed.stderr, /^Error: b\.ttvm:1:\d+: /m);
  assert.match(mixed.stderr, /^Error: b\.ttvm:2:1: /m);
  assert.match(mixed.stderr, /absent\.ttvm.*No such file/);
});

test('check reads standard input and colours on demand', async () => {
  assert.equal((await run(['check', '-'], { stdin: GOOD.replace('CALL twice n\n', '') })).stdout, '-: ok\n');
  const painted = await run(['check', '--color', 'always', '-'], { stdin: 'BAD\n' });
  assert.equal(painted.status, 1);
  assert.ok(painted.stderr.includes('\x1b['));
});

test('disasm: text that assembles to the same image', async (t) => {
  const cwd = folderOf(t, { 'a.ttvm': GOOD });
  const first = await run(['disasm', 'a.ttvm'], { cwd });
  assert.equal(first.status, 0);
  assert.equal(first.stderr, '');
  assert.match(first.stdout, /PUSH_STR +"hello"/);
  assert.match(first.stdout, /twice/);
  assert.equal((await run(['compile', 'a.ttvm', 'a.ttb'], { cwd })).status, 0);
  const second = await run(['disasm', 'a.ttb'], { cwd });
  assert.equal(second.stdout, first.stdout);
  const bad = await run(['disasm', '-'], { stdin: 'BAD' });
  assert.deepEqual([bad.status, bad.stdout], [1, '']);
});

test('compile: quiet, to a file, to standard output', async (t) => {
  const cwd = folderOf(t, { 'a.ttvm': 'PUSH_STR "hello"\nPRINT\n' });
  const made = await run(['compile', 'a.ttvm', 'a.ttb'], { cwd });
  assert.deepEqual([made.status, made.stdout, made.stderr], [0, '', '']);
  const bytes = readFileSync(path.join(cwd, 'a.ttb'));
  assert.ok((await run(['compile', 'a.ttvm', '-'], { cwd })).bytes.equals(bytes));
  assert.equal((await run(['compile', 'a.ttb', 'b.ttb'], { cwd })).status, 0);
  assert.ok(readFileSync(path.join(cwd, 'b.ttb')).equals(bytes));
  assert.equal((await run(['b.ttb'], { cwd })).stdout, 'hello\n');
  assert.deepEqual(readdirSync(cwd).sort(), ['a.ttb', 'a.ttvm', 'b.ttb']);
});

test('compile: errors leave the old file', async (t) => {
  const cwd = folderOf(t, { 'bad.ttvm': 'BAD\n', 'old.ttb': 'old', 'good.ttvm': 'NOP\n' });
  const bad = await run(['compile', 'bad.ttvm', 'old.ttb'], { cwd });
  assert.equal(bad.status, 1);
  assert.equal(readFileSync(path.join(cwd, 'old.ttb'), 'utf8'), 'old');
  const nowhere = await run(['compile', 'good.ttvm', 'no/such/folder.ttb'], { cwd });
  assert.equal(nowhere.status, 1);
  assert.match(nowhere.stderr, /^Error: cannot write no\/such\/folder\.ttb: No such file or directory\n$/);
  assert.match((await run(['compile', 'good.ttvm', '.'], { cwd })).stderr, /Is a directory/);
});

test('compile keeps a mode and writes through a link', async (t) => {
  const cwd = folderOf(t, { 'a.ttvm': 'NOP\n', 'real.ttb': '' });
  chmodSync(path.join(cwd, 'real.ttb'), 0o640);
  symlinkSync('real.ttb', path.join(cwd, 'link.ttb'));
  assert.equal((await run(['compile', 'a.ttvm', 'link.ttb'], { cwd })).status, 0);
  assert.ok(existsSync(path.join(cwd, 'link.ttb')));
  assert.equal(statSync(path.join(cwd, 'real.ttb')).mode & 0o777, 0o640);
  assert.ok(statSync(path.join(cwd, 'real.ttb')).size > 0);
});

test('damaged images are refused with an offset', async (t) => {
  const cwd = folderOf(t, { 'a.ttvm': GOOD.replace('CALL twice n\n', '') });
  await run(['compile', 'a.ttvm', 'a.ttb'], { cwd });
  const image = readFileSync(path.join(cwd, 'a.ttb'));
  for (let at = 0; at < image.length; at += 3) {
    const damaged = Buffer.from(image);
    damaged[at] ^= 0x55;
    writeFileSync(path.join(cwd, 'x.ttb'), damaged);
    const { status, signal, stderr } = await run(['check', 'x.ttb'], { cwd });
    assert.equal(signal, null);
    assert.equal(status, 1, `byte ${at}`);
    assert.match(stderr, /^Error: /);
  }
  writeFileSync(path.join(cwd, 'x.ttb'), image.subarray(0, image.length - 5));
  assert.match((await run(['x.ttb'], { cwd })).stderr, /^Error: x\.ttb/);
});
