// SPDX-License-Identifier: MIT
// What the VM is to reach, and what a run has measured. Ratios are our time to the peer's.

import { bold, dim, green, red } from '../tools/steps.mjs';
import { MOST as MOST_OPTIMIZED, worst } from './optimized.mjs';
import { geometricMean } from './stats.mjs';
import { bestCpu } from './wasm.mjs';

/** The programs of the means. */
export const COMPARED = ['loop_sum', 'fib', 'sieve', 'nbody', 'string_build', 'list_ops'];

export const LIMITS = { wasmBytes: 220 * 1024, firstOutputMs: 50, assembleSeconds: 0.2, pauseMs: 10 };

/** The mean over all compared programs of `of(name)`; undefined when one of them is missing. */
function mean(of) {
  const ratios = COMPARED.map(of);
  return ratios.every((ratio) => ratio > 0) ? geometricMean(ratios) : undefined;
}

/**
 * @param {{rows: object[], wasm: object[], growth: object[], sizes: Record<string, number>, optimized?: object[],
 *   first?: number, pause?: number}} run `rows` of report.mjs with the engines among their `bests`; `wasm` of
 *   raceInNode; `optimized` of optimized.mjs; milliseconds: `first` from instantiating to the first output, `pause`
 *   the longest of the collector
 * @returns {{what: string, value?: number, limit: number, unit: string, holds?: boolean}[]}
 */
export function targets({ rows, wasm, growth, sizes, optimized = [], first, pause }) {
  const bests = (name) => rows.find((row) => row.name === name)?.bests ?? {};
  const native = (id, peer) => (name) => bests(name)[id] / bests(name)[peer];
  const inNode = (name, id) => {
    const result = wasm.find((one) => one.name === name);
    return result && bestCpu(result, id);
  };
  const slowest = Math.max(...COMPARED.map(native('ttvm', 'lua5.4')));
  const hello = bests('hello');
  const least = worst(optimized);
  const assemble = growth.find(({ name }) => name === 'assemble');
  const list = [
    ['stack engine to lua5.4, mean', mean(native('ttvm', 'lua5.4')), 1.2],
    ['stack engine to lua5.4, worst program', slowest, 1.5],
    ['register engine to lua5.4, mean', mean(native('register', 'lua5.4')), 0.7],
    ['register engine to luajit -joff, mean', mean(native('register', 'luajit-joff')), 1.1],
    [
      'register engine in WebAssembly to wasmoon, mean',
      mean((name) => inNode(name, 'register') / inNode(name, 'wasmoon')),
      0.4,
    ],
    [
      'register engine in WebAssembly to native, mean',
      mean((name) => inNode(name, 'register') / 1000 / bests(name).register),
      1.7,
    ],
    ['hello to lua5.4', hello.ttvm / hello['lua5.4'], 1.5],
    ['from instantiating WebAssembly to first output', first, LIMITS.firstOutputMs, 'ms'],
    ['100,000 instructions assembled and verified', assemble?.large, LIMITS.assembleSeconds, 's'],
    ['longest pause of the collector with 104 MB live', pause, LIMITS.pauseMs, 'ms'],
    [`--optimize to plain, ${least?.name ?? 'worst program'}, lower bound`, least?.low, MOST_OPTIMIZED],
    ...Object.entries(sizes).map(([name, bytes]) => [
      `${name}, brotli`,
      bytes / 1024,
      LIMITS.wasmBytes / 1024,
      'KB',
    ]),
  ];
  return list.map(([what, value, limit, unit = '×']) => {
    const known = Number.isFinite(value);
    return { what, limit, unit, ...(known ? { value, holds: value <= limit } : {}) };
  });
}

/** A table: what, limit, measured, met. */
export function printTargets(list) {
  console.log(
    bold(`\n${'target'.padEnd(52)}${'at most'.padStart(12)}${'measured'.padStart(14)}${'met'.padStart(6)}`),
  );
  for (const { what, limit, unit, value, holds } of list) {
    const show = (x) => `${x.toFixed(x < 10 ? 2 : 0)} ${unit}`;
    const measured =
      value === undefined
        ? dim(`${'–'.padStart(14)}${'–'.padStart(6)}`)
        : (holds ? green : red)(`${show(value).padStart(14)}${(holds ? 'yes' : 'no').padStart(6)}`);
    console.log(`${what.padEnd(52)}${show(limit).padStart(12)}${measured}`);
  }
}
