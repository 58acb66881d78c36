// SPDX-License-Identifier: MIT
/**
 * Owns the engine: one run at a time, its output, its input, and the state words that the page
 * shows. The engine lives in a worker; nothing here blocks.
 */
import { EngineBug, createEngine } from '../../../wasm-glue/ts/index.ts';
import type {
  ActorInfo,
  ActorSummary,
  Engine,
  NetworkQuestion,
  OutputStream,
  Profile,
  Run,
  RunReason,
} from '../../../wasm-glue/ts/index.ts';
import { OutputLog } from '../model/output_log.ts';
import { engineFiles } from '../model/program.ts';
import type { Program } from '../model/program.ts';
import { takeChanges } from '../model/written.ts';
import type { FileChanges, Taken } from '../model/written.ts';
import type { EventStream } from './event_stream.ts';
import type { Events } from './events.ts';
import type { RunSummary, Status, Store } from './store.ts';
import { TraceFeed } from './trace_feed.ts';

/** Where output is shown. `write` resolves when the text has been taken: this is the back-pressure. */
export interface OutputSink {
  write(stream: OutputStream, text: string): Promise<void>;
  clear(): void;
}

/** May a program talk to another site? `reset`: a run begins or has ended. */
export interface NetworkGate {
  ask(question: NetworkQuestion): boolean | Promise<boolean>;
  reset(): void;
}

export interface RunnerOptions {
  readonly engineUrl: URL;
  readonly threads: 'auto' | 'off';
  /** Called before and after code runs, to know after a crash that code was running. */
  readonly onRunning: (running: boolean) => void;
  /** Asks the user before a program talks to another site. */
  readonly consent: NetworkGate;
  /** Only for pages whose user's files programs may change: called before that happens, with what will. */
  readonly onOwnFiles?: (taken: Taken) => void;
}

const DROPPED_MS = 250;

const STATUS_OF: Record<RunReason, Status> = {
  finished: 'finished',
  failed: 'failed',
  limit: 'failed',
  deadlock: 'deadlock',
  stopped: 'stopped',
};

const STOPPED: RunSummary = { status: 1, reason: 'stopped', schedulers: 0, instructions: 0 };

export class Runner {
  private starting: Promise<Engine> | null = null;
  private current: Run | null = null;
  /** The run that is going or went last: it can be looked at until the next one begins. */
  private latest: Run | null = null;
  /** What `latest` runs, and whether the optimizer has seen it. */
  private ran: { readonly program: Program; readonly optimized: boolean } | null = null;
  readonly feed = new TraceFeed();
  /** Whether the events of the run that is going are recorded. */
  private recorded = false;
  /** Between `run()` and the moment the engine has taken the program. */
  private launching = false;
  private log = new OutputLog();
  private sink: OutputSink | null = null;
  /** Each run has its own; a run whose ticket is old no longer speaks for the page. */
  private ticket = 0;
  private droppedTold = 0;
  private pendingInput: (string | null)[] = [];
  /** The files as the run that is going knows them: theirs and ours tell apart by this. */
  private given = new Map<string, string | Uint8Array>();
  /** Files of theirs whose change was told in this run. */
  private readonly told = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly events: Events,
    private readonly options: RunnerOptions,
  ) {}

  get output(): OutputLog {
    return this.log;
  }

  get busy(): boolean {
    return this.current !== null || this.launching;
  }

  setSink(sink: OutputSink | null): void {
    this.sink = sink;
  }

  /** Loads the engine if needed. A failed load is tried again by the next call. */
  engine(): Promise<Engine> {
    this.starting ??= this.start();
    return this.starting;
  }

  async run(): Promise<RunSummary> {
    const ticket = ++this.ticket;
    const before = this.current;
    this.current = null;
    this.latest = null;
    this.launching = true;
    this.feed.ended();
    this.feed.begin();
    const { program, options, results, denied } = this.store.state;
    const files = { ...engineFiles(program), ...engineFiles({ files: results, main: '' }) };
    this.given = new Map(program.files.map(({ name, content }) => [name, content]));
    this.told.clear();
    this.options.consent.reset();
    this.log = new OutputLog();
    this.sink?.clear();
    this.pendingInput = before === null ? this.pendingInput : [];
    this.store.update({
      status: 'checking',
      summary: null,
      runStarted: performance.now(),
      runTook: null,
      waitingForInput: false,
      droppedOutput: 0,
    });
    this.events.emit('runStarted', { main: program.main });
    try {
      if (before !== null) await before.stop();
      const engine = await this.engine();
      if (ticket !== this.ticket) return STOPPED;
      this.options.onRunning(true);
      const { recording } = this;
      if (recording) this.feed.started();
      this.recorded = recording;
      const run: Run = engine.run(
        {
          files,
          main: program.main,
          options: {
            ...options,
            deny: denied,
            events: recording,
            profile: this.profiling,
          },
        },
        {
          output: (stream, text) => (ticket === this.ticket ? this.take(stream, text) : undefined),
          wantsInput: (waiting) => {
            if (ticket === this.ticket) this.store.update({ waitingForInput: waiting });
          },
          network: (question) => ticket === this.ticket && this.options.consent.ask(question),
          filesChanged: (changes) => {
            if (ticket === this.ticket) this.takeFiles(changes);
          },
          events: (batch) => {
            if (ticket === this.ticket) this.feed.take(batch);
          },
        },
      );
      this.current = run;
      this.latest = run;
      this.ran = { program, optimized: options.optimize };
      this.launching = false;
      const { speed } = this.store.state;
      if (speed !== null) run.setSpeed(speed);
      this.store.update({ status: 'running', runStarted: performance.now() });
      for (const text of this.pendingInput.splice(0)) {
        if (text === null) run.endInput();
        else run.input(text);
      }
      const result = await run.done;
      const { status, reason, schedulers, instructions } = result;
      const summary: RunSummary = { status, reason, schedulers, instructions };
      if (ticket === this.ticket) {
        this.takeFiles(result.changedFiles);
        this.settle(STATUS_OF[reason], summary);
      }
      return summary;
    } catch (error) {
      if (ticket !== this.ticket) return STOPPED;
      return this.fail(error);
    }
  }

  /** Resolves when nothing runs any more; what the run printed and left stays. */
  async stop(): Promise<void> {
    const run = this.current;
    if (run === null) {
      if (!this.launching) return;
      this.ticket += 1;
      this.settle('stopped', null);
      return;
    }
    await run.stop();
  }

  /** Events are recorded for whoever looks at them, and cost nothing otherwise. */
  private get recording(): boolean {
    const { view } = this.store.state;
    return view === 'actors' || view === 'trace' || this.feed.wanted;
  }

  /** Figures are counted for whoever looks at them, and cost nothing otherwise. */
  private get profiling(): boolean {
    const { view } = this.store.state;
    return view === 'profile' || view === 'code';
  }

  /** The events of the run that is going, if they are recorded, else of the next one. */
  eventStream(mask: number): EventStream {
    return this.feed.stream(mask, this.current !== null && this.recorded);
  }

  async pause(): Promise<void> {
    const run = this.current;
    if (run === null) return;
    await run.pause();
    if (this.current === run) this.store.update({ status: 'paused' });
  }

  resume(): void {
    if (this.store.state.status !== 'paused') return;
    this.current?.resume();
    this.store.update({ status: 'running' });
  }

  setSpeed(speed: number | null): void {
    this.store.update({ speed });
    this.current?.setSpeed(speed);
  }

  kill(pid: number): void {
    this.current?.kill(pid);
  }

  send(pid: number, text: string): void {
    this.current?.send(pid, text);
  }

  /** `null` when nobody can tell. */
  async inspect(pid: number): Promise<ActorInfo | null> {
    return (await this.latest?.inspect(pid).catch(() => null)) ?? null;
  }

  async actors(): Promise<readonly ActorSummary[] | null> {
    return (await this.latest?.actors().catch(() => null)) ?? null;
  }

  /** `null` when the run is not profiled. */
  async profile(): Promise<Profile | null> {
    return (await this.latest?.profile().catch(() => null)) ?? null;
  }

  /** The program of the run that is going or went last, as it was then. */
  get lastRun(): { readonly program: Program; readonly optimized: boolean } | null {
    return this.latest === null ? null : this.ran;
  }

  /** Text for standard input; kept for the next run when none is going. */
  input(text: string): void {
    if (this.current === null) this.pendingInput.push(text);
    else this.current.input(text);
  }

  endInput(): void {
    if (this.current === null) this.pendingInput.push(null);
    else this.current.endInput();
  }

  /** Forgets output and result, as after the program was exchanged. */
  reset(): void {
    if (this.busy) void this.stop();
    this.ticket += 1;
    this.current = null;
    this.latest = null;
    this.feed.ended();
    this.feed.begin();
    this.launching = false;
    this.pendingInput = [];
    this.log = new OutputLog();
    this.sink?.clear();
    this.options.onRunning(false);
    this.store.update({
      status: 'idle',
      summary: null,
      runStarted: null,
      runTook: null,
      waitingForInput: false,
      droppedOutput: 0,
    });
  }

  clearOutput(): void {
    this.log = new OutputLog();
    this.sink?.clear();
    this.store.update({ droppedOutput: 0 });
  }

  private async start(): Promise<Engine> {
    this.store.update({ engine: { kind: 'loading' } });
    try {
      const engine = await createEngine({ baseUrl: this.options.engineUrl, threads: this.options.threads });
      this.store.update({ engine: { kind: 'ready', info: engine.info } });
      return engine;
    } catch (error) {
      this.starting = null;
      this.store.update({ engine: { kind: 'failed', message: messageOf(error) } });
      throw error;
    }
  }

  private async take(stream: OutputStream, text: string): Promise<void> {
    this.log.append(stream, text);
    this.tellDropped(false);
    this.events.emit('output', { stream, text });
    await this.sink?.write(stream, text);
  }

  /** A flood drops something with every chunk; nobody reads that often. */
  private tellDropped(now: boolean): void {
    const time = performance.now();
    if (!now && (this.log.dropped === 0 || time - this.droppedTold < DROPPED_MS)) return;
    this.droppedTold = time;
    this.store.update({ droppedOutput: this.log.dropped });
  }

  private takeFiles(changes: FileChanges): void {
    const { program, results } = this.store.state;
    const { onOwnFiles } = this.options;
    const taken = takeChanges({ program, written: results }, changes, this.given, onOwnFiles === undefined);
    const isNews = (name: string): boolean => !this.told.has(name);
    const news = { ...taken, changed: taken.changed.filter(isNews), kept: taken.kept.filter(isNews) };
    for (const name of [...news.changed, ...news.kept]) this.told.add(name);
    if (news.changed.length + news.kept.length > 0) onOwnFiles?.(news);
    const { active } = this.store.state;
    const shown = [...taken.program.files, ...taken.written].some((file) => file.name === active);
    this.store.update({
      ...(taken.program !== program && { program: taken.program }),
      results: taken.written,
      ...(!shown && { active: taken.program.main }),
    });
  }

  private fail(error: unknown): RunSummary {
    const what = error instanceof EngineBug ? 'The engine failed' : 'The engine could not be started';
    const summary: RunSummary = { status: 1, reason: 'failed', schedulers: 0, instructions: 0 };
    const text = `${what}: ${messageOf(error)}\n`;
    this.log.append('stderr', text);
    void this.sink?.write('stderr', text);
    this.settle('failed', summary);
    return summary;
  }

  private settle(status: Status, summary: RunSummary | null): void {
    this.options.consent.reset();
    this.current = null;
    this.feed.ended();
    this.launching = false;
    this.options.onRunning(false);
    this.tellDropped(true);
    const { runStarted } = this.store.state;
    this.store.update({
      status,
      summary,
      runTook: runStarted === null ? null : performance.now() - runStarted,
      waitingForInput: false,
    });
    this.events.emit('runEnded', { reason: status });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
