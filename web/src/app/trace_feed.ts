// SPDX-License-Identifier: MIT
/** Hands the events of a run to the views, which may load while the run is already going. */
import type { TraceBatch } from '../../../wasm-glue/ts/index.ts';

const MAX_HELD = 16 * 1024 * 1024;

export interface TraceTaker {
  begin(): void;
  take(batch: TraceBatch): void;
}

export class TraceFeed {
  private taker: TraceTaker | null = null;
  private held: TraceBatch[] = [];
  private heldBytes = 0;

  /** A run begins: what came from the one before is of no use. */
  begin(): void {
    this.held = [];
    this.heldBytes = 0;
    this.taker?.begin();
  }

  take(batch: TraceBatch): void {
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
