// SPDX-License-Identifier: MIT
/** The engine in a browser: the only file of this folder that the site imports. */
import type { Engine, EngineOptions } from './api.js';
import type { WorkerHandle } from './environment.js';

export * from './api.js';
export { TRACE_WAITS, decodeTrace } from './trace_reader.js';
export { TRACE_TABLE } from './trace_table.js';
/** Instructions and built-ins for editors, made of the core's own tables by the native build. */
export * as tables from '../../build/generated/tables.js';
/** Forms and operators of Lisp, and the names of std. */
export * as lispTables from '../../build/generated/lisp_words.js';

function spawn(): WorkerHandle {
  const worker = new Worker(new URL('./vm.worker.ts', import.meta.url), {
    type: 'module',
    name: 'ttvm-engine',
  });
  return {
    post: (message) => worker.postMessage(message),
    listen(onMessage, onFailure) {
      worker.onmessage = (event: MessageEvent<unknown>) => onMessage(event.data);
      worker.onmessageerror = () => onFailure('unreadable message from the engine');
      worker.onerror = (event) => {
        event.preventDefault();
        onFailure(event.message || 'the engine worker could not be loaded');
      };
    },
    terminate: () => worker.terminate(),
  };
}

/** Where no picture is drawn, as in a page out of sight, frames come this seldom. */
const HIDDEN_FRAME_MS = 500;

function frame(callback: () => void): () => void {
  const cancel = (): void => {
    cancelAnimationFrame(picture);
    clearTimeout(timer);
  };
  const once = (): void => {
    cancel();
    callback();
  };
  const picture = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN_FRAME_MS);
  return cancel;
}

/** Rejects with `EngineBug` when the engine cannot be loaded. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  // Loaded by who needs it: what comes before anybody runs anything has to stay small.
  const { createEngineIn } = await import('./client.js');
  return createEngineIn(
    {
      spawn,
      frame,
      cores: navigator.hardwareConcurrency || 1,
      isolated: globalThis.crossOriginIsolated === true,
    },
    options,
  );
}
