// SPDX-License-Identifier: MIT
import type { App } from '../app/app.ts';
import type { State } from '../app/store.ts';
import { findFile } from '../model/program.ts';
import type { SourceFile } from '../model/program.ts';
import type { EditorSurface, SurfaceHooks } from './editor_surface.ts';
import { Pane } from './pane.ts';
import { PlainSurface } from './plain_surface.ts';

/**
 * The source. It begins with the light editor, which shows the program at once, and changes to the
 * full one when that has loaded, unless the device is a touch device or the user chose otherwise.
 */
export class EditorPane extends Pane {
  readonly name = 'editor';
  readonly title = 'Editor';
  private host: HTMLElement | null = null;
  private surface: EditorSurface;
  private kind: 'plain' | 'full' = 'plain';
  private wanted: 'plain' | 'full' = 'plain';
  private readonly binary = document.createElement('div');
  private readonly hooks: SurfaceHooks;
  private allowFull: (() => void) | null = null;
  /** Until then the page's first paint and the engine have the network for themselves. */
  private readonly fullAllowed = new Promise<void>((resolve) => {
    this.allowFull = resolve;
  });
  private settled: (() => void) | null = null;
  /** Resolves when the editor that is wanted is the one that is shown. */
  readonly ready = new Promise<void>((resolve) => {
    this.settled = resolve;
  });

  constructor(app: App) {
    super(app);
    this.hooks = {
      edited: (name, text) => app.project.setText(name, text),
      moved: (line, column) => app.events.emit('cursor', { line, column }),
      undoBeyond: () => app.project.undo(),
      redoBeyond: () => app.project.redo(),
      go: (file, line, column) => app.events.emit('reveal', { file, line, column, focus: true }),
    };
    this.surface = new PlainSurface(this.hooks);
    app.events.on('replaced', () => {
      this.render(app.store.state, null);
      this.surface.forget();
    });
    app.events.on('reveal', ({ file, line, column, focus }) => this.reveal(file, line, column, focus));
    app.commands.addSource(() => this.surface.commands());
    this.binary.className = 'binary-file';
  }

  /** The full editor may be loaded from now on. */
  startFull(): void {
    this.allowFull?.();
  }

  override focus(): void {
    this.surface.focus();
  }

  protected create(host: HTMLElement): void {
    this.host = host;
    host.append(this.surface.element);
  }

  protected update(state: State, before: State | null): void {
    if (before === null || state.editorKind !== before.editorKind) void this.choose(state);
    this.render(state, before);
  }

  private render(state: State, before: State | null): void {
    if (
      before !== null &&
      state.program === before.program &&
      state.active === before.active &&
      state.results === before.results &&
      state.diagnostics === before.diagnostics
    ) {
      return;
    }
    const { file, readOnly } = activeFile(state);
    const isText = typeof file.content === 'string';
    this.surface.element.hidden = !isText;
    if (isText) {
      this.binary.remove();
      this.surface.show(file, state.program, readOnly);
      this.surface.setDiagnostics(state.diagnostics);
    } else {
      this.showBinary(file);
    }
  }

  private showBinary(file: SourceFile): void {
    const about = document.createElement('p');
    about.textContent = `${file.name} is not text: ${file.content.length.toLocaleString('en')} bytes.`;
    const download = document.createElement('button');
    download.type = 'button';
    download.className = 'button';
    download.dataset['testid'] = 'download-file';
    download.textContent = 'Download';
    download.addEventListener('click', () => this.app.commands.run('file.download'));
    this.binary.replaceChildren(about, download);
    this.host?.append(this.binary);
  }

  private async choose(state: State): Promise<void> {
    const touch = matchMedia('(pointer: coarse)').matches;
    this.wanted = state.editorKind === 'full' || (state.editorKind === 'auto' && !touch) ? 'full' : 'plain';
    if (this.wanted === 'full') {
      await this.fullAllowed;
      try {
        const { MonacoSurface } = await import('./monaco_surface.ts');
        if (this.wanted === 'full' && this.kind !== 'full') {
          this.exchange(new MonacoSurface(this.hooks, this.app), 'full');
        }
      } catch {
        this.app.notify('warning', 'The full editor could not be loaded. The light one works without it.');
      }
    } else if (this.kind === 'full') {
      this.exchange(new PlainSurface(this.hooks), 'plain');
    }
    this.settled?.();
  }

  private exchange(next: EditorSurface, kind: 'plain' | 'full'): void {
    const had = this.surface.element.contains(document.activeElement);
    this.surface.dispose();
    this.surface = next;
    this.kind = kind;
    this.host?.prepend(next.element);
    this.render(this.app.store.state, null);
    next.forget();
    if (had) next.focus();
  }

  private reveal(file: string, line: number, column: number, focus: boolean): void {
    const name = this.knownName(file);
    if (name === null) {
      this.app.notify('info', `${file} is not one of this program's files.`);
      return;
    }
    this.app.project.open(name);
    this.app.store.update({ pane: 'editor' });
    // The pane may have been hidden until now; it has its size after the next frame.
    requestAnimationFrame(() => {
      this.surface.reveal(line, column);
      if (focus) this.surface.focus();
    });
  }

  /** Messages may name a file with a folder before it. */
  private knownName(file: string): string | null {
    const { program } = this.app.store.state;
    if (findFile(program, file) !== undefined) return file;
    const last = file.split('/').at(-1) ?? '';
    const found = program.files.find((one) => one.name === last || file.endsWith(`/${one.name}`));
    return found?.name ?? null;
  }
}

/** The file on show: one of the user's, or one that the last run wrote. */
export function activeFile(state: State): { file: SourceFile; readOnly: boolean } {
  const own = findFile(state.program, state.active);
  const result = state.results.find((file) => file.name === state.active);
  if (own !== undefined) return { file: own, readOnly: false };
  if (result !== undefined) return { file: result, readOnly: true };
  const main = findFile(state.program, state.program.main);
  return { file: main ?? { name: state.program.main, content: '' }, readOnly: main === undefined };
}
