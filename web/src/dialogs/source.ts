// SPDX-License-Identifier: MIT
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { State } from '../app/store.ts';
import { AppDialog } from '../widgets/dialog.ts';

/** Asks before a program named by `?src=` is fetched. Closing it fetches nothing. */
export class SourceDialog extends AppDialog {
  protected readonly dialogName = 'source' as const;
  protected readonly heading = 'Open a program from another site?';

  protected override watches(state: State, before: State): boolean {
    return super.watches(state, before) || state.source !== before.source;
  }

  protected content(): TemplateResult {
    const { source } = this.state;
    if (source === null) return html``;
    return html`<p class="network-site" data-testid="source-address"><b>${source.shown}</b></p>
      <p>
        It is fetched from ${source.url.origin}, which will see your network address. It is not run before you
        say so, and your own program can be brought back with Undo.
      </p>
      <div class="dialog-actions">
        <button
          type="button"
          class="button quiet"
          autofocus
          data-testid="source-deny"
          @click=${() => this.close()}
        >
          Do not open
        </button>
        <button
          type="button"
          class="button primary"
          data-testid="source-open"
          @click=${() => void this.app.openSource(source)}
        >
          Open
        </button>
      </div>`;
  }
}

customElements.define('tt-source-dialog', SourceDialog);
