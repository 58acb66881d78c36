// SPDX-License-Identifier: MIT
/** The engine worker in Node. */
import { parentPort } from 'node:worker_threads';
import { serve } from './serve.js';

const port = parentPort;
if (!port) throw new Error('this file is a worker; start it with createEngine');

serve({
  post: (message) => port.postMessage(message),
  listen(onMessage, onUnreadable) {
    port.on('message', onMessage);
    port.on('messageerror', onUnreadable);
  },
  importModule: (url) => import(url),
  turns(turn) {
    // A message channel that posts to itself would keep all other messages waiting here.
    const waiting = new Set<NodeJS.Immediate>();
    return {
      request() {
        const immediate = setImmediate(() => {
          waiting.delete(immediate);
          turn();
        });
        waiting.add(immediate);
      },
      close: () => waiting.forEach((immediate) => clearImmediate(immediate)),
    };
  },
});
