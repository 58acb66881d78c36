// SPDX-License-Identifier: MIT
/** The parts of the page, put together once by `main.ts` and handed to whoever draws them. */
import { ENGINE_FOLDER } from 'virtual:engine';
import type { Example } from 'virtual:examples';
import type { Capability, NetworkQuestion, RunOptions } from '../../../wasm-glue/ts/index.ts';
import { DEFAULT_OPTIONS, makeProgram, readOptions } from '../model/program.ts';
import type { Program } from '../model/program.ts';
import { LINK_OPTIONS, ShareError } from '../model/share_codec.ts';
import { parseSource, readSource } from '../model/source_address.ts';
import type { SourceAddress } from '../model/source_address.ts';
import type { Taken } from '../model/written.ts';
import { VIEWS, isView } from '../panes/registry.ts';
import { Checker } from './checker.ts';
import { Commands } from './commands.ts';
import { Consent } from './consent.ts';
import { Events } from './events.ts';
import { noteRunning } from './lifecycle.ts';
import { Project } from './project.ts';
import { loadRemote } from './remote.ts';
import { Runner, messageOf } from './runner.ts';
import { Store } from './store.ts';
import type { DialogName, EditorKind, Notice, NoticeAction, OutputMode, Theme, ViewName } from './store.ts';
import { readStored, writeStored } from './storage.ts';
import { Links, sourceKey } from './url_state.ts';

const NOTICE_MS = 9000;

export class App {
  readonly store = new Store();
  readonly events = new Events();
  readonly commands = new Commands();
  readonly project = new Project(this.store, this.events);
  readonly links = new Links(this.store, this.project, this.events);
  readonly consent = new Consent(this.store, (networkQuestion) => this.showQuestion(networkQuestion));
  readonly runner: Runner;
  private readonly checker: Checker;
  private lastNotice = 0;
  /** Options as the last example has set them, and as they were before. */
  private lent: { readonly set: RunOptions; readonly before: RunOptions } | null = null;

  constructor(readonly threads: 'auto' | 'off') {
    this.runner = new Runner(this.store, this.events, {
      engineUrl: new URL(ENGINE_FOLDER, document.baseURI),
      threads,
      onRunning: noteRunning,
      consent: this.consent,
      onOwnFiles: (taken) => this.tellOwnFiles(taken),
    });
    this.checker = new Checker(this.store, this.runner);
    this.readSettings();
    this.events.on('replaced', () => {
      this.lent = null;
      this.runner.reset();
    });
    this.events.on('unsaved', ({ full }) =>
      this.notify(
        'warning',
        full
          ? 'There is no room left on this device for your files and those that programs write. Download what matters.'
          : 'This browser does not let the page keep your files. Share or download what matters.',
      ),
    );
    // A question that is put away without a choice is denied.
    this.store.subscribe((state, before) => {
      const putAway = before.dialog === 'network' && state.dialog !== 'network';
      if (putAway && state.networkQuestion !== null) this.consent.choose('deny');
    });
  }

  get checking(): Checker {
    return this.checker;
  }

  async openExample(example: Example): Promise<void> {
    const { SOURCES } = await import('virtual:example-sources');
    const files = Object.entries(SOURCES[example.id] ?? {}).map(([name, content]) => ({ name, content }));
    // How to run is the user's choice unless the example needs it so; arguments were the other program's.
    const kept = { ...this.ownOptions(), args: [], env: {} };
    const options = readOptions(example.run, kept);
    this.replaceProgram(
      makeProgram(files, example.main),
      `Before opening the example “${example.title}”`,
      options,
    );
    this.lent = { set: options, before: kept };
  }

  /** The options without what the last example needed: that was never the user's choice. */
  private ownOptions(): RunOptions {
    const { options } = this.store.state;
    if (this.lent === null) return options;
    const { set, before } = this.lent;
    const same = (key: keyof RunOptions): boolean =>
      JSON.stringify(options[key]) === JSON.stringify(set[key]);
    const given = (Object.keys(before) as (keyof RunOptions)[]).filter(same);
    return { ...options, ...Object.fromEntries(given.map((key) => [key, before[key]])) };
  }

  newProgram(): void {
    this.replaceProgram(
      makeProgram([{ name: 'main.ttvm', content: '' }]),
      'Before starting afresh',
      DEFAULT_OPTIONS,
    );
    this.events.emit('focusPane', { name: 'editor' });
  }

  private replaceProgram(program: Program, reason: string, options: typeof DEFAULT_OPTIONS): void {
    this.project.replace(program, options, reason);
  }

  /** Opens a link for the user: what goes wrong is told, and leaves everything as it was. */
  async openLink(link: string): Promise<boolean> {
    try {
      await this.links.open(link);
      this.notify('info', 'Opened a shared program.', [{ label: 'Undo', run: () => this.project.undo() }]);
      return true;
    } catch (error) {
      const text =
        error instanceof ShareError ? error.message : `This link cannot be opened: ${messageOf(error)}`;
      this.notify('error', `${text} Your program is as it was.`);
      return false;
    }
  }

  /** Asks whether to open what `?src=` names. */
  askForSource(text: string): void {
    const source = parseSource(text);
    if (source === null)
      this.notify('error', 'The address after “src=” is not one of a program. Your program is as it was.');
    else this.store.update({ source, dialog: 'source' });
  }

  /** Fetches and shows it; what goes wrong is told, and leaves everything as it was. */
  async openSource(source: SourceAddress): Promise<void> {
    this.openDialog(null);
    try {
      const program = readSource(source, await loadRemote(source.url));
      this.project.replace(
        program,
        LINK_OPTIONS,
        `Before opening ${source.shown}`,
        sourceKey(location.search),
      );
      this.notify('info', `Opened ${source.shown}.`, [{ label: 'Undo', run: () => this.project.undo() }]);
    } catch (error) {
      this.notify('error', `${messageOf(error)} Your program is as it was.`);
    }
  }

  notify(kind: Notice['kind'], text: string, actions: readonly NoticeAction[] = []): void {
    const id = ++this.lastNotice;
    const others = this.store.state.notices.filter((notice) => notice.text !== text).slice(-3);
    this.store.update({ notices: [...others, { id, kind, text, actions }] });
    if (kind === 'info') setTimeout(() => this.dismiss(id), NOTICE_MS);
  }

  dismiss(id: number): void {
    this.store.update({ notices: this.store.state.notices.filter((notice) => notice.id !== id) });
  }

  private showQuestion(networkQuestion: NetworkQuestion | null): void {
    const { dialog } = this.store.state;
    const other = dialog === 'network' ? null : dialog;
    this.store.update({ networkQuestion, dialog: networkQuestion === null ? other : 'network' });
  }

  private tellOwnFiles({ changed, kept }: Taken): void {
    if (changed.length > 0) {
      this.project.beforeChange(`Before the program changed ${changed.join(', ')}`);
      this.notify('info', `The program changed ${changed.join(', ')}.`, [
        { label: 'Undo', run: () => this.project.undo() },
      ]);
    }
    if (kept.length > 0)
      this.notify('warning', `The program also wrote or removed ${kept.join(', ')}: yours stay as they are.`);
  }

  /** What programs may not do here. */
  setDenied(denied: readonly Capability[]): void {
    this.store.update({ denied });
    writeStored('local', 'denied', denied.join(' '));
  }

  openDialog(dialog: DialogName | null): void {
    this.store.update({ dialog });
  }

  setTheme(theme: Theme): void {
    // Whoever hears of the change reads the new colours from the style sheet.
    applyTheme(theme);
    this.store.update({ theme });
    writeStored('local', 'theme', theme);
  }

  setEditorKind(editorKind: EditorKind): void {
    this.store.update({ editorKind });
    writeStored('local', 'editor', editorKind);
  }

  setOutputMode(outputMode: OutputMode): void {
    this.store.update({ outputMode });
    writeStored('local', 'output', outputMode);
  }

  setView(view: ViewName | null): void {
    const { pane } = this.store.state;
    const shown = view ?? (isView(pane) ? 'output' : pane);
    // Narrow screens show one at a time; there, a view is a pane like the others.
    this.store.update({ view, pane: view === null || isNarrow() ? shown : pane });
    writeStored('local', 'view', view ?? 'none');
  }

  setSplit(split: number): void {
    this.store.update({ split });
    writeStored('local', 'split', String(Math.round(split * 10) / 10));
  }

  setViewSplit(viewSplit: number): void {
    this.store.update({ viewSplit });
    writeStored('local', 'view-split', String(Math.round(viewSplit * 10) / 10));
  }

  private readSettings(): void {
    const theme = readStored('local', 'theme');
    const editor = readStored('local', 'editor');
    const split = Number(readStored('local', 'split'));
    const viewSplit = Number(readStored('local', 'view-split'));
    const view = VIEWS.find(({ name }) => name === readStored('local', 'view'))?.name;
    const output = readStored('local', 'output');
    // The terminal needs a keyboard; the text view has a field for input.
    const touch = matchMedia('(pointer: coarse)').matches;
    const denied = (readStored('local', 'denied') ?? '').split(' ').filter(isCapability);
    this.store.update({
      denied,
      ...((theme === 'light' || theme === 'dark' || theme === 'contrast') && { theme }),
      ...((editor === 'full' || editor === 'plain') && { editorKind: editor }),
      outputMode: output === 'text' || (output === null && touch) ? 'text' : 'terminal',
      ...(split >= 20 && split <= 80 && { split }),
      ...(viewSplit >= 20 && viewSplit <= 80 && { viewSplit }),
      ...(view !== undefined && { view }),
    });
    applyTheme(this.store.state.theme);
  }
}

export const CAPABILITIES: readonly (readonly [Capability, string])[] = [
  ['fs-read', 'read files'],
  ['fs-write', 'write files'],
  ['net', 'use the network (other sites only after asking)'],
  ['env', 'read the environment'],
  ['db', 'use databases'],
];

function isCapability(name: string): name is Capability {
  return CAPABILITIES.some(([known]) => known === name);
}

export function isNarrow(): boolean {
  return matchMedia('(max-width: 720px)').matches;
}

/** `public/theme.js` does the same before the first paint. */
function applyTheme(theme: Theme): void {
  if (theme === 'auto') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.dataset['theme'] = theme;
}

/** The theme that is seen: `auto` resolved by what the system asks for. */
export function effectiveTheme(theme: Theme): 'light' | 'dark' | 'contrast' | 'contrast-light' {
  const asks = (query: string): boolean => matchMedia(query).matches;
  if (theme === 'auto') {
    const dark = asks('(prefers-color-scheme: dark)');
    if (asks('(prefers-contrast: more)') || asks('(forced-colors: active)'))
      return dark ? 'contrast' : 'contrast-light';
    return dark ? 'dark' : 'light';
  }
  return theme;
}
