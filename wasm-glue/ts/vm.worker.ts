// SPDX-License-Identifier: MIT
/** The engine worker in a browser. Its name must not begin like those of the engine's own thread workers. */
import { serve } from './serve.js';

interface WorkerScope {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  onmessageerror: (() => void) | null;
}

const scope = globalThis as unknown as WorkerScope;

serve({
  post: (message) => scope.postMessage(message),
  listen(onMessage, onUnreadable) {
    scope.onmessage = (event) => onMessage(event.data);
    scope.onmessageerror = onUnreadable;
  },
  importModule: (url) => import(/* @vite-ignore */ url),
});
