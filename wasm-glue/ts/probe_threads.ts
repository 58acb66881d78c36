// SPDX-License-Identifier: MIT
/**
 * Can this environment have threads? `crossOriginIsolated` alone is not enough (one engine reports true and
 * still refuses), and `new WebAssembly.Memory({ shared: true })` succeeds everywhere: only a shared memory that
 * really reached a worker, and a write of the worker that is seen here, proves it.
 */
import type { NoThreadsReason } from './api.js';
import type { Environment } from './environment.js';
import { withTimeout } from './errors.js';
import type { ToPage, ToWorker } from './protocol.js';

const PROBE_TIMEOUT_MS = 5000;

/** What can be known without a worker; `null` means the probe is worth trying. */
export function reasonWithoutProbe(environment: Environment, threads: 'auto' | 'off'): NoThreadsReason {
  if (threads === 'off') return 'forced';
  if (!environment.isolated) return 'not-isolated';
  if (typeof SharedArrayBuffer === 'undefined') return 'no-shared-array-buffer';
  return null;
}

/** Sends a shared memory to the worker and looks whether the worker's write arrives. */
export async function probeSharedMemory(
  post: (message: ToWorker) => void,
  nextMessage: () => Promise<ToPage>,
): Promise<boolean> {
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    post({ type: 'probe', memory });
    const answer = await withTimeout(nextMessage(), PROBE_TIMEOUT_MS, 'probe of shared memory');
    return answer.type === 'probed' && answer.ok && Atomics.load(new Int32Array(memory.buffer), 0) === 1;
  } catch {
    return false;
  }
}
