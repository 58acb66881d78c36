// SPDX-License-Identifier: MIT
/**
 * The events of a run, newest million: 32-byte records as the core writes them, in chunks, with the
 * text that follows some of them. Rows have stable numbers; those of forgotten rows stay unused.
 *
 * Record, little-endian: u64 sequence, u8 kind, u8 worker, u16 file, u32 pid, u32 line, u32 other,
 * u64 value. A `text` record holds 16 bytes of UTF-8 from `line` on, zero-padded, and belongs to the
 * event before it of the same worker. The engine's own reader decodes all of a batch at once; here
 * most rows are never looked at, so they are kept as they came.
 */
export const RECORD_BYTES = 32;
const WORDS = RECORD_BYTES / 4;
const CHUNK_BITS = 14;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const MAX_WORKERS = 256;

export const MAX_ROWS = 1 << 20;

/** One event; what `other`, `value` and `text` mean depends on the kind (wasm-glue/ts/api.ts). */
export interface StoredEvent {
  readonly row: number;
  readonly sequence: number;
  readonly kind: string;
  readonly worker: number;
  readonly pid: number;
  readonly other: number;
  readonly value: number;
  readonly text: string;
  /** Empty and 0 when that says nothing. */
  readonly file: string;
  readonly line: number;
}

/** What the engine hands over: see `TraceBatch` of wasm-glue/ts/api.ts. */
export interface RecordBatch {
  readonly records: Uint8Array;
  readonly dropped: number;
  readonly files: readonly string[];
}

/** Words of text in a record. */
const TEXT_WORDS = 4;

class Chunk {
  readonly words = new Uint32Array(CHUNK_ROWS * WORDS);
  /** Of each row: where its text begins in `texts`, and how many records of it there are. */
  readonly textAt = new Uint32Array(CHUNK_ROWS);
  readonly textCount = new Uint8Array(CHUNK_ROWS);
  /** Raw: most rows are never looked at. */
  texts = new Uint32Array(1024);
  textEnd = 0;

  /** Room for so many more words of text. */
  reserve(words: number): void {
    if (this.textEnd + words <= this.texts.length) return;
    const larger = new Uint32Array(this.texts.length * 2);
    larger.set(this.texts);
    this.texts = larger;
  }
}

const decoder = new TextDecoder();

/** Reads a row where it lies: most readers ask for little of it. */
class EventView implements StoredEvent {
  private at = 0;

  constructor(
    public row: number,
    private chunk: Chunk,
    private readonly kinds: readonly string[],
    private readonly files: readonly string[],
  ) {
    this.seek(row, chunk);
  }

  seek(row: number, chunk: Chunk): void {
    this.row = row;
    this.chunk = chunk;
    this.at = (row & (CHUNK_ROWS - 1)) * WORDS;
  }

  get sequence(): number {
    return wide(this.word(1), this.word(0));
  }

  get kind(): string {
    return this.kinds[this.word(2) & 0xff] ?? '';
  }

  get worker(): number {
    return (this.word(2) >>> 8) & 0xff;
  }

  get pid(): number {
    return this.word(3);
  }

  get line(): number {
    return this.word(4);
  }

  get other(): number {
    return this.word(5);
  }

  get value(): number {
    return wide(this.word(7), this.word(6));
  }

  get file(): string {
    return this.files[(this.word(2) >>> 16) - 1] ?? '';
  }

  get text(): string {
    return textOf(this.chunk, this.row & (CHUNK_ROWS - 1));
  }

  private word(index: number): number {
    return this.chunk.words[this.at + index] ?? 0;
  }
}

export class TraceStore {
  private chunks: (Chunk | null)[] = [];
  private first = 0;
  private end = 0;
  private lost = 0;
  private files: readonly string[] = [];
  private readonly textKind: number;
  /** Row of each worker's last event, to which text records are added; -1: none. */
  private readonly lastRow = new Int32Array(MAX_WORKERS).fill(-1);

  /** `kinds`: names by number, as generated from the core's table. */
  constructor(
    readonly kinds: readonly string[],
    private readonly maxRows = MAX_ROWS,
  ) {
    this.textKind = kinds.indexOf('text');
  }

  /** Rows are numbered from here … */
  get firstRow(): number {
    return this.first;
  }

  /** … to here, exclusive. */
  get endRow(): number {
    return this.end;
  }

  /** Events that a full ring did not take. */
  get dropped(): number {
    return this.lost;
  }

  clear(): void {
    this.chunks = [];
    this.first = 0;
    this.end = 0;
    this.lost = 0;
    this.lastRow.fill(-1);
  }

  /**
   * Adds a batch: whole records, each worker's in its order. Rows are put in the order of their
   * sequence within the batch. `dropped`: events lost so far.
   */
  append(batch: RecordBatch): void {
    this.lost = batch.dropped;
    this.files = batch.files;
    const bytes = batch.records;
    const count = Math.floor(bytes.byteLength / RECORD_BYTES);
    if (count === 0) return;
    const words =
      bytes.byteOffset % 4 === 0
        ? new Uint32Array(bytes.buffer, bytes.byteOffset, count * WORDS)
        : new Uint32Array(bytes.slice(0, count * RECORD_BYTES).buffer);
    const order = inOrder(words, count, this.textKind);
    for (let i = 0; i < count; i++) {
      const at = (order === null ? i : (order[i] ?? 0)) * WORDS;
      const head = words[at + 2] ?? 0;
      const worker = (head >>> 8) & 0xff;
      if ((head & 0xff) === this.textKind) this.addText(worker, words, at + WORDS - TEXT_WORDS);
      else this.addRow(words, at, worker);
    }
    while (this.end - this.first > this.maxRows) {
      this.chunks[this.first >>> CHUNK_BITS] = null;
      this.first = ((this.first >>> CHUNK_BITS) + 1) << CHUNK_BITS;
    }
  }

  /** The event in a row that is kept; the view of a forgotten row is `null`. */
  event(row: number): StoredEvent | null {
    const chunk = this.chunkOf(row);
    return chunk === null ? null : new EventView(row, chunk, this.kinds, this.files);
  }

  /** Calls with every event from a row on, each lent for the call. */
  each(from: number, use: (event: StoredEvent) => void): void {
    let view: EventView | null = null;
    for (let row = Math.max(from, this.first); row < this.end; row++) {
      const chunk = this.chunkOf(row);
      if (chunk === null) continue;
      if (view === null) view = new EventView(row, chunk, this.kinds, this.files);
      else view.seek(row, chunk);
      use(view);
    }
  }

  /** Cheaper than `event` where only these are asked for; -1 for a forgotten row. */
  kindAt(row: number): number {
    const chunk = this.chunkOf(row);
    return chunk === null ? -1 : (chunk.words[(row & (CHUNK_ROWS - 1)) * WORDS + 2] ?? 0) & 0xff;
  }

  pidAt(row: number): number {
    return this.chunkOf(row)?.words[(row & (CHUNK_ROWS - 1)) * WORDS + 3] ?? -1;
  }

  /** For most kinds the other actor. */
  otherAt(row: number): number {
    return this.chunkOf(row)?.words[(row & (CHUNK_ROWS - 1)) * WORDS + 5] ?? -1;
  }

  private chunkOf(row: number): Chunk | null {
    return row >= this.first && row < this.end ? (this.chunks[row >>> CHUNK_BITS] ?? null) : null;
  }

  private addRow(words: Uint32Array, at: number, worker: number): void {
    const row = this.end;
    let chunk = this.chunks[row >>> CHUNK_BITS];
    if (chunk === undefined || chunk === null) {
      chunk = new Chunk();
      this.chunks[row >>> CHUNK_BITS] = chunk;
    }
    const to = (row & (CHUNK_ROWS - 1)) * WORDS;
    for (let i = 0; i < WORDS; i++) chunk.words[to + i] = words[at + i] ?? 0;
    this.lastRow[worker] = row;
    this.end = row + 1;
  }

  private addText(worker: number, words: Uint32Array, at: number): void {
    const row = this.lastRow[worker] ?? -1;
    const chunk = this.chunkOf(row);
    if (chunk === null) return;
    const index = row & (CHUNK_ROWS - 1);
    const before = (chunk.textCount[index] ?? 0) * TEXT_WORDS;
    chunk.reserve(before + TEXT_WORDS);
    const start = chunk.textAt[index] ?? 0;
    // The text of another worker's event has come in between: this one moves behind it.
    if (before > 0 && start + before !== chunk.textEnd) {
      chunk.texts.copyWithin(chunk.textEnd, start, start + before);
      chunk.textAt[index] = chunk.textEnd;
      chunk.textEnd += before;
    } else if (before === 0) chunk.textAt[index] = chunk.textEnd;
    for (let i = 0; i < TEXT_WORDS; i++) chunk.texts[chunk.textEnd + i] = words[at + i] ?? 0;
    chunk.textEnd += TEXT_WORDS;
    chunk.textCount[index] = (chunk.textCount[index] ?? 0) + 1;
  }
}

function wide(high: number, low: number): number {
  return high * 0x1_0000_0000 + low;
}

function textOf(chunk: Chunk, index: number): string {
  const count = chunk.textCount[index] ?? 0;
  if (count === 0) return '';
  const bytes = new Uint8Array(chunk.texts.buffer, (chunk.textAt[index] ?? 0) * 4, count * TEXT_WORDS * 4);
  const zero = bytes.indexOf(0);
  return decoder.decode(zero < 0 ? bytes : bytes.subarray(0, zero));
}

/**
 * Record numbers by sequence, each event followed by its own texts; `null` when they are so already.
 * The sequence of a text record is not looked at.
 */
function inOrder(words: Uint32Array, count: number, textKind: number): Uint32Array | null {
  let sorted = true;
  let last = -1;
  const sequence = (i: number): number => wide(words[i * WORDS + 1] ?? 0, words[i * WORDS] ?? 0);
  const kind = (i: number): number => (words[i * WORDS + 2] ?? 0) & 0xff;
  for (let i = 0; i < count && sorted; i++) {
    if (kind(i) === textKind) continue;
    const now = sequence(i);
    sorted = now >= last;
    last = now;
  }
  if (sorted) return null;
  const keys = new Float64Array(count);
  const heads = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const worker = ((words[i * WORDS + 2] ?? 0) >>> 8) & 0xff;
    if (kind(i) !== textKind) heads.set(worker, sequence(i));
    keys[i] = heads.get(worker) ?? -1;
  }
  return Uint32Array.from({ length: count }, (_, i) => i).sort(
    (x, y) => (keys[x] ?? 0) - (keys[y] ?? 0) || x - y,
  );
}
