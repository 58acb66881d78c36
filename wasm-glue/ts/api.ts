// SPDX-License-Identifier: MIT
/**
 * What the rest of the world may know of the engine: plain data types and one interface.
 * `index.ts` exports these together with `createEngine`; nothing else of this folder is public.
 */

/** File name → contents. The program's whole file system; names use `/`, never start with it. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface Limits {
  /** Bytes of all actor heaps together. Default 1 GiB natively, 192 MiB in a browser. */
  heapBytes?: number;
  /** Bytes of one actor's heap. Default: no limit of its own. */
  actorHeapBytes?: number;
  /** Call frames of one actor. */
  callDepth?: number;
  /** Instructions of the whole run; 0 or absent means unlimited. */
  instructions?: number;
  /** Milliseconds of the whole run; 0 or absent means unlimited. */
  timeMs?: number;
  /** Messages waiting in one mailbox. */
  mailbox?: number;
}

export interface RunOptions {
  /** Which interpreter runs the program. `register` is refused with a clear error until it exists. */
  engine: 'stack' | 'register';
  optimize: boolean;
  gc: 'mark-sweep' | 'no-gc';
  /** Scheduler threads wanted; `null` means one for each core but one. Ignored when deterministic. */
  workers: number | null;
  /** One scheduler, reproducible interleaving (round-robin, or chosen by `seed`). */
  deterministic: boolean;
  /** Seed for scheduling and random numbers; `null` means none was chosen. */
  seed: number | null;
  /** Time jumps when every actor waits. Implies deterministic. */
  virtualTime: boolean;
  limits: Limits;
  /** Program arguments, after the program's own name. */
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** `true`: instruction trace on stderr, as `ttvm --trace`. */
  trace: boolean;
}

export interface RunRequest {
  files: Files;
  /** Key of `files` that is run: `.ttvm`, `.lisp` or `.ttb`. */
  main: string;
  options: RunOptions;
}

export type RunReason = 'finished' | 'failed' | 'deadlock' | 'stopped' | 'limit';

export interface RunResult {
  /** Exit status: 0 when all went well, else as `ttvm` would exit. */
  status: number;
  reason: RunReason;
  /** Threads that ran actors. */
  schedulers: number;
  /** Instructions executed, all actors together. */
  instructions: number;
  /** Files as the program left them, only those it created or changed; removed ones are `null`. */
  changedFiles: Readonly<Record<string, Uint8Array | null>>;
}

export type Severity = 'error' | 'warning';

export interface Diagnostic {
  file: string;
  /** 1-based. Columns count UTF-16 code units, as editors do. `endColumn` is exclusive. */
  line: number;
  column: number;
  endColumn: number;
  severity: Severity;
  message: string;
  /** A replacement for the marked range, when the checker has a likely one ("did you mean"). */
  suggestion?: string;
}

export type OutputStream = 'stdout' | 'stderr';

export interface RunHandlers {
  /**
   * Program output in order, as text. The engine sends the next chunk only after the returned
   * promise resolves (or at once if it returns nothing): a slow reader slows the program down.
   */
  output(stream: OutputStream, text: string): void | Promise<void>;
  /** The program runs now, on so many scheduler threads. Not called when it cannot be loaded. */
  started?(schedulers: number): void;
  /** The program waits for standard input (`true`) or no longer does (`false`). */
  wantsInput?(waiting: boolean): void;
}

export interface Run {
  /** Resolves when the program has ended, whatever the reason. Rejects only with `EngineBug`. */
  readonly done: Promise<RunResult>;
  /**
   * Asks the program to stop; resolves when no scheduler runs any more. If the engine does not
   * answer within a second its worker is terminated and replaced (state is then lost).
   */
  stop(): Promise<void>;
  /** Appends to standard input. */
  input(text: string): void;
  /** End of standard input. */
  endInput(): void;
}

/** Why the engine runs with one thread; `null` when it has threads. */
export type NoThreadsReason =
  'forced' | 'not-isolated' | 'no-shared-array-buffer' | 'shared-memory-not-transferable' | null;

export interface EngineInfo {
  threads: boolean;
  noThreadsReason: NoThreadsReason;
  /** Most scheduler threads a run can have. */
  maxSchedulers: number;
  version: string;
}

export interface Engine {
  readonly info: EngineInfo;
  /** One run at a time: starting a second one while the first is going stops the first. */
  run(request: RunRequest, handlers: RunHandlers): Run;
  /** The core's own checker on one file, with the others there for imports. */
  check(files: Files, file: string): Promise<Diagnostic[]>;
  /** Text as `ttvm disasm` prints it, or the diagnostics that prevent it. */
  disassemble(files: Files, file: string): Promise<{ text: string } | { diagnostics: Diagnostic[] }>;
  dispose(): void;
}

export interface EngineOptions {
  /** Folder that holds `ttvm-mt.mjs`, `ttvm-st.mjs` and their `.wasm`, ending in `/`. */
  baseUrl: URL;
  /** `auto`: threads when the environment can have them. */
  threads: 'auto' | 'off';
}

/** A defect of the engine itself, never of a program: a trap, a protocol violation. */
export class EngineBug extends Error {
  override readonly name = 'EngineBug';
}
