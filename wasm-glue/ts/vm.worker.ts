// SPDX-License-Identifier: MIT
/** The engine worker in a browser. Its name must not begin like those of the engine's own thread workers. */
import { describe } from './errors.js';
import type { ToPage } from './protocol.js';
import { serve } from './serve.js';

interface WorkerScope {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  onmessageerror: (() => void) | null;
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void;
  addEventListener(type: 'unhandledrejection', listener: (event: PromiseRejectionEvent) => void): void;
}

const scope = globalThis as unknown as WorkerScope;

const post = (message: ToPage): void => scope.postMessage(message);

/** A trap in a scheduler thread arrives as an uncaught error whose value is the event of that thread. */
function whatFailed(error: unknown): string {
  return error instanceof ErrorEvent ? `scheduler thread: ${error.message}` : describe(error);
}

scope.addEventListener('error', (event) => {
  event.preventDefault();
  post({ type: 'bug', message: event.error ? whatFailed(event.error) : event.message });
});
scope.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  post({ type: 'bug', message: whatFailed(event.reason) });
});

serve({
  post,
  listen(onMessage, onUnreadable) {
    scope.onmessage = (event) => onMessage(event.data);
    scope.onmessageerror = onUnreadable;
  },
  importModule: (url) => import(/* @vite-ignore */ url),
  turns(turn) {
    // Timers would wait for four milliseconds each.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = turn;
    return { request: () => port2.postMessage(null), close: () => port1.close() };
  },
});
