// SPDX-License-Identifier: MIT
/** How failures of the engine itself are told from failures of programs. */
import { EngineBug } from './api.js';

/** Text of anything that was thrown. */
export function describe(error: unknown): string {
  if (error instanceof Error) return error.stack ?? `${error.name}: ${error.message}`;
  return String(error);
}

/** Keeps an `EngineBug` as it is, wraps anything else. */
export function toEngineBug(error: unknown): EngineBug {
  return error instanceof EngineBug ? error : new EngineBug(describe(error));
}

/** Hands an error of a caller's own callback to the environment's handler of uncaught errors. */
export function reportCallbackError(error: unknown): void {
  if (typeof reportError === 'function') {
    reportError(error);
    return;
  }
  queueMicrotask(() => {
    throw error;
  });
}

/** Rejects when `promise` has not settled after `ms`. The timer never outlives the promise. */
export async function withTimeout<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new EngineBug(`${what}: no answer after ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
