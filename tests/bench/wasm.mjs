// SPDX-License-Identifier: MIT
// The programs on engines in WebAssembly under Node: ours without threads, Lua (wasmoon), QuickJS
// (quickjs-emscripten). Compared is the processor time of the program itself, since all of them start Node.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { BUILD, ROOT, bold, dim, green, red } from '../tools/steps.mjs';
import { expectedOutput } from './race.mjs';
import { best } from './stats.mjs';

const HERE = path.join(ROOT, 'tests/bench');
const RUNNER = path.join(HERE, 'in_node.mjs');
const NAME_WIDTH = 22;
const CELL_WIDTH = 16;
/** Seconds that one run may take. */
const LONGEST_RUN = 120;

/** In the order of the table: the folder and extension of their programs. */
export const WASM_CONTENDERS = {
  stack: { folder: HERE, extension: 'ttvm' },
  register: { folder: HERE, extension: 'ttvm' },
  wasmoon: { folder: path.join(HERE, 'peers'), extension: 'lua' },
  quickjs: { folder: path.join(HERE, 'peers'), extension: 'mjs' },
};

export const WASM_FILES = ['wasm-mt/ttvm-mt.wasm', 'wasm-st/ttvm-st.wasm'];

/** Bytes of the files that a page loads, as a server sends them. */
export function wasmSizes() {
  const sizes = {};
  for (const name of WASM_FILES) {
    const file = path.join(BUILD, name);
    if (existsSync(file)) sizes[path.basename(name)] = brotliCompressSync(readFileSync(file)).length;
  }
  return sizes;
}

export const hasWasmBuild = () =>
  existsSync(path.join(BUILD, 'wasm-st/node/ttvm-st.wasm')) &&
  existsSync(path.join(BUILD, 'wasm-glue-js/session.js'));

/** One run: `{ cpu, first }` in milliseconds, or `{ problem }`. */
export function runInNode(contender, file, expected) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [RUNNER, contender, file], { stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (text) => (texts[name] += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN * 1000);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const last = texts.stderr.trim().split('\n').at(-1) ?? '';
      if (status !== 0)
        return resolve({ problem: signal ? `ended by ${signal}` : `status ${status}: ${last}` });
      if (texts.stdout !== expected)
        return resolve({ problem: `prints ${JSON.stringify(texts.stdout.slice(0, 60))}` });
      resolve(JSON.parse(last));
    });
  });
}

/**
 * Rounds of one program, contender after contender.
 * @returns {Promise<{name: string, samples: Record<string, object[]>, problems: Record<string, string>}>}
 */
export async function raceInNode(program, { rounds, seconds }) {
  const started = performance.now();
  const expected = expectedOutput(program);
  const result = { name: program.name, samples: {}, problems: {} };
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && (performance.now() - started) / 1000 > seconds) break;
    for (const [id, { folder, extension }] of Object.entries(WASM_CONTENDERS)) {
      const file = path.join(folder, `${program.name}.${extension}`);
      if (!existsSync(file) || result.problems[id]) continue;
      const run = await runInNode(id, file, expected);
      if (run.problem) result.problems[id] = run.problem;
      else (result.samples[id] ??= []).push(run);
    }
  }
  for (const id of Object.keys(result.problems)) delete result.samples[id];
  return result;
}

export const bestCpu = (result, id) =>
  result.samples[id]?.length ? best(result.samples[id].map(({ cpu }) => cpu)) : undefined;

export function printWasmHeader() {
  const cells = Object.keys(WASM_CONTENDERS).map((id) => id.padStart(CELL_WIDTH));
  console.log(bold(`\n${'WebAssembly under Node'.padEnd(NAME_WIDTH)}${cells.join('')}`));
}

export function printWasmRow(result) {
  const cells = Object.keys(WASM_CONTENDERS).map((id) => {
    const cpu = bestCpu(result, id);
    if (cpu === undefined)
      return (result.problems[id] ? red : dim)((result.problems[id] ? 'failed' : '–').padStart(CELL_WIDTH));
    const text = `${cpu.toFixed(0)} ms`.padStart(CELL_WIDTH);
    return id === 'register' && cpu <= (bestCpu(result, 'wasmoon') ?? 0) ? green(text) : text;
  });
  console.log(`${result.name.padEnd(NAME_WIDTH)}${cells.join('')}`);
}

/**
 * What the baseline keeps of the programs in WebAssembly: ratios of ours to `wasmoon`, and to the same engine
 * natively in the same run.
 * @param {(name: string) => Record<string, number>} nativeBests seconds by contender, of a program
 * @returns {Record<string, Record<string, number>>} program → pair → ratio
 */
export function wasmRatios(results, nativeBests) {
  const ratios = {};
  for (const result of results) {
    const native = nativeBests(result.name);
    const peers = { wasmoon: bestCpu(result, 'wasmoon') };
    for (const [engine, id] of [
      ['stack', 'ttvm'],
      ['register', 'register'],
    ]) {
      const ours = bestCpu(result, engine);
      for (const [other, theirs] of Object.entries({ ...peers, native: native[id] * 1000 }))
        if (ours > 0 && theirs > 0) (ratios[result.name] ??= {})[`${engine} to ${other}`] = ours / theirs;
    }
  }
  return ratios;
}
