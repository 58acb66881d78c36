// SPDX-License-Identifier: MIT
/** What a user edits, saves and shares: files, the one that runs, and the options of the run. */
import type { Files, Limits, RunOptions } from '../../../wasm-glue/ts/index.ts';

export interface SourceFile {
  readonly name: string;
  /** Text is editable; bytes are shown only by size and can be downloaded. */
  readonly content: string | Uint8Array;
}

/** Invariant: `files` is never empty, names are unique and valid, `main` is one of them. */
export interface Program {
  readonly files: readonly SourceFile[];
  readonly main: string;
}

export type Language = 'ttvm' | 'lisp' | 'text';

export const DEFAULT_MAIN = 'main.ttvm';
export const MAX_FILES = 256;
export const MAX_NAME_LENGTH = 200;

export const DEFAULT_OPTIONS: RunOptions = {
  engine: 'stack',
  optimize: false,
  gc: 'mark-sweep',
  workers: null,
  deterministic: false,
  seed: null,
  virtualTime: false,
  limits: {},
  args: [],
  env: {},
  trace: false,
};

export function languageOf(name: string): Language {
  const dot = name.lastIndexOf('.');
  const extension = dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
  return extension === 'ttvm' ? 'ttvm' : extension === 'lisp' ? 'lisp' : 'text';
}

export function isSource(name: string): boolean {
  return languageOf(name) !== 'text';
}

/** Says what is wrong with a file name, or `null` when it may be used. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'A file needs a name.';
  if (name.length > MAX_NAME_LENGTH) return `File names have at most ${MAX_NAME_LENGTH} characters.`;
  if (/[\u0000-\u001f\u007f\\]/.test(name)) return 'File names have no control characters and no backslash.';
  const parts = name.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    return 'Use names such as "data.txt" or "lib/math.ttvm": no empty part, "." or "..".';
  }
  return null;
}

export function makeProgram(files: readonly SourceFile[], main?: string): Program {
  const first = files[0];
  if (first === undefined) return { files: [{ name: DEFAULT_MAIN, content: '' }], main: DEFAULT_MAIN };
  const has = (name: string | undefined): name is string => files.some((file) => file.name === name);
  const chosen = has(main)
    ? main
    : has(DEFAULT_MAIN)
      ? DEFAULT_MAIN
      : has('main.lisp')
        ? 'main.lisp'
        : (files.find((file) => isSource(file.name)) ?? first).name;
  return { files, main: chosen };
}

export function findFile(program: Program, name: string): SourceFile | undefined {
  return program.files.find((file) => file.name === name);
}

export function withFile(program: Program, name: string, content: string | Uint8Array): Program {
  const known = program.files.some((file) => file.name === name);
  const files = known
    ? program.files.map((file) => (file.name === name ? { name, content } : file))
    : [...program.files, { name, content }];
  return { files, main: program.main };
}

export function withoutFile(program: Program, name: string): Program {
  const files = program.files.filter((file) => file.name !== name);
  return makeProgram(files, program.main);
}

export function withRenamed(program: Program, from: string, to: string): Program {
  const files = program.files.map((file) =>
    file.name === from ? { name: to, content: file.content } : file,
  );
  return { files, main: program.main === from ? to : program.main };
}

export function sameProgram(a: Program, b: Program): boolean {
  return (
    a.main === b.main &&
    a.files.length === b.files.length &&
    a.files.every((file, i) => {
      const other = b.files[i];
      return other !== undefined && file.name === other.name && sameContent(file.content, other.content);
    })
  );
}

function sameContent(a: string | Uint8Array, b: string | Uint8Array): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function engineFiles(program: Program): Files {
  return Object.fromEntries(program.files.map((file) => [file.name, file.content]));
}

/** A short name for lists of programs: the first comment line of the main file, else its name. */
export function titleOf(program: Program): string {
  const content = findFile(program, program.main)?.content;
  if (typeof content === 'string') {
    const comment = /^\s*;+\s*(\S.*)$/m.exec(content.slice(0, 400));
    if (comment?.[1] !== undefined) return comment[1].replace(/^title:\s*/, '').slice(0, 80);
  }
  return program.main;
}

const LIMIT_NAMES: readonly (keyof Limits)[] = [
  'heapBytes',
  'actorHeapBytes',
  'callDepth',
  'instructions',
  'timeMs',
  'mailbox',
  'handles',
];

/** Takes what is well-formed in `raw` (from a link, from storage, from a caller), the rest from `base`. */
export function readOptions(raw: unknown, base: RunOptions): RunOptions {
  if (!isRecord(raw)) return base;
  const bool = (name: keyof RunOptions, fallback: boolean): boolean => {
    const value = raw[name];
    return typeof value === 'boolean' ? value : fallback;
  };
  const integer = (value: unknown, fallback: number | null): number | null =>
    value === null ? null : typeof value === 'number' && Number.isSafeInteger(value) ? value : fallback;
  const limits: Limits = {};
  if (isRecord(raw['limits'])) {
    for (const name of LIMIT_NAMES) {
      const value = raw['limits'][name];
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) limits[name] = value;
    }
  }
  const args = raw['args'];
  const env = raw['env'];
  const workers = integer(raw['workers'], base.workers);
  return {
    engine: raw['engine'] === 'register' || raw['engine'] === 'stack' ? raw['engine'] : base.engine,
    optimize: bool('optimize', base.optimize),
    gc: raw['gc'] === 'no-gc' || raw['gc'] === 'mark-sweep' ? raw['gc'] : base.gc,
    workers: workers !== null && (workers < 1 || workers > 64) ? base.workers : workers,
    deterministic: bool('deterministic', base.deterministic),
    seed: integer(raw['seed'], base.seed),
    virtualTime: bool('virtualTime', base.virtualTime),
    limits: isRecord(raw['limits']) ? limits : base.limits,
    args: Array.isArray(args) && args.every((arg) => typeof arg === 'string') ? args : base.args,
    env: isRecord(env) ? Object.fromEntries(Object.entries(env).filter(isTextEntry)) : base.env,
    trace: bool('trace', base.trace),
  };
}

function isTextEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
