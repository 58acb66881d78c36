// SPDX-License-Identifier: MIT
/** One C session with types: the twin of glue.c. Holds a handle and nothing of the VM's state. */
import {
  EngineBug,
  type ActorInfo,
  type ActorSummary,
  type Capability,
  type Diagnostic,
  type Files,
  type OptimizerReport,
  type OutputStream,
  type Profile,
  type RegisterCode,
  type RunOptions,
  type RunReason,
  type StackCode,
} from './api.js';
import { CodeMaker } from './codegen/code_maker.js';
import type { EngineModule } from './engine_module.js';
import { HostError } from './host/errors.js';
import type { ServiceFiles } from './host/files.js';
import type { ServiceCall } from './host/services.js';
import { OUTPUT_CHUNK_BYTES } from './protocol.js';
import { PASS_TABLE } from './pass_table.js';
import { RawOption } from './raw.js';
import { TRACE_RECORD_BYTES, isCrowded } from './trace_reader.js';

/** Records taken at once: half a megabyte. */
const EVENT_BATCH_RECORDS = 16 * 1024;

const STANDARD_ERROR_BIT = 0x8000_0000;

/** Order of TtReason in tt.h. */
const REASONS: readonly RunReason[] = ['finished', 'failed', 'deadlock', 'stopped', 'limit'];

/** Order of TtRunState in tt.h. */
export const RunState = { ready: 0, idle: 1, ended: 2 } as const;

/** Order of TtFileStatus in file_store.h, those that giving a file can answer. */
const FILE_STATUS: Readonly<Record<number, string>> = {
  4: 'not a usable file name',
  5: 'the files together are too large',
};

/** Order of TtCapability in core/host/host.h. */
const CAPABILITIES: readonly (Capability | null)[] = [
  null,
  'fs-read',
  'fs-write',
  'net',
  'exec',
  'env',
  'db',
];

/** A file that cannot be taken into the engine: the caller's fault, not the engine's. */
export class BadFile extends Error {
  override readonly name = 'BadFile';
}

export interface OutputPiece {
  stream: OutputStream;
  bytes: Uint8Array<ArrayBuffer>;
}

export class Session {
  private readonly handle: number;
  private readonly buffer: number;
  private eventBuffer = 0;
  private codeMaker: CodeMaker | null = null;

  constructor(private readonly engine: EngineModule) {
    this.handle = engine.raw._tt_glue_new();
    this.buffer = engine.raw._malloc(OUTPUT_CHUNK_BYTES);
    if (this.handle === 0 || this.buffer === 0) throw new EngineBug('no memory for a session in the engine');
  }

  dispose(): void {
    this.engine.raw._free(this.buffer);
    if (this.eventBuffer !== 0) this.engine.raw._free(this.eventBuffer);
    this.engine.raw._tt_glue_delete(this.handle);
  }

  /** Throws `BadFile`. */
  putFiles(files: Files): void {
    const encoder = new TextEncoder();
    for (const [name, contents] of Object.entries(files)) {
      const bytes = typeof contents === 'string' ? encoder.encode(contents) : contents;
      const status = this.engine.withText(name, (nameAt, nameLength) =>
        this.engine.withBytes(bytes, (at, length) =>
          this.engine.raw._tt_glue_put_file(this.handle, nameAt, nameLength, at, length),
        ),
      );
      if (status !== 0) throw new BadFile(`${name}: ${FILE_STATUS[status] ?? `status ${status}`}`);
    }
  }

  /** `cooperative`: one scheduler on this thread, in slices. */
  setOptions(options: RunOptions, cooperative: boolean): void {
    const { raw } = this.engine;
    const set = (option: number, value: number): void => raw._tt_glue_set_option(this.handle, option, value);
    const { limits } = options;
    const generates = options.engine === 'register' && (options.generateCode ?? true);
    this.codeMaker = generates ? new CodeMaker(this.engine, this.handle) : null;
    set(RawOption.registerEngine, Number(options.engine === 'register'));
    set(RawOption.optimize, Number(options.optimize));
    set(RawOption.noGc, Number(options.gc === 'no-gc'));
    set(RawOption.workers, this.schedulersFor(options.workers));
    set(RawOption.cooperative, Number(cooperative));
    set(RawOption.seeded, Number(options.seed !== null));
    set(RawOption.seedLow, (options.seed ?? 0) % 2 ** 32);
    set(RawOption.seedHigh, Math.floor((options.seed ?? 0) / 2 ** 32));
    set(RawOption.virtualTime, Number(options.virtualTime));
    set(RawOption.maxVmHeap, limits.heapBytes ?? 0);
    set(RawOption.maxActorHeap, limits.actorHeapBytes ?? 0);
    set(RawOption.maxDepth, Math.min(limits.callDepth ?? 0, 2 ** 32 - 1));
    set(RawOption.maxMailbox, Math.min(limits.mailbox ?? 0, 2 ** 32 - 1));
    set(RawOption.maxHandles, Math.min(limits.handles ?? 0, 2 ** 32 - 1));
    set(RawOption.maxInstructions, limits.instructions ?? 0);
    set(RawOption.maxTimeMs, limits.timeMs ?? 0);
    set(RawOption.trace, Number(options.trace));
    set(RawOption.events, Number(options.events ?? false));
    set(RawOption.profile, Number(options.profile ?? false));
    const denied = options.deny ?? [];
    set(
      RawOption.denied,
      denied.reduce((bits, one) => bits | (1 << CAPABILITIES.indexOf(one)), 0),
    );
    for (const argument of options.args) {
      this.engine.withText(argument, (at, length) => raw._tt_glue_add_argument(this.handle, at, length));
    }
    for (const [name, value] of Object.entries(options.env)) {
      this.engine.withText(name, (nameAt, nameLength) =>
        this.engine.withText(value, (at, length) =>
          raw._tt_glue_set_variable(this.handle, nameAt, nameLength, at, length),
        ),
      );
    }
  }

  /** Threads for a wish; `null` means all but the one that the page needs, but two at least. */
  schedulersFor(wanted: number | null): number {
    const most = this.engine.maxSchedulers;
    return Math.min(Math.max(wanted ?? Math.max(this.engine.cores - 1, 2), 1), most);
  }

  /** Loads without running; true when the program could run. */
  load(file: string): boolean {
    return (
      this.engine.withText(file, (at, length) => this.engine.raw._tt_glue_load(this.handle, at, length)) !== 0
    );
  }

  diagnostics(files: Files): Diagnostic[] {
    const { raw } = this.engine;
    const list: Diagnostic[] = [];
    const count = raw._tt_glue_diagnostic_count(this.handle);
    for (let i = 0; i < count; i++) {
      const number = (field: number): number => raw._tt_glue_diagnostic_number(this.handle, i, field);
      const text = (field: number): string | null =>
        this.engine.text(raw._tt_glue_diagnostic_text(this.handle, i, field));
      const file = text(0) ?? '';
      const suggestion = text(2);
      list.push({
        file,
        ...editorRange(files[file], number(0), number(1), number(2)),
        severity: number(3) === 0 ? 'error' : 'warning',
        message: text(1) ?? '',
        ...(suggestion === null ? {} : { suggestion }),
      });
    }
    return list;
  }

  /** Before `load`: the program goes through the optimizer. */
  optimize(): void {
    this.engine.raw._tt_glue_set_option(this.handle, RawOption.optimize, 1);
  }

  /** Of the loaded program, as `registerCode` and `optimizerReport`. Comments of the listing tell what `positions` do. */
  stackCode(): StackCode {
    const text = this.disassemble(0).replace(/ +; 0x[0-9A-F]+(?: line \d+)?$/gm, '');
    return { text, positions: this.codeOrigins(0, 2) };
  }

  registerCode(): RegisterCode {
    const text = this.disassemble(1).replace(/ +; \d+$/gm, '');
    return { text, origins: this.codeOrigins(1, 1) };
  }

  optimizerReport(): OptimizerReport {
    const figure = (at: number): number => this.engine.raw._tt_glue_optimizer_figure(this.handle, at);
    return {
      rounds: figure(0),
      instructions: { before: figure(1), after: figure(2) },
      variables: { before: figure(3), after: figure(4) },
      passes: PASS_TABLE.map(({ title, doc }, i) => ({
        title,
        doc,
        changes: figure(5 + 2 * i),
        removed: figure(6 + 2 * i),
      })),
    };
  }

  private disassemble(registers: number): string {
    return this.engine.text(this.engine.raw._tt_glue_disassemble(this.handle, registers)) ?? '';
  }

  private codeOrigins(registers: number, each: number): Uint32Array<ArrayBuffer> {
    const count = this.engine.raw._tt_glue_code_length(this.handle, registers) * each;
    const at = this.engine.raw._tt_glue_code_origins(this.handle, registers);
    return new Uint32Array(this.engine.copyBytes(at, count * Uint32Array.BYTES_PER_ELEMENT).buffer);
  }

  format(file: string, text: string): string {
    const { raw } = this.engine;
    return (
      this.engine.withText(file, (nameAt, nameLength) =>
        this.engine.withText(text, (at, length) =>
          this.engine.text(raw._tt_glue_format(this.handle, nameAt, nameLength, at, length)),
        ),
      ) ?? text
    );
  }

  /** False when the program cannot run; the run has then ended. */
  start(main: string): boolean {
    const started = this.engine.withText(main, (at, length) =>
      this.engine.raw._tt_glue_start(this.handle, at, length),
    );
    this.makeCode();
    return started !== 0;
  }

  /** Makes code for modules that have been loaded meanwhile. */
  makeCode(): void {
    this.codeMaker?.attend();
  }

  step(budgetMs: number): number {
    this.makeCode();
    return this.engine.raw._tt_glue_step(this.handle, budgetMs);
  }

  nextTimerMs(): number {
    return this.engine.raw._tt_glue_next_timer_ms(this.handle);
  }

  get ended(): boolean {
    return this.engine.raw._tt_glue_ended(this.handle) !== 0;
  }

  get schedulers(): number {
    return this.engine.raw._tt_glue_schedulers(this.handle);
  }

  stop(): void {
    this.engine.raw._tt_glue_stop(this.handle);
  }

  /** Byte address; 0 when nothing runs. */
  get stopWord(): number {
    return this.engine.raw._tt_glue_stop_word(this.handle);
  }

  /** Byte address of TtGlueSignals. */
  get signals(): number {
    return this.engine.raw._tt_glue_signals(this.handle);
  }

  /** The next piece of output, at most a chunk; `null` when there is none. */
  takeOutput(): OutputPiece | null {
    const taken = this.engine.raw._tt_glue_take_output(this.handle, this.buffer, OUTPUT_CHUNK_BYTES) >>> 0;
    const length = taken % STANDARD_ERROR_BIT;
    if (length === 0) return null;
    return {
      stream: taken >= STANDARD_ERROR_BIT ? 'stderr' : 'stdout',
      bytes: this.engine.copyBytes(this.buffer, length),
    };
  }

  giveInput(text: string): void {
    const taken = this.engine.withText(text, (at, length) =>
      this.engine.raw._tt_glue_give_input(this.handle, at, length),
    );
    if (taken === 0) throw new EngineBug('no memory for standard input in the engine');
  }

  endInput(): void {
    this.engine.raw._tt_glue_end_input(this.handle);
  }

  get wantsInput(): boolean {
    return this.engine.raw._tt_glue_wants_input(this.handle) !== 0;
  }

  pause(): void {
    this.engine.raw._tt_glue_pause(this.handle);
  }

  resume(): void {
    this.engine.raw._tt_glue_resume(this.handle);
  }

  /** Whether `kill`, `send`, `inspect` and `actors` may be called. */
  get stands(): boolean {
    return this.engine.raw._tt_glue_stands(this.handle) !== 0;
  }

  setSpeed(instructionsPerSecond: number): void {
    this.engine.raw._tt_glue_set_speed(this.handle, instructionsPerSecond);
  }

  kill(pid: number): void {
    this.engine.raw._tt_glue_kill(this.handle, pid);
  }

  send(pid: number, text: string): void {
    this.engine.withText(text, (at, length) => this.engine.raw._tt_glue_send(this.handle, pid, at, length));
  }

  inspect(pid: number): ActorInfo | null {
    const json = this.engine.text(this.engine.raw._tt_glue_inspect(this.handle, pid));
    return json === null ? null : (JSON.parse(json) as ActorInfo);
  }

  /** Those with the `most` lowest pids above `after`. */
  actors(after: number, most: number): ActorSummary[] {
    const json = this.engine.text(this.engine.raw._tt_glue_actors(this.handle, after, most));
    return json === null ? [] : (JSON.parse(json) as ActorSummary[]);
  }

  profile(): Profile | null {
    const json = this.engine.text(this.engine.raw._tt_glue_profile(this.handle));
    if (json === null) return null;
    return { ...(JSON.parse(json) as Omit<Profile, 'executions'>), executions: this.executions() };
  }

  private executions(): Profile['executions'] {
    const { raw } = this.engine;
    return this.filesFrom(0).flatMap((file, index) => {
      const at = raw._tt_glue_executions(this.handle, index);
      if (at === 0) return [];
      const length = raw._tt_glue_executions_length(this.handle) * Float64Array.BYTES_PER_ELEMENT;
      return [{ file, counts: new Float64Array(this.engine.copyBytes(at, length).buffer) }];
    });
  }

  /** Records that are there, at most `EVENT_BATCH_RECORDS`; `null` when there are none. */
  takeEvents(): Uint8Array<ArrayBuffer> | null {
    this.eventBuffer ||= this.engine.raw._malloc(EVENT_BATCH_RECORDS * TRACE_RECORD_BYTES);
    if (this.eventBuffer === 0) throw new EngineBug('no memory for events in the engine');
    const count = this.engine.raw._tt_glue_take_events(this.handle, this.eventBuffer, EVENT_BATCH_RECORDS);
    return count === 0 ? null : this.engine.copyBytes(this.eventBuffer, count * TRACE_RECORD_BYTES);
  }

  /** Byte addresses of the schedulers' rings of events; none when none are recorded. */
  get eventRings(): number[] {
    const rings: number[] = [];
    for (;;) {
      const ring = this.engine.raw._tt_glue_event_ring(this.handle, rings.length);
      if (ring === 0) return rings;
      rings.push(ring);
    }
  }

  /** Whether a cooperative run waits for its events to be taken. */
  get eventsCrowded(): boolean {
    return this.eventRings.some((ring) => isCrowded(this.engine.wideWords, ring));
  }

  get eventsDropped(): number {
    return this.engine.raw._tt_glue_events_dropped(this.handle);
  }

  /** The source files from number `from` on. */
  filesFrom(from: number): string[] {
    const files: string[] = [];
    for (;;) {
      const file = this.engine.text(this.engine.raw._tt_glue_file(this.handle, from + files.length));
      if (file === null) return files;
      files.push(file);
    }
  }

  /** Once, when the run has ended. */
  finish(): void {
    this.engine.raw._tt_glue_finish(this.handle);
  }

  get status(): number {
    return this.engine.raw._tt_glue_status(this.handle);
  }

  get reason(): RunReason {
    const reason = REASONS[this.engine.raw._tt_glue_reason(this.handle)];
    if (reason === undefined) throw new EngineBug('unknown reason of a run');
    return reason;
  }

  get instructions(): number {
    return this.engine.raw._tt_glue_instructions(this.handle);
  }

  changedFiles(): Record<string, Uint8Array | null> {
    return this.collectChanges(() => this.engine.raw._tt_glue_next_change(this.handle));
  }

  /** Grows whenever the program changes or removes a file. */
  get fileNews(): number {
    return this.engine.raw._tt_glue_news(this.handle);
  }

  /** What the program changed since this was asked last; also while it runs. */
  takeFileNews(): Record<string, Uint8Array | null> {
    return this.collectChanges(() => this.engine.raw._tt_glue_next_news(this.handle));
  }

  private collectChanges(next: () => number): Record<string, Uint8Array | null> {
    const { raw } = this.engine;
    const changed: [string, Uint8Array | null][] = [];
    while (next() !== 0) {
      const name = this.engine.text(raw._tt_glue_changed_name(this.handle)) ?? '';
      const data = raw._tt_glue_changed_data(this.handle);
      const bytes = data === 0 ? null : this.engine.copyBytes(data, raw._tt_glue_changed_length(this.handle));
      changed.push([name, bytes]);
    }
    // Not by assignment: a program may well call a file `__proto__`.
    return Object.fromEntries(changed);
  }

  /** The next call of a service, `null` when there is none. */
  takeCall(): ServiceCall | null {
    const { raw } = this.engine;
    const id = raw._tt_glue_next_request(this.handle);
    if (id === 0) return null;
    const at = raw._tt_glue_request_arguments(this.handle);
    const length = at === 0 ? 0 : raw._tt_glue_request_length(this.handle);
    return {
      id,
      service: this.engine.text(raw._tt_glue_request_service(this.handle)) ?? '',
      owner: raw._tt_glue_request_owner(this.handle),
      wire: raw._tt_glue_request_is_wire(this.handle) !== 0,
      data: at === 0 ? null : this.engine.copyBytes(at, length),
    };
  }

  /** Id of a call that nobody waits for any more, 0 when there is none. */
  takeCancelled(): number {
    return this.engine.raw._tt_glue_next_cancelled(this.handle);
  }

  /** pid of an actor whose handles are to be closed, 0 when there is none. */
  takeEndedActor(): number {
    return this.engine.raw._tt_glue_next_ended_actor(this.handle);
  }

  answerCall(id: number, value: Uint8Array): void {
    const { raw } = this.engine;
    const at = raw._malloc(Math.max(value.length, 1));
    if (at === 0) return this.refuseCall(id, 'HeapExceeded', 'the answer does not fit into memory');
    this.engine.setBytes(at, value);
    raw._tt_glue_answer(this.handle, id, at, value.length);
    raw._free(at);
  }

  refuseCall(id: number, kind: string, reason: string): void {
    this.engine.withText(kind, (kindAt, kindLength) =>
      this.engine.withText(reason, (at, length) =>
        this.engine.raw._tt_glue_refuse(this.handle, id, kindAt, kindLength, at, length),
      ),
    );
  }

  /** The run's files for services; raises FileError as the operating system would. */
  get files(): ServiceFiles {
    const { engine, handle } = this;
    const { raw } = engine;
    const checked = (answer: number): number => {
      if (answer >= 0) return answer;
      throw new HostError('FileError', engine.text(raw._tt_glue_file_error(answer)) ?? 'Input/output error');
    };
    return {
      size: (path) => engine.withText(path, (at, n) => checked(raw._tt_glue_file_size(handle, at, n))),
      exists: (path) => engine.withText(path, (at, n) => raw._tt_glue_file_exists(handle, at, n) !== 0),
      read: (path, offset, length) =>
        engine.withText(path, (at, n) => {
          const room = Math.min(length, Math.max(checked(raw._tt_glue_file_size(handle, at, n)) - offset, 0));
          if (room === 0) return new Uint8Array(0);
          const to = raw._malloc(room);
          if (to === 0) throw new HostError('HeapExceeded', 'Cannot allocate memory');
          try {
            const read = checked(raw._tt_glue_file_read(handle, at, n, offset, to, room));
            return engine.copyBytes(to, read);
          } finally {
            raw._free(to);
          }
        }),
      write: (path, offset, bytes) =>
        engine.withText(path, (at, n) =>
          engine.withBytes(
            bytes,
            (from, length) => void checked(raw._tt_glue_file_write(handle, at, n, offset, from, length)),
          ),
        ),
      resize: (path, size) =>
        engine.withText(path, (at, n) => void checked(raw._tt_glue_file_resize(handle, at, n, size))),
      remove: (path) =>
        engine.withText(path, (at, n) => void checked(raw._tt_glue_file_remove(handle, at, n))),
    };
  }
}

/**
 * The core counts code points from 1 and says 0 for "the whole file"; editors count UTF-16 code units from 1.
 * A range that is empty or whose line is not at hand gets one column.
 */
function editorRange(
  contents: string | Uint8Array | undefined,
  line: number,
  column: number,
  endColumn: number,
): { line: number; column: number; endColumn: number } {
  if (line === 0) return { line: 1, column: 1, endColumn: 2 };
  const source = typeof contents === 'string' ? contents : '';
  const codePoints = [...(source.split('\n', line)[line - 1] ?? '')];
  const units = (upTo: number): number =>
    1 +
    Math.max(upTo - 1 - codePoints.length, 0) +
    codePoints.slice(0, Math.max(upTo - 1, 0)).join('').length;
  const start = units(Math.max(column, 1));
  return { line, column: start, endColumn: Math.max(units(endColumn), start + 1) };
}
