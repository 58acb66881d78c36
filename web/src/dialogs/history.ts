// SPDX-License-Identifier: MIT
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { titleOf } from '../model/program.ts';
import { AppDialog } from '../widgets/dialog.ts';

/** Earlier programs, kept on this device only. */
export class HistoryDialog extends AppDialog {
  protected readonly dialogName = 'history' as const;
  protected readonly heading = 'History';

  protected content(): TemplateResult {
    const list = this.app.project.history;
    if (list.length === 0) {
      return html`<p class="about empty">
        Nothing yet. Programs are noted here when you run or share them, and before anything replaces them.
        They stay on this device.
      </p>`;
    }
    return html`<p class="about">Kept on this device only. Opening one keeps what you have now, too.</p>
      <ul class="history-list">
        ${list.map(
          (snapshot) =>
            html`<li>
              <button
                type="button"
                class="example"
                @click=${() => {
                  this.close();
                  this.app.project.replace(
                    snapshot.program,
                    snapshot.options,
                    'Before opening an earlier program',
                  );
                }}
              >
                <span class="example-title">${titleOf(snapshot.program)}</span>
                <span class="example-about"
                  >${snapshot.reason}${snapshot.program.files.length > 1 ? ` · ${snapshot.program.files.length} files` : ''}</span
                >
                <span class="example-file">${new Date(snapshot.time).toLocaleString()}</span>
              </button>
            </li>`,
        )}
      </ul>`;
  }
}

customElements.define('tt-history-dialog', HistoryDialog);
