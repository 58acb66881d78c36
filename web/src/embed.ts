// SPDX-License-Identifier: MIT
/** The embed page: small, shows the program at once, loads the engine at the first interaction. */
import { EVENT_KINDS, filesToObject, mergeOptions, objectToProgram, readMask } from './app/automation.ts';
import { EmbedView } from './embed/view.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/code.css';
import './styles/embed.css';

const parameters = new URLSearchParams(location.search);
const theme = parameters.get('theme');
if (theme === 'light' || theme === 'dark' || theme === 'contrast')
  document.documentElement.dataset['theme'] = theme;

const view = new EmbedView(
  document.getElementById('embed') ?? document.body,
  parameters.get('readonly') === '1',
);
const ready = view.openAddress();
window.addEventListener('hashchange', () => void view.openAddress());

globalThis.ttvmPlayground = {
  ready,
  get files() {
    return filesToObject(view.program);
  },
  set files(object) {
    view.show({ program: objectToProgram(object), options: view.options });
  },
  get options() {
    return view.options;
  },
  set options(patch) {
    view.setOptions(mergeOptions(patch, view.options));
  },
  run: () => view.run(),
  stop: () => view.runner.stop(),
  input: (text) => view.runner.input(text),
  endInput: () => view.runner.endInput(),
  get output() {
    return view.runner.output.text();
  },
  get diagnostics() {
    return view.diagnostics;
  },
  link: () => view.link(),
  open: (link) => view.open(link),
  events: (mask) => view.runner.eventStream(readMask(mask)),
  eventKinds: EVENT_KINDS,
};
