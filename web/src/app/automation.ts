// SPDX-License-Identifier: MIT
/** `globalThis.ttvmPlayground`: the page by program, for our own tests and for embedders. Stable. */
import { TRACE_TABLE } from '../../../wasm-glue/ts/index.ts';
import type { Diagnostic, RunOptions, TraceEvent } from '../../../wasm-glue/ts/index.ts';
import { makeProgram, nameProblem, readOptions } from '../model/program.ts';
import type { Program, SourceFile } from '../model/program.ts';
import type { RunSummary } from './store.ts';

export interface Playground {
  /** Resolves when the page can be used: editor shown, engine loaded. */
  readonly ready: Promise<void>;
  /** File name → text, and under `main` the name of the file that runs. */
  files: Record<string, string>;
  options: RunOptions;
  run(): Promise<RunSummary>;
  stop(): Promise<void>;
  input(text: string): void;
  endInput(): void;
  /** What the program printed so far, as far as it is kept. */
  readonly output: string;
  readonly diagnostics: readonly Diagnostic[];
  link(): Promise<string>;
  /** Rejects, and changes nothing, when the link cannot be opened. */
  open(link: string): Promise<void>;
  /**
   * The events of the run that is going, if a view or another stream records them, else of the next one; ends with
   * that run. `mask` has bit 1 << n for each wanted kind n of `eventKinds`; left out it wants all.
   */
  events(mask?: number): AsyncIterableIterator<TraceEvent> & { readonly dropped: number };
  /** Names of the kinds by number; 0 continues a text and never comes by itself. */
  readonly eventKinds: readonly string[];
}

export const EVENT_KINDS: readonly string[] = TRACE_TABLE.map((row) => row.kind);

/** `undefined`, or a mask of events.def's kinds. Throws `TypeError` for what is neither. */
export function readMask(mask: unknown): number {
  if (mask === undefined) return -1;
  if (typeof mask === 'number' && Number.isInteger(mask)) return mask;
  throw new TypeError('The mask of events must be an integer: bit 1 << n for kind n of eventKinds.');
}

declare global {
  var ttvmPlayground: Playground | undefined;
}

export function filesToObject(program: Program): Record<string, string> {
  const entries = program.files.map(({ name, content }): [string, string] => [
    name,
    typeof content === 'string' ? content : new TextDecoder().decode(content),
  ]);
  return Object.fromEntries([...entries, ['main', program.main]]);
}

/** `main` is the name of the file that runs, unless it is itself the only place for its text. */
export function objectToProgram(object: Readonly<Record<string, unknown>>): Program {
  const main = object['main'];
  const names = Object.keys(object).filter((name) => name !== 'main');
  const files = names.map((name): SourceFile => {
    const content = object[name];
    const problem = nameProblem(name);
    if (problem !== null) throw new TypeError(problem);
    if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
      throw new TypeError(`The content of ${name} is neither a string nor bytes.`);
    }
    return { name, content };
  });
  if (main !== undefined && !(typeof main === 'string' && names.includes(main))) {
    throw new TypeError('"main" must name one of the files.');
  }
  return makeProgram(files, main);
}

export function mergeOptions(patch: unknown, base: RunOptions): RunOptions {
  return readOptions(patch, base);
}
