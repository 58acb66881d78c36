// SPDX-License-Identifier: MIT
/** What the editor pane needs of an editor; the full and the light one both are this. */
import type { Diagnostic } from '../../../wasm-glue/ts/index.ts';
import type { Command } from '../app/commands.ts';
import type { Program, SourceFile } from '../model/program.ts';

export interface SurfaceHooks {
  edited(name: string, text: string): void;
  moved(line: number, column: number): void;
  /** Undo or redo at the end of the editor's own stack; answers whether anything was done. */
  undoBeyond(): boolean;
  redoBeyond(): boolean;
  /** Open a place, possibly in another file. */
  go(file: string, line: number, column: number): void;
}

export interface EditorSurface {
  readonly element: HTMLElement;
  /** Shows `file`; `program` is there for the other files' names and texts. */
  show(file: SourceFile, program: Program, readOnly: boolean): void;
  setDiagnostics(list: readonly Diagnostic[]): void;
  reveal(line: number, column: number): void;
  focus(): void;
  /** The program was exchanged as a whole: earlier edits can no longer be undone one by one. */
  forget(): void;
  commands(): readonly Command[];
  dispose(): void;
}

export function editorLabel(name: string, leaves: string): string {
  return `Source of ${name}. ${leaves}`;
}
