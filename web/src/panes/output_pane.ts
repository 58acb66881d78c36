// SPDX-License-Identifier: MIT
import { html, render } from 'lit';
import type { OutputStream } from '../../../wasm-glue/ts/index.ts';
import type { App } from '../app/app.ts';
import { keyLabel } from '../app/commands.ts';
import type { OutputSink } from '../app/runner.ts';
import type { State } from '../app/store.ts';
import { logo } from '../widgets/icons.ts';
import { Pane } from './pane.ts';
import type { TerminalView } from './terminal.ts';
import { TextOutput } from './text_output.ts';

/** Characters that are held until the terminal has loaded. */
const MAX_HELD = 4 * 1024 * 1024;

/** What the program prints: in a terminal, or as plain text for those who prefer it. */
export class OutputPane extends Pane implements OutputSink {
  readonly name = 'output';
  readonly title = 'Output';
  private readonly text: TextOutput;
  private terminal: TerminalView | null = null;
  private readonly hint = document.createElement('div');
  private host: HTMLElement | null = null;
  private loading: Promise<void> | null = null;
  private held: { stream: OutputStream; text: string; taken: () => void }[] = [];
  private heldLength = 0;
  private start: (() => void) | null = null;
  private readonly started = new Promise<void>((resolve) => {
    this.start = resolve;
  });

  constructor(app: App) {
    super(app);
    this.text = new TextOutput({
      input: (text) => app.runner.input(text),
      endInput: () => app.runner.endInput(),
      reveal: (file, line, column) => app.events.emit('reveal', { file, line, column, focus: true }),
      kept: () => app.runner.output.parts,
    });
    app.runner.setSink(this);
  }

  /** The terminal may be loaded from now on. */
  startTerminal(): void {
    this.start?.();
  }

  get ready(): Promise<void> {
    return this.loading ?? Promise.resolve();
  }

  async write(stream: OutputStream, text: string): Promise<void> {
    if (this.app.store.state.outputMode === 'text') {
      await this.text.write(stream, text);
      return;
    }
    if (this.terminal !== null) {
      await this.terminal.write(stream, text);
      return;
    }
    this.heldLength += text.length;
    await new Promise<void>((taken) => {
      this.held.push({ stream, text, taken });
      if (this.heldLength < MAX_HELD) taken();
    });
  }

  clear(): void {
    for (const { taken } of this.held.splice(0)) taken();
    this.heldLength = 0;
    this.text.clear();
    this.terminal?.clear();
  }

  override focus(): void {
    if (this.app.store.state.outputMode === 'text') this.text.focus();
    else this.terminal?.focus();
  }

  find(text: string, backwards: boolean): boolean {
    return this.app.store.state.outputMode === 'text'
      ? this.text.find(text, backwards)
      : (this.terminal?.find(text, backwards) ?? false);
  }

  protected create(host: HTMLElement): void {
    this.host = host;
    this.hint.className = 'output-hint';
    render(
      html`${logo()}
        <p>
          What the program prints appears here.<br />Run it with
          <kbd>${keyLabel(this.app.commands.keysOf('run'))}</kbd>
        </p>`,
      this.hint,
    );
    host.append(this.text.element, this.hint);
  }

  protected update(state: State, before: State | null): void {
    if (state.outputMode !== before?.outputMode) this.show(state);
    this.hint.hidden = state.runStarted !== null || state.outputMode === 'text';
    if (state.theme !== before?.theme) this.terminal?.setTheme(state.theme);
    if (state.waitingForInput !== before?.waitingForInput) {
      this.text.setWaiting(state.waitingForInput);
      if (state.waitingForInput && document.activeElement === document.body) this.focus();
    }
  }

  private show(state: State): void {
    const asText = state.outputMode === 'text';
    this.text.element.hidden = !asText;
    if (this.terminal !== null) this.terminal.element.hidden = asText;
    if (asText) this.text.refill();
    else if (this.terminal === null) this.loading ??= this.load().catch(() => this.doWithout());
    else this.terminal.refill(this.app.runner.output);
  }

  /** The terminal is a convenience; output must be seen in any case. */
  private doWithout(): void {
    this.loading = null;
    this.app.notify('warning', 'The terminal could not be loaded. Output is shown as text.');
    this.app.store.update({ outputMode: 'text' });
    for (const { taken } of this.held.splice(0)) taken();
    this.heldLength = 0;
  }

  private async load(): Promise<void> {
    await this.started;
    const { TerminalView } = await import('./terminal.ts');
    const terminal = new TerminalView(this.app);
    this.host?.append(terminal.element);
    terminal.element.hidden = this.app.store.state.outputMode === 'text';
    terminal.open();
    this.terminal = terminal;
    for (const { stream, text, taken } of this.held.splice(0)) {
      await terminal.write(stream, text);
      taken();
    }
    this.heldLength = 0;
  }
}
