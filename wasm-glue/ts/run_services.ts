// SPDX-License-Identifier: MIT
/**
 * Services of one run inside the worker: takes the calls of the program's actors, brings back the answers, asks the
 * page about the network, and tells it which files the program has changed.
 */
import type { EngineModule } from './engine_module.js';
import type { WorkerPort } from './environment.js';
import type { NetworkQuestion } from './host/http.js';
import type { NetworkAnswer, ServiceCall, ServiceHost, Services } from './host/services.js';
import type { ToWorker } from './protocol.js';
import type { Session } from './session.js';

/** Between two reports of changed files; a report of much is followed by a longer pause. */
const FILE_INTERVAL_MS = 500;
const FILE_BYTES_PER_MS = 20_000;

/** What is to be told to the services, in order. */
type Order =
  { type: 'start'; call: ServiceCall } | { type: 'cancel'; id: number } | { type: 'ended'; pid: number };

function carryOut(services: Services, order: Order): void {
  if (order.type === 'start') services.start(order.call);
  else if (order.type === 'cancel') services.cancel(order.id);
  else services.actorEnded(order.pid);
}

interface Question {
  resolve(answer: NetworkAnswer): void;
  forget(): void;
}

export class RunServices {
  /** `null` until the first call: most programs need none, and the page's first load stays small. */
  private services: Services | null = null;
  /** What is to be done in order once they are there; `null` when nobody has asked for them. */
  private waiting: Order[] | null = null;
  private disposed = false;
  private readonly host: ServiceHost;
  private readonly questions = new Map<number, Question>();
  private lastQuestion = 0;
  private filesTold = 0;
  private filesAt = 0;
  private fileTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly engine: EngineModule,
    private readonly session: Session,
    private readonly run: number,
    private readonly port: WorkerPort,
    maxHandles: number,
    /** An answer was brought back: the program may go on. */
    private readonly answered: () => void,
    broken: (error: unknown) => void,
  ) {
    this.host = {
      files: session.files,
      maxHandles,
      stopped: () => this.isStopped(),
      askNetwork: (question, signal) => this.ask(question, signal),
      answer: (id, value) => {
        session.answerCall(id, value);
        this.answered();
      },
      refuse: (id, kind, reason) => {
        session.refuseCall(id, kind, reason);
        this.answered();
      },
      broken,
    };
  }

  /** Whatever has come up since the last time. */
  lookAfter(): void {
    const { session } = this;
    for (let id = session.takeCancelled(); id !== 0; id = session.takeCancelled())
      this.order({ type: 'cancel', id });
    for (let pid = session.takeEndedActor(); pid !== 0; pid = session.takeEndedActor())
      this.order({ type: 'ended', pid });
    for (let call = session.takeCall(); call; call = session.takeCall()) this.order({ type: 'start', call });
    this.tellFiles();
  }

  private order(order: Order): void {
    if (this.services) carryOut(this.services, order);
    else if (this.waiting) this.waiting.push(order);
    else {
      this.waiting = [order];
      import('./host/services.js').then(
        ({ Services }) => this.begin(new Services(this.host)),
        (error: unknown) => this.fail(error),
      );
    }
  }

  private begin(services: Services): void {
    const waiting = this.waiting ?? [];
    this.waiting = null;
    if (this.disposed) return;
    this.services = services;
    for (const order of waiting) carryOut(services, order);
  }

  /** No network, most likely: what was asked for fails, and the next call tries again. */
  private fail(error: unknown): void {
    const waiting = this.waiting ?? [];
    this.waiting = null;
    if (this.disposed) return;
    for (const order of waiting) {
      if (order.type !== 'start') continue;
      this.host.refuse(order.call.id, 'UnsupportedOperation', `it could not be loaded: ${String(error)}`);
    }
  }

  /** The reader's choice. */
  choose(message: Extract<ToWorker, { type: 'network' }>): void {
    const question = this.questions.get(message.question);
    this.questions.delete(message.question);
    question?.resolve(message);
  }

  /** The run is over. Databases roll back what is open, so this comes before its files are looked at. */
  dispose(): void {
    clearTimeout(this.fileTimer);
    for (const question of this.questions.values()) question.forget();
    this.questions.clear();
    this.disposed = true;
    this.services?.dispose();
  }

  /** By the stop word, which the page reaches even while this worker is busy. */
  private isStopped(): boolean {
    const { stopWord } = this.session;
    return stopWord !== 0 && Atomics.load(this.engine.words, stopWord / 4) !== 0;
  }

  private ask(question: NetworkQuestion, signal: AbortSignal): Promise<NetworkAnswer> {
    const number = ++this.lastQuestion;
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        this.questions.delete(number);
        reject(new Error('nobody waits for the answer'));
      };
      signal.addEventListener('abort', forget, { once: true });
      this.questions.set(number, { resolve, forget });
      this.port.post({ type: 'ask-network', run: this.run, question: number, ...question });
    });
  }

  private tellFiles(): void {
    const news = this.session.fileNews;
    if (news === this.filesTold || this.fileTimer !== undefined) return;
    const early = this.filesAt - performance.now();
    if (early > 0) {
      this.fileTimer = setTimeout(() => {
        this.fileTimer = undefined;
        this.tellFiles();
      }, early);
      return;
    }
    this.filesTold = news;
    const files = this.session.takeFileNews();
    const bytes = Object.values(files).reduce((sum, file) => sum + (file?.length ?? 0), 0);
    this.filesAt = performance.now() + FILE_INTERVAL_MS + bytes / FILE_BYTES_PER_MS;
    this.port.post({ type: 'changed-files', run: this.run, files });
  }
}
