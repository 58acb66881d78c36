// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { State } from '../app/store.ts';
import { AppElement } from '../widgets/app_element.ts';
import { icon } from '../widgets/icons.ts';

const MAX_SHOWN = 100;

/** What the checker found, as a list under the editor; nothing when all is well. */
export class Problems extends AppElement {
  protected override watches(state: State, before: State): boolean {
    return state.diagnostics !== before.diagnostics;
  }

  protected override render(): TemplateResult | typeof nothing {
    const list = this.state.diagnostics;
    if (list.length === 0) return nothing;
    const errors = list.filter((one) => one.severity === 'error').length;
    const warnings = list.length - errors;
    const count = [plural(errors, 'error'), plural(warnings, 'warning')]
      .filter((text) => text !== '')
      .join(', ');
    return html`<details class="problems" open data-testid="problems">
      <summary>${icon(errors > 0 ? 'error' : 'warning')}<span>${count}</span></summary>
      <ul>
        ${list.slice(0, MAX_SHOWN).map(
          (one) =>
            html`<li>
              <button
                type="button"
                class="problem ${one.severity}"
                @click=${() => this.go(one.file, one.line, one.column)}
              >
                <span class="where">${one.file}:${one.line}:${one.column}</span>
                <span class="what">${one.message}${hint(one.suggestion)}</span>
              </button>
            </li>`,
        )}
      </ul>
    </details>`;
  }

  private go(file: string, line: number, column: number): void {
    this.app.events.emit('reveal', { file, line, column, focus: true });
  }
}

function hint(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
}

function plural(count: number, word: string): string {
  return count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`;
}

customElements.define('tt-problems', Problems);
