// SPDX-License-Identifier: MIT
/**
 * One run inside the worker. Two ways to run, one way to talk:
 *
 *   threads      scheduler threads run the program; this worker waits on a word of shared memory and looks
 *                after the console whenever it changes
 *   cooperative  this worker runs slices of a few milliseconds and returns to its event loop in between
 *
 * Output goes out one chunk at a time, the next after the page's acknowledgement; behind that the ring fills up
 * and the VM parks whoever prints.
 */
import type { OutputStream, RunOptions } from './api.js';
import type { EngineModule } from './engine_module.js';
import type { Turns, WorkerPort } from './environment.js';
import { Inspector, type Question } from './inspector.js';
import type { ToWorker } from './protocol.js';
import { RunServices } from './run_services.js';
import { BadFile, RunState, Session } from './session.js';

/** Long enough to hide the turn of the event loop, short enough to answer a stop at once. */
const SLICE_MS = 8;
/**
 * Prints and wishes for input wake the waiting worker; the end does not. It is looked for after 1, 2, 4 … ms of
 * silence: short programs end at once, and a program that waits for hours costs nothing to speak of.
 */
const LONGEST_WAIT_MS = 16;
/** As natively (core/base/config.h). */
const DEFAULT_HANDLES = 4096;
/** Where nothing can wake the worker. */
const POLL_MS = 4;
/** Batches of events by message, as often as pages show them. */
const EVENT_INTERVAL_MS = 16;
/** Words of TtGlueSignals. */
const EVENTS = 0;
const OUTPUT_ARMED = 1;

export class RunSession {
  private readonly session: Session;
  private readonly cooperative: boolean;
  /** Threads to start; 0 when cooperative. */
  private readonly wantedSchedulers: number;
  private readonly decoders: Record<OutputStream, TextDecoder> = {
    stdout: new TextDecoder(),
    stderr: new TextDecoder(),
  };
  private readonly turns: Turns;
  /** A turn is asked for and has not come: one is enough. */
  private turnAsked = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Until the program has been started or refused; what arrives meanwhile waits. */
  private starting = true;
  private running = false;
  private chunkUnderWay = false;
  private inputWanted = false;
  private stopped = false;
  private over = false;
  private readonly inspector: Inspector;
  private readonly services: RunServices;
  private readonly events: boolean;
  /** The page reads the rings of events itself. */
  private readonly sharesEvents: boolean;
  /** Files that the page knows of. */
  private filesTold = 0;
  /** Whether the page owes an `ack-events`. */
  private eventsUnderWay = false;
  private eventsAt = 0;
  private eventTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly engine: EngineModule,
    private readonly run: number,
    options: RunOptions,
    private readonly port: WorkerPort,
    private readonly onOver: () => void,
    private readonly onBug: (error: unknown) => void,
  ) {
    this.cooperative =
      engine.build === 'st' || options.deterministic || options.virtualTime || options.seed !== null;
    this.session = new Session(engine);
    this.events = options.events ?? false;
    this.sharesEvents = this.events && engine.sharedMemory !== null;
    this.inspector = new Inspector(this.session, run, port, (work) => this.guard(work));
    this.services = new RunServices(
      engine,
      this.session,
      run,
      port,
      options.limits.handles ?? DEFAULT_HANDLES,
      () => this.guard(() => this.answered()),
      (error) => this.onBug(error),
    );
    this.turns = port.turns(() => this.guard(() => this.slice()));
    this.session.setOptions(options, this.cooperative);
    this.wantedSchedulers = this.cooperative ? 0 : this.session.schedulersFor(options.workers);
  }

  /** Loads and starts. Failure to load is output and a result, as for any program. */
  async start(message: Extract<ToWorker, { type: 'run' }>): Promise<void> {
    try {
      this.session.putFiles(message.files);
    } catch (error) {
      if (!(error instanceof BadFile)) throw error;
      this.turns.close();
      this.over = true;
      this.inspector.ended();
      this.port.post({ type: 'output', run: this.run, stream: 'stderr', text: `Error: ${error.message}\n` });
      this.port.post({
        type: 'done',
        run: this.run,
        result: { status: 1, reason: 'failed', schedulers: 0, instructions: 0, changedFiles: {} },
      });
      this.onOver();
      return;
    }
    if (this.wantedSchedulers > 0) await this.engine.readyThreads(this.wantedSchedulers);
    const started = this.session.start(message.main);
    this.starting = false;
    this.inspector.started = true;
    if (started) {
      this.running = true;
      if (this.stopped) this.session.stop();
      this.port.post({
        type: 'started',
        run: this.run,
        schedulers: this.session.schedulers,
        stopFlag: this.engine.sharedMemory ? this.session.stopWord : 0,
        memory: this.engine.sharedMemory,
        rings: this.sharesEvents ? this.session.eventRings : [],
        files: this.newFiles(),
      });
    }
    if (this.cooperative || !this.running) this.requestTurn();
    else void this.watchThreads();
  }

  stop(): void {
    if (this.over) return;
    this.stopped = true;
    this.session.stop();
    this.attend();
    if (!this.over && this.running && !this.cooperative) this.wakeWatch();
  }

  input(text: string): void {
    if (this.over) return;
    this.session.giveInput(text);
    this.attend();
  }

  endInput(): void {
    if (this.over) return;
    this.session.endInput();
    this.attend();
  }

  acknowledge(): void {
    if (this.over) return;
    this.chunkUnderWay = false;
    this.attend();
  }

  acknowledgeEvents(): void {
    this.eventsUnderWay = false;
    if (!this.over) this.attend();
  }

  /** Also after the end, as long as this is the last run. */
  look(question: Question): void {
    this.inspector.ask(question);
    if (!this.over) this.attend();
  }

  chooseNetwork(message: Extract<ToWorker, { type: 'network' }>): void {
    if (!this.over) this.services.choose(message);
  }

  resume(): void {
    this.inspector.resume();
    if (!this.over) this.attend();
  }

  setSpeed(instructionsPerSecond: number): void {
    if (this.over) return;
    this.session.setSpeed(instructionsPerSecond);
    this.attend();
  }

  /** Ends the time in which an ended run can be looked at. */
  dispose(): void {
    this.inspector.close();
    this.session.dispose();
  }

  /** Something happened on this side: looks after the console and lets an idle cooperative run go on. */
  private attend(): void {
    if (this.starting) return;
    this.lookAfterConsole();
    if (this.over) return;
    if (this.cooperative || !this.running) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.requestTurn();
    }
  }

  private requestTurn(): void {
    if (this.turnAsked) return;
    this.turnAsked = true;
    this.turns.request();
  }

  /** A service has answered. Threads go on by themselves. */
  private answered(): void {
    if (this.over || !this.cooperative) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.requestTurn();
  }

  private slice(): void {
    this.turnAsked = false;
    if (this.over) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.running && !this.session.ended) {
      const begin = performance.now();
      const state = this.session.step(SLICE_MS);
      this.lookAfterConsole();
      if (state === RunState.ready) {
        // A step that did nothing waits for events to be taken, which asks for the next turn by itself.
        const idle = performance.now() - begin < 1;
        if (idle && this.sharesEvents && !this.eventsUnderWay && this.session.eventsCrowded) {
          this.eventsUnderWay = true;
          this.port.post({ type: 'events-full', run: this.run });
        }
        const blocked = this.eventsUnderWay || this.eventTimer !== undefined;
        if (!blocked || !idle) this.requestTurn();
      } else if (state === RunState.idle) {
        const wait = this.session.nextTimerMs();
        if (wait >= 0) this.timer = setTimeout(() => this.guard(() => this.slice()), Math.min(wait, 2 ** 30));
      }
      if (state !== RunState.ended) return;
    }
    this.lookAfterConsole();
  }

  /** Ends with the run; a failure inside is a defect of the engine. */
  private async watchThreads(): Promise<void> {
    try {
      const events = this.session.signals / 4 + EVENTS;
      const { words } = this.engine;
      let waitMs = 1;
      while (!this.over) {
        const seen = Atomics.load(words, events);
        this.lookAfterConsole();
        if (this.over) return;
        const changed = await this.untilChanged(words, events, seen, waitMs);
        waitMs = changed ? 1 : Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
    } catch (error) {
      this.onBug(error);
    }
  }

  private async untilChanged(words: Int32Array, index: number, seen: number, ms: number): Promise<boolean> {
    if (typeof Atomics.waitAsync !== 'function') {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      return true;
    }
    const wait = Atomics.waitAsync(words, index, seen, ms);
    return !wait.async || (await wait.value) !== 'timed-out';
  }

  /** Ends the wait of `watchThreads`, for what this side did itself. */
  private wakeWatch(): void {
    const { words } = this.engine;
    const events = this.session.signals / 4 + EVENTS;
    Atomics.add(words, events, 1);
    Atomics.notify(words, events);
  }

  /** Asks to be woken by the next print; false when that was asked already, or nobody else could print. */
  private armOutput(): boolean {
    if (this.cooperative) return false;
    return Atomics.exchange(this.engine.words, this.session.signals / 4 + OUTPUT_ARMED, 1) === 0;
  }

  /**
   * Hands over what was recorded: one batch is under way, at most one in a frame. A cooperative run whose events
   * are not taken stands still; threads drop them. Where memory is shared the page takes them without being told.
   */
  private lookAfterEvents(): void {
    if (!this.events || !this.running) return;
    this.tellFiles();
    if (this.sharesEvents || this.eventsUnderWay || this.eventTimer !== undefined) return;
    const early = this.eventsAt + EVENT_INTERVAL_MS - performance.now();
    if (early > 0) {
      this.eventTimer = setTimeout(
        () =>
          this.guard(() => {
            this.eventTimer = undefined;
            if (!this.over) this.attend();
          }),
        early,
      );
      return;
    }
    if (this.postEvents()) this.eventsUnderWay = true;
  }

  /** False when there was nothing. */
  private postEvents(): boolean {
    const records = this.session.takeEvents();
    if (!records) return false;
    this.eventsAt = performance.now();
    this.port.post({ type: 'events', run: this.run, records, dropped: this.session.eventsDropped });
    return true;
  }

  private newFiles(): string[] {
    const files = this.events ? this.session.filesFrom(this.filesTold) : [];
    this.filesTold += files.length;
    return files;
  }

  private tellFiles(): void {
    const files = this.newFiles();
    if (files.length > 0) this.port.post({ type: 'files', run: this.run, files });
  }

  /** Services, output, events, the wish for input, and the end. */
  private lookAfterConsole(): void {
    if (this.over) return;
    if (this.running) {
      this.session.makeCode();
      this.services.lookAfter();
    }
    this.lookAfterEvents();
    // Asked before the output is taken: what an ended program has printed is then all there.
    const ended = !this.running || this.session.ended;
    // After a stop nobody waits for the reader: what is left fits the ring.
    while (!this.chunkUnderWay || this.stopped) {
      const piece = this.session.takeOutput();
      if (!piece) {
        if (ended) this.finish();
        // What is printed from here on changes the events word; what came just before is taken now.
        else if (this.armOutput()) continue;
        break;
      }
      const text = this.decoders[piece.stream].decode(piece.bytes, { stream: true });
      if (text === '') continue;
      this.chunkUnderWay = true;
      this.port.post({ type: 'output', run: this.run, stream: piece.stream, text });
    }
    if (this.over) return;
    const wanted = !ended && this.session.wantsInput;
    if (wanted !== this.inputWanted) {
      this.inputWanted = wanted;
      this.port.post({ type: 'wants-input', run: this.run, waiting: wanted });
    }
  }

  private finish(): void {
    this.over = true;
    clearTimeout(this.timer);
    clearTimeout(this.eventTimer);
    this.turns.close();
    this.services.dispose();
    this.session.finish();
    if (this.events && this.running) {
      this.tellFiles();
      if (!this.sharesEvents) while (this.postEvents());
    }
    // Reports that the VM writes while it ends, and a last character that was cut in two.
    for (let piece = this.session.takeOutput(); piece; piece = this.session.takeOutput()) {
      const text = this.decoders[piece.stream].decode(piece.bytes, { stream: true });
      this.port.post({ type: 'output', run: this.run, stream: piece.stream, text });
    }
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = this.decoders[stream].decode();
      if (text !== '') this.port.post({ type: 'output', run: this.run, stream, text });
    }
    this.port.post({
      type: 'done',
      run: this.run,
      result: {
        status: this.session.status,
        reason: this.session.reason,
        schedulers: this.session.schedulers,
        instructions: this.session.instructions,
        changedFiles: this.session.changedFiles(),
      },
    });
    this.inspector.ended();
    this.onOver();
  }

  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.onBug(error);
    }
  }
}
