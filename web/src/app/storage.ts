// SPDX-License-Identifier: MIT
/**
 * Local storage that may be absent, full or forbidden (private windows, sandboxed frames): every
 * access is guarded, and its loss costs comfort, never function.
 */
type Area = 'local' | 'session';

const PREFIX = 'ttvm.';

function area(kind: Area): Storage | null {
  try {
    return kind === 'local' ? globalThis.localStorage : globalThis.sessionStorage;
  } catch {
    return null;
  }
}

export function readStored(kind: Area, key: string): string | null {
  try {
    return area(kind)?.getItem(PREFIX + key) ?? null;
  } catch {
    return null;
  }
}

/** `false` when the value could not be kept. */
export function writeStored(kind: Area, key: string, value: string): boolean {
  try {
    const storage = area(kind);
    storage?.setItem(PREFIX + key, value);
    return storage !== null;
  } catch {
    return false;
  }
}

export function removeStored(kind: Area, key: string): void {
  try {
    area(kind)?.removeItem(PREFIX + key);
  } catch {
    // Nothing was kept there either.
  }
}
