// SPDX-License-Identifier: MIT
// The step runner under every verb of package.json: named steps with their times, full logs of failing
// commands, stamps that skip what is up to date, and locks between processes that share this checkout.
// Uses nothing but Node, because it runs before `npm ci`.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const BUILD = path.join(ROOT, 'build');
const STAMPS = path.join(BUILD, '.stamps');
const LOCKS = path.join(BUILD, '.locks');
const LOCK_WAIT_MS = 20 * 60 * 1000;

const colored = (process.stdout.isTTY === true || process.env.FORCE_COLOR === '1') && !process.env.NO_COLOR;
const paint = (code, text) => (colored ? `\x1b[${code}m${text}\x1b[0m` : text);
export const green = (text) => paint('32', text);
export const red = (text) => paint('31', text);
export const yellow = (text) => paint('33', text);
export const dim = (text) => paint('2', text);
export const bold = (text) => paint('1', text);

/** An error whose message is meant for the person at the terminal: printed without a stack. */
export class StepError extends Error {
  /** @param {string} message  @param {string} [log] full output of the command that failed */
  constructor(message, log = '') {
    super(message);
    this.name = 'StepError';
    this.log = log;
  }
}

export function formatTime(ms) {
  if (ms < 100) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${String(Math.round((ms % 60_000) / 1000)).padStart(2, '0')} s`;
}

/**
 * Runs one command to its end. `live` passes its output through; otherwise the output is kept and only a
 * failure shows it. Resolves for every exit status; rejects only when the program cannot be started.
 * A command that outlives `timeout` ms is killed with its whole process group and reported as `timedOut`.
 * @returns {Promise<{code: number, output: string, ms: number, timedOut: boolean}>}
 */
export function run(command, args, { cwd = ROOT, env = {}, live = false, timeout = 0 } = {}) {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...(live && process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: timeout > 0,
    });
    const chunks = [];
    const killAll = () => {
      try {
        // A command with a time limit leads its own process group, so that its children end with it.
        if (timeout > 0) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGTERM');
      } catch {
        // Already gone.
      }
    };
    let timedOut = false;
    const timer =
      timeout > 0 &&
      setTimeout(() => {
        timedOut = true;
        killAll();
      }, timeout);
    process.once('exit', killAll);
    for (const [stream, sink] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream.on('data', (chunk) => {
        chunks.push(chunk);
        if (live) sink.write(chunk);
      });
    }
    const finish = () => {
      if (timer) clearTimeout(timer);
      process.removeListener('exit', killAll);
    };
    child.on('error', (error) => {
      finish();
      reject(new StepError(`cannot start ${command}: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      finish();
      const output = Buffer.concat(chunks).toString('utf8');
      resolve({ code: code ?? (signal ? 128 : 1), output, ms: performance.now() - started, timedOut });
    });
  });
}

/** Like `run`, but a status other than 0 is a StepError that carries the command's full output. */
export async function must(command, args, options = {}) {
  const result = await run(command, args, options);
  if (result.timedOut)
    throw new StepError(`${command} was stopped after ${formatTime(result.ms)}`, result.output);
  if (result.code !== 0) {
    throw new StepError(
      `${[command, ...args].join(' ')} ended with status ${result.code}`,
      options.live ? '' : result.output,
    );
  }
  return result.output;
}

/** Finds a program on PATH (or the given extra folders first); returns its full path or undefined. */
export function which(name, extra = []) {
  for (const folder of [...extra, ...(process.env.PATH ?? '').split(path.delimiter)]) {
    if (!folder) continue;
    const candidate = path.join(folder, name);
    try {
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** All files below the given files and folders (relative to ROOT or absolute), sorted, build/ left out. */
export function listFiles(places, accept = () => true) {
  const found = [];
  const visit = (place) => {
    let info;
    try {
      info = statSync(place);
    } catch {
      return;
    }
    if (info.isDirectory()) {
      for (const name of readdirSync(place)) {
        if (name === 'node_modules' || name === '.git' || name === 'build') continue;
        visit(path.join(place, name));
      }
    } else if (info.isFile() && accept(place)) {
      found.push(place);
    }
  };
  for (const place of places) visit(path.resolve(ROOT, place));
  return found.sort();
}

/** Hash over the names and contents of files, and over extra texts such as versions and options. */
export function hashInputs(places, texts = []) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\0`);
  for (const file of listFiles(places)) {
    hash.update(`${path.relative(ROOT, file)}\0`);
    hash.update(readFileSync(file));
    hash.update('\0');
  }
  return hash.digest('hex');
}

export function readStamp(id) {
  try {
    return readFileSync(path.join(STAMPS, id), 'utf8');
  } catch {
    return undefined;
  }
}

export function writeStamp(id, value) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(path.join(STAMPS, id), value);
}

/**
 * One named step. With `stamp` (an id) and `key` (a hash of its inputs) it is passed over silently when the
 * key is unchanged and every file in `outputs` exists; the stamp is written only after success.
 */
export async function step(title, action, { stamp, key, outputs = [] } = {}) {
  if (stamp && readStamp(stamp) === key && outputs.every((file) => existsSync(file))) return undefined;
  const started = performance.now();
  process.stdout.write(`${dim('•')} ${title} ${dim('…')} `);
  try {
    const result = await action();
    if (stamp) writeStamp(stamp, key);
    process.stdout.write(`${green('ok')} ${dim(formatTime(performance.now() - started))}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${red('failed')} ${dim(formatTime(performance.now() - started))}\n`);
    throw error;
  }
}

function holderAlive(lock) {
  let pid;
  try {
    pid = Number(readFileSync(path.join(lock, 'pid'), 'utf8'));
  } catch {
    // Between mkdir and the writing of the pid: alive unless it stays so for long.
    try {
      return Date.now() - statSync(lock).mtimeMs < 5000;
    } catch {
      return false;
    }
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const held = new Set();

/** Runs `action` while this process alone holds the named lock of this checkout. Nested use is fine. */
export async function withLock(name, action) {
  if (held.has(name)) return action();
  const lock = path.join(LOCKS, name);
  mkdirSync(LOCKS, { recursive: true });
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (let told = false; ;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!holderAlive(lock)) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!told) console.log(dim(`waiting for another process that holds '${name}' …`));
    told = true;
    if (Date.now() > deadline)
      throw new StepError(`another process has held ${lock} for too long; remove it by hand`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  writeFileSync(path.join(lock, 'pid'), String(process.pid));
  held.add(name);
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await action();
  } finally {
    process.removeListener('exit', release);
    held.delete(name);
    release();
  }
}

/** Prints an error as a person wants it: the failing command's full log, then one line. */
export function report(error) {
  if (error instanceof StepError) {
    if (error.log) process.stderr.write(`${error.log.replace(/\n*$/, '\n')}`);
    console.error(`${red('error:')} ${error.message}`);
  } else {
    console.error(error);
  }
}

/** Runs `action` when the calling module is the program, with errors reported and status 1. */
export function main(meta, action) {
  if (process.argv[1] === undefined || path.resolve(process.argv[1]) !== fileURLToPath(meta.url)) return;
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  Promise.resolve()
    .then(() => action(process.argv.slice(2)))
    .catch((error) => {
      report(error);
      process.exitCode = 1;
    });
}
