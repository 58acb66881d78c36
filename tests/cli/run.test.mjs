// SPDX-License-Identifier: MIT
// Running programs: exit status, where programs come from, rights, limits, signals.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { ROOT, TTVM, folderOf, run, runSource, shell } from './ttvm.mjs';

const HELLO = 'PUSH_STR "hello"\nPRINT\n';

test('exit status', async (t) => {
  assert.equal((await runSource(t, '')).status, 0);
  assert.equal((await runSource(t, HELLO)).status, 0);
  assert.equal((await runSource(t, 'PUSH_INT 7\nEXIT\n')).status, 7);
  assert.equal((await runSource(t, 'PUSH_INT 0\nEXIT\n')).status, 0);
  const failed = await runSource(t, `${HELLO}PUSH_INT 1\nPUSH_INT 0\nDIV\n`);
  assert.equal(failed.status, 1);
  assert.equal(failed.stdout, 'hello\n');
  assert.match(failed.stderr, /^Error: .*Division by zero/);
  assert.match(failed.stderr, /main\.ttvm:5/);
});

test('a program that is not there', async () => {
  const { status, stdout, stderr } = await run(['nowhere/absent.ttvm']);
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^Error: /);
  assert.match(stderr, /absent\.ttvm/);
  assert.match(stderr, /No such file or directory/);
});

test('a folder, and a file that may not be read', async (t) => {
  const folder = folderOf(t, { 'a.ttvm': HELLO });
  const { status, stderr } = await run([folder]);
  assert.equal(status, 1);
  assert.match(stderr, /Is a directory/);
});

test('a misspelled command', async () => {
  const { status, stderr } = await run(['chekc', 'x.ttvm']);
  assert.equal(status, 1);
  assert.match(stderr, /Did you mean the command 'ttvm check'\?/);
});

test('errors in the text: all of them, with caret, status 1, nothing runs', async (t) => {
  const { status, stdout, stderr } = await runSource(t, `${HELLO}PRNT\nJMP nowhere\n`);
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^Error: main\.ttvm:3:1: .*PRNT/m);
  assert.match(stderr, /did you mean PRINT/);
  assert.match(stderr, /^Error: main\.ttvm:4:5: .*nowhere/m);
  assert.match(stderr, /\^/);
});

test('any bytes are refused with an error', async (t) => {
  const folder = folderOf(t, {});
  for (let i = 0; i < 40; i++) {
    const bytes = Buffer.from(Array.from({ length: i * 13 }, (_, at) => (at * 7919 + i * 104729) % 256));
    writeFileSync(path.join(folder, 'x.ttvm'), bytes);
    const { status, signal } = await run(['x.ttvm'], { cwd: folder });
    assert.equal(signal, null);
    assert.ok(status === 0 || status === 1);
  }
});

test('standard input as the program', async () => {
  const { status, stdout } = await run(['-', 'x'], {
    stdin: `${HELLO}GET_ARGS\nLEN\nPRINT\nREAD_LINE\nPRINT\n`,
  });
  assert.equal(stdout, 'hello\n2\nnull\n');
  assert.equal(status, 0);
  const wrong = await run(['-'], { stdin: 'BAD\n' });
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /^Error: <stdin>:1:1: /);
  assert.equal((await run(['-'])).status, 0);
});

test('an image, also from standard input', async (t) => {
  const folder = folderOf(t, { 'a.ttvm': HELLO });
  assert.equal((await run(['compile', 'a.ttvm', 'a.ttb'], { cwd: folder })).status, 0);
  assert.equal((await run(['a.ttb'], { cwd: folder })).stdout, 'hello\n');
  assert.equal((await run(['-'], { stdin: readFileSync(path.join(folder, 'a.ttb')) })).stdout, 'hello\n');
});

test('a program from a pipe', async () => {
  const { stdout } = await shell(`"$TTVM" <(printf 'PUSH_STR "piped"\\nPRINT\\n')`);
  assert.equal(stdout, 'piped\n');
});

test('modules: beside the program, TTVM_PATH, the standard library from anywhere', async (t) => {
  const folder = folderOf(t, {
    'main.ttvm': 'IMPORT mine\nLOAD here\nPRINT\nIMPORT other\nLOAD there\nPRINT\n',
    'mine.ttvm': 'PUSH_STR "beside"\nSTORE here\nEXPORT here\n',
    'lib/other.ttvm': 'PUSH_STR "by path"\nSTORE there\nEXPORT there\n',
  });
  const found = await run([path.join(folder, 'main.ttvm')], {
    cwd: '/',
    env: { TTVM_PATH: `/nowhere:${folder}/lib` },
  });
  assert.equal(found.stdout, 'beside\nby path\n', found.stderr);
  const missing = await run([path.join(folder, 'main.ttvm')], { cwd: '/' });
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /other/);
});

test('the standard library needs no files', async (t) => {
  const folder = folderOf(t, { 'main.ttvm': 'IMPORT std/math\nLOAD PI\nPRINT\n' });
  mkdirSync(path.join(folder, 'bin'));
  copyFileSync(TTVM, path.join(folder, 'bin/ttvm'));
  const { stdout, stderr } = await run(['main.ttvm'], {
    command: path.join(folder, 'bin/ttvm'),
    cwd: folder,
  });
  assert.match(stdout, /^3\.14159/, stderr);
});

test('rights', async (t) => {
  const reads =
    'PUSH_STR "main.ttvm"\nFILE_SIZE\nPOP\nPUSH_STR "HOME"\nGET_ENV\nPOP\nPUSH_STR "fine"\nPRINT\n';
  const verdict = async (...options) => {
    const { stdout, stderr } = await runSource(t, reads, { options });
    return stdout
      ? 'fine'
      : /PermissionDenied|[Pp]ermission/.test(stderr)
        ? /--allow-[a-z-]+/.exec(stderr)?.[0]
        : stderr;
  };
  assert.equal(await verdict(), 'fine');
  assert.equal(await verdict('--deny-fs-write', '--deny-net', '--deny-db', '--deny-exec'), 'fine');
  assert.equal(await verdict('--deny-fs-read'), '--allow-fs-read');
  assert.equal(await verdict('--sandbox'), '--allow-fs-read');
  assert.equal(await verdict('--sandbox', '--allow-fs-read'), '--allow-env');
  assert.equal(await verdict('--allow-env', '--allow-fs-read', '--sandbox'), 'fine');
  assert.equal(await verdict('--deny-env', '--allow-env'), 'fine');
  assert.equal(await verdict('--allow-env', '--deny-env'), '--allow-env');
});

test('limits end the run with status 1', async (t) => {
  const forever = 'LABEL a\nJMP a\n';
  const started = performance.now();
  const timed = await runSource(t, forever, { options: ['--max-time', '200'] });
  assert.equal(timed.status, 1);
  assert.match(timed.stderr, /^Error: .*(time|--max-time)/m);
  assert.ok(performance.now() - started < 10_000);
  const sleeping = await runSource(t, 'PUSH_INT 60000\nSLEEP\n', { options: ['--max-time', '100'] });
  assert.equal(sleeping.status, 1);
  const counted = await runSource(t, forever, { options: ['--max-instructions', '100K'] });
  assert.equal(counted.status, 1);
  assert.match(counted.stderr, /instructions/);
  const deep = await runSource(t, 'CALL f\nHALT\nLABEL f\nCALL f\nRET\n', { options: ['--max-depth', '50'] });
  assert.equal(deep.status, 1);
  assert.match(deep.stderr, /depth|CallDepthExceeded/i);
  const list =
    'MAKE_LIST 0\nSTORE l\nLABEL a\nLOAD l\nPUSH_STR "0123456789"\nLOAD l\nLEN\nCONCAT\nLIST_APPEND\nSTORE l\nJMP a\n';
  const heap = await runSource(t, list, { options: ['--max-heap', '8M'] });
  assert.equal(heap.status, 1);
  assert.match(heap.stderr, /HeapExceeded|[Hh]eap|memory/);
  assert.equal((await runSource(t, list, { options: ['--max-actor-heap', '4M'] })).status, 1);
});

test('--seed: the same run twice', async (t) => {
  const source = `PUSH_INT 20
STORE n
LABEL more
LOAD n
MAKE_FUNCTION worker
SPAWN
POP
LOAD n
PUSH_INT 1
SUB
STORE n
LOAD n
JNZ more
HALT
LABEL worker
PUSH_STR "a"
PRINT
SELF
PRINT
YIELD
SELF
PRINT
`;
  const first = await runSource(t, source, { options: ['--seed', '11'] });
  assert.equal(first.status, 0, first.stderr);
  assert.equal(first.stdout.split('\n').length, 61);
  for (let i = 0; i < 3; i++)
    assert.equal((await runSource(t, source, { options: ['--seed=11'] })).stdout, first.stdout);
});

/** Operands pile up in its loop: stack code has to copy the list there, register code has not. */
const COPIES = `MAKE_FUNCTION other
SPAWN
POP
PUSH_INT 0
PUSH_INT 400
BUILTIN list.range
STORE list
PUSH_INT 3
STORE n
LABEL turn
LOAD list
LOAD list
PUSH_INT 1
INDEX
PUSH_INT 0
SWAP
LIST_SET
STORE list
LOAD n
PUSH_INT 3
LOAD list
STORE list
LOAD n
JZ on
LOAD list
STORE list
LABEL on
PUSH_STR "main"
PRINT
LOAD n
PUSH_INT 1
SUB
DUP
STORE n
JNZ turn
HALT
LABEL other
PUSH_INT 5
LABEL again
PUSH_STR "other"
PRINT
PUSH_INT 1
SUB
DUP
JNZ again
RET
`;

test('--seed: a copy that only one engine makes takes no turn away', async (t) => {
  const file = path.join(folderOf(t, { 'main.ttvm': COPIES }), 'main.ttvm');
  const outputs = new Set();
  for (let slice = 5; slice <= 85; slice += 4) {
    const options = ['--seed', '1', '--reductions', String(slice)];
    const stack = await run([...options, file]);
    const registers = await run(['--use-ir', ...options, file]);
    assert.equal(registers.stdout, stack.stdout, `slices of ${slice}`);
    outputs.add(stack.stdout);
  }
  assert.ok(outputs.size > 1, 'the length of a slice decides who is next');
});

test('--virtual-time does not wait', async (t) => {
  const started = performance.now();
  const { status } = await runSource(t, 'PUSH_INT 3600000\nSLEEP\n', { options: ['--virtual-time'] });
  assert.equal(status, 0);
  assert.ok(performance.now() - started < 20_000);
});

test('--gc-stats counts on standard error', async (t) => {
  const source = `PUSH_INT 20000
STORE n
LABEL a
PUSH_STR "some text that is long enough"
LOAD n
CONCAT
POP
LOAD n
PUSH_INT 1
SUB
STORE n
LOAD n
JNZ a
`;
  const figures = async (...options) => {
    const { stderr, stdout, status } = await runSource(t, source, { options: ['--gc-stats', ...options] });
    assert.equal(status, 0, stderr);
    assert.equal(stdout, '');
    const row = (label) =>
      Number(new RegExp(`^ +${label} +([\\d,]+)`, 'm').exec(stderr)?.[1].replaceAll(',', ''));
    return {
      allocated: row('allocated'),
      freed: row('freed'),
      live: row('live at end'),
      collections: row('collections'),
      stderr,
    };
  };
  const swept = await figures();
  assert.match(swept.stderr, /^=== Garbage collection \(mark-sweep\) ===\n/);
  assert.ok(swept.allocated > 20000 * 16, swept.stderr);
  assert.ok(swept.collections > 0 && swept.freed > 0, swept.stderr);
  const kept = await figures('--gc', 'no-gc');
  assert.match(kept.stderr, /\(no-gc\)/);
  assert.equal(kept.collections, 0);
});

test('--trace and --debug write on standard error only', async (t) => {
  const traced = await runSource(t, 'PUSH_INT 10\nPRINT\n', { options: ['--trace'] });
  assert.equal(traced.stdout, '10\n');
  assert.match(traced.stderr, /^\[trace\] PushInt\(10\) @ 0x0000$/m);
  const debugged = await runSource(t, 'PUSH_INT 10\nPRINT\n', { options: ['--debug'] });
  assert.equal(debugged.stdout, '10\n');
  assert.notEqual(debugged.stderr, '');
});

test('Ctrl+C ends a program that computes, waits or sleeps', async (t) => {
  const cases = {
    computes: 'PUSH_STR "on"\nPRINT\nLABEL a\nJMP a\n',
    sleeps: 'PUSH_STR "on"\nPRINT\nPUSH_INT 100000\nSLEEP\n',
    reads: 'PUSH_STR "on"\nPRINT\nREAD_LINE\n',
  };
  for (const [name, source] of Object.entries(cases)) {
    for (const options of [[], ['--no-smp']]) {
      const { status, signal, stdout } = await runSource(t, source, {
        options,
        use: (child) => child.stdout.once('data', () => child.kill('SIGINT')),
      });
      assert.equal(signal, null, name);
      assert.equal(status, 130, name);
      assert.equal(stdout, 'on\n');
    }
  }
});

test('a signal before there is a program ends the process', async () => {
  const { signal } = await run(['-'], {
    use: (child) => setTimeout(() => child.kill('SIGINT'), 300),
  });
  assert.equal(signal, 'SIGINT');
});

test('what a program starts does not inherit blocked signals', async (t) => {
  const source =
    'PUSH_STR "grep"\nPUSH_STR "SigBlk"\nPUSH_STR "/proc/self/status"\nMAKE_LIST 2\nEXEC_CAPTURE\nGET_FIELD stdout\nPRINT\n';
  const { stdout, stderr } = await runSource(t, source);
  assert.equal(stderr, '');
  assert.match(stdout, /^SigBlk:\s*0+$/m);
});

test('colours of errors', async (t) => {
  const plain = await runSource(t, 'BAD\n');
  assert.ok(!plain.stderr.includes('\x1b['));
  const painted = await runSource(t, 'BAD\n', { options: ['--color', 'always'] });
  assert.ok(painted.stderr.includes('\x1b['));
  const terminal = (env, option = '') =>
    shell(
      `printf 'BAD\\n' > "$FOLDER/x.ttvm"; script -qec '"$TTVM" ${option} "$FOLDER/x.ttvm"' /dev/null < /dev/null`,
      {
        env: { TTVM, FOLDER: folderOf(t, {}), TERM: 'xterm', ...env },
      },
    );
  const { stdout } = await terminal({});
  assert.match(stdout, /BAD/);
  assert.ok(stdout.includes('\x1b['), stdout);
  assert.ok(!(await terminal({ NO_COLOR: '1' })).stdout.includes('\x1b['));
  assert.ok((await terminal({ NO_COLOR: '' })).stdout.includes('\x1b['));
  assert.ok((await terminal({ NO_COLOR: '1' }, '--color=always')).stdout.includes('\x1b['));
  assert.ok(!(await terminal({}, '--color never')).stdout.includes('\x1b['));
  assert.ok(!(await terminal({ TERM: 'dumb' })).stdout.includes('\x1b['));
});

test('the program runs outside the project', async (t) => {
  const folder = folderOf(t, { 'main.ttvm': HELLO });
  const { stdout } = await run([path.join(folder, 'main.ttvm')], { cwd: '/' });
  assert.equal(stdout, 'hello\n');
  assert.ok(ROOT !== '/');
});
