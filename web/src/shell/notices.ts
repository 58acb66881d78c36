// SPDX-License-Identifier: MIT
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { State } from '../app/store.ts';
import { AppElement } from '../widgets/app_element.ts';
import { icon } from '../widgets/icons.ts';

export class Notices extends AppElement {
  protected override watches(state: State, before: State): boolean {
    return state.notices !== before.notices;
  }

  protected override render(): TemplateResult {
    return html`<div
      class="notices"
      role="region"
      aria-label="Notices"
      aria-live="polite"
      data-testid="notices"
    >
      ${repeat(
        this.state.notices,
        (notice) => notice.id,
        (notice) =>
          html`<div class="notice ${notice.kind}" data-kind=${notice.kind}>
            <span class="notice-text">${notice.text}</span>
            ${notice.actions.map(
              (action) =>
                html`<button
                  type="button"
                  class="button small"
                  @click=${() => {
                    this.app.dismiss(notice.id);
                    action.run();
                  }}
                >
                  ${action.label}
                </button>`,
            )}
            <button
              type="button"
              class="button quiet square small"
              aria-label="Dismiss"
              @click=${() => this.app.dismiss(notice.id)}
            >
              ${icon('close')}
            </button>
          </div>`,
      )}
    </div>`;
  }
}

customElements.define('tt-notices', Notices);
