// SPDX-License-Identifier: MIT
/** The engine worker: owns the module, one run at a time; answers questions about files in between. */
import { EngineBug, type Files, type ProgramCode } from './api.js';
import { EngineModule } from './engine_module.js';
import type { WorkerPort } from './environment.js';
import { describe } from './errors.js';
import type { Question } from './inspector.js';
import { PROTOCOL_VERSION, parseToWorker, type ToWorker } from './protocol.js';
import { RunSession } from './run_session.js';
import { BadFile, Session } from './session.js';

/** Threads beyond this bring nothing here and cost start-up time each. */
const MOST_SCHEDULERS = 8;
/** Few cores still show real concurrency, and a wish for four is common in examples. */
const FEWEST_SCHEDULERS = 4;

export function serve(port: WorkerPort): void {
  const server = new Server(port);
  port.listen(
    (data) => server.receive(data),
    () => port.post({ type: 'probed', ok: false }),
  );
}

class Server {
  private engine: EngineModule | null = null;
  private current: { id: number; session: RunSession } | null = null;
  /** The current run, or the one that ended last: it can be looked at until the next one begins. */
  private last: { id: number; session: RunSession } | null = null;

  constructor(private readonly port: WorkerPort) {}

  receive(data: unknown): void {
    try {
      const message = parseToWorker(data);
      switch (message.type) {
        case 'probe':
          this.probe(message.memory);
          break;
        case 'init':
          this.initialise(message).catch((error: unknown) => this.bug(error));
          break;
        case 'run':
          this.run(message);
          break;
        case 'stop':
          this.sessionOf(message.run)?.stop();
          break;
        case 'input':
          this.sessionOf(message.run)?.input(message.text);
          break;
        case 'end-input':
          this.sessionOf(message.run)?.endInput();
          break;
        case 'ack':
          this.sessionOf(message.run)?.acknowledge();
          break;
        case 'ack-events':
          this.sessionOf(message.run)?.acknowledgeEvents();
          break;
        case 'network':
          this.sessionOf(message.run)?.chooseNetwork(message);
          break;
        case 'resume':
          this.sessionOf(message.run)?.resume();
          break;
        case 'speed':
          this.sessionOf(message.run)?.setSpeed(message.speed);
          break;
        case 'pause':
        case 'kill':
        case 'send':
        case 'inspect':
        case 'actors':
        case 'profile':
          this.look(message);
          break;
        case 'check':
          this.check(message);
          break;
        case 'list-code':
          this.listCode(message);
          break;
        case 'format':
          this.format(message);
          break;
      }
    } catch (error) {
      this.bug(error);
    }
  }

  private probe(memory: WebAssembly.Memory): void {
    const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
    if (shared) Atomics.add(new Int32Array(memory.buffer), 0, 1);
    this.port.post({ type: 'probed', ok: shared });
  }

  private async initialise(message: Extract<ToWorker, { type: 'init' }>): Promise<void> {
    if (message.protocol !== PROTOCOL_VERSION) {
      throw new EngineBug(
        `page speaks protocol ${message.protocol}, engine ${PROTOCOL_VERSION}: reload the page`,
      );
    }
    const imported = await this.port.importModule(message.engineUrl);
    this.engine = await EngineModule.load(imported, message.build, message.cores, {
      fewest: FEWEST_SCHEDULERS,
      most: MOST_SCHEDULERS,
      onAbort: (what) => this.bug(what),
    });
    this.port.post({
      type: 'ready',
      protocol: PROTOCOL_VERSION,
      version: this.engine.text(this.engine.raw._tt_glue_version()) ?? '',
      maxSchedulers: this.engine.maxSchedulers,
    });
  }

  private run(message: Extract<ToWorker, { type: 'run' }>): void {
    if (this.current)
      throw new EngineBug(`run ${message.run} begins before run ${this.current.id} has ended`);
    this.last?.session.dispose();
    this.last = null;
    const session = new RunSession(
      this.loaded(),
      message.run,
      message.options,
      this.port,
      () => {
        this.current = null;
      },
      (error) => this.bug(error),
    );
    this.current = this.last = { id: message.run, session };
    session.start(message).catch((error: unknown) => this.bug(error));
  }

  private check({ request, files, file }: Extract<ToWorker, { type: 'check' }>): void {
    this.withFiles(request, files, (session) => {
      session.load(file);
      this.port.post({ type: 'checked', request, diagnostics: session.diagnostics(files) });
    });
  }

  private listCode(message: Extract<ToWorker, { type: 'list-code' }>): void {
    const { request, files, file } = message;
    this.withFiles(request, files, (session) => {
      const loaded = session.load(file);
      const diagnostics = session.diagnostics(files);
      if (!loaded) {
        this.port.post({ type: 'code', request, code: null, diagnostics });
        return;
      }
      const code: ProgramCode = { stack: session.stackCode(), optimized: null, registers: null };
      if (message.optimized) {
        this.withFiles(request, files, (other) => {
          other.optimize();
          other.load(file);
          code.optimized = { code: other.stackCode(), report: other.optimizerReport() };
          if (message.registers) code.registers = other.registerCode();
        });
      } else if (message.registers) code.registers = session.registerCode();
      this.port.post({ type: 'code', request, code, diagnostics });
    });
  }

  /** A session of its own with these files, for the time of `work`. */
  private withFiles(request: number, files: Files, work: (session: Session) => void): void {
    const session = new Session(this.loaded());
    try {
      session.putFiles(files);
      work(session);
    } catch (error) {
      if (!(error instanceof BadFile)) throw error;
      this.port.post({ type: 'request-failed', request, message: error.message });
    } finally {
      session.dispose();
    }
  }

  private format(message: Extract<ToWorker, { type: 'format' }>): void {
    const session = new Session(this.loaded());
    try {
      const text = session.format(message.file, message.text);
      this.port.post({ type: 'formatted', request: message.request, text });
    } finally {
      session.dispose();
    }
  }

  private look(question: Question): void {
    const { run, request } = question;
    if (this.last?.id === run) this.last.session.look(question);
    else if (question.type === 'profile') this.port.post({ type: 'profiled', run, request, profile: null });
    else this.port.post({ type: 'looked', run, request, actor: null, actors: [] });
  }

  /** Messages that cross with the end of their run are meant for nobody. */
  private sessionOf(run: number): RunSession | null {
    return this.current?.id === run ? this.current.session : null;
  }

  private loaded(): EngineModule {
    if (!this.engine) throw new EngineBug('the engine is not initialised');
    return this.engine;
  }

  private bug(error: unknown): void {
    this.port.post({ type: 'bug', message: describe(error) });
  }
}
