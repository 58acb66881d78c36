// SPDX-License-Identifier: MIT
import { ENGINE_FOLDER } from 'virtual:engine';
import type { Diagnostic, RunOptions } from '../../../wasm-glue/ts/index.ts';
import { Checker } from '../app/checker.ts';
import type { NetworkGate } from '../app/runner.ts';
import { Events } from '../app/events.ts';
import { Runner, messageOf } from '../app/runner.ts';
import { Store } from '../app/store.ts';
import type { RunSummary, State } from '../app/store.ts';
import { findFile, languageOf, makeProgram, withFile } from '../model/program.ts';
import type { Program } from '../model/program.ts';
import { LINK_OPTIONS, ShareError, decodeShared, encodeShared, payloadOf } from '../model/share_codec.ts';
import type { Shared } from '../model/share_codec.ts';
import { TextOutput } from '../panes/text_output.ts';
import { PlainEditor } from '../widgets/plain_editor.ts';

/**
 * One program in a frame. Its state is the page's own store and runner, with plain elements
 * instead of panes: no part of the full editor or the terminal is reachable from here.
 */
export class EmbedView {
  readonly runner: Runner;
  private readonly store = new Store();
  private readonly editor: PlainEditor;
  private readonly output: TextOutput;
  private readonly runButton = button('Run', 'run', 'button run small');
  private readonly stopButton = button('Stop', 'stop', 'button stop small');
  private readonly resetButton = button('Reset', 'reset', 'button quiet small');
  private readonly status = document.createElement('span');
  private readonly files = document.createElement('select');
  private readonly away = document.createElement('a');
  private readonly outputBox = document.createElement('section');
  private readonly code = document.createElement('section');
  private readonly problem = document.createElement('p');
  private original: Shared = { program: makeProgram([]), options: LINK_OPTIONS };
  /** Address of the playground with the program as it is now; `null` while it is being made. */
  private linkNow: string | null = null;
  private linkTurn = 0;

  constructor(
    host: HTMLElement,
    private readonly readOnly: boolean,
  ) {
    const events = new Events();
    this.runner = new Runner(this.store, events, {
      engineUrl: new URL(ENGINE_FOLDER, document.baseURI),
      threads: 'off',
      onRunning: () => undefined,
      consent: lazyConsent(host, this.store),
    });
    new Checker(this.store, this.runner);
    this.editor = new PlainEditor({ edited: (text) => this.edited(text) });
    this.output = new TextOutput({
      input: (text) => this.runner.input(text),
      endInput: () => this.runner.endInput(),
      reveal: (file, line, column) => this.reveal(file, line, column),
      kept: () => this.runner.output.parts,
    });
    this.runner.setSink(this.output);
    this.build(host);
    this.store.subscribe((state, before) => this.update(state, before));
    // The engine begins to load when someone turns to this program, not before.
    const warm = (): void => void this.runner.engine().catch(() => undefined);
    host.addEventListener('pointerdown', warm, { once: true });
    host.addEventListener('keydown', warm, { once: true });
  }

  get program(): Program {
    return this.store.state.program;
  }

  get options(): RunOptions {
    return this.store.state.options;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.store.state.diagnostics;
  }

  setOptions(options: RunOptions): void {
    this.store.update({ options });
  }

  /** Shows the program of this page's own address, or says what is wrong with it. */
  async openAddress(): Promise<void> {
    const payload = payloadOf(location.hash);
    try {
      if (payload === '') throw new ShareError('malformed', 'This address holds no program after the “#”.');
      this.show(await decodeShared(payload));
    } catch (error) {
      this.problem.textContent = messageOf(error);
      this.problem.hidden = false;
      this.editor.element.hidden = true;
    }
  }

  async open(link: string): Promise<void> {
    this.show(await decodeShared(payloadOf(link)));
  }

  show(shared: Shared): void {
    this.original = shared;
    this.problem.hidden = true;
    this.editor.element.hidden = false;
    this.reset();
  }

  async run(): Promise<RunSummary> {
    this.outputBox.classList.add('shown');
    return this.runner.run();
  }

  async link(): Promise<string> {
    const url = new URL('./', document.baseURI);
    const { program, options } = this.store.state;
    url.hash = await encodeShared({ program, options });
    return url.href;
  }

  private reset(): void {
    const { program, options } = this.original;
    this.runner.reset();
    this.outputBox.classList.remove('shown');
    this.store.update({ program, options, active: program.main, diagnostics: [], results: [] });
    this.files.replaceChildren(
      ...program.files
        .filter((file) => typeof file.content === 'string')
        .map((file) => new Option(file.name, file.name, false, file.name === program.main)),
    );
    this.files.hidden = this.files.options.length < 2;
    this.showActive();
  }

  private showActive(): void {
    const { program, active } = this.store.state;
    const content = findFile(program, active)?.content;
    const text = typeof content === 'string' ? content : '';
    this.editor.show(text, languageOf(active), `Source of ${active}. Tab leaves the editor.`, this.readOnly);
    this.editor.setDiagnostics(this.diagnostics.filter((one) => one.file === active));
    this.editor.element.scrollTop = 0;
  }

  private edited(text: string): void {
    const { program, active } = this.store.state;
    this.store.update({ program: withFile(program, active, text) });
  }

  private reveal(file: string, line: number, column: number): void {
    const name = this.program.files.find((one) => one.name === file || file.endsWith(`/${one.name}`))?.name;
    if (name === undefined) return;
    this.select(name);
    this.editor.reveal(line, column);
  }

  private select(name: string): void {
    this.store.update({ active: name });
    this.files.value = name;
    this.showActive();
  }

  private update(state: State, before: State): void {
    if (state.status !== before.status) {
      this.status.textContent = state.status;
      this.status.dataset['status'] = state.status;
    }
    this.stopButton.disabled = !this.runner.busy;
    if (state.waitingForInput !== before.waitingForInput) this.output.setWaiting(state.waitingForInput);
    if (state.diagnostics !== before.diagnostics) {
      this.editor.setDiagnostics(state.diagnostics.filter((one) => one.file === state.active));
    }
    if (state.program !== before.program || state.options !== before.options) void this.renewLink();
    if (state.program !== before.program) this.resetButton.disabled = state.program === this.original.program;
  }

  private async renewLink(): Promise<void> {
    const turn = ++this.linkTurn;
    this.linkNow = null;
    const link = await this.link();
    if (turn !== this.linkTurn) return;
    this.linkNow = link;
    this.away.href = link;
  }

  private build(host: HTMLElement): void {
    const bar = document.createElement('div');
    bar.className = 'embed-bar';
    this.stopButton.disabled = true;
    this.status.className = 'embed-status';
    this.status.dataset['testid'] = 'status';
    this.status.setAttribute('role', 'status');
    this.status.textContent = 'idle';
    this.files.className = 'embed-files';
    this.files.setAttribute('aria-label', 'File');
    this.files.hidden = true;
    this.away.className = 'button quiet small push';
    this.away.dataset['testid'] = 'open-playground';
    this.away.target = '_blank';
    this.away.rel = 'noopener';
    this.away.href = './';
    this.away.title = 'Open in the playground';
    const rest = document.createElement('span');
    rest.className = 'long';
    rest.textContent = ' in the playground';
    this.away.append('Open', rest);
    bar.append(this.runButton, this.stopButton, this.resetButton, this.files, this.status, this.away);

    this.code.className = 'embed-code';
    this.code.dataset['testid'] = 'editor';
    this.code.setAttribute('aria-label', 'Program');
    this.problem.className = 'embed-problem';
    this.problem.setAttribute('role', 'alert');
    this.problem.hidden = true;
    this.code.append(this.problem, this.editor.element);

    this.outputBox.className = 'embed-output';
    this.outputBox.dataset['testid'] = 'output';
    this.outputBox.setAttribute('aria-label', 'Output');
    this.outputBox.append(this.output.element);
    host.append(bar, this.code, this.outputBox);

    this.runButton.addEventListener('click', () => void this.run());
    this.stopButton.addEventListener('click', () => void this.runner.stop());
    this.resetButton.addEventListener('click', () => this.reset());
    this.files.addEventListener('change', () => this.select(this.files.value));
    this.away.addEventListener('click', (event) => {
      if (this.linkNow !== null) return;
      event.preventDefault();
      void this.link().then((link) => window.open(link, '_blank', 'noopener'));
    });
    host.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      void (event.shiftKey ? this.runner.stop() : this.run());
    });
  }
}

/** Loaded when a program first asks: hardly any does. */
function lazyConsent(host: HTMLElement, store: Store): NetworkGate {
  let loading: Promise<NetworkGate> | null = null;
  return {
    reset: () => void loading?.then((consent) => consent.reset()),
    ask: async (question) => {
      loading ??= import('./network_dialog.ts').then(({ NetworkDialog }) =>
        NetworkDialog.consentIn(host, store),
      );
      return (await loading).ask(question);
    },
  };
}

function button(label: string, testId: string, className: string): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.dataset['testid'] = testId;
  element.textContent = label;
  return element;
}
