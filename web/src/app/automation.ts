// SPDX-License-Identifier: MIT
/** `globalThis.ttvmPlayground`: the page by program, for our own tests and for embedders. Stable. */
import type { Diagnostic, RunOptions } from '../../../wasm-glue/ts/index.ts';
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
