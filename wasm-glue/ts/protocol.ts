// SPDX-License-Identifier: MIT
/**
 * Everything that page and engine worker say to each other: two discriminated unions, each with a table of
 * guards that the compiler keeps complete. Data is checked where it arrives; past `parse…` it is trusted.
 */
import type {
  ActorInfo,
  ActorSummary,
  Diagnostic,
  Files,
  OptimizerReport,
  OutputStream,
  Profile,
  ProgramCode,
  RegisterCode,
  RunOptions,
  RunResult,
  StackCode,
} from './api.js';

/** Raised by one whenever a message changes; page and worker refuse to talk across versions. */
export const PROTOCOL_VERSION = 7;

/** Most UTF-8 bytes in one `output` message. */
export const OUTPUT_CHUNK_BYTES = 64 * 1024;

/** Most actors in one answer: a hundred thousand at once would hold the page up. */
export const ACTORS_PER_ANSWER = 2000;

/** `mt`: scheduler threads over shared memory. `st`: one thread, run in slices. */
export type Build = 'mt' | 'st';

export type ToWorker =
  /** Can shared memory reach this worker? Answered by `probed` after adding one to word 0. */
  | { type: 'probe'; memory: WebAssembly.Memory }
  /** Once, before anything else but `probe`. Answered by `ready` or `bug`. */
  | { type: 'init'; protocol: number; build: Build; engineUrl: string; cores: number }
  /** Answered by `started`, any number of `output` and `wants-input`, and exactly one `done`. */
  | { type: 'run'; run: number; files: Files; main: string; options: RunOptions }
  | { type: 'stop'; run: number }
  | { type: 'input'; run: number; text: string }
  | { type: 'end-input'; run: number }
  /** The last `output` of this run has been dealt with; the next may come. */
  | { type: 'ack'; run: number }
  /** The last `events` of this run have been dealt with, or there is room after `events-full`. */
  | { type: 'ack-events'; run: number }
  | { type: 'resume'; run: number }
  /** Answers `ask-network` of the same number; `advice` says what to do about a refusal. */
  | { type: 'network'; run: number; question: number; allowed: boolean; advice: string }
  /** Instructions a second; 0 for no limit. */
  | { type: 'speed'; run: number; speed: number }
  /** The following are answered by `looked` with the same number, once everything stands still. */
  | { type: 'pause'; run: number; request: number }
  | { type: 'kill'; run: number; request: number; pid: number }
  | { type: 'send'; run: number; request: number; pid: number; text: string }
  | { type: 'inspect'; run: number; request: number; pid: number }
  /** Those with the lowest pids above `after`, `ACTORS_PER_ANSWER` unless there are fewer. */
  | { type: 'actors'; run: number; request: number; after: number }
  /** Answered by `profiled` with the same number, once everything stands still. */
  | { type: 'profile'; run: number; request: number }
  /** Answered by `checked` or `request-failed` with the same number. */
  | { type: 'check'; request: number; files: Files; file: string }
  /** Answered by `code` or `request-failed` with the same number. */
  | {
      type: 'list-code';
      request: number;
      files: Files;
      file: string;
      optimized: boolean;
      registers: boolean;
    }
  /** Answered by `formatted` with the same number. The file's name tells the language. */
  | { type: 'format'; request: number; file: string; text: string };

export type ToPage =
  | { type: 'probed'; ok: boolean }
  | { type: 'ready'; protocol: number; version: string; maxSchedulers: number }
  /**
   * Byte addresses in `memory`, which is `null` where it is not shared: `stopFlag` of the word whose value 1 stops
   * the run, else 0; `rings` of the schedulers' rings of events, which the page then reads, valid until the page
   * asks for another run. `files`: source files known so far, as in `files`.
   */
  | {
      type: 'started';
      run: number;
      schedulers: number;
      stopFlag: number;
      memory: WebAssembly.Memory | null;
      rings: number[];
      files: string[];
    }
  | { type: 'output'; run: number; stream: OutputStream; text: string }
  | { type: 'wants-input'; run: number; waiting: boolean }
  /** A program wants to talk to another site; it waits for the answer. */
  | {
      type: 'ask-network';
      run: number;
      question: number;
      origin: string;
      method: string;
      redirect: boolean;
    }
  /** Files that the program changed since the last of these; removed ones are `null`. */
  | { type: 'changed-files'; run: number; files: Record<string, Uint8Array | null> }
  /** Where memory is not shared: what happened since the last batch. Answered by `ack-events`. */
  | { type: 'events'; run: number; records: Uint8Array<ArrayBuffer>; dropped: number }
  /** The run stands still until the page has made room in the rings. Answered by `ack-events`. */
  | { type: 'events-full'; run: number }
  /** Source files that became known, in the order of their numbers in records. */
  | { type: 'files'; run: number; files: string[] }
  | { type: 'looked'; run: number; request: number; actor: ActorInfo | null; actors: ActorSummary[] }
  | { type: 'profiled'; run: number; request: number; profile: Profile | null }
  | { type: 'done'; run: number; result: RunResult }
  | { type: 'checked'; request: number; diagnostics: Diagnostic[] }
  | { type: 'code'; request: number; code: ProgramCode | null; diagnostics: Diagnostic[] }
  | { type: 'formatted'; request: number; text: string }
  | { type: 'request-failed'; request: number; message: string }
  /** The engine itself is broken; the worker is of no further use. */
  | { type: 'bug'; message: string };

/** A message that does not fit the protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

type Guard = (value: unknown) => boolean;
type FieldGuards<M> = { readonly [K in Exclude<keyof M, 'type'>]-?: Guard };
type GuardTable<U extends { type: string }> = {
  readonly [T in U['type']]: FieldGuards<Extract<U, { type: T }>>;
};

const isString: Guard = (value) => typeof value === 'string';
const isBoolean: Guard = (value) => typeof value === 'boolean';
const isIndex: Guard = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isMemory: Guard = (value) => value instanceof WebAssembly.Memory;
const oneOf =
  (...values: readonly unknown[]): Guard =>
  (value) =>
    values.includes(value);
const nullOr =
  (guard: Guard): Guard =>
  (value) =>
    value === null || guard(value);
const optional =
  (guard: Guard): Guard =>
  (value) =>
    value === undefined || guard(value);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf =
  (guard: Guard): Guard =>
  (value) =>
    Array.isArray(value) && value.every(guard);
const recordOf =
  (guard: Guard): Guard =>
  (value) =>
    isRecord(value) && Object.values(value).every(guard);
const shape =
  <T>(fields: { readonly [K in keyof T]-?: Guard }): Guard =>
  (value) =>
    isRecord(value) &&
    Object.entries<Guard>(fields as Record<string, Guard>).every(([key, guard]) => guard(value[key]));

const isBytes: Guard = (value) => value instanceof Uint8Array;
const isFiles = recordOf((value) => isString(value) || isBytes(value));

const isOptions = shape<RunOptions>({
  engine: oneOf('stack', 'register'),
  optimize: isBoolean,
  gc: oneOf('mark-sweep', 'no-gc'),
  workers: nullOr(isIndex),
  deterministic: isBoolean,
  seed: nullOr(isIndex),
  virtualTime: isBoolean,
  limits: shape<RunOptions['limits']>({
    heapBytes: optional(isIndex),
    actorHeapBytes: optional(isIndex),
    callDepth: optional(isIndex),
    instructions: optional(isIndex),
    timeMs: optional(isIndex),
    mailbox: optional(isIndex),
    handles: optional(isIndex),
  }),
  args: listOf(isString),
  env: recordOf(isString),
  trace: isBoolean,
  events: optional(isBoolean),
  profile: optional(isBoolean),
  generateCode: optional(isBoolean),
  deny: optional(listOf(oneOf('fs-read', 'fs-write', 'net', 'exec', 'env', 'db'))),
});

const isResult = shape<RunResult>({
  status: Number.isSafeInteger,
  reason: oneOf('finished', 'failed', 'deadlock', 'stopped', 'limit'),
  schedulers: isIndex,
  instructions: isIndex,
  changedFiles: recordOf(nullOr(isBytes)),
});

const isDiagnostic = shape<Diagnostic>({
  file: isString,
  line: isIndex,
  column: isIndex,
  endColumn: isIndex,
  severity: oneOf('error', 'warning'),
  message: isString,
  suggestion: optional(isString),
});

const summaryGuards = {
  pid: isIndex,
  name: nullOr(isString),
  state: oneOf('ready', 'running', 'receiving', 'waiting', 'ended'),
  mailbox: isIndex,
  file: isString,
  line: isIndex,
  supervisor: nullOr(isIndex),
};
const isSummary = shape<ActorSummary>(summaryGuards);
const isVariable = shape<ActorInfo['globals'][number]>({ name: isString, value: isString });
const isActor = shape<ActorInfo>({
  ...summaryGuards,
  waits: nullOr(isString),
  instructions: isIndex,
  heapBytes: isIndex,
  trapsExits: isBoolean,
  frames: listOf(
    shape<ActorInfo['frames'][number]>({
      function: isString,
      file: isString,
      line: isIndex,
      variables: listOf(isVariable),
      operands: listOf(isString),
    }),
  ),
  globals: listOf(isVariable),
  messages: listOf(isString),
  links: listOf(isIndex),
  monitors: listOf(isIndex),
  watchers: listOf(isIndex),
  strategy: nullOr(oneOf('one_for_one', 'one_for_all', 'rest_for_one')),
  children: listOf(
    shape<ActorInfo['children'][number]>({
      id: isString,
      pid: isIndex,
      state: oneOf('running', 'stopping', 'stopped'),
      policy: oneOf('permanent', 'transient', 'temporary'),
      restarts: isIndex,
    }),
  ),
});

const isCount: Guard = (value) => typeof value === 'number' && value >= 0;
const figureGuards = {
  calls: isCount,
  ownNs: isCount,
  ownInstructions: isCount,
  allNs: isCount,
  allInstructions: isCount,
};
const isProfile = shape<Profile>({
  ns: isCount,
  instructions: isCount,
  functions: listOf(
    shape<Profile['functions'][number]>({ name: isString, file: isString, line: isIndex, ...figureGuards }),
  ),
  paths: listOf(
    shape<Profile['paths'][number]>({
      parent: Number.isSafeInteger,
      function: isIndex,
      calls: isCount,
      ownNs: isCount,
      ownInstructions: isCount,
    }),
  ),
  actors: listOf(
    shape<Profile['actors'][number]>({
      pid: isIndex,
      function: isIndex,
      ns: isCount,
      instructions: isCount,
      functions: listOf(
        shape<Profile['actors'][number]['functions'][number]>({ function: isIndex, ...figureGuards }),
      ),
    }),
  ),
  moreActors: isCount,
  leaves: listOf(shape<Profile['leaves'][number]>({ reason: isString, count: isCount })),
  spanNs: isCount,
  schedulers: listOf(
    shape<Profile['schedulers'][number]>({
      slices: isCount,
      steals: isCount,
      ns: isCount,
      instructions: isCount,
    }),
  ),
  executions: listOf(
    shape<Profile['executions'][number]>({
      file: isString,
      counts: (value) => value instanceof Float64Array,
    }),
  ),
});

const isNumbers: Guard = (value) => value instanceof Uint32Array;
const isStackCode = shape<StackCode>({ text: isString, positions: isNumbers });
const isChange = shape<OptimizerReport['instructions']>({ before: isIndex, after: isIndex });
const isReport = shape<OptimizerReport>({
  rounds: isIndex,
  instructions: isChange,
  variables: isChange,
  passes: listOf(
    shape<OptimizerReport['passes'][number]>({
      title: isString,
      doc: isString,
      changes: isIndex,
      removed: Number.isSafeInteger,
    }),
  ),
});
const isCode = shape<ProgramCode>({
  stack: isStackCode,
  optimized: nullOr(shape<NonNullable<ProgramCode['optimized']>>({ code: isStackCode, report: isReport })),
  registers: nullOr(shape<RegisterCode>({ text: isString, origins: isNumbers })),
});

const toWorkerGuards: GuardTable<ToWorker> = {
  probe: { memory: isMemory },
  init: { protocol: isIndex, build: oneOf('mt', 'st'), engineUrl: isString, cores: isIndex },
  run: { run: isIndex, files: isFiles, main: isString, options: isOptions },
  stop: { run: isIndex },
  input: { run: isIndex, text: isString },
  'end-input': { run: isIndex },
  ack: { run: isIndex },
  'ack-events': { run: isIndex },
  resume: { run: isIndex },
  network: { run: isIndex, question: isIndex, allowed: isBoolean, advice: isString },
  speed: { run: isIndex, speed: isIndex },
  pause: { run: isIndex, request: isIndex },
  kill: { run: isIndex, request: isIndex, pid: isIndex },
  send: { run: isIndex, request: isIndex, pid: isIndex, text: isString },
  inspect: { run: isIndex, request: isIndex, pid: isIndex },
  actors: { run: isIndex, request: isIndex, after: isIndex },
  profile: { run: isIndex, request: isIndex },
  check: { request: isIndex, files: isFiles, file: isString },
  'list-code': {
    request: isIndex,
    files: isFiles,
    file: isString,
    optimized: isBoolean,
    registers: isBoolean,
  },
  format: { request: isIndex, file: isString, text: isString },
};

const toPageGuards: GuardTable<ToPage> = {
  probed: { ok: isBoolean },
  ready: { protocol: isIndex, version: isString, maxSchedulers: isIndex },
  started: {
    run: isIndex,
    schedulers: isIndex,
    stopFlag: isIndex,
    memory: nullOr(isMemory),
    rings: listOf(isIndex),
    files: listOf(isString),
  },
  output: { run: isIndex, stream: oneOf('stdout', 'stderr'), text: isString },
  'wants-input': { run: isIndex, waiting: isBoolean },
  'ask-network': {
    run: isIndex,
    question: isIndex,
    origin: isString,
    method: isString,
    redirect: isBoolean,
  },
  'changed-files': { run: isIndex, files: recordOf(nullOr(isBytes)) },
  events: { run: isIndex, records: isBytes, dropped: isIndex },
  'events-full': { run: isIndex },
  files: { run: isIndex, files: listOf(isString) },
  looked: { run: isIndex, request: isIndex, actor: nullOr(isActor), actors: listOf(isSummary) },
  profiled: { run: isIndex, request: isIndex, profile: nullOr(isProfile) },
  done: { run: isIndex, result: isResult },
  checked: { request: isIndex, diagnostics: listOf(isDiagnostic) },
  code: { request: isIndex, code: nullOr(isCode), diagnostics: listOf(isDiagnostic) },
  formatted: { request: isIndex, text: isString },
  'request-failed': { request: isIndex, message: isString },
  bug: { message: isString },
};

function parse<U extends { type: string }>(table: GuardTable<U>, data: unknown): U {
  if (!isRecord(data) || typeof data['type'] !== 'string') {
    throw new ProtocolError('a message must be an object with a type');
  }
  const type = data['type'];
  if (!Object.hasOwn(table, type)) throw new ProtocolError(`unknown message type '${type}'`);
  const fields = table[type as U['type']] as Readonly<Record<string, Guard>>;
  for (const [field, guard] of Object.entries(fields)) {
    if (!guard(data[field]))
      throw new ProtocolError(`message '${type}': field '${field}' is missing or ill-typed`);
  }
  return data as unknown as U;
}

/** What the worker received. Throws `ProtocolError`. */
export function parseToWorker(data: unknown): ToWorker {
  return parse<ToWorker>(toWorkerGuards, data);
}

/** What the page received. Throws `ProtocolError`. */
export function parseToPage(data: unknown): ToPage {
  return parse<ToPage>(toPageGuards, data);
}
