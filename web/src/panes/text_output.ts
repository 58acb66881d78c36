// SPDX-License-Identifier: MIT
import type { OutputStream } from '../../../wasm-glue/ts/index.ts';
import { stripAnsi } from '../model/ansi.ts';
import type { OutputPart } from '../model/output_log.ts';
import { findSourceLinks } from '../model/source_links.ts';

const MAX_LINES = 5000;
/** Screen readers and layout both want few, larger changes. */
const FLUSH_MS = 100;

export interface TextOutputHooks {
  input(text: string): void;
  endInput(): void;
  reveal(file: string, line: number, column: number): void;
  /** What is kept of the output so far. */
  kept(): { head: readonly OutputPart[]; tail: readonly OutputPart[] };
}

/** Output as a log of plain lines, with a field for standard input: for screen readers and touch. */
export class TextOutput {
  readonly element = document.createElement('div');
  private readonly log = document.createElement('pre');
  private readonly form = document.createElement('form');
  private readonly field = document.createElement('input');
  private queue: { stream: OutputStream; text: string }[] = [];
  private waitingWriters: (() => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Last line that has no line end yet. */
  private open: HTMLElement | null = null;
  private openText = '';
  private found = -1;

  constructor(private readonly hooks: TextOutputHooks) {
    this.element.className = 'text-output';
    this.log.className = 'text-log';
    this.log.setAttribute('role', 'log');
    this.log.setAttribute('aria-label', 'Program output');
    this.log.tabIndex = 0;
    this.log.addEventListener('click', (event) => this.follow(event.target));
    this.buildForm();
    this.element.append(this.log, this.form);
  }

  async write(stream: OutputStream, text: string): Promise<void> {
    this.queue.push({ stream, text });
    this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
    await new Promise<void>((resolve) => this.waitingWriters.push(resolve));
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.queue = [];
    this.open = null;
    this.openText = '';
    this.log.replaceChildren();
    for (const taken of this.waitingWriters.splice(0)) taken();
  }

  /** Shows what is kept, after another view was on show. */
  refill(): void {
    this.clear();
    const { head, tail } = this.hooks.kept();
    for (const { stream, text } of [...head, ...tail]) this.queue.push({ stream, text });
    this.flush();
  }

  setWaiting(waiting: boolean): void {
    this.form.classList.toggle('waiting', waiting);
    this.field.placeholder = waiting ? 'The program waits for a line…' : 'Standard input';
  }

  focus(): void {
    this.log.focus();
  }

  find(text: string, backwards: boolean): boolean {
    const wanted = text.toLowerCase();
    const lines = [...this.log.children];
    for (let i = 1; i <= lines.length; i++) {
      const at = (this.found + (backwards ? -i : i) + lines.length * 2) % lines.length;
      const line = lines[at];
      if (line?.textContent?.toLowerCase().includes(wanted) !== true) continue;
      this.log.querySelector('.found')?.classList.remove('found');
      line.classList.add('found');
      line.scrollIntoView({ block: 'center' });
      this.found = at;
      return true;
    }
    return false;
  }

  private flush(): void {
    this.timer = undefined;
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    for (const { stream, text } of this.queue.splice(0)) this.add(stream, stripAnsi(text));
    while (this.log.childElementCount > MAX_LINES) this.log.firstElementChild?.remove();
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
    for (const taken of this.waitingWriters.splice(0)) taken();
  }

  private add(stream: OutputStream, text: string): void {
    let parts = text.split('\n');
    // Lines that would be removed again at once need not be made.
    if (parts.length > MAX_LINES + 1) {
      parts = parts.slice(-MAX_LINES - 1);
      this.open = null;
      this.openText = '';
    }
    parts.forEach((part, i) => {
      const last = i === parts.length - 1;
      if (last && part === '') return;
      if (this.open === null) {
        this.open = document.createElement('div');
        this.open.className = stream === 'stderr' ? 'line err' : 'line';
        this.log.append(this.open);
      }
      this.openText += part;
      fillLine(this.open, this.openText);
      if (!last) {
        this.open = null;
        this.openText = '';
      }
    });
  }

  private follow(target: EventTarget | null): void {
    if (!(target instanceof HTMLElement) || target.dataset['file'] === undefined) return;
    const line = Number(target.dataset['line']);
    const column = Number(target.dataset['column'] ?? '1');
    this.hooks.reveal(target.dataset['file'], line, column);
  }

  private buildForm(): void {
    this.form.className = 'stdin-form';
    this.field.type = 'text';
    this.field.setAttribute('aria-label', 'Standard input');
    this.field.setAttribute('autocomplete', 'off');
    this.field.autocapitalize = 'off';
    this.field.spellcheck = false;
    const send = document.createElement('button');
    send.type = 'submit';
    send.className = 'button';
    send.textContent = 'Send';
    const end = document.createElement('button');
    end.type = 'button';
    end.className = 'button quiet';
    end.textContent = 'End of input';
    end.addEventListener('click', () => this.hooks.endInput());
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      const line = `${this.field.value}\n`;
      this.field.value = '';
      this.hooks.input(line);
      this.add('stdout', line);
      this.log.scrollTop = this.log.scrollHeight;
    });
    this.form.append(this.field, send, end);
    this.setWaiting(false);
  }
}

function fillLine(line: HTMLElement, text: string): void {
  const links = findSourceLinks(text);
  if (links.length === 0) {
    line.textContent = text === '' ? '\n' : text;
    return;
  }
  line.replaceChildren();
  let at = 0;
  for (const link of links) {
    line.append(text.slice(at, link.start));
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'source-link';
    button.textContent = text.slice(link.start, link.end);
    button.dataset['file'] = link.file;
    button.dataset['line'] = String(link.line);
    if (link.column !== null) button.dataset['column'] = String(link.column);
    line.append(button);
    at = link.end;
  }
  line.append(text.slice(at));
}
