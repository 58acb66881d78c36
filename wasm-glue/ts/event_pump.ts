// SPDX-License-Identifier: MIT
/**
 * Takes the events of a run out of shared memory, once a frame and for a few milliseconds of it at most: a flood
 * of events must not take the page's time. What is left in the rings comes in the next frame.
 */
import type { RingReader } from './trace_reader.js';

const FRAME_BUDGET_MS = 4;
/** After the end nothing else wants the page's time as much. */
const LAST_BUDGET_MS = 10;

export class EventPump {
  private cancel: (() => void) | null = null;
  private waits = false;
  private closed = false;
  private finished: (() => void) | null = null;
  private tookAt = 0;

  constructor(
    private readonly reader: RingReader,
    private readonly frame: (callback: () => void) => () => void,
    private readonly take: (records: Uint8Array<ArrayBuffer>, dropped: number) => void,
    /** The run had stopped for want of room, and may go on. */
    private readonly roomMade: () => void,
  ) {
    this.arm();
  }

  /** The run stands still until there is room. Pages out of sight have no frames: they take what is there now. */
  full(): void {
    this.waits = true;
    if (performance.now() - this.tookAt > 50) this.takeFor(FRAME_BUDGET_MS);
    this.tell();
  }

  /** Nothing is recorded any more. Resolves when all that was has been taken. */
  finish(): Promise<void> {
    this.cancel?.();
    return new Promise((resolve) => {
      this.finished = resolve;
      this.turn(LAST_BUDGET_MS);
    });
  }

  /** The memory belongs to others now. */
  close(): void {
    this.closed = true;
    this.cancel?.();
    this.finished?.();
  }

  private arm(): void {
    this.cancel = this.frame(() => this.turn(this.finished === null ? FRAME_BUDGET_MS : LAST_BUDGET_MS));
  }

  private turn(budgetMs: number): void {
    if (this.closed) return;
    const empty = this.takeFor(budgetMs);
    this.tell();
    if (empty && this.finished !== null) this.close();
    else this.arm();
  }

  /** False when time was up before the rings were empty. */
  private takeFor(budgetMs: number): boolean {
    const begin = performance.now();
    for (;;) {
      const records = this.reader.take();
      if (records === null) return true;
      this.take(records, this.reader.dropped);
      this.tookAt = performance.now();
      if (this.tookAt - begin >= budgetMs) return false;
    }
  }

  private tell(): void {
    if (!this.waits || this.closed || this.reader.crowded) return;
    this.waits = false;
    this.roomMade();
  }
}
