// SPDX-License-Identifier: MIT
// The engine under Node for tests: both builds, and a run with its output collected.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createEngine } from '../../../build/wasm-glue-js/node.js';
import { BUILD } from '../../tools/steps.mjs';

/** Both builds, by the names that `modes:` comments use. */
export const BUILDS = [
  { mode: 'wasm-mt', threads: 'auto' },
  { mode: 'wasm-st', threads: 'off' },
];

export const DEFAULT_OPTIONS = {
  engine: 'stack',
  optimize: false,
  gc: 'mark-sweep',
  workers: null,
  deterministic: false,
  seed: null,
  virtualTime: false,
  limits: {},
  args: [],
  env: {},
  trace: false,
};

/** Folder URL of a build's Node files. TTVM_WASM_BUILDS names another folder that holds both builds. */
export function engineFolder(mode) {
  const folder = path.join(process.env.TTVM_WASM_BUILDS ?? BUILD, mode, 'node');
  if (!existsSync(folder)) throw new Error(`${folder} is missing: npm run build wasm`);
  return pathToFileURL(`${folder}/`);
}

export function startEngine({ mode, threads }) {
  return createEngine({ baseUrl: engineFolder(mode), threads });
}

/** One engine for the time of `use`. */
export async function withEngine(build, use) {
  const engine = await startEngine(build);
  try {
    return await use(engine);
  } finally {
    engine.dispose();
  }
}

/** `ref: false` does not keep the process alive. */
export const delay = (ms, { ref = true } = {}) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    if (!ref) timer.unref();
  });

/** Starts `source` as main.ttvm; `out` and `err` grow as it prints. */
export function startProgram(
  engine,
  source,
  { files = {}, handlers = {}, main = 'main.ttvm', ...options } = {},
) {
  const program = { out: '', err: '', chunks: 0, largest: 0 };
  program.run = engine.run(
    { files: { [main]: source, ...files }, main, options: { ...DEFAULT_OPTIONS, ...options } },
    {
      output(stream, text) {
        program.chunks++;
        program.largest = Math.max(program.largest, text.length);
        program[stream === 'stdout' ? 'out' : 'err'] += text;
      },
      ...handlers,
    },
  );
  /** Resolves once the output contains a text. */
  program.printed = async (text) => {
    const deadline = performance.now() + 10_000;
    while (!program.out.includes(text)) {
      if (performance.now() > deadline) throw new Error(`never printed ${text}; stderr: ${program.err}`);
      await delay(1);
    }
  };
  return program;
}

/** Runs `source` to its end. */
export async function runProgram(engine, source, how = {}) {
  const program = startProgram(engine, source, how);
  program.run.input(how.stdin ?? '');
  program.run.endInput();
  const result = await program.run.done;
  return { ...program, result };
}
