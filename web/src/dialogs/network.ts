// SPDX-License-Identifier: MIT
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { CHOICES, wordsFor } from '../app/consent.ts';
import type { State } from '../app/store.ts';
import { AppDialog } from '../widgets/dialog.ts';

/** Asks before a program's first request to a site. Closing it without a choice denies. */
export class NetworkDialog extends AppDialog {
  protected readonly dialogName = 'network' as const;

  protected get heading(): string {
    const { networkQuestion } = this.state;
    return networkQuestion === null ? '' : wordsFor(networkQuestion).heading;
  }

  protected override watches(state: State, before: State): boolean {
    return super.watches(state, before) || state.networkQuestion !== before.networkQuestion;
  }

  protected content(): TemplateResult {
    const { networkQuestion } = this.state;
    if (networkQuestion === null) return html``;
    return html`<p class="network-site" data-testid="network-site"><b>${networkQuestion.origin}</b></p>
      <p>${wordsFor(networkQuestion).text}</p>
      <div class="dialog-actions">
        ${CHOICES.map(
          ([choice, label]) =>
            html`<button
              type="button"
              class="button ${choice === 'deny' ? 'primary' : 'quiet'}"
              data-testid=${`network-${choice}`}
              ?autofocus=${choice === 'deny'}
              @click=${() => this.app.consent.choose(choice)}
            >
              ${label}
            </button>`,
        )}
      </div>`;
  }
}

customElements.define('tt-network-dialog', NetworkDialog);
