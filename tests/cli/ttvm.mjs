// SPDX-License-Identifier: MIT
// What the tests of the native program share: running it, and folders for the programs they write.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** Another build is tested with TTVM_BINARY=build/asan/bin/ttvm. */
export const TTVM = path.resolve(ROOT, process.env.TTVM_BINARY ?? 'build/native/bin/ttvm');
/** What takes longer hangs, also on a machine that does ten other things. Sanitized builds are several times slower. */
const SECONDS = process.env.TTVM_BINARY ? 300 : 120;

const { NO_COLOR: _color, TTVM_PATH: _path, ...outside } = process.env;
export const ENVIRONMENT = { ...outside, LC_ALL: 'C.UTF-8' };

/**
 * Starts `ttvm` (or another command) and gives what it showed. `stdin`: text, or what spawn takes.
 * `use(child)` may drive it meanwhile.
 */
export function run(args, { command = TTVM, stdin = '', env = {}, cwd = ROOT, stdio, use } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...ENVIRONMENT, ...env },
      stdio: stdio ?? ['pipe', 'pipe', 'pipe'],
    });
    const chunks = { stdout: [], stderr: [] };
    for (const name of ['stdout', 'stderr']) child[name]?.on('data', (chunk) => chunks[name].push(chunk));
    const timer = setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000);
    child.stdin?.on('error', () => {});
    if (use) use(child);
    else child.stdin?.end(stdin);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const bytes = (name) => Buffer.concat(chunks[name]);
      resolve({
        status,
        signal,
        stdout: bytes('stdout').toString(),
        stderr: bytes('stderr').toString(),
        bytes: bytes('stdout'),
      });
    });
  });
}

/** Runs a shell line with "$TTVM" in it. */
export const shell = (line, options = {}) =>
  run(['-c', line], { command: '/bin/bash', env: { TTVM, ...options.env }, ...options });

/** A folder that lasts as long as the test; `files`: name → text. */
export function folderOf(test, files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'ttvm-cli-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** Runs a program given as text from a folder of its own. */
export function runSource(test, source, { options = [], args = [], ...rest } = {}) {
  return run([...options, 'main.ttvm', ...args], { cwd: folderOf(test, { 'main.ttvm': source }), ...rest });
}
