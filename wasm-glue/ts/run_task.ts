// SPDX-License-Identifier: MIT
/**
 * One run as the page sees it. States, each left in one place:
 *
 *   waiting ──begin──► going ──stop──► stopping ──┐
 *      └──stop──────────┴─────────── ended ◄──────┘   (`done` message, loss of the worker, or a bug)
 */
import type {
  ActorInfo,
  ActorSummary,
  EngineBug,
  OutputStream,
  Profile,
  Run,
  RunHandlers,
  RunRequest,
  RunResult,
} from './api.js';
import { reportCallbackError } from './errors.js';
import { EventPump } from './event_pump.js';
import { ACTORS_PER_ANSWER, type ToPage, type ToWorker } from './protocol.js';
import { RingReader } from './trace_reader.js';

/** How long the worker may take to answer a stop before it is replaced. */
const STOP_GRACE_MS = 1000;

/** Exit status of a stopped program, as the VM gives it. */
const STATUS_STOPPED = 1;

type Started = Extract<ToPage, { type: 'started' }>;
const ALLOW_WHEN_ASKED = 'run again and allow it when asked';
const NOBODY_TO_ASK = 'whoever runs the program has to permit it (RunHandlers.network)';

type Events = Extract<ToPage, { type: 'events' }>;
type Looked = Extract<ToPage, { type: 'looked' }>;
type Profiled = Extract<ToPage, { type: 'profiled' }>;
/** What can be asked, before the fields that every question has are added. */
type Asked =
  | { type: 'pause' | 'profile' }
  | { type: 'actors'; after: number }
  | { type: 'kill' | 'inspect'; pid: number }
  | { type: 'send'; pid: number; text: string };

type State = 'waiting' | 'going' | 'stopping' | 'ended';

function stoppedResult(schedulers: number): RunResult {
  return { status: STATUS_STOPPED, reason: 'stopped', schedulers, instructions: 0, changedFiles: {} };
}

export class RunTask implements Run {
  readonly done: Promise<RunResult>;
  /** Resolves when the run is over, without waiting for the reader of its output. Never rejects. */
  readonly ended: Promise<void>;

  private state: State = 'waiting';
  private post: ((message: ToWorker) => void) | null = null;
  /** Sent before `begin`, in order. */
  private early: ToWorker[] = [];
  private stopFlag: { words: Int32Array; index: number } | null = null;
  private schedulers = 0;
  private wantsInput = false;
  private unread = new Set<Promise<void>>();
  /** Of the questions under way; the worker may be asked until it is lost or begins another run. */
  private readonly questions = new Map<number, (answer: Looked | Profiled | null) => void>();
  private lastQuestion = 0;
  private askWorker: ((message: ToWorker) => void) | null = null;
  /** Source files by the number that records hold: grows while the run goes on. */
  private readonly files: string[] = [];
  private pump: EventPump | null = null;
  private graceTimer: ReturnType<typeof setTimeout> | undefined;
  private resolveDone!: (result: RunResult) => void;
  private rejectDone!: (bug: EngineBug) => void;
  private resolveEnded!: () => void;

  constructor(
    readonly id: number,
    private readonly handlers: RunHandlers,
    /** Called when the worker did not answer a stop in time. */
    private readonly replaceWorker: () => void,
    private readonly frame: (callback: () => void) => () => void,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.resolveDone = resolve;
      this.rejectDone = reject;
    });
    this.done.catch(() => undefined);
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
  }

  get isWaiting(): boolean {
    return this.state === 'waiting';
  }

  begin(request: RunRequest, send: (message: ToWorker) => void): void {
    if (this.state !== 'waiting') return;
    this.state = 'going';
    this.post = this.askWorker = send;
    send({ type: 'run', run: this.id, files: request.files, main: request.main, options: request.options });
    for (const message of this.early) send(message);
    this.early = [];
  }

  async stop(): Promise<void> {
    if (this.state === 'waiting') {
      this.end(stoppedResult(0));
    } else if (this.state === 'going') {
      this.state = 'stopping';
      this.raiseStopFlag();
      this.post?.({ type: 'stop', run: this.id });
      this.graceTimer = setTimeout(() => this.replaceWorker(), STOP_GRACE_MS);
    }
    await this.ended;
  }

  input(text: string): void {
    if (text !== '') this.sendOrKeep({ type: 'input', run: this.id, text });
  }

  endInput(): void {
    this.sendOrKeep({ type: 'end-input', run: this.id });
  }

  async pause(): Promise<void> {
    await this.ask({ type: 'pause' });
  }

  resume(): void {
    this.sendOrKeep({ type: 'resume', run: this.id });
  }

  setSpeed(instructionsPerSecond: number | null): void {
    const speed = instructionsPerSecond === null ? 0 : Math.max(Math.round(instructionsPerSecond), 1);
    this.sendOrKeep({ type: 'speed', run: this.id, speed });
  }

  kill(pid: number): void {
    void this.ask({ type: 'kill', pid });
  }

  send(pid: number, text: string): void {
    void this.ask({ type: 'send', pid, text });
  }

  async inspect(pid: number): Promise<ActorInfo | null> {
    const answer = await this.ask({ type: 'inspect', pid });
    return answer?.type === 'looked' ? answer.actor : null;
  }

  async actors(): Promise<ActorSummary[]> {
    const all: ActorSummary[] = [];
    for (;;) {
      const answer = await this.ask({ type: 'actors', after: all.at(-1)?.pid ?? 0 });
      if (answer?.type !== 'looked') return [];
      all.push(...answer.actors);
      if (answer.actors.length < ACTORS_PER_ANSWER) return all;
    }
  }

  async profile(): Promise<Profile | null> {
    const answer = await this.ask({ type: 'profile' });
    return answer?.type === 'profiled' ? answer.profile : null;
  }

  looked(message: Looked | Profiled): void {
    this.questions.get(message.request)?.(message);
    this.questions.delete(message.request);
  }

  events({ records, dropped }: Events): void {
    if (this.state === 'ended') return;
    this.handEvents(records, dropped);
    this.post?.({ type: 'ack-events', run: this.id });
  }

  eventsFull(): void {
    this.pump?.full();
  }

  filesKnown(files: readonly string[]): void {
    this.files.push(...files);
  }

  /** The worker no longer knows this run, and will use its memory for another one. */
  forgotten(): void {
    this.pump?.close();
    this.askWorker = null;
    for (const resolve of this.questions.values()) resolve(null);
    this.questions.clear();
  }

  started({ schedulers, memory, stopFlag, rings, files }: Started): void {
    if (this.state === 'ended') return;
    this.schedulers = schedulers;
    this.filesKnown(files);
    if (memory && rings.length > 0) this.startPump(new RingReader(memory, rings));
    if (memory && stopFlag !== 0) {
      this.stopFlag = { words: new Int32Array(memory.buffer), index: stopFlag / 4 };
      if (this.state === 'stopping') this.raiseStopFlag();
    }
    this.callBack(() => this.handlers.started?.(schedulers));
  }

  output(stream: OutputStream, text: string): void {
    if (this.state === 'ended') return;
    let reading: void | Promise<void> = undefined;
    try {
      reading = this.handlers.output(stream, text);
    } catch (error) {
      reportCallbackError(error);
    }
    if (!reading) {
      this.post?.({ type: 'ack', run: this.id });
      return;
    }
    const read = reading.catch(reportCallbackError).then(() => {
      this.unread.delete(read);
      this.post?.({ type: 'ack', run: this.id });
    });
    this.unread.add(read);
  }

  askNetwork({ question, origin, method, redirect }: Extract<ToPage, { type: 'ask-network' }>): void {
    const { network } = this.handlers;
    const choose = (allowed: boolean): void => {
      const advice = network ? ALLOW_WHEN_ASKED : NOBODY_TO_ASK;
      this.post?.({ type: 'network', run: this.id, question, allowed, advice });
    };
    if (this.state === 'ended' || !network) return choose(false);
    Promise.resolve()
      .then(() => network({ origin, method, redirect }))
      .then(
        (allowed) => choose(allowed === true),
        (error: unknown) => {
          reportCallbackError(error);
          choose(false);
        },
      );
  }

  filesChanged(files: Record<string, Uint8Array | null>): void {
    if (this.state !== 'ended') this.callBack(() => this.handlers.filesChanged?.(files));
  }

  inputWanted(waiting: boolean): void {
    if (this.state === 'ended' || waiting === this.wantsInput) return;
    this.wantsInput = waiting;
    this.callBack(() => this.handlers.wantsInput?.(waiting));
  }

  /** The run is over by itself or by a stop that was answered. */
  end(result: RunResult): void {
    const wasStopped = this.state === 'stopping';
    if (!this.leave()) return;
    const taken = this.pump?.finish();
    // A stopped program's reader may be arbitrarily far behind; nobody should wait for it.
    if (wasStopped) this.resolveDone(result);
    else void Promise.all([...this.unread, taken]).then(() => this.resolveDone(result));
  }

  /** The worker is gone because it did not answer a stop. */
  lost(): void {
    this.forgotten();
    if (this.leave()) this.resolveDone(stoppedResult(this.schedulers));
  }

  broken(bug: EngineBug): void {
    this.forgotten();
    if (this.leave()) this.rejectDone(bug);
  }

  private leave(): boolean {
    if (this.state === 'ended') return false;
    this.inputWanted(false);
    this.state = 'ended';
    clearTimeout(this.graceTimer);
    this.post = null;
    this.stopFlag = null;
    this.resolveEnded();
    return true;
  }

  /** `null` when the run cannot be asked (any more). */
  private ask(question: Asked): Promise<Looked | Profiled | null> {
    const message = { ...question, run: this.id, request: ++this.lastQuestion };
    return new Promise((resolve) => {
      if (this.state !== 'waiting' && !this.askWorker) return resolve(null);
      this.questions.set(message.request, resolve);
      if (this.state === 'waiting') this.early.push(message);
      else this.askWorker?.(message);
    });
  }

  private sendOrKeep(message: ToWorker): void {
    if (this.state === 'waiting') this.early.push(message);
    else this.post?.(message);
  }

  /** The flag reaches the schedulers even while the worker's own event loop is busy. */
  private raiseStopFlag(): void {
    if (!this.stopFlag) return;
    Atomics.store(this.stopFlag.words, this.stopFlag.index, 1);
    Atomics.notify(this.stopFlag.words, this.stopFlag.index);
  }

  private startPump(reader: RingReader): void {
    this.pump = new EventPump(
      reader,
      this.frame,
      (records, dropped) => this.handEvents(records, dropped),
      () => this.post?.({ type: 'ack-events', run: this.id }),
    );
  }

  private handEvents(records: Uint8Array<ArrayBuffer>, dropped: number): void {
    this.callBack(() => this.handlers.events?.({ records, dropped, files: this.files }));
  }

  private callBack(call: () => void): void {
    try {
      call();
    } catch (error) {
      reportCallbackError(error);
    }
  }
}
