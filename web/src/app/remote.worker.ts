// SPDX-License-Identifier: MIT
/**
 * Fetches one address and ends. A worker, because the policy of the page itself forbids connections to other sites,
 * and should: this file is all that may make one on the page's own behalf, after the reader has said so.
 */
import { MAX_SOURCE_BYTES } from '../model/source_address.ts';

export interface RemoteAnswer {
  readonly text: string | null;
  /** Why not, for the reader. */
  readonly problem: string;
}

interface Scope {
  onmessage: ((event: MessageEvent<string>) => void) | null;
  postMessage(answer: RemoteAnswer): void;
}

const scope = globalThis as unknown as Scope;
const origin = (href: string): string => new URL(href).origin;

async function load(href: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch(href, {
      mode: 'cors',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      // Consent was given to this site, not to wherever it points.
      redirect: 'error',
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    throw new Error(
      `${origin(href)} could not be reached, redirects to somewhere else, or does not let other sites read its answers.`,
    );
  }
  if (!response.ok) throw new Error(`${origin(href)} answered with status ${response.status}.`);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    length += part.value.length;
    if (length > MAX_SOURCE_BYTES) {
      void reader?.cancel();
      throw new Error('The answer is too large for a program.');
    }
    pieces.push(part.value);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await new Blob(pieces).arrayBuffer());
  } catch {
    throw new Error('The answer is not text.');
  }
}

scope.onmessage = ({ data }) => {
  load(data).then(
    (text) => scope.postMessage({ text, problem: '' }),
    (error: unknown) => scope.postMessage({ text: null, problem: (error as Error).message }),
  );
};
