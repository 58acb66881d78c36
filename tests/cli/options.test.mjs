// SPDX-License-Identifier: MIT
// The command line: what is taken, and what is refused with exit status 2.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { ROOT, run, runSource } from './ttvm.mjs';

const table = readFileSync(path.join(ROOT, 'core/cli/options.def'), 'utf8');
const OPTIONS = [...table.matchAll(/^TT_CLI_OPTION\("([^"]+)", "([^"]*)", (\w+), (\w+)/gm)].map(
  ([, name, argument, use, set]) => ({
    name: `--${name}`,
    argument,
    use,
    set,
  }),
);
const COMMANDS = ['check', 'disasm', 'compile', 'test-all', 'bench'];

async function refused(args, ...texts) {
  const { status, stdout, stderr } = await run(args);
  assert.equal(status, 2, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^Error: /);
  assert.match(stderr, /ttvm --help/);
  for (const text of texts) assert.ok(stderr.includes(text), `${JSON.stringify(text)} is not in ${stderr}`);
}

test('the table is read', () => {
  assert.ok(OPTIONS.length >= 20);
});

test('--help names every option and command on standard output', async () => {
  const { status, stdout, stderr } = await run(['--help']);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  for (const { name, argument } of OPTIONS) {
    const spelled = `${name}${argument && !name.endsWith('-') ? ' ' : ''}${argument}`;
    assert.match(stdout, new RegExp(`^ {2}${spelled} `, 'm'));
  }
  for (const command of COMMANDS) assert.match(stdout, new RegExp(`^ {2}${command} `, 'm'));
  for (const line of stdout.split('\n')) assert.ok(line.length <= 110, line);
  assert.equal((await run(['-h'])).stdout, stdout);
  assert.equal((await run(['check', '--help'])).stdout, stdout);
});

test('--version', async () => {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  assert.deepEqual(
    { ...(await run(['--version'])), bytes: 0 },
    { status: 0, signal: null, stdout: `ttvm ${version}\n`, stderr: '', bytes: 0 },
  );
});

test('no program', () => refused([], 'no program given'));
test('options alone', () => refused(['--trace'], 'no program given'));

test('unknown options are refused', () => refused(['--turbo', 'x.ttvm'], 'unknown option --turbo'));

test('near misses get a suggestion', async () => {
  await refused(['--no-smtp', 'x'], 'unknown option --no-smtp; did you mean --no-smp?');
  await refused(['--work', '2', 'x'], 'did you mean --workers?');
  await refused(['--allow-fs-raed', 'x'], 'did you mean --allow-fs-read?');
  await refused(['--deny-nte', 'x'], 'did you mean --deny-net?');
  await refused(['-workers', 'x'], 'unknown option -workers; did you mean --workers?');
  const { stderr } = await run(['--zzzzzz', 'x']);
  assert.ok(!stderr.includes('did you mean'), stderr);
});

test('values that lack or are surplus', async () => {
  for (const { name, argument } of OPTIONS) {
    if (argument && !name.endsWith('-')) await refused([name], `${name} needs a value`);
    if (!argument) await refused([`${name}=1`, 'x'], `${name} takes no value`);
  }
  await refused(['--deny-net=1', 'x'], '--deny-net takes no value');
  await refused(['--allow-env=HOME', 'x'], 'only --allow-net and --allow-fs take a value');
  await refused(['--allow-net=a:b', 'x'], '--allow-net expects HOST');
  await refused(['--allow-fs=no/such/folder', 'x'], 'there is no directory');
});

test('numbers are checked', async () => {
  for (const { name, set } of OPTIONS) {
    if (!/^(SIZE|COUNT32|COUNT64)$/.test(set)) continue;
    for (const bad of ['', 'x', '-1', '1x', '1.5', '1 ', '1KK', '18446744073709551616', '99999999999999G'])
      await refused([`${name}=${bad}`, 'x'], `${name} expects a number`);
    if (name !== '--seed') await refused([name, '0', 'x'], `${name} must be at least 1`);
  }
  await refused(['--workers', '257', 'x'], '--workers must be at least 1 and at most 256, not 257');
  await refused(['--max-depth=5G', 'x'], 'at most 100000000');
});

test('words are checked', async () => {
  await refused(['--gc', 'fast', 'x'], "--gc must be mark-sweep or no-gc, not 'fast'");
  await refused(['--gc=', 'x'], '--gc must be');
  await refused(['--color', 'mark', 'x'], '--color must be auto, always or never');
});

test('commands count their arguments', async () => {
  await refused(['check'], 'check expects IN…');
  await refused(['disasm'], 'disasm expects IN');
  await refused(['disasm', 'a', 'b'], 'disasm expects IN');
  await refused(['compile', 'a'], 'compile expects IN OUT.ttb');
  await refused(['compile', 'a', 'b', 'c'], 'compile expects IN OUT.ttb');
  await refused(['test-all', 'a', 'b'], 'test-all expects [DIR]');
});

test('options for running have no meaning for other commands', async () => {
  await refused(['check', '--seed', '3', 'x'], '--seed has no meaning for check');
  await refused(['--trace', 'disasm', 'x'], '--trace has no meaning for disasm');
  await refused(['--deny-net', 'compile', 'x', 'y'], 'has no meaning for compile');
});

test('every option runs a program', async (t) => {
  const values = { SIZE: '64M', COUNT32: '3', COUNT64: '1G', TEXT: '/dev/null' };
  const words = { '--gc': 'no-gc', '--color': 'never', '--trace-format': 'json' };
  const source = 'PUSH_STR "ran"\nPRINT\n';
  for (const { name, argument, set } of OPTIONS) {
    if (['--help', '--version'].includes(name)) continue;
    const value = words[name] ?? values[set];
    const spellings = name.endsWith('-')
      ? ['fs-read', 'fs-write', 'net', 'exec', 'env', 'db'].map((cap) => [`${name}${cap}`])
      : argument
        ? [[name, value], [`${name}=${value}`]]
        : [[name]];
    for (const options of spellings) {
      const { status, stdout, stderr } = await runSource(t, source, { options });
      const report = name === '--run-tests' ? '0 passed, 0 failed\n' : '';
      assert.equal(stdout, `ran\n${report}`, `${options}: ${stderr}`);
      assert.equal(status, 0, `${options}: ${stderr}`);
    }
  }
});

test('what follows the program belongs to it', async (t) => {
  const source = 'GET_ARGS\nPRINT\n';
  const given = await runSource(t, source, {
    options: ['--no-smp'],
    args: ['--help', 'a b', '', '-x', '--', 'ünï'],
  });
  assert.equal(given.stdout, '[main.ttvm, --help, a b, , -x, --, ünï]\n');
});

test('-- ends the options', async (t) => {
  const { stdout } = await runSource(t, 'GET_ARGS\nLEN\nPRINT\n', {
    options: ['--no-smp', '--'],
    args: ['x'],
  });
  assert.equal(stdout, '2\n');
  const odd = await run(['--', '--odd-name.ttvm']);
  assert.equal(odd.status, 1);
  assert.match(odd.stderr, /--odd-name\.ttvm/);
});
