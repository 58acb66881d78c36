// SPDX-License-Identifier: MIT
/** The little that differs between a browser and Node, so that everything else is the same code. */
import type { ToPage, ToWorker } from './protocol.js';

/** The page's end of one engine worker. */
export interface WorkerHandle {
  /** Throws when the message cannot be cloned. */
  post(message: ToWorker): void;
  /** Called once, before the first `post`. `onFailure`: the worker died or sent what cannot be read. */
  listen(onMessage: (data: unknown) => void, onFailure: (reason: string) => void): void;
  terminate(): void;
}

export interface Environment {
  spawn(): WorkerHandle;
  readonly cores: number;
  /** Whether shared memory may be sent to workers, as far as the environment itself claims. */
  readonly isolated: boolean;
  /**
   * Calls back once, before the next picture is drawn, or after a while where none is drawn. Returns what takes
   * the wish back.
   */
  frame(callback: () => void): () => void;
}

/** Calls back in a task of its own, after messages that have arrived meanwhile. */
export interface Turns {
  /** Once for each call back. */
  request(): void;
  close(): void;
}

/** The worker's end. `importModule` loads an engine file by address. */
export interface WorkerPort {
  post(message: ToPage): void;
  listen(onMessage: (data: unknown) => void, onUnreadable: () => void): void;
  importModule(url: string): Promise<unknown>;
  turns(turn: () => void): Turns;
}
