// SPDX-License-Identifier: MIT
/** The events of one run, one after the other, for programs that use the page. */
import { decodeTrace } from '../../../wasm-glue/ts/index.ts';
import type { TraceBatch, TraceEvent } from '../../../wasm-glue/ts/index.ts';

/** Events that wait for their reader at most; what comes then is lost. */
const MAX_WAITING = 100_000;

export class EventStream implements AsyncIterableIterator<TraceEvent> {
  /** A run has begun whose events these are. */
  live = false;
  private readonly waiting: TraceEvent[] = [];
  private read = 0;
  private readers: ((result: IteratorResult<TraceEvent>) => void)[] = [];
  private over = false;
  private lostByEngine = 0;
  private lostHere = 0;

  /** `mask`: bit 1 << n for kind n of core/trace/events.def. */
  constructor(
    private readonly mask: number,
    private readonly onOver: (stream: EventStream) => void,
  ) {}

  /** Events lost so far: of all kinds before they got here, of the wanted kinds because nobody read them. */
  get dropped(): number {
    return this.lostByEngine + this.lostHere;
  }

  push(batch: TraceBatch): void {
    this.lostByEngine = batch.dropped;
    for (const event of decodeTrace(batch, this.mask)) {
      const reader = this.readers.shift();
      if (reader !== undefined) reader({ done: false, value: event });
      else if (this.waiting.length - this.read < MAX_WAITING) this.waiting.push(event);
      else this.lostHere += 1;
    }
  }

  /** The run is over. What waits can still be read. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.onOver(this);
    for (const reader of this.readers.splice(0)) reader({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<TraceEvent>> {
    const value = this.waiting[this.read];
    if (value !== undefined) {
      this.read += 1;
      // Taken out many at a time: each removal moves what is behind.
      if (this.read === this.waiting.length || this.read > 4096) {
        this.waiting.splice(0, this.read);
        this.read = 0;
      }
      return Promise.resolve({ done: false, value });
    }
    if (this.over) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.readers.push(resolve));
  }

  /** The reader leaves its loop: nothing more is wanted. */
  return(): Promise<IteratorResult<TraceEvent>> {
    this.waiting.length = this.read = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
