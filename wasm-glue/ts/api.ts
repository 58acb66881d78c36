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
  /** Connections and streams open at a time. */
  handles?: number;
}

/** What a program may be refused, as `ttvm --deny-…`. */
export type Capability = 'fs-read' | 'fs-write' | 'net' | 'exec' | 'env' | 'db';

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
  /** `true`: what happens between actors is recorded and handed to `RunHandlers.events`. Default: off. */
  events?: boolean;
  /** `true`: calls, instructions and time of every function are counted, for `RunControl.profile`. Default: off. */
  profile?: boolean;
  /** `false`: register code is interpreted only. Default: WebAssembly is made of it; results are the same. */
  generateCode?: boolean;
  /** Capabilities that are refused. Default: none; requests to other sites need `RunHandlers.network` besides. */
  deny?: readonly Capability[];
}

/** Kinds of events; core/trace/events.def says what each one's fields mean. */
export type TraceKind =
  | 'spawn'
  | 'exit'
  | 'send'
  | 'receive'
  | 'wait'
  | 'ready'
  | 'run'
  | 'preempt'
  | 'link'
  | 'unlink'
  | 'monitor'
  | 'demonitor'
  | 'down'
  | 'register'
  | 'unregister'
  | 'supervise'
  | 'restart'
  | 'exception';

/**
 * One event. `other` and `value` by kind (0 where a kind has none):
 *
 *   kind        pid            other              value                            text
 *   spawn       who starts     the new actor      0                                function
 *   exit        who ended      1: not normally    ns of the slice                 reason
 *   send        sender         receiver           number of the message            message
 *   receive     receiver       sender, or 0       its sender's number              message
 *   wait        who waits      ns of the slice    index of TRACE_WAITS             -
 *   ready       who is woken   0                  0                                -
 *   run         whose slice    0                  nanoseconds (0: reproducible)    -
 *   preempt     whose slice    ns of the slice    instructions of the slice        -
 *   link        who links      the other          0                                -
 *   unlink      who unlinks    the other          0                                -
 *   monitor     who watches    the watched        reference                        -
 *   demonitor   who watched    the watched        reference                        -
 *   down        who watched    who ended          reference                        reason
 *   register    the named      0                  0                                name
 *   unregister  who            whose name it was  0                                name
 *   supervise   supervisor     child              0                                id of the child
 *   restart     supervisor     new child          pid of the old one               id of the child
 *   exception   who raised     0                  1: nobody caught it              kind: message
 *
 * A message is known by its sender and number: the `send` and `receive` of one message agree in both.
 */
export interface TraceEvent {
  /** Numbers all recorded events of a run from 0, without holes. */
  sequence: number;
  kind: TraceKind;
  /** Scheduler thread. */
  worker: number;
  pid: number;
  other: number;
  value: number;
  /** At most 64 UTF-8 bytes; `…` ends what was longer. */
  text: string;
  /** Where the program was: empty and 0 when that says nothing. */
  file: string;
  line: number;
}

/** Events as they were recorded, in order; `decodeTrace` reads them. */
export interface TraceBatch {
  /** Records of 32 bytes, layout in core/trace/ring.h. Lent until the handler returns. */
  readonly records: Uint8Array<ArrayBuffer>;
  /** Events lost so far in this run, because they came faster than they were taken. */
  readonly dropped: number;
  /** Source files, by the number that records hold. */
  readonly files: readonly string[];
}

export type ActorState = 'ready' | 'running' | 'receiving' | 'waiting' | 'ended';

export interface ActorSummary {
  pid: number;
  /** Registered name. */
  name: string | null;
  state: ActorState;
  /** Messages waiting. */
  mailbox: number;
  file: string;
  line: number;
  /** pid of the supervisor whose child it is. */
  supervisor: number | null;
}

export interface ActorVariable {
  name: string;
  /** As PRINT shows it, cut after some 200 bytes. */
  value: string;
}

export interface ActorFrame {
  function: string;
  file: string;
  line: number;
  variables: ActorVariable[];
  /** Values under way, top last. */
  operands: string[];
}

export interface ActorChild {
  id: string;
  pid: number;
  state: 'running' | 'stopping' | 'stopped';
  policy: 'permanent' | 'transient' | 'temporary';
  restarts: number;
}

export interface ActorInfo extends ActorSummary {
  /** What it waits for, as a sentence part: "a message in RECEIVE at worker (main.ttvm:12)"; else `null`. */
  waits: string | null;
  instructions: number;
  heapBytes: number;
  trapsExits: boolean;
  /** Innermost first, at most 64. */
  frames: ActorFrame[];
  /** The module's variables as this actor sees them. */
  globals: ActorVariable[];
  /** The first 100 messages, oldest first. */
  messages: string[];
  links: number[];
  /** Whom it watches. */
  monitors: number[];
  /** Who watches it. */
  watchers: number[];
  /** `null` unless it is a supervisor. */
  strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one' | null;
  children: ActorChild[];
}

/** Looking at a run and meddling with it. All of it works while the run is going or paused. */
export interface RunControl {
  /** Actors stop at the end of their slices; resolves when all stand still. Time goes on. */
  pause(): Promise<void>;
  resume(): void;
  /** Slow motion: instructions a second, all actors together; `null` for full speed. */
  setSpeed(instructionsPerSecond: number | null): void;
  /** Ends an actor with reason `killed`. */
  kill(pid: number): void;
  /** Sends a Str. */
  send(pid: number, text: string): void;
  /**
   * `null` when there is no such actor. Both stand the actors still for a moment if need be; many actors are
   * looked at in several such moments. After the end of a run with `RunOptions.events` they tell how its actors were then, until the next run begins.
   */
  inspect(pid: number): Promise<ActorInfo | null>;
  actors(): Promise<ActorSummary[]>;
  /** Figures so far, and after the end; `null` without `RunOptions.profile`. Works as `inspect` does. */
  profile(): Promise<Profile | null>;
}

export interface ProfileFigures {
  calls: number;
  /** Of the function's own code. */
  ownNs: number;
  ownInstructions: number;
  /** With everything it called; a call inside another call of the same function counts once. */
  allNs: number;
  allInstructions: number;
}

export interface ProfileFunction extends ProfileFigures {
  /** "fib", "<main>"; of imported modules "list:map". */
  name: string;
  file: string;
  /** 0: unknown. */
  line: number;
}

/** A way of calls that led to a function. Recursion leads back to where the function already stands on the way. */
export interface ProfilePath {
  /** Index of a path before this one; -1: none. */
  parent: number;
  /** Index of `Profile.functions`, as all that follow. */
  function: number;
  calls: number;
  ownNs: number;
  ownInstructions: number;
}

export interface ProfileActor {
  pid: number;
  /** It was started with. */
  function: number;
  ns: number;
  instructions: number;
  functions: ({ function: number } & ProfileFigures)[];
}

/** What one scheduler did; for the rest of `Profile.spanNs` it waited. */
export interface ProfileScheduler {
  /** Turns that actors had on it. */
  slices: number;
  /** Times that it took actors from another one's queue. */
  steals: number;
  ns: number;
  instructions: number;
}

/** Where a run's time and instructions went. Time is that of running, not of waiting. */
export interface Profile {
  ns: number;
  instructions: number;
  /** The slowest first, by own time. */
  functions: ProfileFunction[];
  paths: ProfilePath[];
  /** The first 1,000 that ended, and those that live. */
  actors: ProfileActor[];
  /** Actors that are only in the sums. */
  moreActors: number;
  /** Why, and how often, register code went on in stack code. */
  leaves: { reason: string; count: number }[];
  /** From the first slice of any scheduler to the end of the last. */
  spanNs: number;
  /** By number, up to the last one that had a slice. */
  schedulers: ProfileScheduler[];
  /** Files whose stack code ran; empty with register code, which is not counted by instructions. */
  executions: FileExecutions[];
}

/** How often each stack instruction of a file was executed, by address, of the code that ran: optimized or not. */
export interface FileExecutions {
  file: string;
  counts: Float64Array<ArrayBuffer>;
}

/** Stack code as text: instructions on lines that begin with blanks, labels on the others. */
export interface StackCode {
  text: string;
  /**
   * Line and column of the source in turn for each instruction, in order: the address of an instruction is its
   * number. Both from 1, 0 where unknown; columns count bytes.
   */
  positions: Uint32Array<ArrayBuffer>;
}

/** Register code as text, instructions indented by more than headings are. */
export interface RegisterCode {
  text: string;
  /** For each instruction, in order, the address of the stack instruction it can fail in. */
  origins: Uint32Array<ArrayBuffer>;
}

/** What the optimizer did to a program. */
export interface OptimizerReport {
  /** Of all passes, that found something to do. */
  rounds: number;
  instructions: { before: number; after: number };
  /** Slots of frames, each kind of frame once. */
  variables: { before: number; after: number };
  passes: { title: string; doc: string; changes: number; removed: number }[];
}

/** A file's code in all its forms. */
export interface ProgramCode {
  stack: StackCode;
  /** The same after the optimizer, when that was asked for. */
  optimized: { code: StackCode; report: OptimizerReport } | null;
  /** Made of the optimized code when that was asked for. */
  registers: RegisterCode | null;
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

/** A program wants to talk to another site. */
export interface NetworkQuestion {
  /** "https://example.org" */
  readonly origin: string;
  /** GET, POST … */
  readonly method: string;
  /** The site answered with a redirect; where to, browsers tell nobody before they have gone there. */
  readonly redirect: boolean;
}

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
  /**
   * May it? Asked before every request to another site; nothing is sent before it resolves with `true`. Without
   * this handler no request is allowed. Servers of the program itself on 127.0.0.1 need no permission.
   */
  network?(question: NetworkQuestion): boolean | Promise<boolean>;
  /**
   * Files that the program changed or made since the last call, some two times a second while it runs; removed
   * ones are `null`. `RunResult.changedFiles` has them all at the end.
   */
  filesChanged?(files: Readonly<Record<string, Uint8Array | null>>): void;
  /**
   * What happened since the last call; only with `RunOptions.events`. Called some times in each frame, for a few
   * milliseconds: of what comes faster, threads drop events, and a cooperative run is slowed down. All events that
   * were not dropped have been handed over before `done` resolves, unless the run was stopped: then later.
   */
  events?(batch: TraceBatch): void;
}

export interface Run extends RunControl {
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
  | 'forced'
  | 'not-isolated'
  | 'no-shared-array-buffer'
  | 'shared-memory-not-transferable'
  /** All was there, but the build with threads could not be started: too little memory, say. */
  | 'threads-failed'
  | null;

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
  /** A file's code as `ttvm disasm` prints it, or the diagnostics that prevent it. */
  code(
    files: Files,
    file: string,
    wanted: { optimized: boolean; registers: boolean },
  ): Promise<ProgramCode | { diagnostics: Diagnostic[] }>;
  /** A source text as `ttvm fmt` writes it, in the language that the file's name tells. */
  format(file: string, text: string): Promise<string>;
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
