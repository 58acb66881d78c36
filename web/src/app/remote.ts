// SPDX-License-Identifier: MIT
import type { RemoteAnswer } from './remote.worker.ts';

/** The text at an address of another site. Rejects with words for the reader. */
export function loadRemote(url: URL): Promise<string> {
  const worker = new Worker(new URL('./remote.worker.ts', import.meta.url), { type: 'module' });
  return new Promise<string>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<RemoteAnswer>) =>
      data.text === null ? reject(new Error(data.problem)) : resolve(data.text);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error('The part of the page that fetches could not be loaded.'));
    };
    worker.postMessage(url.href);
  }).finally(() => worker.terminate());
}
