// SPDX-License-Identifier: MIT
/** Reads the records that the VM writes: the twin of core/trace/ring.h. */
import type { TraceBatch, TraceEvent, TraceKind } from './api.js';
import { TRACE_TABLE } from './trace_table.js';

/** Bytes of a record, and offsets in it (little endian). */
export const TRACE_RECORD_BYTES = 32;
const KIND = 8;
const WORKER = 9;
const FILE = 10;
const PID = 12;
const LINE = 16;
const OTHER = 20;
const VALUE = 24;
/** A TEXT record holds text from here to its end, filled up with NUL. */
const TEXT = 16;

/** What the `value` of a `wait` says: order of TtWait in core/actor/actor.h. */
export const TRACE_WAITS = [
  'nothing',
  'a message',
  'time',
  'the host',
  'room for output',
  'a child to end',
  'a module',
] as const;

const decoder = new TextDecoder();

type Kinds = Exclude<(typeof TRACE_TABLE)[number]['kind'], 'text'>;
/** Row 0 continues the event before it; the compiler checks that api.ts and events.def name the same kinds. */
const KINDS = TRACE_TABLE.map((row) => row.kind) satisfies ('text' | TraceKind)[];
const NAMES: readonly ('text' | Kinds)[] = KINDS;

/**
 * The events of a batch in the order of their sequence numbers. Texts are decoded here: a caller that may get
 * many more events than it shows should keep batches and decode what it shows.
 */
export function decodeTrace(batch: TraceBatch): TraceEvent[] {
  const { records, files } = batch;
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const events: TraceEvent[] = [];
  let ordered = true;
  let last = -1;
  for (let at = 0; at + TRACE_RECORD_BYTES <= records.length;) {
    const start = at;
    at += TRACE_RECORD_BYTES;
    const kind = NAMES[view.getUint8(start + KIND)];
    if (kind === undefined || kind === 'text') continue;
    while (at < records.length && view.getUint8(at + KIND) === 0) at += TRACE_RECORD_BYTES;
    const sequence = number64(view, start);
    ordered &&= sequence > last;
    last = sequence;
    events.push({
      sequence,
      kind,
      worker: view.getUint8(start + WORKER),
      pid: view.getUint32(start + PID, true),
      other: view.getUint32(start + OTHER, true),
      value: number64(view, start + VALUE),
      text: textBetween(records, start + TRACE_RECORD_BYTES, at),
      file: files[view.getUint16(start + FILE, true) - 1] ?? '',
      line: view.getUint32(start + LINE, true),
    });
  }
  if (!ordered) events.sort((a, b) => a.sequence - b.sequence);
  return events;
}

/** Exact below 2^53. */
function number64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

function textBetween(records: Uint8Array, from: number, to: number): string {
  if (from === to) return '';
  const bytes = new Uint8Array(((to - from) / TRACE_RECORD_BYTES) * (TRACE_RECORD_BYTES - TEXT));
  let length = 0;
  for (let at = from; at < to; at += TRACE_RECORD_BYTES) {
    bytes.set(records.subarray(at + TEXT, at + TRACE_RECORD_BYTES), length);
    length += TRACE_RECORD_BYTES - TEXT;
  }
  while (length > 0 && bytes[length - 1] === 0) length--;
  return decoder.decode(bytes.subarray(0, length));
}
