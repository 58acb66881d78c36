// SPDX-License-Identifier: MIT
/** The engine under Node: the same client over worker threads. `index.ts` is the browser's entry. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Engine, EngineOptions } from './api.js';
import { createEngineIn } from './client.js';
import type { WorkerHandle } from './environment.js';

export * from './api.js';
export { TRACE_WAITS, decodeTrace } from './trace_reader.js';

function spawn(): WorkerHandle {
  const worker = new Worker(new URL('./vm.worker.node.js', import.meta.url));
  return {
    post: (message) => worker.postMessage(message),
    listen(onMessage, onFailure) {
      worker.on('message', onMessage);
      worker.on('messageerror', (error) => onFailure(`unreadable message: ${error.message}`));
      worker.on('error', (error) =>
        onFailure(error instanceof Error ? (error.stack ?? error.message) : String(error)),
      );
      worker.on('exit', (code) => onFailure(`the engine worker exited with status ${code}`));
    },
    terminate: () => void worker.terminate(),
  };
}

/** As often as pages draw. */
const FRAME_MS = 16;

function frame(callback: () => void): () => void {
  const timer = setTimeout(callback, FRAME_MS);
  return () => clearTimeout(timer);
}

/** Rejects with `EngineBug` when the engine cannot be loaded. */
export function createEngine(options: EngineOptions): Promise<Engine> {
  return createEngineIn({ spawn, frame, cores: availableParallelism(), isolated: true }, options);
}
