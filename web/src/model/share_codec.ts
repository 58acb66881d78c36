// SPDX-License-Identifier: MIT
/**
 * The link format: base64url( version byte · deflate-raw( UTF-8 JSON { files, main, options } ) ).
 * Text files are strings, other files `{"base64": …}`. Options that a link leaves out have the
 * defaults of links, which are deterministic. A link is hostile input: every bound is checked
 * while the stream is being expanded, never after.
 */
import type { RunOptions } from '../../../wasm-glue/ts/index.ts';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { DEFAULT_OPTIONS, MAX_FILES, isRecord, makeProgram, nameProblem, readOptions } from './program.ts';
import type { Program, SourceFile } from './program.ts';

export const LINK_VERSION = 1;
/** Characters after `#`. */
export const MAX_LINK_LENGTH = 1_500_000;
/** Bytes of JSON a link may expand to. */
export const MAX_EXPANDED_BYTES = 4 * 1024 * 1024;
/** Lengths of whole links above which some services cut them. */
export const LINK_WARNINGS: readonly { length: number; message: string }[] = [
  {
    length: 8_000,
    message: 'Longer than 8,000 characters: some browsers, mail and chat programs cut it. Prefer the .zip.',
  },
  { length: 2_000, message: 'Longer than 2,000 characters: some chat services will not accept it.' },
];

export const LINK_OPTIONS: RunOptions = { ...DEFAULT_OPTIONS, deterministic: true };

export type ShareProblem = 'malformed' | 'truncated' | 'too-large' | 'version';

/** Why a link cannot be opened, in words for its reader. */
export class ShareError extends Error {
  override readonly name = 'ShareError';
  constructor(
    readonly problem: ShareProblem,
    message: string,
  ) {
    super(message);
  }
}

export interface Shared {
  readonly program: Program;
  readonly options: RunOptions;
}

/** The part of a link after `#`. */
export async function encodeShared(shared: Shared): Promise<string> {
  const files = shared.program.files.map(({ name, content }) => [
    name,
    typeof content === 'string' ? content : { base64: encodeBase64Url(content) },
  ]);
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(shared.options)) {
    const usual: unknown = LINK_OPTIONS[name as keyof RunOptions];
    if (JSON.stringify(value) !== JSON.stringify(usual)) options[name] = value;
  }
  const json = JSON.stringify({
    files: Object.fromEntries(files) as unknown,
    main: shared.program.main,
    ...(Object.keys(options).length > 0 && { options }),
  });
  const packed = await deflate(new TextEncoder().encode(json));
  const bytes = new Uint8Array(packed.length + 1);
  bytes[0] = LINK_VERSION;
  bytes.set(packed, 1);
  return encodeBase64Url(bytes);
}

/** Reads what `encodeShared` wrote; throws `ShareError` for anything else. */
export async function decodeShared(text: string): Promise<Shared> {
  if (text.length > MAX_LINK_LENGTH)
    throw new ShareError('too-large', 'This link is too long to be a program.');
  const bytes = decodeBase64Url(text);
  if (bytes === null || bytes.length < 2) {
    throw new ShareError(
      'malformed',
      'This link is not a program: it holds characters that no link of ours has.',
    );
  }
  if (bytes[0] !== LINK_VERSION) {
    throw new ShareError(
      'version',
      `This link has format ${bytes[0]}; this playground reads format ${LINK_VERSION}.`,
    );
  }
  const json = await inflate(bytes.subarray(1));
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new ShareError('malformed', 'This link is damaged: what it holds is not a program.');
  }
  return readShared(value);
}

/** The fragment of an address, of a bare `#…`, or a bare payload. */
export function payloadOf(link: string): string {
  const hash = link.indexOf('#');
  return (hash < 0 ? link : link.slice(hash + 1)).trim();
}

function readShared(value: unknown): Shared {
  const malformed = (why: string): ShareError => new ShareError('malformed', `This link is damaged: ${why}.`);
  if (!isRecord(value) || !isRecord(value['files'])) throw malformed('it names no files');
  const entries = Object.entries(value['files']);
  if (entries.length === 0) throw malformed('it names no files');
  if (entries.length > MAX_FILES)
    throw new ShareError('too-large', `This link holds more than ${MAX_FILES} files.`);
  const files = entries.map(([name, content]): SourceFile => {
    const problem = nameProblem(name);
    if (problem !== null)
      throw malformed(`the file name ${JSON.stringify(name.slice(0, 40))} cannot be used`);
    if (typeof content === 'string') return { name, content };
    const encoded = isRecord(content) ? content['base64'] : undefined;
    const decoded = typeof encoded === 'string' ? decodeBase64Url(encoded) : null;
    if (decoded === null)
      throw malformed(`the file ${JSON.stringify(name.slice(0, 40))} has no readable content`);
    return { name, content: decoded };
  });
  const main = value['main'];
  if (main !== undefined && !(typeof main === 'string' && files.some((file) => file.name === main))) {
    throw malformed('the file to run is missing');
  }
  return { program: makeProgram(files, main), options: readOptions(value['options'], LINK_OPTIONS) };
}

async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Input goes in by small slices because one write may expand a thousandfold before the reader
 * sees anything: 1 KiB bounds what can pile up to about 1 MiB beyond the limit.
 */
async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  let open = true;
  const feed = async (): Promise<void> => {
    for (let i = 0; i < bytes.length && open; i += 1024)
      await writer.write(bytes.slice(i, i + 1024) as BufferSource);
    if (open) await writer.close();
  };
  const fed = feed().catch(() => undefined);
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      total += value.length;
      if (total > MAX_EXPANDED_BYTES) {
        throw new ShareError(
          'too-large',
          `This link expands to more than ${MAX_EXPANDED_BYTES / 1024 / 1024} MiB.`,
        );
      }
      chunks.push(value);
    }
  } catch (error) {
    open = false;
    void reader.cancel().catch(() => undefined);
    void writer.abort().catch(() => undefined);
    if (error instanceof ShareError) throw error;
    throw new ShareError('truncated', 'This link is cut off or damaged. Ask for it again, or for the .zip.');
  }
  await fed;
  const result = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    result.set(chunk, at);
    at += chunk.length;
  }
  return result;
}
