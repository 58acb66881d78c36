// SPDX-License-Identifier: MIT
/**
 * Hands the events of a run to the views, which may load while the run is already going, and to the streams of
 * programs that use the page.
 */
import type { TraceBatch } from '../../../wasm-glue/ts/index.ts';
import { EventStream } from './event_stream.ts';

const MAX_HELD = 16 * 1024 * 1024;

export interface TraceTaker {
  begin(): void;
  take(batch: TraceBatch): void;
}

export class TraceFeed {
  private taker: TraceTaker | null = null;
  private held: TraceBatch[] = [];
  private heldBytes = 0;
  private readonly streams = new Set<EventStream>();

  /** Somebody wants the events of the next run. */
  get wanted(): boolean {
    return this.streams.size > 0;
  }

  /** `live`: of the run that is going, else of the next one. Ends with its run. */
  stream(mask: number, live: boolean): EventStream {
    const stream = new EventStream(mask, (one) => this.streams.delete(one));
    stream.live = live;
    this.streams.add(stream);
    return stream;
  }

  /** A run begins whose events are recorded. */
  started(): void {
    for (const stream of this.streams) stream.live = true;
  }

  /** The run is over. */
  ended(): void {
    for (const stream of [...this.streams]) if (stream.live) stream.end();
  }

  /** A run begins: what came from the one before is of no use. */
  begin(): void {
    this.held = [];
    this.heldBytes = 0;
    this.taker?.begin();
  }

  take(batch: TraceBatch): void {
    for (const stream of this.streams) if (stream.live) stream.push(batch);
    if (this.taker !== null) {
      this.taker.take(batch);
      return;
    }
    if (this.heldBytes + batch.records.byteLength > MAX_HELD) return;
    this.heldBytes += batch.records.byteLength;
    // The records are lent, and the list of files goes on growing.
    this.held.push({ ...batch, records: batch.records.slice() });
  }

  attach(taker: TraceTaker): void {
    this.taker = taker;
    taker.begin();
    for (const batch of this.held.splice(0)) taker.take(batch);
    this.heldBytes = 0;
  }
}
