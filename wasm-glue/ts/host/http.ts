// SPDX-License-Identifier: MIT
/**
 * HTTP: to servers of the program itself over the loopback network, to other sites by the browser's `fetch`, and
 * there only after the reader's consent.
 */
import { HostError, networkError } from './errors.js';
import {
  addHeader,
  checkHeaders,
  encodeRequest,
  readResponse,
  tooLarge,
  type HttpRequest,
  type HttpResponse,
} from './http_message.js';
import { concatenate, isLoopback, type LoopbackNetwork } from './loopback.js';

const MAX_REDIRECTS = 10;
const DEFAULT_TIMEOUT_MS = 60_000;
const RECEIVE_BYTES = 64 * 1024;
/** A page's memory is small, and the program gets a copy. */
export const MAX_BODY_BYTES = 32 << 20;

/** What the reader is asked. */
export interface NetworkQuestion {
  /** "https://example.org" */
  origin: string;
  method: string;
  /** The site answered with a redirect, whose aim browsers do not tell before they have gone there. */
  redirect: boolean;
}

export interface HttpContext {
  readonly network: LoopbackNetwork;
  /** Resolves with the reader's choice, and what to do about a refusal. */
  ask(
    question: NetworkQuestion,
    signal: AbortSignal,
  ): Promise<{ readonly allowed: boolean; readonly advice: string }>;
}

export function parseUrl(text: string, base?: URL): URL {
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    throw networkError(`"${text}" is not an address`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw networkError(`addresses begin with http:// or https://, not ${url.protocol}`);
  return url;
}

export async function httpRequest(
  request: HttpRequest,
  timeoutMs: number | null,
  context: HttpContext,
  signal: AbortSignal,
): Promise<HttpResponse> {
  checkHeaders(request.headers, request.method);
  const wait = timeoutMs ?? DEFAULT_TIMEOUT_MS;
  let current = request;
  for (let redirects = 0; ; redirects++) {
    const here = isLoopback(current.url.hostname);
    const response = here
      ? await withTimeout(wait, signal, (both) => overLoopback(current, context.network, both))
      : await overFetch(current, wait, context, signal);
    const location = here ? response.headers.get('location') : undefined;
    if (location === undefined || ![301, 302, 303, 307, 308].includes(response.status)) return response;
    if (redirects >= MAX_REDIRECTS) throw networkError('too many redirects');
    current = redirected(current, response.status, parseUrl(location, current.url));
  }
}

/** 303, and by custom 301 and 302 of a POST, go on as GET. */
function redirected(request: HttpRequest, status: number, url: URL): HttpRequest {
  const becomesGet =
    (status === 303 && request.method !== 'HEAD') || (status < 303 && request.method === 'POST');
  const elsewhere = url.origin !== request.url.origin;
  const headers = request.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    if (elsewhere && (lower === 'authorization' || lower === 'cookie')) return false;
    return !(becomesGet && lower.startsWith('content-'));
  });
  return becomesGet ? { method: 'GET', url, headers, body: null } : { ...request, url, headers };
}

/** Runs with a signal that also fires when the time is up, which raises Timeout. */
async function withTimeout<T>(
  ms: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    inner.abort();
  }, ms);
  const pass = (): void => inner.abort();
  outer.addEventListener('abort', pass, { once: true });
  try {
    return await work(inner.signal);
  } catch (error) {
    throw late ? new HostError('Timeout', `no answer within ${ms} ms`) : error;
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', pass);
  }
}

async function overLoopback(
  request: HttpRequest,
  network: LoopbackNetwork,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const { url } = request;
  if (url.protocol === 'https:') throw networkError('servers of the program itself speak http, not https');
  const connection = network.connect(url.port === '' ? 80 : Number(url.port));
  try {
    // A server may answer and close before it has read everything.
    const sent = connection.send(encodeRequest(request), signal).catch(() => undefined);
    const response = await readResponse(
      () => connection.receive(RECEIVE_BYTES, signal),
      request.method,
      MAX_BODY_BYTES,
    );
    void sent;
    return response;
  } finally {
    connection.close();
  }
}

async function overFetch(
  request: HttpRequest,
  wait: number,
  context: HttpContext,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const { method, url } = request;
  const consent = async (redirect: boolean): Promise<void> => {
    const { allowed, advice } = await context.ask({ origin: url.origin, method, redirect }, signal);
    if (allowed) return;
    const what = redirect ? `following a redirect of ${url.origin}` : `a request to ${url.origin}`;
    throw new HostError('PermissionDenied', `${what} was refused: ${advice}`);
  };
  await consent(false);
  const first = await withTimeout(wait, signal, (both) => fetchOnce(request, 'manual', both));
  if (first !== 'redirect') return first;
  if (method !== 'GET' && method !== 'HEAD')
    throw networkError(`${url.origin} answered a ${method} with a redirect: send it to the final address`);
  await consent(true);
  const second = await withTimeout(wait, signal, (both) => fetchOnce(request, 'follow', both));
  if (second === 'redirect') throw networkError('the redirect could not be followed');
  return second;
}

async function fetchOnce(
  { method, url, headers, body }: HttpRequest,
  redirect: 'manual' | 'follow',
  signal: AbortSignal,
): Promise<HttpResponse | 'redirect'> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(body !== null && { body: body.slice() }),
      mode: 'cors',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      redirect,
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw networkError(whyFetchFailed(url, error));
  }
  // In browsers the answer to a redirect is hidden; Node shows it.
  if (response.type === 'opaqueredirect') return 'redirect';
  if (redirect === 'manual' && [301, 302, 303, 307, 308].includes(response.status)) return 'redirect';
  const answer = new Map<string, string>();
  response.headers.forEach((value, name) => addHeader(answer, name, value));
  return { status: response.status, headers: answer, body: await readAll(response, signal) };
}

async function readAll(response: Response, signal: AbortSignal): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array(0);
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { value } = await reader.read();
      if (!value) return concatenate(pieces, length);
      pieces.push(value);
      length += value.length;
      if (length > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
    }
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    if (error instanceof HostError || signal.aborted) throw error;
    throw networkError('the connection was closed in the midst of the answer');
  }
}

/** Browsers hide the reason from programs, so the likely ones are told. */
function whyFetchFailed(url: URL, error: unknown): string {
  const scope = globalThis as { location?: { protocol: string }; navigator?: { onLine?: boolean } };
  if (scope.navigator?.onLine === false) return 'this device is offline';
  if (scope.location?.protocol === 'https:' && url.protocol === 'http:')
    return 'a page opened by https may not ask http:// addresses; use https://';
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined)?.code : undefined;
  if (cause === 'ECONNREFUSED') return 'Connection refused';
  if (cause === 'ENOTFOUND') return `the name ${url.hostname} does not resolve`;
  if (typeof cause === 'string') return cause;
  return (
    `${url.origin} could not be reached, or does not let other sites read its answers ` +
    '(it would have to send the header Access-Control-Allow-Origin)'
  );
}
