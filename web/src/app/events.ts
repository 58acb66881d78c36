// SPDX-License-Identifier: MIT
/** Everything that happens between parts that do not know each other: one typed map. */
import type { OutputStream } from '../../../wasm-glue/ts/index.ts';

export interface EventMap {
  /** Go to a place in a file; `column` is 1-based. */
  reveal: { file: string; line: number; column: number; focus: boolean };
  /** The caret moved. */
  cursor: { line: number; column: number };
  /** The whole program was exchanged (link, example, undo): editors drop their undo stacks. */
  replaced: { reason: string };
  /** A run began: what shows output starts afresh. */
  runStarted: { main: string };
  /** Program output, after it was added to the log. For text alternatives; the terminal is the sink. */
  output: { stream: OutputStream; text: string };
  runEnded: { reason: string };
  /** Files could not be kept on this device; `full`: for lack of room. Told once. */
  unsaved: { full: boolean };
  focusPane: { name: string };
}

type Handler<T> = (detail: T) => void;

export class Events {
  private readonly handlers = new Map<keyof EventMap, Set<Handler<never>>>();

  /** Returns the function that ends the subscription. */
  on<K extends keyof EventMap>(kind: K, handler: Handler<EventMap[K]>): () => void {
    let set = this.handlers.get(kind);
    if (set === undefined) {
      set = new Set();
      this.handlers.set(kind, set);
    }
    set.add(handler);
    return () => set.delete(handler);
  }

  emit<K extends keyof EventMap>(kind: K, detail: EventMap[K]): void {
    for (const handler of [...(this.handlers.get(kind) ?? [])]) (handler as Handler<EventMap[K]>)(detail);
  }
}
