// SPDX-License-Identifier: MIT
// What arrives over the border is checked: every message type, every field.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolError, parseToPage, parseToWorker } from '../../build/wasm-glue-js/protocol.js';
import { DEFAULT_OPTIONS } from './lib/engines.mjs';

const run = { type: 'run', run: 1, files: { 'a.ttvm': 'HALT' }, main: 'a.ttvm', options: DEFAULT_OPTIONS };
const result = { status: 0, reason: 'finished', schedulers: 1, instructions: 7, changedFiles: { a: null } };
const memory = new WebAssembly.Memory({ initial: 1 });
const figures = { calls: 1, ownNs: 2, ownInstructions: 3, allNs: 2, allInstructions: 3 };
const profile = {
  ns: 2,
  instructions: 3,
  functions: [{ name: '<main>', file: 'a.ttvm', line: 1, ...figures }],
  paths: [{ parent: -1, function: 0, calls: 1, ownNs: 2, ownInstructions: 3 }],
  actors: [{ pid: 1, function: 0, ns: 2, instructions: 3, functions: [{ function: 0, ...figures }] }],
  moreActors: 0,
  leaves: [{ reason: 'the function has no register code', count: 1 }],
  spanNs: 4,
  schedulers: [{ slices: 1, steals: 0, ns: 2, instructions: 3 }],
  executions: [{ file: 'a.ttvm', counts: new Float64Array(1) }],
};
const stack = { text: '    HALT\n', positions: new Uint32Array(2) };
const report = {
  rounds: 1,
  instructions: { before: 2, after: 1 },
  variables: { before: 0, after: 0 },
  passes: [{ title: 'peephole', doc: 'd', changes: 1, removed: -1 }],
};
const code = {
  stack,
  optimized: { code: stack, report },
  registers: { text: '', origins: new Uint32Array(0) },
};

const GOOD_TO_WORKER = [
  { type: 'probe', memory },
  { type: 'init', protocol: 1, build: 'mt', engineUrl: 'x.mjs', cores: 2 },
  run,
  { type: 'stop', run: 1 },
  { type: 'input', run: 1, text: '' },
  { type: 'end-input', run: 1 },
  { type: 'ack', run: 1 },
  { type: 'check', request: 1, files: {}, file: 'a' },
  {
    type: 'list-code',
    request: 1,
    files: { a: new Uint8Array(1) },
    file: 'a',
    optimized: true,
    registers: false,
  },
  { type: 'profile', run: 1, request: 2 },
  { type: 'format', request: 1, file: 'a.lisp', text: '' },
];
const GOOD_TO_PAGE = [
  { type: 'probed', ok: true },
  { type: 'ready', protocol: 1, version: '1', maxSchedulers: 4 },
  { type: 'started', run: 1, schedulers: 2, stopFlag: 8, memory: null, rings: [64], files: ['main.ttvm'] },
  { type: 'output', run: 1, stream: 'stderr', text: 'x' },
  { type: 'wants-input', run: 1, waiting: false },
  { type: 'done', run: 1, result },
  {
    type: 'checked',
    request: 1,
    diagnostics: [{ file: 'a', line: 1, column: 1, endColumn: 2, severity: 'error', message: 'm' }],
  },
  { type: 'code', request: 1, code: null, diagnostics: [] },
  { type: 'code', request: 1, code, diagnostics: [] },
  { type: 'profiled', run: 1, request: 2, profile: null },
  { type: 'profiled', run: 1, request: 2, profile },
  { type: 'formatted', request: 1, text: '' },
  { type: 'request-failed', request: 1, message: 'm' },
  { type: 'bug', message: 'm' },
];

test('every well-formed message passes unchanged', () => {
  for (const message of GOOD_TO_WORKER) assert.equal(parseToWorker(message), message);
  for (const message of GOOD_TO_PAGE) assert.equal(parseToPage(message), message);
});

test('every missing or ill-typed field is refused by name', () => {
  for (const [parse, messages] of [
    [parseToWorker, GOOD_TO_WORKER],
    [parseToPage, GOOD_TO_PAGE],
  ]) {
    for (const message of messages) {
      for (const field of Object.keys(message).filter((key) => key !== 'type')) {
        for (const bad of [undefined, Symbol.iterator, -1.5]) {
          assert.throws(
            () => parse({ ...message, [field]: bad }),
            (error) => error instanceof ProtocolError && error.message.includes(`'${field}'`),
            `${message.type}.${field} = ${String(bad)}`,
          );
        }
      }
    }
  }
});

test('code and profiles are checked all the way down', () => {
  for (const bad of [
    { ...code, stack: { ...stack, positions: [1, 1] } },
    { ...code, registers: { text: '', origins: new Int32Array(1) } },
    { ...code, optimized: { code: stack, report: { ...report, passes: [{ title: 'x' }] } } },
  ]) {
    assert.throws(() => parseToPage({ type: 'code', request: 1, code: bad, diagnostics: [] }), ProtocolError);
  }
  for (const bad of [
    { ...profile, functions: [{ ...profile.functions[0], calls: 'many' }] },
    { ...profile, executions: [{ file: 'a.ttvm', counts: [1] }] },
    { ...profile, paths: [{ ...profile.paths[0], parent: 0.5 }] },
    { ...profile, actors: [{ ...profile.actors[0], functions: null }] },
    { ...profile, schedulers: [{ ...profile.schedulers[0], steals: -1 }] },
  ]) {
    assert.throws(() => parseToPage({ type: 'profiled', run: 1, request: 1, profile: bad }), ProtocolError);
  }
});

test('what is no message at all is refused', () => {
  for (const bad of [
    null,
    undefined,
    1,
    'run',
    [],
    {},
    { type: 7 },
    { type: 'toString' },
    { type: 'nonsense' },
  ]) {
    assert.throws(() => parseToWorker(bad), ProtocolError);
    assert.throws(() => parseToPage(bad), ProtocolError);
  }
});

test('options are checked all the way down', () => {
  for (const options of [
    { ...DEFAULT_OPTIONS, engine: 'quantum' },
    { ...DEFAULT_OPTIONS, limits: { heapBytes: 'much' } },
    { ...DEFAULT_OPTIONS, args: ['a', 1] },
    { ...DEFAULT_OPTIONS, env: { A: 1 } },
    { ...DEFAULT_OPTIONS, seed: 1.5 },
    { ...DEFAULT_OPTIONS, workers: -1 },
  ]) {
    assert.throws(() => parseToWorker({ ...run, options }), ProtocolError);
  }
});
