// SPDX-License-Identifier: MIT
/** The full editor. This module and all it imports are one chunk, loaded after the first paint. */
import * as monaco from 'monaco-editor/editor';
import 'monaco-editor/features/register.all';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import type { Diagnostic } from '../../../wasm-glue/ts/index.ts';
import type { App } from '../app/app.ts';
import { effectiveTheme } from '../app/app.ts';
import type { Command } from '../app/commands.ts';
import type { Theme } from '../app/store.ts';
import { registerQuickFixes, setMarkers } from '../lang/diagnostics.ts';
import { registerFormatters } from '../lang/format.ts';
import type { Format } from '../lang/format.ts';
import { registerLisp } from '../lang/lisp.ts';
import { registerTtvm } from '../lang/ttvm.ts';
import { languageOf } from '../model/program.ts';
import type { Program, SourceFile } from '../model/program.ts';
import { colourToken } from '../styles/colours.ts';
import { editorLabel } from './editor_surface.ts';
import type { EditorSurface, SurfaceHooks } from './editor_surface.ts';

const THEME = 'tinytot';

self.MonacoEnvironment = { getWorker: () => new EditorWorker() };

/** Findings of the file on show; languages are registered once, editors come and go. */
let shownDiagnostics: readonly Diagnostic[] = [];
let currentFormat: Format | null = null;
let registered = false;

function registerLanguages(): void {
  if (registered) return;
  registered = true;
  monaco.languages.register({ id: 'text', extensions: ['.txt'] });
  registerTtvm();
  registerLisp();
  registerFormatters(() => currentFormat);
  registerQuickFixes(['ttvm', 'lisp'], () => shownDiagnostics);
}

interface OpenFile {
  readonly model: monaco.editor.ITextModel;
  /** The text that both the model and the program have. */
  text: string;
  view: monaco.editor.ICodeEditorViewState | null;
}

export class MonacoSurface implements EditorSurface {
  readonly element = document.createElement('div');
  private readonly editor: monaco.editor.IStandaloneCodeEditor;
  private readonly files = new Map<string, OpenFile>();
  private readonly disposables: { dispose(): void }[] = [];
  private name = '';

  constructor(
    private readonly hooks: SurfaceHooks,
    app: App,
  ) {
    registerLanguages();
    currentFormat = async (file, text) => (await app.runner.engine()).format(file, text);
    this.element.className = 'monaco-host';
    applyTheme(app.store.state.theme);
    const font = getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim();
    this.editor = monaco.editor.create(this.element, {
      model: null,
      theme: THEME,
      automaticLayout: true,
      formatOnType: true,
      contextmenu: false,
      minimap: { enabled: false },
      wordWrap: 'on',
      wrappingIndent: 'same',
      fontFamily: font,
      fontSize: 13.5,
      lineHeight: 21,
      lineNumbersMinChars: 3,
      padding: { top: 12, bottom: 12 },
      renderFinalNewline: 'on',
      renderLineHighlight: 'line',
      scrollBeyondLastLine: false,
      smoothScrolling: false,
      fixedOverflowWidgets: true,
      stickyScroll: { enabled: false },
      wordBasedSuggestions: 'off',
      occurrencesHighlight: 'singleFile',
      bracketPairColorization: { enabled: true },
      guides: { indentation: false },
      links: false,
      tabSize: 2,
      insertSpaces: true,
      detectIndentation: true,
      overviewRulerBorder: false,
      hideCursorInOverviewRuler: true,
      scrollbar: { verticalScrollbarSize: 11, horizontalScrollbarSize: 11, useShadows: false },
      folding: true,
      showFoldingControls: 'mouseover',
      unicodeHighlight: { ambiguousCharacters: false },
    });
    this.disposables.push(
      this.editor.onDidChangeCursorPosition(({ position }) =>
        hooks.moved(position.lineNumber, position.column),
      ),
      this.editor.onKeyDown((event) => this.pressed(event)),
      this.editor.onDidBlurEditorText(() => this.editor.updateOptions({ tabFocusMode: false })),
      monaco.editor.registerEditorOpener({
        openCodeEditor: (_source, resource, where) => {
          const at = monaco.Range.isIRange(where)
            ? { line: where.startLineNumber, column: where.startColumn }
            : { line: where?.lineNumber ?? 1, column: where?.column ?? 1 };
          this.hooks.go(resource.path.slice(1), at.line, at.column);
          return true;
        },
      }),
    );
    const retheme = (): void => applyTheme(app.store.state.theme);
    const unsubscribe = app.store.subscribe((state, before) => {
      if (state.theme !== before.theme) retheme();
    });
    this.disposables.push({ dispose: unsubscribe });
    for (const query of [
      '(prefers-color-scheme: dark)',
      '(prefers-contrast: more)',
      '(forced-colors: active)',
    ]) {
      const media = matchMedia(query);
      media.addEventListener('change', retheme);
      this.disposables.push({ dispose: () => media.removeEventListener('change', retheme) });
    }
  }

  show(file: SourceFile, program: Program, readOnly: boolean): void {
    const text = typeof file.content === 'string' ? file.content : '';
    const open = this.openFile(file.name, text);
    if (open.text !== text) {
      open.text = text;
      open.model.setValue(text);
    }
    if (this.name !== file.name || this.editor.getModel() !== open.model) {
      const before = this.files.get(this.name);
      if (before !== undefined) before.view = this.editor.saveViewState();
      this.name = file.name;
      this.editor.setModel(open.model);
      if (open.view !== null) this.editor.restoreViewState(open.view);
      this.editor.updateOptions({
        ariaLabel: editorLabel(file.name, 'Escape, then Tab, leaves the editor. F1 lists all commands.'),
      });
    }
    this.editor.updateOptions({ readOnly });
    this.closeRemoved(program);
  }

  setDiagnostics(list: readonly Diagnostic[]): void {
    for (const [name, { model }] of this.files)
      setMarkers(
        model,
        list.filter((one) => one.file === name),
      );
    shownDiagnostics = list.filter((one) => one.file === this.name);
  }

  reveal(line: number, column: number): void {
    const position = { lineNumber: line, column };
    this.editor.setPosition(position);
    this.editor.revealPositionInCenterIfOutsideViewport(position);
  }

  focus(): void {
    this.editor.focus();
  }

  forget(): void {
    // `setValue` has emptied the undo stacks of the files that changed; the others keep theirs.
  }

  commands(): readonly Command[] {
    return this.editor
      .getSupportedActions()
      .filter((action) => action.label !== '' && action.id !== 'editor.action.quickCommand')
      .map((action) => ({
        id: action.id,
        title: `Editor: ${action.label}`,
        run: () => {
          this.editor.focus();
          void action.run();
        },
      }));
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    this.editor.dispose();
    for (const { model } of this.files.values()) model.dispose();
    this.files.clear();
    this.element.remove();
  }

  private openFile(name: string, text: string): OpenFile {
    const known = this.files.get(name);
    if (known !== undefined) return known;
    const uri = monaco.Uri.from({ scheme: 'ttvm', path: `/${name}` });
    monaco.editor.getModel(uri)?.dispose();
    const model = monaco.editor.createModel(text, languageOf(name), uri);
    const open: OpenFile = { model, text, view: null };
    model.onDidChangeContent(() => {
      const now = model.getValue();
      if (now === open.text) return;
      open.text = now;
      this.hooks.edited(name, now);
    });
    this.files.set(name, open);
    return open;
  }

  private closeRemoved(program: Program): void {
    for (const [name, { model }] of this.files) {
      if (name === this.name || program.files.some((file) => file.name === name)) continue;
      model.dispose();
      this.files.delete(name);
    }
  }

  private pressed(event: monaco.IKeyboardEvent): void {
    const mod = (event.ctrlKey || event.metaKey) && !event.altKey;
    const model = this.editor.getModel();
    const undo = mod && !event.shiftKey && event.keyCode === monaco.KeyCode.KeyZ;
    const redo =
      mod &&
      ((event.shiftKey && event.keyCode === monaco.KeyCode.KeyZ) || event.keyCode === monaco.KeyCode.KeyY);
    if (
      model !== null &&
      ((undo && !model.canUndo() && this.hooks.undoBeyond()) ||
        (redo && !model.canRedo() && this.hooks.redoBeyond()))
    ) {
      event.preventDefault();
      event.stopPropagation();
    }
    // Tab indents, except right after Escape: nobody is caught in the editor.
    if (event.keyCode === monaco.KeyCode.Escape) this.editor.updateOptions({ tabFocusMode: true });
    else if (event.keyCode !== monaco.KeyCode.Tab && event.keyCode !== monaco.KeyCode.Shift) {
      this.editor.updateOptions({ tabFocusMode: false });
    }
  }
}

/** Colours come from the style sheet's tokens, so that there is one palette. */
function applyTheme(theme: Theme): void {
  const seen = effectiveTheme(theme);
  const rule = (name: string, from: string, fontStyle = ''): monaco.editor.ITokenThemeRule => ({
    token: name,
    foreground: colourToken(from).replace('#', ''),
    ...(fontStyle !== '' && { fontStyle }),
  });
  const contrast = seen === 'contrast' || seen === 'contrast-light';
  monaco.editor.defineTheme(THEME, {
    base:
      seen === 'light' ? 'vs' : seen === 'dark' ? 'vs-dark' : seen === 'contrast' ? 'hc-black' : 'hc-light',
    inherit: true,
    rules: [
      {
        token: '',
        foreground: colourToken('ink').replace('#', ''),
        background: colourToken('editor-bg').replace('#', ''),
      },
      rule('comment', 'tok-comment', 'italic'),
      rule('string', 'tok-string'),
      rule('string.invalid', 'error'),
      rule('number', 'tok-number'),
      rule('constant', 'tok-constant'),
      rule('instruction', 'tok-mnemonic'),
      rule('control', 'tok-control'),
      rule('actor', 'tok-actor', 'bold'),
      rule('label', 'tok-label'),
      rule('name', 'tok-name'),
      rule('bracket', 'tok-bracket'),
    ],
    colors: {
      'editor.background': colourToken('editor-bg'),
      'editor.foreground': colourToken('ink'),
      'editorLineNumber.foreground': colourToken('line-number'),
      'editorLineNumber.activeForeground': colourToken('ink'),
      'editorCursor.foreground': colourToken('accent'),
      'editor.selectionBackground': colourToken('selection'),
      'editorError.foreground': colourToken('error'),
      'editorWarning.foreground': colourToken('warning'),
      focusBorder: colourToken('accent'),
      'editorWidget.background': colourToken('surface'),
      'editorHoverWidget.background': colourToken('surface'),
      'editorSuggestWidget.background': colourToken('surface'),
      'input.background': colourToken('editor-bg'),
      'quickInput.background': colourToken('surface'),
      ...(!contrast && {
        'editor.lineHighlightBackground': colourToken('line-highlight'),
        'editor.lineHighlightBorder': '#00000000',
        'scrollbarSlider.background': `${colourToken('border-strong')}44`,
        'scrollbarSlider.hoverBackground': `${colourToken('border-strong')}77`,
        'scrollbarSlider.activeBackground': `${colourToken('border-strong')}99`,
        'editorOverviewRuler.border': '#00000000',
        'editorWidget.border': colourToken('border'),
        'editorHoverWidget.border': colourToken('border'),
        'editorSuggestWidget.border': colourToken('border'),
        'editorSuggestWidget.selectedBackground': colourToken('selection'),
        'editorSuggestWidget.selectedForeground': colourToken('ink'),
      }),
    },
  });
  monaco.editor.setTheme(THEME);
}
