// SPDX-License-Identifier: MIT
/** Local history: snapshots of programs, newest first, bounded in number and size. */
import type { RunOptions } from '../../../wasm-glue/ts/index.ts';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { DEFAULT_OPTIONS, isRecord, makeProgram, nameProblem, readOptions, sameProgram } from './program.ts';
import type { Program, SourceFile } from './program.ts';

export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Why it was taken, for the reader of the list. */
  readonly reason: string;
  readonly program: Program;
  readonly options: RunOptions;
}

export const MAX_SNAPSHOTS = 40;
/** Characters of all snapshots together, as stored. */
export const MAX_STORED_LENGTH = 1_500_000;

export function addSnapshot(list: readonly Snapshot[], snapshot: Snapshot): Snapshot[] {
  const others = list.filter((known) => !sameProgram(known.program, snapshot.program));
  return [snapshot, ...others].slice(0, MAX_SNAPSHOTS);
}

/** As many of the newest snapshots as fit; one that is too large on its own costs no other its place. */
export function serializeSnapshots(list: readonly Snapshot[], most = MAX_STORED_LENGTH): string {
  const texts: string[] = [];
  let length = 2;
  for (const snapshot of list) {
    const text = JSON.stringify(snapshotToJson(snapshot));
    if (text.length > most / 2) continue;
    length += text.length + 1;
    if (length > most) break;
    texts.push(text);
  }
  return `[${texts.join(',')}]`;
}

export function parseSnapshots(text: string): Snapshot[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.map(snapshotFromJson).filter((one) => one !== null) : [];
}

export function snapshotToJson(snapshot: Snapshot): unknown {
  return {
    time: snapshot.time,
    reason: snapshot.reason,
    main: snapshot.program.main,
    files: snapshot.program.files.map(({ name, content }) =>
      typeof content === 'string' ? [name, content] : [name, { base64: encodeBase64Url(content) }],
    ),
    options: snapshot.options,
  };
}

export function snapshotFromJson(value: unknown): Snapshot | null {
  if (!isRecord(value) || !Array.isArray(value['files'])) return null;
  const files: SourceFile[] = [];
  for (const entry of value['files'] as unknown[]) {
    if (!Array.isArray(entry)) return null;
    const [name, content] = entry as unknown[];
    if (typeof name !== 'string' || nameProblem(name) !== null) return null;
    const encoded = isRecord(content) ? content['base64'] : undefined;
    const readable =
      typeof content === 'string' ? content : typeof encoded === 'string' ? decodeBase64Url(encoded) : null;
    if (readable === null) return null;
    files.push({ name, content: readable });
  }
  return {
    time: typeof value['time'] === 'number' ? value['time'] : 0,
    reason: typeof value['reason'] === 'string' ? value['reason'] : '',
    program: makeProgram(files, typeof value['main'] === 'string' ? value['main'] : undefined),
    options: readOptions(value['options'], DEFAULT_OPTIONS),
  };
}
