// SPDX-License-Identifier: MIT
/** Builds the page: wiring only. */
import { FIRST_EXAMPLE } from 'virtual:first-example';
import { html, render } from 'lit';
import { App } from './app/app.ts';
import { EVENT_KINDS, filesToObject, mergeOptions, objectToProgram, readMask } from './app/automation.ts';
import { cacheForOffline, endedUncleanly, noteRunning, settleIsolation } from './app/lifecycle.ts';
import { registerCommands } from './app/page_commands.ts';
import { messageOf } from './app/runner.ts';
import { hashPayload, sourceKey } from './app/url_state.ts';
import './dialogs/about.ts';
import './dialogs/examples.ts';
import './dialogs/file_name.ts';
import './dialogs/history.ts';
import './dialogs/network.ts';
import './dialogs/options.ts';
import './dialogs/palette.ts';
import './dialogs/share.ts';
import './dialogs/source.ts';
import { DEFAULT_OPTIONS, makeProgram, titleOf } from './model/program.ts';
import { EditorPane } from './panes/editor.ts';
import { OutputPane } from './panes/output_pane.ts';
import { acceptDrops } from './shell/drop.ts';
import './shell/layout.ts';
import './shell/notices.ts';
import './shell/status_bar.ts';
import './shell/toolbar.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/code.css';
import './styles/layout.css';
import './styles/panes.css';
import './styles/dialogs.css';

/** A first run that goes on for longer does not hold `ready` back. */
const FIRST_RUN_MS = 4000;

const threads = new URLSearchParams(location.search).get('threads') === '0' ? 'off' : 'auto';
const app = new App(threads);
const editor = new EditorPane(app);
const output = new OutputPane(app);

const crashed = endedUncleanly();
const payload = hashPayload();
const named = payload === '' ? sourceKey(location.search) : payload;
// Waiting only where a large program has to be read: the others are on show at once.
const restoring = app.project.restore(named);
const restored = typeof restoring === 'boolean' ? restoring : await restoring;
const keeping = !restored && named !== '' && app.project.keepLastVisit();
const keptLastVisit = typeof keeping === 'boolean' ? keeping : await keeping;
const pristine = !restored && named === '' && FIRST_EXAMPLE !== null;
if (!restored && !keptLastVisit && FIRST_EXAMPLE !== null) {
  const files = Object.entries(FIRST_EXAMPLE.files).map(([name, content]) => ({ name, content }));
  const program = makeProgram(files, FIRST_EXAMPLE.main);
  app.store.update({ program, active: program.main, options: DEFAULT_OPTIONS });
}
app.project.markClean();
const shown = app.store.state.program;
registerCommands(app, editor, output);
const nameDocument = (): void => {
  document.title = `${titleOf(app.store.state.program)} · TinyTotVM`;
};
nameDocument();
app.store.subscribe((state, before) => {
  if (state.program !== before.program) nameDocument();
});
app.events.on('runEnded', () => {
  if (app.store.state.summary?.reason !== 'limit') return;
  app.notify('warning', 'The run was ended by one of its limits.', [
    { label: 'Allow more', run: () => app.openDialog('options') },
  ]);
});

const root = document.getElementById('app') ?? document.body;
root.replaceChildren();
render(
  html`<tt-toolbar .app=${app}></tt-toolbar>
    <tt-layout .app=${app} .panes=${[editor, output]}></tt-layout>
    <tt-status-bar .app=${app}></tt-status-bar>
    <tt-notices .app=${app}></tt-notices>
    <tt-options-dialog .app=${app}></tt-options-dialog>
    <tt-share-dialog .app=${app}></tt-share-dialog>
    <tt-examples-dialog .app=${app}></tt-examples-dialog>
    <tt-palette .app=${app}></tt-palette>
    <tt-new-file-dialog .app=${app}></tt-new-file-dialog>
    <tt-rename-dialog .app=${app}></tt-rename-dialog>
    <tt-history-dialog .app=${app}></tt-history-dialog>
    <tt-schedulers-dialog .app=${app}></tt-schedulers-dialog>
    <tt-help-dialog .app=${app}></tt-help-dialog>
    <tt-network-dialog .app=${app}></tt-network-dialog>
    <tt-source-dialog .app=${app}></tt-source-dialog>`,
  root,
);

document.addEventListener(
  'keydown',
  (event) => {
    if (app.store.state.dialog !== null && event.key !== 'F1') return;
    if (!app.commands.handleKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  },
  { capture: true },
);
window.addEventListener('hashchange', () => {
  if (hashPayload() !== '') void app.openLink(location.hash);
});
window.addEventListener('pagehide', () => {
  app.project.save();
  noteRunning(false);
});
acceptDrops(app);

async function start(): Promise<void> {
  if (payload !== '' && !restored) await app.openLink(payload);
  if (!(await settleIsolation())) {
    // About to be reloaded: whoever waits for `ready` waits for the page that comes.
    await new Promise(() => undefined);
  }
  // Output before comfort: the full editor is the largest part and the light one works meanwhile.
  output.startTerminal();
  const engine = app.runner.engine().catch((error: unknown) => app.notify('error', messageOf(error)));
  await Promise.all([engine, output.ready, app.project.loadWritten()]);
  if (payload === '' && named !== '' && !restored)
    app.askForSource(new URLSearchParams(location.search).get('src') ?? '');
  const first = crashed ? tellOfCrash() : runFirst();
  editor.startFull();
  await Promise.all([first, editor.ready]);
  cacheForOffline();
}

function tellOfCrash(): void {
  noteRunning(false);
  app.notify(
    'warning',
    'The page ended while a program was running. Nothing was started this time; your files are here.',
  );
}

/** The example of a first visit is ours and ends, so it may run by itself; nothing else ever does. */
async function runFirst(): Promise<void> {
  const { program, runStarted, engine } = app.store.state;
  if (!pristine || program !== shown || runStarted !== null || engine.kind !== 'ready') return;
  await Promise.race([app.runner.run(), new Promise((resolve) => setTimeout(resolve, FIRST_RUN_MS))]);
}

globalThis.ttvmPlayground = {
  ready: start(),
  get files() {
    return filesToObject(app.store.state.program);
  },
  set files(object) {
    app.project.replace(objectToProgram(object), app.store.state.options, 'Before a program was set');
  },
  get options() {
    return app.store.state.options;
  },
  set options(patch) {
    app.store.update({ options: mergeOptions(patch, app.store.state.options) });
  },
  run: () => app.runner.run(),
  stop: () => app.runner.stop(),
  input: (text) => app.runner.input(text),
  endInput: () => app.runner.endInput(),
  get output() {
    return app.runner.output.text();
  },
  get diagnostics() {
    return app.store.state.diagnostics;
  },
  link: () => app.links.make(),
  open: (link) => app.links.open(link),
  events: (mask) => app.runner.eventStream(readMask(mask)),
  eventKinds: EVENT_KINDS,
};
