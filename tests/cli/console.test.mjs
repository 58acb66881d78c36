// SPDX-License-Identifier: MIT
// Standard input in all its forms, and output: order, streaming, readers that are slow or leave.

import assert from 'node:assert/strict';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { TTVM, folderOf, run, runSource, shell } from './ttvm.mjs';

/** Counts the lines of standard input and their code points. */
const COUNT_LINES = `PUSH_INT 0
STORE lines
PUSH_INT 0
STORE points
LABEL next
READ_LINE
STORE line
LOAD line
NULL
EQ
JNZ done
LOAD lines
PUSH_INT 1
ADD
STORE lines
LOAD points
LOAD line
LEN
ADD
STORE points
JMP next
LABEL done
LOAD lines
PRINT
LOAD points
PRINT
`;
const ECHO_REST = 'READ_INPUT\nWRITE\n';
/** Prints 0 … n - 1. */
const countTo = (n) => `PUSH_INT 0
STORE i
LABEL a
LOAD i
PRINT
LOAD i
PUSH_INT 1
ADD
STORE i
LOAD i
PUSH_INT ${n}
LT
JNZ a
`;

test('lines from a pipe, a file, /dev/null and a closed descriptor', async (t) => {
  const text = 'one\nzwölf\r\n\nlast';
  assert.equal((await runSource(t, COUNT_LINES, { stdin: text })).stdout, '4\n12\n');
  const folder = folderOf(t, { 'main.ttvm': COUNT_LINES, text });
  const file = openSync(path.join(folder, 'text'), 'r');
  assert.equal((await run(['main.ttvm'], { cwd: folder, stdio: [file, 'pipe', 'pipe'] })).stdout, '4\n12\n');
  closeSync(file);
  assert.equal(
    (await run(['main.ttvm'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })).stdout,
    '0\n0\n',
  );
  assert.equal((await shell('"$TTVM" main.ttvm <&-', { cwd: folder })).stdout, '0\n0\n');
  assert.equal((await shell('"$TTVM" --no-smp main.ttvm < text', { cwd: folder })).stdout, '4\n12\n');
});

test('many lines, and one long one', async (t) => {
  const lines = Array.from({ length: 100_000 }, (_, i) => `line ${i}`).join('\n');
  assert.equal(
    (await runSource(t, COUNT_LINES, { stdin: lines })).stdout,
    `100000\n${lines.length - 99_999}\n`,
  );
  assert.equal((await runSource(t, COUNT_LINES, { stdin: 'x'.repeat(5_000_000) })).stdout, '1\n5000000\n');
});

test('all of it at once', async (t) => {
  const text = Array.from({ length: 200_000 }, (_, i) => `ä${i}\n`).join('');
  const { stdout } = await runSource(t, ECHO_REST, { stdin: text });
  assert.ok(stdout === text);
  assert.equal(
    (await runSource(t, `READ_LINE\nPRINT\n${ECHO_REST}`, { stdin: 'a\nb\nc' })).stdout,
    'a\nb\nc',
  );
});

test('characters', async (t) => {
  const source = 'READ_CHAR\nPRINT\nREAD_CHAR\nPRINT\nREAD_CHAR\nPRINT\nREAD_CHAR\nPRINT\n';
  assert.equal((await runSource(t, source, { stdin: 'a€😀' })).stdout, 'a\n€\n😀\nnull\n');
});

test('input that is no text raises FileError', async (t) => {
  const { status, stderr } = await runSource(t, 'READ_LINE\nPRINT\n', {
    stdin: Buffer.from([0x61, 0xff, 0x0a]),
  });
  assert.equal(status, 1);
  assert.match(stderr, /not valid UTF-8/);
  const caught = 'TRY\nREAD_LINE\nPRINT\nCATCH e\nLOAD e\nGET_FIELD kind\nPRINT\nEND_TRY\nREAD_LINE\nPRINT\n';
  assert.equal(
    (await runSource(t, caught, { stdin: Buffer.from('\xff\nnext\n', 'latin1') })).stdout,
    'FileError\nnext\n',
  );
});

test('endless input is refused, not swallowed', async (t) => {
  const folder = folderOf(t, { 'main.ttvm': ECHO_REST });
  const { status, stderr } = await shell('"$TTVM" --max-heap 4M main.ttvm < /dev/zero', { cwd: folder });
  assert.equal(status, 1);
  assert.match(stderr, /^Error: /);
});

test('a dialogue: the question is seen before the answer is typed', async (t) => {
  const source = 'PUSH_STR "name? "\nWRITE\nREAD_LINE\nPUSH_STR "!"\nCONCAT\nPRINT\n';
  const { stdout } = await runSource(t, source, {
    use: (child) =>
      child.stdout.once('data', (bytes) =>
        child.stdin.end(bytes.toString() === 'name? ' ? 'Ann\n' : 'too early\n'),
      ),
  });
  assert.equal(stdout, 'name? Ann!\n');
});

test('a terminal: typed lines and Ctrl+D', async (t) => {
  const folder = folderOf(t, { 'main.ttvm': COUNT_LINES });
  const { stdout } = await shell(
    `(sleep 0.3; printf 'one\\ntwo\\n'; sleep 0.3; printf '\\004') | script -qec '"$TTVM" main.ttvm' /dev/null`,
    {
      cwd: folder,
    },
  );
  assert.match(stdout, /2\r\n6\r\n/);
});

test('a program that ends does not wait for input', async (t) => {
  let ended;
  const { status } = await runSource(
    t,
    'MAKE_FUNCTION reader\nSPAWN\nPOP\nPUSH_INT 50\nSLEEP\nPUSH_INT 3\nEXIT\nLABEL reader\nREAD_LINE\nPRINT\n',
    {
      use: (child) =>
        child.on('exit', () => {
          ended = true;
        }),
    },
  );
  assert.equal(status, 3);
  assert.ok(ended);
});

test('both streams keep their order in one file', async (t) => {
  const source =
    'PUSH_STR "one"\nPRINT\nDELETE nothing\nPUSH_STR "two"\nPRINT\nDELETE nothing\nPUSH_STR "three"\nPRINT\n';
  const folder = folderOf(t, { 'main.ttvm': source });
  const { stdout } = await shell('"$TTVM" main.ttvm 2>&1', { cwd: folder });
  assert.match(stdout, /^one\n[^\n]*nothing[^\n]*\ntwo\n[^\n]*nothing[^\n]*\nthree\n$/);
});

test('output streams while the program goes on', async (t) => {
  // It goes on until what it has printed has arrived here: whatever the machine does meanwhile.
  const source =
    'PUSH_STR "a"\nPRINT\nLABEL wait\nPUSH_INT 10\nSLEEP\nPUSH_STR "seen"\nFILE_EXISTS\nJZ wait\nPUSH_STR "b"\nPRINT\n';
  const cwd = folderOf(t, { 'main.ttvm': source });
  const { stdout } = await run(['main.ttvm'], {
    cwd,
    use: (child) => child.stdout.once('data', () => writeFileSync(path.join(cwd, 'seen'), '')),
  });
  assert.equal(stdout, 'a\nb\n');
});

test('every line of a flood arrives', async (t) => {
  const { stdout, status } = await runSource(t, countTo(300_000));
  assert.equal(status, 0);
  assert.ok(stdout === Array.from({ length: 300_000 }, (_, i) => `${i}\n`).join(''));
});

test('a slow reader slows the program down', async (t) => {
  const { stdout } = await shell('"$TTVM" main.ttvm | (sleep 1; wc -l)', {
    cwd: folderOf(t, { 'main.ttvm': countTo(200_000) }),
  });
  assert.equal(Number(stdout), 200_000);
});

test('a reader that leaves ends the program quietly', async (t) => {
  const folder = folderOf(t, { 'main.ttvm': countTo(100_000_000) });
  for (const option of ['', '--no-smp']) {
    const { stdout, stderr } = await shell(
      `"$TTVM" ${option} main.ttvm | head -2; echo "\${PIPESTATUS[0]}"`,
      { cwd: folder },
    );
    assert.equal(stdout, '0\n1\n141\n');
    assert.equal(stderr, '');
  }
  const help = await shell('"$TTVM" --help | true; echo "${PIPESTATUS[0]}"');
  assert.match(help.stdout, /^(0|141)\n$/);
  assert.equal(help.stderr, '');
});

test('a full disk is an error', async (t) => {
  const folder = folderOf(t, { 'main.ttvm': countTo(10) });
  const { status, stderr } = await shell('"$TTVM" main.ttvm > /dev/full', { cwd: folder });
  assert.equal(status, 1);
  assert.match(stderr, /^Error: cannot write to standard output: No space left on device\n$/);
  assert.equal((await shell('"$TTVM" --version > /dev/full')).status, 1);
});

test('standard output that is closed', async (t) => {
  const folder = folderOf(t, {
    'main.ttvm': `PUSH_STR "x"\nPUSH_STR "made"\nWRITE_FILE\n${countTo(10)}PUSH_STR "made"\nDELETE_FILE\n`,
  });
  const { stderr, signal } = await shell('"$TTVM" main.ttvm >&- 2>&1', { cwd: folder });
  assert.equal(signal, null);
  assert.ok(!stderr.includes('assert'));
});

test('big files', async (t) => {
  const folder = folderOf(t, {
    'main.ttvm':
      'PUSH_STR "big"\nREAD_FILE\nPUSH_STR "copy"\nWRITE_FILE\nPUSH_STR "copy"\nFILE_SIZE\nPRINT\nPUSH_STR "copy"\nDELETE_FILE\n',
  });
  writeFileSync(path.join(folder, 'big'), 'line of text\n'.repeat(4_000_000));
  const { stdout, stderr } = await run(['main.ttvm'], { cwd: folder });
  assert.equal(stdout, '52000000\n', stderr);
});

test('the binary under test exists', async () => {
  assert.equal((await run(['--version'])).status, 0, TTVM);
});
