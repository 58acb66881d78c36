// SPDX-License-Identifier: MIT
/** HTTP/1.1 messages as bytes, for talking to a server that the program itself runs. Trusts nothing it reads. */
import { HostError, networkError } from './errors.js';
import { concatenate } from './loopback.js';

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_CHUNK_LINE_BYTES = 4096;

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** In order; names as given. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case, several of a name joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** The next bytes, `null` at the end. */
export type ReadBytes = () => Promise<Uint8Array | null>;

export function addHeader(headers: Map<string, string>, name: string, value: string): void {
  const key = name.toLowerCase();
  const known = headers.get(key);
  headers.set(key, known === undefined ? value : `${known}, ${value}`);
}

/** Refuses what would end a line and begin another. */
export function checkHeaders(headers: HttpRequest['headers'], method: string): void {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method))
    throw new HostError('BadArgument', `"${method}" is not an HTTP method`);
  for (const [name, value] of headers) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      throw new HostError('BadArgument', `"${name}" is not the name of a header`);
    if (/[\0\r\n]/.test(value)) throw new HostError('BadArgument', `the header ${name} holds a line end`);
  }
}

export function encodeRequest({ method, url, headers, body }: HttpRequest): Uint8Array {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`];
  if (!given.has('host')) lines.push(`Host: ${url.host}`);
  if (!given.has('accept')) lines.push('Accept: */*');
  for (const [name, value] of headers) {
    if (!['connection', 'content-length', 'transfer-encoding'].includes(name.toLowerCase()))
      lines.push(`${name}: ${value}`);
  }
  const sends = body !== null || ['POST', 'PUT', 'PATCH'].includes(method);
  if (sends) lines.push(`Content-Length: ${body?.length ?? 0}`);
  lines.push('Connection: close', '', '');
  const head = new TextEncoder().encode(lines.join('\r\n'));
  return body === null ? head : concatenate([head, body], head.length + body.length);
}

/** Bytes as they come, by lines and by count. */
class Source {
  private held = new Uint8Array(0);

  constructor(private readonly next: ReadBytes) {}

  /** Up to the line end, without it; `null` when the end came first. */
  async line(most: number): Promise<string | null> {
    for (let from = 0; ;) {
      const at = this.held.indexOf(10, from);
      if (at >= 0) {
        const end = at > 0 && this.held[at - 1] === 13 ? at - 1 : at;
        // Header bytes above 127 are Latin-1, by custom.
        const text = new TextDecoder('latin1').decode(this.held.subarray(0, end));
        this.held = this.held.slice(at + 1);
        return text;
      }
      from = this.held.length;
      if (from > most) throw networkError('malformed answer: a line too long');
      if (!(await this.fill())) return null;
    }
  }

  async exactly(count: number, limit: number): Promise<Uint8Array> {
    if (count > limit) throw tooLarge(limit);
    while (this.held.length < count) {
      if (!(await this.fill())) throw networkError('the connection was closed in the midst of the answer');
    }
    const taken = this.held.slice(0, count);
    this.held = this.held.slice(count);
    return taken;
  }

  async rest(limit: number): Promise<Uint8Array> {
    const pieces = [this.held];
    let length = this.held.length;
    this.held = new Uint8Array(0);
    for (let piece = await this.next(); piece; piece = await this.next()) {
      pieces.push(piece as Uint8Array<ArrayBuffer>);
      length += piece.length;
      if (length > limit) throw tooLarge(limit);
    }
    return concatenate(pieces, length);
  }

  private async fill(): Promise<boolean> {
    const piece = await this.next();
    if (!piece) return false;
    this.held = concatenate([this.held, piece], this.held.length + piece.length) as Uint8Array<ArrayBuffer>;
    return true;
  }
}

export function tooLarge(limit: number): HostError {
  return new HostError('HeapExceeded', `the answer has more than ${limit} bytes`);
}

export async function readResponse(next: ReadBytes, method: string, limit: number): Promise<HttpResponse> {
  const source = new Source(next);
  for (;;) {
    const response = await readHead(source);
    // 1xx announces the real one.
    if (response.status < 200) continue;
    const { status, headers } = response;
    const none = method === 'HEAD' || status === 204 || status === 304;
    return { status, headers, body: none ? new Uint8Array(0) : await readBody(source, headers, limit) };
  }
}

async function readHead(source: Source): Promise<{ status: number; headers: Map<string, string> }> {
  const first = await source.line(MAX_HEAD_BYTES);
  if (first === null) throw networkError('empty answer from the server');
  const match = /^HTTP\/1\.[01] ([1-9][0-9]{2})(?: .*)?$/.exec(first);
  if (!match) throw networkError('malformed answer: no HTTP status line');
  const headers = new Map<string, string>();
  let bytes = 0;
  for (;;) {
    const line = await source.line(MAX_HEAD_BYTES);
    if (line === null) throw networkError('the connection was closed in the midst of the answer');
    if (line === '') return { status: Number(match[1]), headers };
    bytes += line.length;
    const colon = line.indexOf(':');
    if (colon < 1 || bytes > MAX_HEAD_BYTES) throw networkError('malformed answer: bad header');
    addHeader(headers, line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
}

async function readBody(
  source: Source,
  headers: ReadonlyMap<string, string>,
  limit: number,
): Promise<Uint8Array> {
  if (/(^|,)\s*chunked\s*$/i.test(headers.get('transfer-encoding') ?? '')) return readChunks(source, limit);
  const length = headers.get('content-length');
  if (length === undefined) return source.rest(limit);
  // Several equal lengths are one.
  const [count = '', ...others] = length.split(',').map((one) => one.trim());
  if (!/^[0-9]+$/.test(count) || others.some((one) => one !== count))
    throw networkError('malformed answer: bad content-length');
  return source.exactly(Number(count), limit);
}

async function readChunks(source: Source, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const line = await source.line(MAX_CHUNK_LINE_BYTES);
    const size = /^([0-9a-fA-F]{1,8})\s*(?:;.*)?$/.exec(line ?? '')?.[1];
    if (size === undefined) throw networkError('malformed answer: bad chunk');
    const count = parseInt(size, 16);
    if (count === 0) break;
    const piece = await source.exactly(count, limit - length);
    pieces.push(piece);
    length += count;
    if ((await source.line(MAX_CHUNK_LINE_BYTES)) !== '') throw networkError('malformed answer: bad chunk');
  }
  // Trailers.
  while ((await source.line(MAX_HEAD_BYTES)) !== '');
  return concatenate(pieces, length);
}
