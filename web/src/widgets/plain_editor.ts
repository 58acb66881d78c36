// SPDX-License-Identifier: MIT
/**
 * The light editor: a text area over a coloured copy of its text, with line numbers. It is the
 * first paint, the editor of touch devices and of embeds, and a choice for everyone: what works
 * in a text area (selection, voice input, screen readers, undo) works here.
 */
import type { Diagnostic } from '../../../wasm-glue/ts/index.ts';
import type { Language } from '../model/program.ts';
import { showHighlighted } from './highlighted.ts';

export interface PlainEditorHooks {
  edited(text: string): void;
  moved?(line: number, column: number): void;
}

export class PlainEditor {
  readonly element = document.createElement('div');
  readonly area = document.createElement('textarea');
  private readonly gutter = document.createElement('div');
  private readonly colours = document.createElement('div');
  private language: Language = 'ttvm';
  private lineCount = 0;
  private marked: ReadonlyMap<number, Diagnostic> = new Map();

  constructor(private readonly hooks: PlainEditorHooks) {
    this.element.className = 'plain-editor';
    const sheet = document.createElement('div');
    sheet.className = 'plain-sheet';
    this.gutter.className = 'plain-gutter';
    this.gutter.setAttribute('aria-hidden', 'true');
    this.colours.className = 'plain-colours';
    this.colours.setAttribute('aria-hidden', 'true');
    const stack = document.createElement('div');
    stack.className = 'plain-stack';
    this.area.className = 'plain-area';
    this.area.spellcheck = false;
    this.area.autocapitalize = 'off';
    this.area.setAttribute('autocomplete', 'off');
    this.area.setAttribute('autocorrect', 'off');
    this.area.wrap = 'off';
    stack.append(this.colours, this.area);
    sheet.append(this.gutter, stack);
    this.element.append(sheet);
    this.area.addEventListener('input', () => {
      this.paint();
      this.hooks.edited(this.area.value);
    });
    for (const kind of ['keyup', 'pointerup', 'focus'])
      this.area.addEventListener(kind, () => this.tellCaret());
    // A click below the last line belongs to the text.
    this.element.addEventListener('pointerdown', (event) => {
      if (event.target !== this.element && event.target !== sheet) return;
      event.preventDefault();
      this.area.focus();
      this.area.setSelectionRange(this.area.value.length, this.area.value.length);
    });
  }

  get text(): string {
    return this.area.value;
  }

  show(text: string, language: Language, label: string, readOnly = false): void {
    this.language = language;
    this.area.readOnly = readOnly;
    this.area.setAttribute('aria-label', label);
    if (this.area.value !== text) this.area.value = text;
    this.marked = new Map();
    this.lineCount = 0;
    this.paint();
  }

  setDiagnostics(list: readonly Diagnostic[]): void {
    const marked = new Map<number, Diagnostic>();
    for (const one of list) {
      const known = marked.get(one.line);
      if (known === undefined || (known.severity === 'warning' && one.severity === 'error'))
        marked.set(one.line, one);
    }
    this.marked = marked;
    this.paintGutter();
  }

  /** Puts the caret there and scrolls the line into view. */
  reveal(line: number, column: number): void {
    const lines = this.area.value.split('\n');
    let offset = 0;
    for (let i = 0; i < Math.min(line - 1, lines.length - 1); i++) offset += (lines[i]?.length ?? 0) + 1;
    offset += Math.min(Math.max(0, column - 1), lines[line - 1]?.length ?? 0);
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(offset, offset);
    const shown = this.gutter.children[Math.min(line, lines.length) - 1];
    shown?.scrollIntoView({ block: 'center' });
    this.tellCaret();
  }

  private paint(): void {
    showHighlighted(this.colours, this.area.value, this.language);
    const count = this.colours.childElementCount;
    if (count !== this.lineCount) {
      this.lineCount = count;
      this.element.style.setProperty('--digits', String(Math.max(2, String(count).length)));
      this.paintGutter();
    }
    this.markLines();
  }

  private paintGutter(): void {
    const fragment = document.createDocumentFragment();
    for (let i = 1; i <= this.lineCount; i++) {
      const number = document.createElement('div');
      const mark = this.marked.get(i);
      number.textContent = String(i);
      if (mark !== undefined) {
        number.className = mark.severity;
        number.title = mark.message;
      }
      fragment.append(number);
    }
    this.gutter.replaceChildren(fragment);
    this.markLines();
  }

  private markLines(): void {
    if (this.marked.size === 0 && this.element.querySelector('.has-error, .has-warning') === null) return;
    [...this.colours.children].forEach((line, i) => {
      const mark = this.marked.get(i + 1);
      line.classList.toggle('has-error', mark?.severity === 'error');
      line.classList.toggle('has-warning', mark?.severity === 'warning');
    });
  }

  private tellCaret(): void {
    if (this.hooks.moved === undefined) return;
    const before = this.area.value.slice(0, this.area.selectionStart);
    const line = before.split('\n').length;
    this.hooks.moved(line, before.length - before.lastIndexOf('\n'));
  }
}
