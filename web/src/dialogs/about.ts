// SPDX-License-Identifier: MIT
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { EngineInfo } from '../../../wasm-glue/ts/index.ts';
import { keyLabel } from '../app/commands.ts';
import { schedulerText } from '../shell/status_bar.ts';
import { AppDialog } from '../widgets/dialog.ts';

const REASONS: Record<Exclude<EngineInfo['noThreadsReason'], null>, string> = {
  forced: 'One thread was asked for in the address (threads=0).',
  'not-isolated':
    'The page is not cross-origin isolated: its host sends no isolation headers and the service worker could not supply them (private window, frame, or first visit). Reloading may help.',
  'no-shared-array-buffer': 'This browser offers no shared memory.',
  'shared-memory-not-transferable': 'This browser does not let workers share memory.',
  'threads-failed': 'The engine with threads could not be started here, perhaps for lack of memory.',
};

/** The badge, explained. */
export class SchedulersDialog extends AppDialog {
  protected readonly dialogName = 'schedulers' as const;
  protected readonly heading = 'Schedulers';

  protected content(): TemplateResult {
    const { engine, options } = this.state;
    if (engine.kind === 'failed') return html`<p>The engine could not be loaded: ${engine.message}</p>`;
    if (engine.kind !== 'ready') return html`<p>The engine is being loaded.</p>`;
    const { info } = engine;
    const why = info.threads
      ? options.deterministic || options.virtualTime || options.seed !== null
        ? 'The options ask for a deterministic run, which has one scheduler. Threads are available.'
        : `Actors run on up to ${info.maxSchedulers} threads, as ttvm does natively.`
      : info.noThreadsReason === null
        ? 'The engine runs with one thread.'
        : `The engine runs with one thread. ${REASONS[info.noThreadsReason]}`;
    return html`<p><b>${schedulerText(this.state)}.</b> ${why}</p>
      <p class="about">Actors share nothing, so a program means the same on one scheduler and on many.</p>
      <div class="dialog-actions">
        <button type="button" class="button quiet" @click=${() => this.app.openDialog('options')}>
          Options
        </button>
        <button type="button" class="button primary" autofocus @click=${() => this.close()}>Done</button>
      </div>`;
  }
}

export class HelpDialog extends AppDialog {
  protected readonly dialogName = 'help' as const;
  protected readonly heading = 'Keys and reference';

  protected content(): TemplateResult {
    const commands = this.app.commands.all().filter((command) => command.keys !== undefined);
    return html`<table class="keys">
        <tbody>
          ${commands.map(
            (command) =>
              html`<tr>
                <td><kbd>${keyLabel(command.keys ?? '')}</kbd></td>
                <td>${command.title}</td>
              </tr>`,
          )}
          <tr>
            <td><kbd>Esc</kbd> <kbd>Tab</kbd></td>
            <td>Leave the editor (Tab alone indents)</td>
          </tr>
          <tr>
            <td><kbd>${keyLabel('Mod+Z')}</kbd></td>
            <td>Undo; past the first edit it brings back the program that was replaced</td>
          </tr>
          <tr>
            <td><kbd>Ctrl+D</kbd></td>
            <td>In the terminal: end of standard input</td>
          </tr>
          <tr>
            <td><kbd>Ctrl+C</kbd></td>
            <td>In the terminal: stop the program</td>
          </tr>
        </tbody>
      </table>
      <p class="about">
        Reference:
        <a href="reference/instructions.html" target="_blank">instructions</a>,
        <a href="reference/lisp.html" target="_blank">Lisp</a>.
      </p>
      <div class="dialog-actions">
        <button type="button" class="button primary" autofocus @click=${() => this.close()}>Done</button>
      </div>`;
  }
}

customElements.define('tt-schedulers-dialog', SchedulersDialog);
customElements.define('tt-help-dialog', HelpDialog);
