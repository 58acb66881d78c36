// SPDX-License-Identifier: MIT
// The program `differential` of a WebAssembly build, with the generator of wasm-glue/ts/codegen for its generated code:
//   node tests/fuzz/programs/random_programs.mjs wasm-st|wasm-mt [--mutate] [--from SEED] [--count N] [--seconds S]
//   node tests/fuzz/programs/random_programs.mjs wasm-st|wasm-mt --check < what `differential --emit` wrote natively
//   … --show SEED | --reduce SEED | [--reductions N] --file PATH…
// Programs run by hundreds in a thread of their own, with the event loop and a collection in between, and the program itself is
// made anew now and then: only so Node lets go of code that is no longer used. It does not let go of all, so after some
// thousands of programs the thread is another one.
// A trap, an exception of the generator or code that the engine refuses ends it, with the program's number; --reduce makes
// such a program smaller, in an instance of its own for each try.

import { Buffer } from 'node:buffer';
import { on, once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const BUILD = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../build');
const BATCH = 100;
const BATCH_BYTES = 1 << 19;
const BATCHES_OF_AN_INSTANCE = 4;
const BATCHES_OF_A_THREAD = 40;
const LONGEST_BATCH_MS = 60_000;

/** What the engine refuses of generated code: the VM would go on without, and nobody would know. */
let refused = null;
let modules = 0;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

function watchRefusals() {
  const watched = {
    construct(target, args) {
      try {
        if (target.name === 'Instance') modules++;
        return new target(...args);
      } catch (error) {
        refused ??= error;
        throw error;
      }
    },
  };
  WebAssembly.Module = new Proxy(WebAssembly.Module, watched);
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, watched);
  // Making a module validates it, too.
  WebAssembly.validate = () => true;
}

/** The compiled program, ready to be called with arguments; output goes to `print`, standard input comes from `input`. */
async function load(preset) {
  const { default: factory } = await import(pathToFileURL(path.join(BUILD, preset, 'bin/differential.mjs')));
  const compiled = new WebAssembly.Module(readFileSync(path.join(BUILD, preset, 'bin/differential.wasm')));
  const { CodeMaker } = await import(pathToFileURL(path.join(BUILD, 'wasm-glue-js/codegen/code_maker.js')));
  return async () => {
    const state = { lines: [], input: Buffer.alloc(0), at: 0 };
    let maker;
    const module = await factory({
      print: (line) => void state.lines.push(line),
      printErr: (line) => void state.lines.push(line),
      stdin: () => (state.at < state.input.length ? state.input[state.at++] : null),
      instantiateWasm: (imports, done) => {
        void WebAssembly.instantiate(compiled, imports).then((instance) => done(instance, compiled));
        return {};
      },
      beginCode: (session) => (maker = new CodeMaker(engine, session)),
      makeCode: () => maker.attend(),
    });
    const decoder = new TextDecoder();
    const bytes = () => new Uint8Array(module.wasmMemory.buffer);
    /** What the generator uses of ts/engine_module.ts. */
    const engine = {
      raw: module,
      sharedMemory: preset === 'wasm-mt' ? module.wasmMemory : null,
      get words() {
        return new Int32Array(module.wasmMemory.buffer);
      },
      text: (at) => decoder.decode(bytes().slice(at, bytes().indexOf(0, at))),
      withBytes(given, use) {
        const at = module._malloc(Math.max(given.length, 1));
        bytes().set(given, at);
        const result = use(at, given.length);
        module._free(at);
        return result;
      },
    };
    /** Status and output of the program with arguments. */
    const call = (args, input = '') => {
      Object.assign(state, { lines: [], input: Buffer.from(input), at: 0 });
      refused = null;
      const status = module.callMain(args.map(String));
      if (refused) throw refused;
      return { status, output: state.lines.join('\n') };
    };
    return { call, write: (name, text) => module.FS.writeFile(name, text) };
  };
}

/** Takes lines away, fewer and fewer at a time, as long as the program still `fails`. */
async function reduce(text, fails) {
  let lines = text.split('\n');
  for (let size = lines.length >> 1; size > 0; size >>= 1)
    for (let progress = true; progress;) {
      progress = false;
      for (let at = 0; at < lines.length; at += size) {
        const fewer = lines.toSpliced(at, size);
        if (fewer.length === 0 || !(await fails(fewer.join('\n')))) continue;
        lines = fewer;
        at -= size;
        progress = true;
      }
    }
  return lines.join('\n');
}

/** How a program fails in an instance of its own; null: it does not. */
async function failure(create, text, reductions = []) {
  const { call, write } = await create();
  write('/program', text);
  try {
    const { status, output } = call(['--file', '/program', ...reductions]);
    return status === 1 ? output : null;
  } catch (error) {
    return String(error.stack);
  }
}

/** What run.c takes for a program: Lisp says so by the name of its file. */
function asProgram(file) {
  const text = readFileSync(file, 'utf8');
  return file.endsWith('.ttvm') ? text : `; file: ${path.basename(file)}\n${text}`;
}

function flag(args, name, otherwise) {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : Number(args[at + 1]);
}

/** Records of `differential --emit` from standard input, some at a time: `SEED STATUS SOURCE OUT ERR\n`, then the texts. */
async function* emitted() {
  let rest = Buffer.alloc(0);
  let end = 0;
  for await (const chunk of process.stdin) {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const newline = rest.indexOf(10, end);
      if (newline < 0) break;
      const lengths = rest.subarray(end, newline).toString().split(' ').slice(2).map(Number);
      const next = newline + 1 + lengths.reduce((sum, length) => sum + length, 0);
      if (next > rest.length) break;
      end = next;
    }
    if (end < BATCH_BYTES) continue;
    yield rest.subarray(0, end);
    rest = rest.subarray(end);
    end = 0;
  }
  if (end > 0) yield rest.subarray(0, end);
}

/** Numbered programs, BATCH at a time. */
function* numbered(args) {
  const from = flag(args, '--from', 1);
  const count = flag(args, '--count', Infinity);
  const end = performance.now() + flag(args, '--seconds', Infinity) * 1000;
  for (let done = 0; done < count && performance.now() < end; done += BATCH)
    yield { from: from + done, count: Math.min(BATCH, count - done) };
}

/** The programs of a batch one by one, each in a new instance: whose number a trap has. */
async function single(create, mode, { from, count }) {
  for (let seed = from; seed < from + count; seed++) {
    const { call } = await create();
    try {
      if (call([...mode, '--from', seed, '--count', 1]).status !== 0) return seed;
    } catch {
      return seed;
    }
  }
  return 'none alone';
}

/** The thread: what each batch comes to, and at last that it could not be done. */
async function serve(create, { mode, checks }) {
  let instance = await create();
  let batches = 0;
  for await (const [batch] of on(parentPort, 'message')) {
    const { call } = instance;
    let result;
    try {
      result = checks
        ? call([...mode, '--check'], batch)
        : call([...mode, '--from', batch.from, '--count', batch.count]);
    } catch (error) {
      const seed = checks ? 'of this batch' : await single(create, mode, batch);
      parentPort.postMessage({ found: `seed ${seed}: ${error.stack}` });
      return;
    }
    const counts = /(\d+) programs.*, (\d+) not decided/.exec(result.output);
    if (result.status !== 0 || !counts) {
      parentPort.postMessage({ found: result.output });
      return;
    }
    if (++batches % BATCHES_OF_AN_INSTANCE === 0) instance = await create();
    await setImmediate();
    collect();
    parentPort.postMessage({ done: Number(counts[1]), undecided: Number(counts[2]), modules });
    modules = 0;
  }
}

/** What a thread says of a batch; `found` also when it does not end: generated code that runs for ever cannot be asked to stop. */
async function askThread(thread, batch) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), LONGEST_BATCH_MS);
  try {
    thread.postMessage(batch);
    const [answer] = await once(thread, 'message', { signal: patience.signal });
    return answer;
  } catch (error) {
    return { found: error.name === 'AbortError' ? 'a batch does not end' : String(error.stack) };
  } finally {
    clearTimeout(timer);
  }
}

async function compare(preset, args) {
  const started = performance.now();
  const checks = args.includes('--check');
  const mode = args.includes('--mutate') ? ['--mutate'] : [];
  const newThread = () =>
    new Worker(new URL(import.meta.url), { argv: [preset], workerData: { mode, checks } });
  let thread = newThread();
  let batches = 0;
  const total = { done: 0, undecided: 0, modules: 0 };
  for await (const batch of checks ? emitted() : numbered(args)) {
    const answer = await askThread(thread, batch);
    if (answer.found !== undefined) {
      console.log(checks ? `after ${total.done} programs: ${answer.found}` : answer.found);
      await thread.terminate();
      return 1;
    }
    for (const name of Object.keys(total)) total[name] += answer[name];
    if (++batches % BATCHES_OF_A_THREAD !== 0) continue;
    await thread.terminate();
    thread = newThread();
  }
  await thread.terminate();
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${total.done} programs in ${seconds.toFixed(1)} s (${Math.round(total.done / seconds)}/s), ` +
      `${total.modules} modules of generated code, ${total.undecided} not decided: no difference`,
  );
  return 0;
}

async function compareFiles(create, files, reductions) {
  let failed = 0;
  for (const file of files) {
    const found = await failure(create, asProgram(file), reductions);
    if (found) console.log(`${file}: ${found}`);
    if (found) failed++;
    collect();
  }
  console.log(`${files.length} files: ${failed === 0 ? 'no difference' : `${failed} DIFFERENT`}`);
  return failed === 0 ? 0 : 1;
}

const [preset, ...args] = process.argv.slice(2);
if (
  !['wasm-st', 'wasm-mt'].includes(preset) ||
  !existsSync(path.join(BUILD, preset, 'bin/differential.mjs'))
) {
  console.error('usage: random_programs.mjs wasm-st|wasm-mt ARGUMENTS, after `npm run build random`');
  process.exit(2);
}
/** One program or some files, in this thread. */
async function look() {
  watchRefusals();
  const create = await load(preset);
  if (args.includes('--reduce')) {
    const { call } = await create();
    const mode = args.includes('--mutate') ? ['--mutate'] : [];
    const { output } = call([...mode, '--show', flag(args, '--reduce')]);
    const first = await failure(create, output);
    console.log(
      first ? `${await reduce(output, (text) => failure(create, text))}\n${first}` : 'it does not fail',
    );
    return first ? 1 : 0;
  }
  if (args.includes('--file'))
    return compareFiles(
      create,
      args.slice(args.indexOf('--file') + 1),
      args.includes('--reductions') ? ['--reductions', flag(args, '--reductions')] : [],
    );
  console.log((await create()).call(args).output);
  return 0;
}

if (!isMainThread) {
  watchRefusals();
  await serve(await load(preset), workerData);
} else if (['--reduce', '--file', '--show', '--coverage'].some((name) => args.includes(name))) {
  process.exitCode = await look();
} else {
  process.exitCode = await compare(preset, args);
}
