// SPDX-License-Identifier: MIT
/**
 * One engine worker as the page sees it: started, probed, initialised; afterwards a checked message stream.
 * Owner of the worker's life: nobody else terminates it.
 */
import { EngineBug, type NoThreadsReason } from './api.js';
import type { Environment, WorkerHandle } from './environment.js';
import { describe, withTimeout } from './errors.js';
import { probeSharedMemory, reasonWithoutProbe } from './probe_threads.js';
import { PROTOCOL_VERSION, parseToPage, type Build, type ToPage, type ToWorker } from './protocol.js';

/** Includes fetching and compiling the module over a slow line. */
const INIT_TIMEOUT_MS = 60_000;

export interface HostSink {
  message(message: ToPage): void;
  /** The worker is of no further use; it has been terminated. */
  failed(bug: EngineBug): void;
}

export interface ReadyInfo {
  build: Build;
  version: string;
  maxSchedulers: number;
}

export class WorkerHost {
  private sink: HostSink | null = null;
  private waiting: { resolve: (message: ToPage) => void; reject: (bug: EngineBug) => void } | null = null;
  private dead = false;

  private constructor(private readonly handle: WorkerHandle) {
    handle.listen(
      (data) => this.receive(data),
      (reason) => this.fail(reason),
    );
  }

  /** Starts a worker with the given build, which must be one that the environment was found to support. */
  static async start(
    environment: Environment,
    baseUrl: URL,
    build: Build,
  ): Promise<{ host: WorkerHost; ready: ReadyInfo }> {
    const host = new WorkerHost(environment.spawn());
    return { host, ready: await host.initialise(environment, baseUrl, build) };
  }

  /** Starts a worker with threads if possible and asked for, and tells why if not. */
  static async startBest(
    environment: Environment,
    baseUrl: URL,
    threads: 'auto' | 'off',
  ): Promise<{ host: WorkerHost; ready: ReadyInfo; reason: NoThreadsReason }> {
    let reason = reasonWithoutProbe(environment, threads);
    const host = new WorkerHost(environment.spawn());
    if (reason === null) {
      const shared = await probeSharedMemory(
        (message) => host.post(message),
        () => host.nextMessage(),
      );
      if (!shared) reason = 'shared-memory-not-transferable';
    }
    if (!host.dead) {
      try {
        const ready = await host.initialise(environment, baseUrl, reason === null ? 'mt' : 'st');
        return { host, ready, reason };
      } catch (error) {
        if (reason !== null) throw error;
        reason = 'threads-failed';
      }
    }
    const { host: fresh, ready } = await WorkerHost.start(environment, baseUrl, 'st');
    return { host: fresh, ready, reason };
  }

  get isAlive(): boolean {
    return !this.dead;
  }

  attach(sink: HostSink): void {
    this.sink = sink;
  }

  post(message: ToWorker): void {
    if (!this.dead) this.handle.post(message);
  }

  /** Ends the worker and its threads. Messages still under way are not delivered. */
  terminate(): void {
    this.dead = true;
    this.sink = null;
    this.handle.terminate();
  }

  private async initialise(environment: Environment, baseUrl: URL, build: Build): Promise<ReadyInfo> {
    const engineUrl = new URL(`ttvm-${build}.mjs`, baseUrl).href;
    try {
      this.post({ type: 'init', protocol: PROTOCOL_VERSION, build, engineUrl, cores: environment.cores });
      const answer = await withTimeout(this.nextMessage(), INIT_TIMEOUT_MS, `engine ${engineUrl}`);
      if (answer.type === 'bug') throw new EngineBug(answer.message);
      if (answer.type !== 'ready') throw new EngineBug(`engine answered '${answer.type}' to init`);
      if (answer.protocol !== PROTOCOL_VERSION) {
        throw new EngineBug(
          `page speaks protocol ${PROTOCOL_VERSION}, engine ${answer.protocol}: reload the page`,
        );
      }
      return { build, version: answer.version, maxSchedulers: answer.maxSchedulers };
    } catch (error) {
      this.terminate();
      throw error;
    }
  }

  /** The next message, while no sink is attached. */
  private nextMessage(): Promise<ToPage> {
    return new Promise((resolve, reject) => {
      if (this.dead) reject(new EngineBug('engine worker has ended'));
      else this.waiting = { resolve, reject };
    });
  }

  private receive(data: unknown): void {
    if (this.dead) return;
    let message: ToPage;
    try {
      message = parseToPage(data);
    } catch (error) {
      this.fail(describe(error));
      return;
    }
    const waiting = this.waiting;
    if (waiting) {
      this.waiting = null;
      waiting.resolve(message);
    } else if (message.type === 'bug') {
      this.fail(message.message);
    } else {
      this.sink?.message(message);
    }
  }

  private fail(reason: string): void {
    if (this.dead) return;
    const bug = new EngineBug(reason);
    const { sink, waiting } = this;
    this.waiting = null;
    this.terminate();
    waiting?.reject(bug);
    sink?.failed(bug);
  }
}
