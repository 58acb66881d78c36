// SPDX-License-Identifier: MIT
/**
 * Reads what the VM writes: the twin of core/trace/ring.h. Kinds and their fields are those of the generated
 * trace_table.ts.
 */
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

/** Offsets in a TtEventRing, whose `head`, `dropped` and `tail` have 64 bits. */
const RING_HEAD = 0;
const RING_DROPPED = 8;
const RING_TAIL = 64;
const RING_CAPACITY = 132;
const RING_RECORDS = 192;
const RECORD_WORDS = TRACE_RECORD_BYTES / 4;
/** Records that one `take` hands over: some hundred microseconds of work for a view. */
const TAKE_RECORDS = 2048;

/** Whether a cooperative run waits until records of the ring at a byte address have been read. */
export function isCrowded(wide: BigInt64Array<ArrayBufferLike>, ring: number): boolean {
  const records = Atomics.load(wide, (ring + RING_HEAD) / 8) - Atomics.load(wide, (ring + RING_TAIL) / 8);
  const capacity = new Uint32Array(wide.buffer)[(ring + RING_CAPACITY) / 4] ?? 0;
  return Number(records) > capacity / 2;
}

interface Ring {
  /** Indexes of 64-bit words. */
  readonly head: number;
  readonly dropped: number;
  readonly tail: number;
  /** Index of the first record's first 32-bit word. */
  readonly records: number;
  readonly capacity: number;
  /** Records read so far, and how many were there when last looked. */
  read: number;
  written: number;
}

/**
 * The only consumer of a run's rings, on the page, while schedulers write them. Merges them by sequence number,
 * as tt_event_rings_take does.
 */
export class RingReader {
  private readonly rings: readonly Ring[];
  private readonly words: Uint32Array<ArrayBufferLike>;
  private readonly wide: BigInt64Array<ArrayBufferLike>;
  private readonly taken = new Uint32Array(TAKE_RECORDS * RECORD_WORDS);
  /** Sequence number to go on with. */
  private next = 0;

  /** `memory` is shared and never grows; `rings` are byte addresses in it. */
  constructor(
    memory: WebAssembly.Memory,
    private readonly addresses: readonly number[],
  ) {
    this.words = new Uint32Array(memory.buffer);
    this.wide = new BigInt64Array(memory.buffer);
    this.rings = addresses.map((at) => ({
      head: (at + RING_HEAD) / 8,
      dropped: (at + RING_DROPPED) / 8,
      tail: (at + RING_TAIL) / 8,
      records: (at + RING_RECORDS) / 4,
      capacity: this.words[(at + RING_CAPACITY) / 4] ?? 0,
      read: Number(Atomics.load(this.wide, (at + RING_TAIL) / 8)),
      written: 0,
    }));
  }

  /** Events that found no room. */
  get dropped(): number {
    return this.rings.reduce((sum, ring) => sum + Number(Atomics.load(this.wide, ring.dropped)), 0);
  }

  get crowded(): boolean {
    return this.addresses.some((ring) => isCrowded(this.wide, ring));
  }

  /** The next whole events; `null` when there are none now. The bytes are lent until the next call. */
  take(): Uint8Array<ArrayBuffer> | null {
    for (const ring of this.rings) ring.written = this.load(ring.head);
    let moved = 0;
    for (let again = true; again;) {
      again = false;
      for (const ring of this.rings) {
        const run = this.takeRun(ring, moved);
        moved += run;
        again ||= run > 0;
      }
    }
    if (moved === 0) return null;
    for (const ring of this.rings) Atomics.store(this.wide, ring.tail, BigInt(ring.read));
    return new Uint8Array(this.taken.buffer, 0, moved * TRACE_RECORD_BYTES);
  }

  /** Moves consecutive events from `next` on behind those that were taken; the number of records. */
  private takeRun(ring: Ring, moved: number): number {
    const { words } = this;
    let count = 0;
    while (ring.read < ring.written) {
      const at = this.wordOf(ring, ring.read);
      if (words[at] !== this.next % 2 ** 32 || words[at + 1] !== Math.floor(this.next / 2 ** 32)) break;
      let size = 1;
      // An event is published with all its text.
      while (ring.read + size < ring.written && this.isText(ring, ring.read + size)) size++;
      if (moved + count + size > TAKE_RECORDS) break;
      for (let i = 0; i < size; i++) this.copy(this.wordOf(ring, ring.read + i), moved + count + i);
      count += size;
      ring.read += size;
      this.next++;
    }
    return count;
  }

  private isText(ring: Ring, record: number): boolean {
    return ((this.words[this.wordOf(ring, record) + KIND / 4] ?? 0) & 0xff) === 0;
  }

  private wordOf(ring: Ring, record: number): number {
    return ring.records + (record % ring.capacity) * RECORD_WORDS;
  }

  private copy(from: number, to: number): void {
    const at = to * RECORD_WORDS;
    for (let i = 0; i < RECORD_WORDS; i++) this.taken[at + i] = this.words[from + i] ?? 0;
  }

  private load(index: number): number {
    return Number(Atomics.load(this.wide, index));
  }
}

const decoder = new TextDecoder();

type Kinds = Exclude<(typeof TRACE_TABLE)[number]['kind'], 'text'>;
/** Row 0 continues the event before it; the compiler checks that api.ts and events.def name the same kinds. */
const KINDS = TRACE_TABLE.map((row) => row.kind) satisfies ('text' | TraceKind)[];
const NAMES: readonly ('text' | Kinds)[] = KINDS;

/**
 * The events of a batch in the order of their sequence numbers. Texts are decoded here: a caller that may get
 * many more events than it shows should keep batches and decode what it shows. `mask`: bit 1 << n for each kind
 * n of TRACE_TABLE that is wanted.
 */
export function decodeTrace(batch: TraceBatch, mask = -1): TraceEvent[] {
  const { records, files } = batch;
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const events: TraceEvent[] = [];
  let ordered = true;
  let last = -1;
  for (let at = 0; at + TRACE_RECORD_BYTES <= records.length;) {
    const start = at;
    at += TRACE_RECORD_BYTES;
    const number = view.getUint8(start + KIND);
    const kind = NAMES[number];
    if (kind === undefined || kind === 'text' || ((mask >>> number) & 1) === 0) continue;
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
