// SPDX-License-Identifier: MIT
// Runs the native binary on one program, in a fresh copy of the program's folder.

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const OUTPUT_LIMIT = 64 << 20;
/** What a child may inherit: how to find programs, and the sanitizers' own options. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS', 'LSAN_OPTIONS'];

/** The environment programs are run in: the same on every machine. */
export function cleanEnvironment(extra = {}) {
  const kept = INHERITED.filter((name) => process.env[name] !== undefined).map((name) => [
    name,
    process.env[name],
  ]);
  return { ...Object.fromEntries(kept), LC_ALL: 'C.UTF-8', NO_COLOR: '1', ...extra };
}

/**
 * Starts `command` and waits for its end or for `timeout` seconds, after which it is killed.
 * @returns {Promise<{stdout: string, stderr: string, status: number | null, signal: string | null, timedOut: boolean, ms: number}>}
 */
export function runCommand(command, args, { cwd, env, stdin = '', timeout }) {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    const streams = { stdout: [], stderr: [] };
    let size = 0;
    let timedOut = false;
    for (const name of ['stdout', 'stderr'])
      child[name].on('data', (chunk) => {
        size += chunk.length;
        if (size <= OUTPUT_LIMIT) streams[name].push(chunk);
        else child.kill('SIGKILL');
      });
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeout * 1000);
    child.stdin.on('error', () => {}); // the program may end before it has read everything
    child.stdin.end(stdin);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const text = (name) => Buffer.concat(streams[name]).toString('utf8');
      resolve({
        stdout: text('stdout'),
        stderr: text('stderr'),
        status,
        signal,
        timedOut,
        ms: performance.now() - started,
      });
    });
  });
}

/** Calls `use` with a temporary copy of `folder` (or an empty folder), which is removed afterwards. */
export async function withCopy(folder, use) {
  const copy = mkdtempSync(path.join(tmpdir(), 'ttvm-test-'));
  try {
    if (folder) cpSync(folder, copy, { recursive: true });
    return await use(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Modules in `folder` that a file imports by a path without extension, theirs included; absolute paths. */
function importedModules(folder, file, found = new Set()) {
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/^[ \t]*IMPORT[ \t]+"?([^"\s]+)"?/gm)) {
    const beside = [path.dirname(file), folder]
      .map((base) => path.join(base, `${name}.ttvm`))
      .find((candidate) => existsSync(candidate));
    if (!beside || found.has(beside)) continue;
    found.add(beside);
    importedModules(folder, beside, found);
  }
  return found;
}

/** Compiles a program and its modules and removes their sources; what does not assemble stays source. */
async function compileAll(cwd, name, compile) {
  const modules = importedModules(cwd, path.join(cwd, name));
  const target = (file) => file.replace(/\.[a-z]+$/, '.ttb');
  const main = await compile(name, target(name));
  if (main.status !== 0) return { failed: main };
  rmSync(path.join(cwd, name));
  for (const module of modules) if ((await compile(module, target(module))).status === 0) rmSync(module);
  return { image: target(name) };
}

/**
 * @param {string} binary      absolute
 * @param {string} file        absolute path of the program
 * @param {import('./expectations.mjs').Expectations} expectations
 * @param {{options: string[], timeout: number, image?: boolean}} how  options of the mode, seconds; `image`: compiles
 *   the program and its modules, and runs the image
 */
export function runProgram(binary, file, expectations, { options, timeout, image = false }) {
  const env = cleanEnvironment(expectations.env);
  const name = path.basename(file);
  return withCopy(path.dirname(file), async (cwd) => {
    const run = (program) =>
      runCommand(binary, [...options, ...expectations.options, program, ...expectations.args], {
        cwd,
        env,
        stdin: expectations.stdin,
        timeout,
      });
    if (!image) return run(name);
    const compile = (from, to) =>
      runCommand(binary, ['compile', path.relative(cwd, path.resolve(cwd, from)), to], { cwd, env, timeout });
    const { image: compiled, failed } = await compileAll(cwd, name, compile);
    return failed ?? run(compiled);
  });
}
