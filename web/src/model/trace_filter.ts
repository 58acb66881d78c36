// SPDX-License-Identifier: MIT
/** Which rows of a trace are on show: everything, or what a filter lets through. */
import { describeEvent } from './trace_text.ts';
import type { EventNames } from './trace_text.ts';
import type { TraceStore } from './trace_store.ts';

export interface TraceFilter {
  /** `null`: any. An event concerns an actor that it happened in or that it names. */
  readonly pid: number | null;
  /** Names of kinds; empty means all. */
  readonly kinds: ReadonlySet<string>;
  /** Lower or upper case alike; in the kind, the actors' names and the details. */
  readonly text: string;
}

export const NO_FILTER: TraceFilter = { pid: null, kinds: new Set(), text: '' };

/** Kinds whose `other` is no actor. */
const NAMES_NONE: readonly string[] = ['exit', 'wait', 'ready', 'run', 'preempt', 'register', 'unregister'];

/**
 * A list of row numbers that grows with the store. Scanning goes in slices, so that a filter over a
 * million rows never holds up the page: call `scan` until it says that it is done.
 */
export class FilteredRows {
  private filter = NO_FILTER;
  private rows = new Uint32Array(1024);
  private count = 0;
  private scanned = 0;
  private readonly namesOther: ReadonlySet<number>;

  constructor(
    private readonly store: TraceStore,
    private readonly names: EventNames,
  ) {
    this.namesOther = new Set(store.kinds.flatMap((name, kind) => (NAMES_NONE.includes(name) ? [] : [kind])));
  }

  get all(): boolean {
    return this.filter.pid === null && this.filter.kinds.size === 0 && this.filter.text === '';
  }

  get length(): number {
    this.forget();
    return this.all ? this.store.endRow - this.store.firstRow : this.count;
  }

  /** Row number in the store of the n-th row on show; -1 beyond the end. */
  at(index: number): number {
    if (index < 0 || index >= this.length) return -1;
    return this.all ? this.store.firstRow + index : (this.rows[index] ?? -1);
  }

  /** Where a row is shown, or where it would be. */
  indexOf(row: number): number {
    if (this.all) return Math.min(Math.max(row - this.store.firstRow, 0), Math.max(this.length - 1, 0));
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.rows[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  setFilter(filter: TraceFilter): void {
    this.filter = { ...filter, text: filter.text.trim().toLowerCase() };
    this.restart();
  }

  restart(): void {
    this.count = 0;
    this.scanned = this.store.firstRow;
  }

  /** Looks at up to `budget` more rows; true when all have been looked at. */
  scan(budget: number): boolean {
    if (this.all) return true;
    this.scanned = Math.max(this.scanned, this.store.firstRow);
    const end = Math.min(this.store.endRow, this.scanned + budget);
    const wanted = new Set([...this.filter.kinds].map((name) => this.store.kinds.indexOf(name)));
    for (let row = this.scanned; row < end; row++) {
      if (this.matches(row, wanted)) this.push(row);
    }
    this.scanned = end;
    return end === this.store.endRow;
  }

  private matches(row: number, kinds: ReadonlySet<number>): boolean {
    const kind = this.store.kindAt(row);
    if (kinds.size > 0 && !kinds.has(kind)) return false;
    const { pid, text } = this.filter;
    if (pid !== null && this.store.pidAt(row) !== pid) {
      if (!this.namesOther.has(kind) || this.store.otherAt(row) !== pid) return false;
    }
    if (text === '') return true;
    const event = this.store.event(row);
    if (event === null) return false;
    const all = `${event.kind} ${this.names.actor(event.pid)} ${describeEvent(event, this.names)}`;
    return all.toLowerCase().includes(text);
  }

  private push(row: number): void {
    if (this.count === this.rows.length) {
      const larger = new Uint32Array(this.rows.length * 2);
      larger.set(this.rows);
      this.rows = larger;
    }
    this.rows[this.count++] = row;
  }

  /** Takes rows out that the store no longer has. */
  private forget(): void {
    const { firstRow } = this.store;
    if (this.count === 0 || (this.rows[0] ?? 0) >= firstRow) return;
    const gone = this.indexOf(firstRow);
    this.rows.copyWithin(0, gone, this.count);
    this.count -= gone;
  }
}
