// SPDX-License-Identifier: MIT
/**
 * The engine as the page sees it: one worker, at most one run at a time, a warm spare worker while a long run
 * is going, and replacement of a worker that no longer answers.
 */
import {
  EngineBug,
  type Diagnostic,
  type Engine,
  type EngineInfo,
  type EngineOptions,
  type Files,
  type ProgramCode,
  type Run,
  type RunHandlers,
  type RunRequest,
} from './api.js';
import type { Environment } from './environment.js';
import { toEngineBug } from './errors.js';
import type { Build, ToPage, ToWorker } from './protocol.js';
import { RunTask } from './run_task.js';
import { WorkerHost } from './worker_host.js';

/** A run that goes on for this long gets a spare made for it: making one beside a wedged worker takes seconds. */
const SPARE_AFTER_MS = 250;

type Query = Extract<ToWorker, { type: 'check' | 'list-code' | 'format' }>;
type Answer = Extract<ToPage, { type: 'checked' | 'code' | 'formatted' }>;

interface PendingQuery {
  message: Query;
  resolve: (answer: Answer) => void;
  reject: (bug: EngineBug) => void;
}

export async function createEngineIn(environment: Environment, options: EngineOptions): Promise<Engine> {
  const { host, ready, reason } = await WorkerHost.startBest(environment, options.baseUrl, options.threads);
  const info: EngineInfo = {
    threads: ready.build === 'mt',
    noThreadsReason: reason,
    maxSchedulers: ready.maxSchedulers,
    version: ready.version,
  };
  return new EngineClient(environment, options.baseUrl, ready.build, host, info);
}

class EngineClient implements Engine {
  private host: Promise<WorkerHost>;
  private spare: Promise<WorkerHost | null> | null = null;
  private spareTimer: ReturnType<typeof setTimeout> | undefined;
  /** The newest run asked for. */
  private current: RunTask | null = null;
  /** The run that the worker was last told to begin; perhaps over. */
  private active: RunTask | null = null;
  private readonly queries = new Map<number, PendingQuery>();
  private lastId = 0;
  private disposed = false;

  constructor(
    private readonly environment: Environment,
    private readonly baseUrl: URL,
    private readonly build: Build,
    host: WorkerHost,
    readonly info: EngineInfo,
  ) {
    this.adopt(host);
    this.host = Promise.resolve(host);
  }

  run(request: RunRequest, handlers: RunHandlers): Run {
    const previous = this.current;
    const task: RunTask = new RunTask(
      ++this.lastId,
      handlers,
      () => this.replaceFor(task),
      (callback) => this.environment.frame(callback),
    );
    this.current = task;
    void this.begin(task, previous, request);
    return task;
  }

  async check(files: Files, file: string): Promise<Diagnostic[]> {
    const answer = await this.query({ type: 'check', request: ++this.lastId, files, file });
    if (answer.type !== 'checked') throw new EngineBug(`engine answered '${answer.type}' to check`);
    return answer.diagnostics;
  }

  async code(
    files: Files,
    file: string,
    wanted: { optimized: boolean; registers: boolean },
  ): Promise<ProgramCode | { diagnostics: Diagnostic[] }> {
    const answer = await this.query({ type: 'list-code', request: ++this.lastId, files, file, ...wanted });
    if (answer.type !== 'code') throw new EngineBug(`engine answered '${answer.type}' to list-code`);
    return answer.code ?? { diagnostics: answer.diagnostics };
  }

  async format(file: string, text: string): Promise<string> {
    const answer = await this.query({ type: 'format', request: ++this.lastId, file, text });
    if (answer.type !== 'formatted') throw new EngineBug(`engine answered '${answer.type}' to format`);
    return answer.text;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    clearTimeout(this.spareTimer);
    const gone = new EngineBug('the engine was disposed of');
    this.current?.lost();
    this.rejectQueries(gone);
    for (const host of [this.host, this.spare]) {
      host?.then(
        (live) => live?.terminate(),
        () => undefined,
      );
    }
  }

  private async begin(task: RunTask, previous: RunTask | null, request: RunRequest): Promise<void> {
    try {
      await previous?.stop();
      // The previous run may have been waiting itself, for the stop of an earlier one.
      await this.active?.stop();
      const host = await this.liveHost();
      if (this.disposed) throw new EngineBug('the engine was disposed of');
      if (!task.isWaiting) return;
      this.active?.forgotten();
      task.begin(request, (message) => host.post(message));
      this.armSpare(task);
    } catch (error) {
      task.broken(toEngineBug(error));
    }
  }

  private async query(message: Query): Promise<Answer> {
    if (this.disposed) throw new EngineBug('the engine was disposed of');
    const host = await this.liveHost();
    return new Promise((resolve, reject) => {
      this.queries.set(message.request, { message, resolve, reject });
      host.post(message);
    });
  }

  /** The worker in use; a new attempt to start one when the last failed. */
  private async liveHost(): Promise<WorkerHost> {
    const attempt = this.host;
    try {
      return await attempt;
    } catch {
      if (this.host === attempt) this.replaceHost();
      return this.host;
    }
  }

  private adopt(host: WorkerHost): void {
    host.attach({
      message: (message) => this.receive(message),
      failed: (bug) => this.workerFailed(bug),
    });
  }

  private receive(message: ToPage): void {
    switch (message.type) {
      case 'started':
        this.taskOf(message.run)?.started(message);
        break;
      case 'output':
        this.taskOf(message.run)?.output(message.stream, message.text);
        break;
      case 'events':
        this.taskOf(message.run)?.events(message);
        break;
      case 'events-full':
        this.taskOf(message.run)?.eventsFull();
        break;
      case 'files':
        this.taskOf(message.run)?.filesKnown(message.files);
        break;
      case 'looked':
        this.taskOf(message.run)?.looked(message);
        break;
      case 'profiled':
        this.taskOf(message.run)?.looked(message);
        break;
      case 'ask-network':
        this.taskOf(message.run)?.askNetwork(message);
        break;
      case 'changed-files':
        this.taskOf(message.run)?.filesChanged(message.files);
        break;
      case 'wants-input':
        this.taskOf(message.run)?.inputWanted(message.waiting);
        break;
      case 'done':
        clearTimeout(this.spareTimer);
        this.taskOf(message.run)?.end(message.result);
        break;
      case 'checked':
      case 'code':
      case 'formatted':
        this.takeQuery(message.request)?.resolve(message);
        break;
      case 'request-failed':
        this.takeQuery(message.request)?.reject(new EngineBug(message.message));
        break;
      case 'probed':
      case 'ready':
      case 'bug':
        this.workerFailed(new EngineBug(`unexpected message '${message.type}'`));
        break;
    }
  }

  /**
   * Messages of a run that is no longer the current one are dropped: the next run begins only after the last
   * one's end, so what is still under way belongs to nobody.
   */
  private taskOf(run: number): RunTask | null {
    const task = this.active;
    return task?.id === run ? task : null;
  }

  private armSpare(task: RunTask): void {
    this.active = task;
    clearTimeout(this.spareTimer);
    if (this.spare) return;
    this.spareTimer = setTimeout(() => {
      // A spare that cannot be made is not missed until it is needed, and then tried again.
      this.spare ??= this.startHost().catch(() => null);
    }, SPARE_AFTER_MS);
  }

  private async startHost(): Promise<WorkerHost> {
    const { host } = await WorkerHost.start(this.environment, this.baseUrl, this.build);
    if (this.disposed) host.terminate();
    return host;
  }

  /** Second line of Stop: the state of the run is lost with its worker. */
  private replaceFor(task: RunTask): void {
    if (this.active !== task) return;
    void this.host.then((host) => {
      host.terminate();
      this.replaceHost();
      task.lost();
      this.resendQueries();
    });
  }

  private workerFailed(bug: EngineBug): void {
    this.replaceHost();
    this.active?.broken(bug);
    this.rejectQueries(bug);
  }

  private replaceHost(): void {
    clearTimeout(this.spareTimer);
    if (this.disposed) return;
    this.host = this.nextHost();
    // Whoever needs the engine next awaits `host` and gets the reason.
    this.host.catch(() => undefined);
  }

  private async nextHost(): Promise<WorkerHost> {
    const { spare } = this;
    this.spare = null;
    let host = await spare;
    if (!host?.isAlive) host = await this.startHost();
    this.adopt(host);
    return host;
  }

  private resendQueries(): void {
    void this.host.then(
      (host) => {
        for (const { message } of this.queries.values()) host.post(message);
      },
      (error: unknown) => this.rejectQueries(toEngineBug(error)),
    );
  }

  private rejectQueries(bug: EngineBug): void {
    const pending = [...this.queries.values()];
    this.queries.clear();
    for (const { reject } of pending) reject(bug);
  }

  private takeQuery(request: number): PendingQuery | undefined {
    const pending = this.queries.get(request);
    this.queries.delete(request);
    return pending;
  }
}
