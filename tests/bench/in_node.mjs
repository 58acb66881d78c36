// SPDX-License-Identifier: MIT
// `node in_node.mjs CONTENDER FILE`: runs a program on an engine in WebAssembly. Its output goes to standard
// output; standard error ends with a line of JSON: milliseconds of processor time of the program itself
// (`cpu`), and of the wall from instantiating the compiled module to the first output (`first`).

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUILD } from '../tools/steps.mjs';

const processorMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Makes every instantiation use a module that has been compiled before. */
async function compileFirst(file) {
  const compiled = await WebAssembly.compile(readFileSync(file));
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (_source, imports) => ({
    module: compiled,
    instance: await instantiate(compiled, imports),
  });
}

/** Ours: the build without threads, on this thread. */
async function runTtvm(engine, file) {
  const glue = path.join(BUILD, 'wasm-glue-js');
  const imported = async (name) => import(pathToFileURL(path.join(glue, name)).href);
  const { EngineModule } = await imported('engine_module.js');
  const { RunState, Session } = await imported('session.js');
  const folder = path.join(BUILD, 'wasm-st/node');
  await compileFirst(path.join(folder, 'ttvm-st.wasm'));
  const factory = await import(pathToFileURL(path.join(folder, 'ttvm-st.mjs')).href);
  let first;
  const show = (session) => {
    for (let piece; (piece = session.takeOutput());) {
      first ??= performance.now() - started;
      process[piece.stream].write(piece.bytes);
    }
  };
  const started = performance.now();
  const module = await EngineModule.load(factory, 'st', 1, {
    fewest: 1,
    most: 1,
    onAbort: (what) => {
      throw new Error(what);
    },
  });
  // As for the others: from here on, the engine is ready and the program is text.
  const cpu = processorMs();
  const session = new Session(module);
  const main = path.basename(file);
  session.putFiles({ [main]: readFileSync(file, 'utf8') });
  session.setOptions(
    {
      engine,
      optimize: false,
      gc: 'mark-sweep',
      workers: 1,
      deterministic: true,
      seed: null,
      virtualTime: false,
      limits: {},
      args: [],
      env: {},
      trace: false,
    },
    true,
  );
  if (session.start(main)) {
    while (session.step(50) !== RunState.ended) show(session);
    show(session);
    session.finish();
  }
  show(session);
  return { cpu: processorMs() - cpu, first };
}

async function runWasmoon(file) {
  const { LuaFactory } = await import('wasmoon');
  const factory = new LuaFactory();
  const lua = await factory.createEngine();
  let first;
  const started = performance.now();
  lua.global.set('print', (...values) => {
    first ??= performance.now() - started;
    process.stdout.write(`${values.join('\t')}\n`);
  });
  const cpu = processorMs();
  await lua.doString(readFileSync(file, 'utf8'));
  return { cpu: processorMs() - cpu, first };
}

async function runQuickjs(file) {
  const { getQuickJS } = await import('quickjs-emscripten');
  const quickjs = await getQuickJS();
  const context = quickjs.newContext();
  let first;
  const started = performance.now();
  const log = context.newFunction('log', (...values) => {
    first ??= performance.now() - started;
    process.stdout.write(`${values.map((value) => context.dump(value)).join(' ')}\n`);
  });
  const console = context.newObject();
  context.setProp(console, 'log', log);
  context.setProp(context.global, 'console', console);
  const cpu = processorMs();
  context.unwrapResult(context.evalCode(readFileSync(file, 'utf8'), path.basename(file), { type: 'module' }));
  return { cpu: processorMs() - cpu, first };
}

const [contender, file] = process.argv.slice(2);
const RUN = {
  stack: () => runTtvm('stack', file),
  register: () => runTtvm('register', file),
  wasmoon: () => runWasmoon(file),
  quickjs: () => runQuickjs(file),
};
const figures = await RUN[contender]();
process.stderr.write(`\n${JSON.stringify(figures)}\n`);
