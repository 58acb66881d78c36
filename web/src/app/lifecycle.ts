// SPDX-License-Identifier: MIT
/**
 * The page's own beginnings and ends: isolation through the service worker, and knowing whether
 * code was running when the page last went away.
 */
import { readStored, removeStored, writeStored } from './storage.ts';

const TRIED = 'isolation-tried';
const RUNNING = 'running';
/** A host whose service worker never becomes active must not hold the page up. */
const READY_TIMEOUT_MS = 4000;

/**
 * Makes the page cross-origin isolated where the host sends no headers: registers the service
 * worker, waits until it is active, reloads once. Resolves `false` when the page is about to be
 * reloaded and must not start anything.
 */
export async function settleIsolation(): Promise<boolean> {
  if (import.meta.env.DEV || !window.isSecureContext) return true;
  const workers = serviceWorkers();
  if (workers === null) return true;
  const registered = workers
    .register(new URL('sw.js', document.baseURI), { scope: './', updateViaCache: 'none' })
    .then(() => workers.ready)
    .then(
      () => true,
      () => false,
    );
  if (globalThis.crossOriginIsolated) {
    removeStored('session', TRIED);
    return true;
  }
  if (window.top !== window.self || readStored('session', TRIED) !== null) return true;
  const active = await Promise.race([registered, delay(READY_TIMEOUT_MS).then(() => false)]);
  // Without the flag a host on which isolation cannot work would reload for ever.
  if (!active || !writeStored('session', TRIED, '1')) return true;
  location.reload();
  return false;
}

/** Lets the service worker fetch the rest of the site for use without a network. */
export function cacheForOffline(): void {
  const workers = serviceWorkers();
  if (workers === null || import.meta.env.DEV || savesData()) return;
  void workers.ready
    .then((registration) => registration.active?.postMessage('precache'))
    .catch(() => undefined);
}

/** Was code running when the page died? Then nothing runs by itself this time. */
export function endedUncleanly(): boolean {
  return readStored('session', RUNNING) !== null;
}

export function noteRunning(running: boolean): void {
  if (running) writeStored('session', RUNNING, String(Date.now()));
  else removeStored('session', RUNNING);
}

/** The user asked for few bytes: then only what is used is kept. */
function savesData(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}

function serviceWorkers(): ServiceWorkerContainer | null {
  try {
    return navigator.serviceWorker ?? null;
  } catch {
    return null;
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
