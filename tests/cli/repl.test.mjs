// SPDX-License-Identifier: MIT
// `ttvm repl` through a pipe.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import test from 'node:test';
import { TTVM } from './ttvm.mjs';

/** Runs a session over lines; what it printed. */
function session(lines, options = []) {
  return new Promise((resolve, reject) => {
    const child = spawn(TTVM, [...options, 'repl'], { env: { ...process.env, NO_COLOR: '1' } });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (output[name] += chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ ...output, status }));
    child.stdin.end(`${lines.join('\n')}\n`);
  });
}

for (const options of [[], ['--no-smp']])
  test(`values, definitions, several lines ${options}`, async () => {
    const { stdout, stderr, status } = await session(
      ['(+ 1 2)', 'null', '(define x 5)', '(define (f a)', '  (* a x))', '(f 3)', '(set! x 6)', '(f 3)'],
      options,
    );
    assert.equal(stdout, '3\n15\n18\n');
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

test('a new definition reaches its callers', async () => {
  const { stdout } = await session([
    '(define (f) 1)',
    '(define (g) (f))',
    '(define (f) 2)',
    '(g)',
    '(define f 3)',
    'f',
  ]);
  assert.equal(stdout, '2\n3\n');
});

test('errors do not end it', async () => {
  const { stdout, stderr, status } = await session([
    '(/ 1 0)',
    '(undefined)',
    ')',
    '(print "on")',
    ':what',
    '"end"',
  ]);
  assert.equal(stdout, 'Error: DivisionByZero: Division by zero\n  at repl:1:<main> (repl:1:1)\non\nend\n');
  assert.match(stderr, /repl:1:2: Undefined variable: undefined/);
  assert.match(stderr, /Surplus \)/);
  assert.match(stderr, /unknown command :what/);
  assert.equal(status, 0);
});

test('actors live on, and the session keeps its pid and mailbox', async () => {
  const { stdout } = await session([
    '(define p (spawn (lambda () (let loop () (receive ((list a from) (send from (* 2 a)) (loop)))))))',
    '(send p (list 21 (self)))',
    '(receive)',
    '(send p (list 4 (self)))',
    '(receive)',
  ]);
  assert.equal(stdout, '42\n8\n');
});

test('macros and imports stay', async () => {
  const { stdout } = await session([
    '(define-macro (twice e) `(begin ,e ,e))',
    '(import "std/math" as m)',
    '(twice (write 1))',
    '(m.sqrt 16)',
  ]);
  assert.equal(stdout, '114\n');
});

test('exit gives its code, :quit ends', async () => {
  assert.equal((await session(['(exit 3)', '(print 1)'])).status, 3);
  const quit = await session(['1', ':quit', '2']);
  assert.equal(quit.stdout, '1\n');
  assert.equal(quit.status, 0);
});

test('an interrupt ends what runs, not the session', async () => {
  const child = spawn(TTVM, ['repl']);
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    if (chunk.includes('running')) setTimeout(() => child.kill('SIGINT'), 100);
    if (stdout.includes('Interrupted')) child.stdin.end('"alive"\n');
  });
  child.stdin.write('(begin (print "running") (let loop () (loop)))\n');
  const status = await new Promise((resolve) => child.on('close', resolve));
  assert.match(stdout, /^running\nError: Timeout: Interrupted\n/);
  assert.match(stdout, /alive\n$/);
  assert.equal(status, 0);
});
