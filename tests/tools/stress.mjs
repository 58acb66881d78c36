// SPDX-License-Identifier: MIT
// `npm run stress [case…]`: load and faults the actors must hold, each with its result checked and its figures
// shown, in at most three minutes. `--small --binary PATH`: the same with small numbers and no limits on time
// and memory, for sanitized builds (npm test).

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { ROOT, StepError, bold, dim, formatTime, green, main, red } from './steps.mjs';

const FOLDER = path.join(ROOT, 'tests/stress');
const TOTAL_MS = 180_000;
/** For one case; a sanitized build is many times slower but does much less. */
const CASE_MS = 60_000;
/** How long `live` holds still so that its memory can be looked at. */
const PAUSE_MS = 400;

/** A figure or a result that is not as it must be. */
class Wrong extends Error {}

function expectEqual(what, actual, expected) {
  if (actual !== expected) throw new Wrong(`${what}: ${actual}, not ${expected}`);
}

function expectAtMost(what, actual, limit, unit) {
  if (!(actual <= limit)) throw new Wrong(`${what}: ${actual} ${unit}, more than ${limit}`);
}

const count = (n) => n.toLocaleString('en-US');

/** Lines `name value` as an object; `value` is a number where it is one. */
function readResults(stdout) {
  const results = {};
  for (const line of stdout.trim().split('\n')) {
    const [, name, value] = /^(.*?) ?(\S*)$/.exec(line) ?? [];
    results[name] = /^-?\d+$/.test(value) ? Number(value) : value;
  }
  return results;
}

/** Resident bytes of a process of ours; 0 where there is no /proc. */
function residentBytes(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Runs a program of tests/stress; `onLine(line, pid)` sees its output as it comes. */
function runProgram(binary, name, args, { onLine, options = [] } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(binary, ['--max-heap', '8G', ...options, `${name}.ttvm`, ...args.map(String)], {
      cwd: FOLDER,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { stdout: '', stderr: '' };
    let seen = 0;
    child.stdout.setEncoding('utf8').on('data', (text) => {
      texts.stdout += text;
      for (let end; (end = texts.stdout.indexOf('\n', seen)) >= 0; seen = end + 1)
        onLine?.(texts.stdout.slice(seen, end), child.pid);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => (texts.stderr += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), CASE_MS);
    const stop = () => child.kill('SIGKILL');
    process.once('exit', stop);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      process.removeListener('exit', stop);
      const shown = `${texts.stdout}${texts.stderr}`.split('\n').slice(0, 40).join('\n');
      if (signal === 'SIGKILL') reject(new Wrong(`did not end within ${CASE_MS / 1000} s\n${shown}`));
      else if (status !== 0 || texts.stderr)
        reject(new Wrong(`ended with ${signal ?? `status ${status}`}\n${shown}`));
      else resolve({ ...texts, results: readResults(texts.stdout), ms: performance.now() - started });
    });
  });
}

/** Memory and time of n actors that live at once, each parked in RECEIVE. */
async function live({ binary, small }) {
  const n = small ? 2000 : 1_000_000;
  const pause = small ? 1 : PAUSE_MS;
  const bytes = {};
  const { results, ms } = await runProgram(binary, 'live', [n, pause], {
    onLine(line, pid) {
      bytes[line.split(' ')[0]] = residentBytes(pid);
    },
  });
  expectEqual('alive at once', results.alive, n);
  expectEqual('answers', results.answered, n);
  const each = Math.round((bytes.alive - bytes.start) / n);
  if (!small) expectAtMost('memory of an idle actor', each, 1024, 'bytes');
  const memory = small ? '' : `, ${each} bytes for each`;
  return `${count(n)} live actors${memory}, all woken and answered in ${formatTime(ms - 2 * pause)}`;
}

async function killStorm({ binary, small }) {
  const [actors, rounds] = small ? [300, 3] : [10_000, 10];
  const { results, ms } = await runProgram(binary, 'kill_storm', [actors, rounds]);
  expectEqual('kills', results.kills, actors * rounds);
  expectEqual('EXIT messages', results.exits, 4 * actors * rounds);
  expectEqual('DOWN messages', results.downs, 4 * actors * rounds);
  expectEqual('actors left', results.left, 1);
  return (
    `${count(actors)} actors linked at random, ${count(results.kills)} kills: ` +
    `${count(results.exits)} EXIT, ${count(results.downs)} DOWN, ${formatTime(ms)}`
  );
}

async function restarts({ binary, small }) {
  const n = small ? 2000 : 100_000;
  const { results, ms } = await runProgram(binary, 'restarts', [n]);
  expectEqual('restarts', results.restarts, n);
  expectEqual('running children', results.running, 10);
  return `${count(n)} crashes, all restarted, ${formatTime(ms)}`;
}

async function intensity({ binary, small }) {
  const n = small ? 50 : 2000;
  const { results, ms } = await runProgram(binary, 'intensity', [n]);
  expectEqual('supervisors whose child stopped in order', results.stopped, n);
  expectEqual('reason of the topmost', results.reason, 'shutdown');
  expectEqual('actors left', results.left, 1);
  return `${count(n)} nested supervisors gave up in order, ${formatTime(ms)}`;
}

async function mailbox({ binary, small }) {
  const [n, noise] = small ? [20_000, 200] : [1_000_000, 10_000];
  const { results } = await runProgram(binary, 'mailbox', [n, noise]);
  expectEqual('messages in order', results['in order'], n);
  if (!small) {
    // Of a second scan for each message or each newcomer there would be minutes.
    expectAtMost('selective receive of the last', results.selective, 2000, 'ms');
    expectAtMost('waiting behind them', results.waiting, 2000, 'ms');
    expectAtMost('receiving all', results.plain, 5000, 'ms');
  }
  return (
    `${count(n)} queued: the last by pattern ${results.selective} ms, waiting behind them for one of ` +
    `${count(noise)} ${results.waiting} ms, all in order ${results.plain} ms`
  );
}

async function busy({ binary, small }) {
  const actors = 4 * availableParallelism();
  const trips = small ? 50 : 2000;
  const { results } = await runProgram(binary, 'busy', [actors, trips]);
  expectEqual('round trips', results.trips, trips);
  expectEqual('busy actors that have run', results.ran, actors);
  if (!small) expectAtMost('a round trip', results.ms / trips, 50, 'ms');
  return `${actors} busy loops, ping-pong beside them: ${(results.ms / trips).toFixed(2)} ms a round trip`;
}

async function badInput({ binary }) {
  const source = readFileSync(path.join(FOLDER, 'bad_input.ttvm'), 'utf8');
  const expected = [...source.matchAll(/^; expect: (.*)$/gm)].map(([, line]) => line);
  for (const options of [[], ['--no-smp'], ['--seed', '3']]) {
    const { stdout } = await runProgram(binary, 'bad_input', [], { options });
    const lines = stdout.trimEnd().split('\n');
    const wrong = expected.findIndex((line, i) => line !== lines[i]);
    if (wrong >= 0) throw new Wrong(`answer ${wrong + 1}: ${lines[wrong]}, not ${expected[wrong]}`);
    expectEqual('answers', lines.length, expected.length);
  }
  return `${expected.length} answers as specified, in three modes`;
}

/** 100,000 live actors in WebAssembly, in both builds under Node. */
async function liveInWasm() {
  const { BUILDS, startProgram, withEngine } = await import('../wasm/lib/engines.mjs');
  const n = 100_000;
  const figures = [];
  for (const kind of BUILDS) {
    await withEngine(kind, async (engine) => {
      const started = performance.now();
      const bytes = {};
      const source = readFileSync(path.join(FOLDER, 'live.ttvm'), 'utf8');
      const program = startProgram(engine, source, {
        args: [String(n), String(PAUSE_MS)],
        handlers: {
          output(stream, text) {
            program[stream === 'stdout' ? 'out' : 'err'] += text;
            for (const word of ['start', 'alive']) {
              if (program.out.includes(word)) bytes[word] ??= process.memoryUsage.rss();
            }
          },
        },
      });
      const result = await Promise.race([
        program.run.done,
        new Promise((_, reject) =>
          setTimeout(reject, CASE_MS, new Wrong(`${kind.mode} did not end`)).unref(),
        ),
      ]);
      const results = readResults(program.out);
      expectEqual(`${kind.mode} ended`, result.status, 0);
      expectEqual(`${kind.mode} alive`, results.alive, n);
      expectEqual(`${kind.mode} answers`, results.answered, n);
      const each = Math.round((bytes.alive - bytes.start) / n);
      figures.push(`${kind.mode} ${each} bytes for each, ${formatTime(performance.now() - started)}`);
    });
  }
  return `${count(n)} live actors: ${figures.join('; ')}`;
}

const CASES = { live, killStorm, restarts, intensity, mailbox, busy, badInput, liveInWasm };

main(import.meta, async (words) => {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { small: { type: 'boolean', default: false }, binary: { type: 'string' } },
  });
  const unknown = positionals.find((name) => !(name in CASES));
  if (unknown) throw new StepError(`no case '${unknown}'; there are: ${Object.keys(CASES).join(', ')}`);
  let names = positionals.length > 0 ? positionals : Object.keys(CASES);
  if (values.small) names = names.filter((name) => name !== 'liveInWasm'); // tests/wasm is its place
  if (!values.binary) await build(['native']);
  if (names.includes('liveInWasm')) await build(['wasm']);
  const how = { small: values.small, binary: path.resolve(ROOT, values.binary ?? 'build/native/bin/ttvm') };
  const started = performance.now();
  let failed = 0;
  for (const name of names) {
    try {
      if (performance.now() - started > TOTAL_MS) throw new Wrong('not run: the three minutes are over');
      console.log(`${green('passed')} ${bold(name)}: ${await CASES[name](how)}`);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      failed++;
      console.log(`${red('FAILED')} ${bold(name)}: ${error.message}`);
    }
  }
  console.log(dim(`in ${formatTime(performance.now() - started)}`));
  console.log(`${names.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
});
