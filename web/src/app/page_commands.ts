// SPDX-License-Identifier: MIT
/** The commands of the page, for the keyboard, the toolbar and the F1 list. */
import { downloadZip } from '../dialogs/share.ts';
import { activeFile } from '../panes/editor.ts';
import type { EditorPane } from '../panes/editor.ts';
import { VIEWS } from '../panes/registry.ts';
import type { OutputPane } from '../panes/output_pane.ts';
import type { OutputBar } from '../shell/output_bar.ts';
import { addFiles } from '../shell/drop.ts';
import { nextTheme } from '../shell/toolbar.ts';
import { chooseFiles, saveFile } from '../widgets/files.ts';
import { isNarrow } from './app.ts';
import type { App } from './app.ts';
import { messageOf } from './runner.ts';

/** False when no view is on show. */
function focusView(): boolean {
  const places = document.querySelectorAll<HTMLElement>('.views :is(canvas, [role="grid"])');
  const shown = [...places].find((place) => place.checkVisibility());
  shown?.focus();
  return shown !== undefined;
}

export function registerCommands(app: App, editor: EditorPane, output: OutputPane): void {
  const { store, project, runner } = app;
  const show = (pane: 'editor' | 'output'): void => {
    store.update({ pane });
    requestAnimationFrame(() => (pane === 'editor' ? editor : output).focus());
  };
  app.events.on('focusPane', ({ name }) => show(name === 'output' ? 'output' : 'editor'));
  const run = (): void => {
    project.snapshot('Run');
    const { pane } = store.state;
    if (isNarrow() && pane === 'editor') store.update({ pane: 'output' });
    void runner.run();
  };
  const own = (): boolean => store.state.program.files.some((file) => file.name === store.state.active);
  const written = (): boolean => store.state.results.some((file) => file.name === store.state.active);
  const deleteFile = (): void => {
    const name = store.state.active;
    if (own()) project.remove(name);
    else project.discard(name);
    app.notify('info', `Deleted ${name}.`, [{ label: 'Undo', run: () => project.undo() }]);
  };

  app.commands.add(
    { id: 'run', title: 'Run the program', keys: 'Mod+Enter', run },
    {
      id: 'stop',
      title: 'Stop the program',
      keys: 'Mod+Shift+Enter',
      enabled: () => runner.busy,
      run: () => void runner.stop(),
    },
    {
      id: 'pause',
      title: 'Pause or resume the program',
      keys: 'Mod+Alt+Enter',
      enabled: () => VIEWS.length > 0 && runner.busy,
      run: () => (store.state.status === 'paused' ? runner.resume() : void runner.pause()),
    },
    ...VIEWS.map(({ name, title }) => ({
      id: `view.${name}`,
      title: `${title}: show or hide`,
      run: () => app.setView(store.state.view === name ? null : name),
    })),
    { id: 'commands', title: 'All commands', keys: 'F1', run: () => app.openDialog('commands') },
    { id: 'examples', title: 'Open an example…', run: () => app.openDialog('examples') },
    { id: 'options', title: 'Options…', run: () => app.openDialog('options') },
    { id: 'share', title: 'Share…', run: () => app.openDialog('share') },
    { id: 'schedulers', title: 'Why this many schedulers?', run: () => app.openDialog('schedulers') },
    { id: 'history', title: 'History of programs…', run: () => app.openDialog('history') },
    { id: 'program.new', title: 'New program', run: () => app.newProgram() },
    {
      id: 'program.undo',
      title: 'Bring back the program before',
      enabled: () => project.canUndo,
      run: () => project.undo(),
    },
    {
      id: 'program.redo',
      title: 'Return to the program after',
      enabled: () => project.canRedo,
      run: () => project.redo(),
    },
    {
      id: 'program.save',
      title: 'Note this program in the history',
      keys: 'Mod+S',
      run: () => {
        project.snapshot('Noted');
        project.save();
        app.notify('info', 'Files are saved on this device as you type. This state is in the history now.');
      },
    },
    { id: 'file.new', title: 'New file…', run: () => app.openDialog('new-file') },
    {
      id: 'file.add',
      title: 'Add files from this device…',
      run: () => {
        chooseFiles()
          .then((files) => {
            if (files.length > 0) addFiles(app, files);
          })
          .catch((error: unknown) => app.notify('error', `The files could not be read: ${messageOf(error)}`));
      },
    },
    { id: 'file.rename', title: 'Rename this file…', enabled: own, run: () => app.openDialog('rename') },
    {
      id: 'file.delete',
      title: 'Delete this file',
      enabled: () => (own() && store.state.program.files.length > 1) || (!own() && written()),
      run: deleteFile,
    },
    {
      id: 'file.main',
      title: 'Run this file first (make it the main file)',
      enabled: () => own() && store.state.active !== store.state.program.main,
      run: () => project.setMain(store.state.active),
    },
    {
      id: 'download.zip',
      title: 'Download all files as .zip',
      run: () => {
        const { program, results } = store.state;
        const others = results.filter((file) => !program.files.some((one) => one.name === file.name));
        downloadZip([...program.files, ...others]).catch((error: unknown) => {
          app.notify('error', `The .zip could not be made: ${messageOf(error)}`);
        });
      },
    },
    {
      id: 'file.download',
      title: 'Download this file',
      run: () => {
        const { file } = activeFile(store.state);
        const bytes =
          typeof file.content === 'string' ? new TextEncoder().encode(file.content) : file.content;
        saveFile(file.name.split('/').at(-1) ?? file.name, bytes, 'application/octet-stream');
      },
    },
    { id: 'output.clear', title: 'Clear the output', run: () => runner.clearOutput() },
    {
      id: 'output.mode',
      title: 'Accessible output: plain text on or off',
      run: () => app.setOutputMode(store.state.outputMode === 'text' ? 'terminal' : 'text'),
    },
    {
      id: 'output.find',
      title: 'Find in the output',
      run: () => document.querySelector('tt-output-bar')?.openSearch(),
    },
    {
      id: 'input.end',
      title: 'End of standard input',
      enabled: () => runner.busy,
      run: () => runner.endInput(),
    },
    {
      id: 'focus.next',
      title: 'Go to the other pane',
      keys: 'F6',
      run: () => {
        const { activeElement } = document;
        if (activeElement?.closest('.pane-editor')) show('output');
        else if (!activeElement?.closest('.pane-output') || !focusView()) show('editor');
      },
    },
    {
      id: 'editor.kind',
      title: 'Light editor on or off',
      run: () => {
        const plain = document.querySelector('.plain-editor') !== null;
        app.setEditorKind(plain ? 'full' : 'plain');
      },
    },
    { id: 'theme', title: 'Change the colours', run: () => app.setTheme(nextTheme(store.state.theme)) },
    { id: 'help', title: 'Keys and reference', run: () => app.openDialog('help') },
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'tt-output-bar': OutputBar;
  }
}
