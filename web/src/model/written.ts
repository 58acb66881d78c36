// SPDX-License-Identifier: MIT
/**
 * What a program did to files. New ones form a layer of their own beside the user's: kept with the program and given
 * to its next run, but no part of a link until the user takes them over. The user's own files change in place.
 */
import { findFile, nameProblem, withFile, withoutFile } from './program.ts';
import type { Program, SourceFile } from './program.ts';

export interface FileState {
  readonly program: Program;
  readonly written: readonly SourceFile[];
}

/** File name → new contents; `null`: removed. */
export type FileChanges = Readonly<Record<string, Uint8Array | null>>;

export interface Taken extends FileState {
  /** The user's files that the program changed or removed. */
  readonly changed: readonly string[];
  /** The user's files that both changed: the user's version stays. */
  readonly kept: readonly string[];
}

/** Text where the bytes are UTF-8 without NUL, bytes otherwise. */
export function contentOf(bytes: Uint8Array): string | Uint8Array {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? bytes : text;
  } catch {
    return bytes;
  }
}

/**
 * `given` holds what the run last knew of the user's files, and is brought up to date: only a file that the user has
 * not touched meanwhile may be changed. `ownStay`: the user's files are never touched, changes of them are written
 * ones (and hide them in the next run).
 */
export function takeChanges(
  state: FileState,
  changes: FileChanges,
  given: Map<string, string | Uint8Array>,
  ownStay: boolean,
): Taken {
  let { program } = state;
  let written = [...state.written];
  const changed: string[] = [];
  const kept: string[] = [];
  for (const [name, bytes] of Object.entries(changes)) {
    const own = findFile(program, name);
    if (own === undefined || ownStay) {
      const content = bytes === null ? null : contentOf(bytes);
      const known = written.find((file) => file.name === name);
      if (content !== null && nameProblem(name) === null) {
        if (known?.content === content) continue;
        const file = { name, content };
        written = known ? written.map((one) => (one === known ? file : one)) : [...written, file];
      } else if (known) written = written.filter((one) => one !== known);
      continue;
    }
    const untouched = given.get(name) === own.content;
    if (bytes === null) {
      const needed = name === program.main || program.files.length === 1;
      given.delete(name);
      if (!untouched || needed) kept.push(name);
      else {
        program = withoutFile(program, name);
        changed.push(name);
      }
      continue;
    }
    const content = contentOf(bytes);
    if (content === own.content) continue;
    if (!untouched) {
      kept.push(name);
      continue;
    }
    given.set(name, content);
    program = withFile(program, name, content);
    changed.push(name);
  }
  return { program, written, changed, kept };
}
