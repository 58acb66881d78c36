// SPDX-License-Identifier: MIT
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal } from '@xterm/xterm';
import type { ILink, ITheme } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { OutputStream } from '../../../wasm-glue/ts/index.ts';
import type { App } from '../app/app.ts';
import { effectiveTheme } from '../app/app.ts';
import type { Theme } from '../app/store.ts';
import { LineEditor } from '../model/line_editor.ts';
import type { OutputLog } from '../model/output_log.ts';
import { findSourceLinks } from '../model/source_links.ts';
import { colourToken } from '../styles/colours.ts';

const SCROLLBACK_LINES = 5000;
const MAX_CHUNK = 64 * 1024;

/**
 * The terminal. One chunk of at most 64 KB is outstanding; the next is taken when the terminal has
 * shown it, so that a flood makes its writer wait instead of filling memory.
 */
export class TerminalView {
  readonly element = document.createElement('div');
  private readonly terminal: Terminal;
  private readonly fit = new FitAddon();
  private readonly search = new SearchAddon();
  private readonly lines = new LineEditor();
  private chain: Promise<void> = Promise.resolve();
  /** Writes of an earlier generation are dropped: the terminal was cleared since. */
  private generation = 0;
  private fitPending = false;

  constructor(private readonly app: App) {
    this.element.className = 'terminal-host';
    const style = getComputedStyle(document.documentElement);
    this.terminal = new Terminal({
      convertEol: true,
      scrollback: SCROLLBACK_LINES,
      fontFamily: style.getPropertyValue('--font-mono').trim(),
      fontSize: 13,
      lineHeight: 1.35,
      cursorBlink: false,
      cursorStyle: 'bar',
      cursorInactiveStyle: 'none',
      drawBoldTextInBrightColors: false,
      minimumContrastRatio: 4.5,
      theme: terminalTheme(app.store.state.theme),
      // Addresses in program output are text: nothing a program prints may open a page.
      linkHandler: { activate: () => undefined },
    });
    this.terminal.loadAddon(this.fit);
    this.terminal.loadAddon(this.search);
    this.terminal.onData((data) => this.typed(data));
    this.terminal.attachCustomKeyEventHandler((event) => this.wantsKey(event));
    this.terminal.registerLinkProvider({
      provideLinks: (row, done) => done(this.linksIn(row)),
    });
    for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
      matchMedia(query).addEventListener('change', () => this.setTheme(app.store.state.theme));
    }
  }

  /** `element` must be in the document. */
  open(): void {
    this.terminal.open(this.element);
    this.terminal.textarea?.setAttribute('aria-label', 'Program output and standard input');
    // Erasing a typed line that has wrapped needs the cursor to go back over the edge.
    this.terminal.write('\u001b[?45h');
    new ResizeObserver(() => this.fitSoon()).observe(this.element);
    this.fitSoon();
  }

  write(stream: OutputStream, text: string): Promise<void> {
    const generation = this.generation;
    for (let i = 0; i < text.length; i += MAX_CHUNK) {
      const part = paint(stream, text.slice(i, i + MAX_CHUNK));
      this.chain = this.chain.then(() =>
        generation === this.generation
          ? new Promise<void>((resolve) => this.terminal.write(part, resolve))
          : undefined,
      );
    }
    return this.chain;
  }

  clear(): void {
    this.generation += 1;
    this.lines.reset();
    this.terminal.reset();
    this.terminal.write('\u001b[?45h');
    this.chain = Promise.resolve();
  }

  refill(log: OutputLog): void {
    this.clear();
    const { head, tail } = log.parts;
    for (const { stream, text } of [...head, ...tail]) void this.write(stream, text);
  }

  focus(): void {
    this.terminal.focus();
  }

  find(text: string, backwards: boolean): boolean {
    return backwards ? this.search.findPrevious(text) : this.search.findNext(text);
  }

  setTheme(theme: Theme): void {
    this.terminal.options.theme = terminalTheme(theme);
  }

  private typed(data: string): void {
    // Nobody would read it, and the next run starts with an empty line.
    if (!this.app.runner.busy) return;
    const edit = this.lines.feed(data);
    if (edit.echo !== '') this.terminal.write(edit.echo);
    if (edit.interrupt) void this.app.runner.stop();
    if (edit.input !== '') this.app.runner.input(edit.input);
    if (edit.end) this.app.runner.endInput();
  }

  /** Keys of the page's own commands and Tab (the way out) do not go to the program. */
  private wantsKey(event: KeyboardEvent): boolean {
    if (event.key === 'Tab' || /^F\d+$/.test(event.key)) return false;
    if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') return false;
    // Ctrl+C copies when something is selected and interrupts otherwise, as terminals do.
    const copies = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c';
    return !(copies && this.terminal.hasSelection());
  }

  private linksIn(row: number): ILink[] {
    const line = this.terminal.buffer.active.getLine(row - 1)?.translateToString(true) ?? '';
    return findSourceLinks(line).map((link) => ({
      text: line.slice(link.start, link.end),
      range: { start: { x: link.start + 1, y: row }, end: { x: link.end, y: row } },
      decorations: { underline: true, pointerCursor: true },
      activate: () =>
        this.app.events.emit('reveal', {
          file: link.file,
          line: link.line,
          column: link.column ?? 1,
          focus: true,
        }),
    }));
  }

  private fitSoon(): void {
    if (this.fitPending) return;
    this.fitPending = true;
    requestAnimationFrame(() => {
      this.fitPending = false;
      if (this.element.clientWidth > 40 && this.element.clientHeight > 20) this.fit.fit();
    });
  }
}

/** Errors stand out; trace lines stand back. The program's own colours inside are left alone. */
function paint(stream: OutputStream, text: string): string {
  if (stream === 'stdout') return text;
  return text.replace(/[^\n]+/g, (line) =>
    line.startsWith('[trace]') ? `\u001b[2m${line}\u001b[22m` : `\u001b[31m${line}\u001b[39m`,
  );
}

function terminalTheme(theme: Theme): ITheme {
  const seen = effectiveTheme(theme);
  const light = seen === 'light' || seen === 'contrast-light';
  return {
    background: colourToken('output-bg'),
    foreground: colourToken('output-ink'),
    cursor: colourToken('accent'),
    selectionBackground: colourToken('selection'),
    black: light ? '#2b2f36' : '#4a505b',
    red: colourToken('error'),
    green: light ? '#1a7f4b' : '#6cd39a',
    yellow: light ? '#8a6100' : '#e8c26a',
    blue: light ? '#2860c4' : '#82aaff',
    magenta: light ? '#8f3fb0' : '#cf9bf0',
    cyan: light ? '#0b7285' : '#6fd0dc',
    white: light ? '#5a616c' : '#d4d8df',
    brightBlack: light ? '#6b7280' : '#8b929e',
    brightRed: light ? '#c92a2a' : '#ff9b93',
    brightGreen: light ? '#2b8a3e' : '#92e6b5',
    brightYellow: light ? '#946200' : '#f5d68c',
    brightBlue: light ? '#1c6fd6' : '#a9c5ff',
    brightMagenta: light ? '#a03cc4' : '#e2bcfb',
    brightCyan: light ? '#0c8599' : '#97e3ec',
    brightWhite: light ? '#1f2329' : '#ffffff',
  };
}
