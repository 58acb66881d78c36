// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../../wasm-glue/ts/index.ts';
import { languageOf } from '../model/program.ts';
import type { Program, SourceFile } from '../model/program.ts';
import { PlainEditor } from '../widgets/plain_editor.ts';
import { editorLabel } from './editor_surface.ts';
import type { EditorSurface, SurfaceHooks } from './editor_surface.ts';

export class PlainSurface implements EditorSurface {
  private readonly editor: PlainEditor;
  private name = '';
  /** Text at the last exchange: Undo beyond it brings back the program before. */
  private base = '';

  constructor(hooks: SurfaceHooks) {
    this.editor = new PlainEditor({
      edited: (text) => hooks.edited(this.name, text),
      moved: (line, column) => hooks.moved(line, column),
    });
    this.editor.area.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || this.editor.text !== this.base) return;
      const key = event.key.toLowerCase();
      const done =
        key === 'z' && !event.shiftKey
          ? hooks.undoBeyond()
          : key === 'y' || (key === 'z' && event.shiftKey)
            ? hooks.redoBeyond()
            : false;
      if (done) event.preventDefault();
    });
  }

  get element(): HTMLElement {
    return this.editor.element;
  }

  show(file: SourceFile, _program: Program, readOnly: boolean): void {
    const text = typeof file.content === 'string' ? file.content : '';
    const other = file.name !== this.name;
    this.name = file.name;
    if (other) this.base = text;
    if (other || text !== this.editor.text || this.editor.area.readOnly !== readOnly) {
      this.editor.show(
        text,
        languageOf(file.name),
        editorLabel(file.name, 'Tab leaves the editor.'),
        readOnly,
      );
    }
    if (other) this.editor.element.scrollTop = 0;
  }

  setDiagnostics(list: readonly Diagnostic[]): void {
    this.editor.setDiagnostics(list.filter((one) => one.file === this.name));
  }

  reveal(line: number, column: number): void {
    this.editor.reveal(line, column);
  }

  focus(): void {
    this.editor.area.focus();
  }

  forget(): void {
    this.base = this.editor.text;
  }

  commands(): readonly [] {
    return [];
  }

  dispose(): void {
    this.editor.element.remove();
  }
}
