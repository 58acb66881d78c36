// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { State } from '../app/store.ts';
import type { OutputPane } from '../panes/output_pane.ts';
import { AppElement } from '../widgets/app_element.ts';
import { icon } from '../widgets/icons.ts';
import type { IconName } from '../widgets/icons.ts';
import { copyText, saveFile } from '../widgets/files.ts';

/** Above the output: what can be done with it, and what of it is no longer kept. */
export class OutputBar extends AppElement {
  static override readonly properties = {
    ...AppElement.properties,
    pane: { attribute: false },
    searching: { state: true },
  };

  declare pane: OutputPane;
  declare searching: boolean;

  constructor() {
    super();
    this.searching = false;
  }

  protected override watches(state: State, before: State): boolean {
    return state.outputMode !== before.outputMode || state.droppedOutput !== before.droppedOutput;
  }

  openSearch(): void {
    this.searching = true;
    void this.updateComplete.then(() => this.querySelector<HTMLInputElement>('input')?.focus());
  }

  protected override render(): TemplateResult {
    const asText = this.state.outputMode === 'text';
    const dropped = this.state.droppedOutput;
    return html`<div class="pane-head">
        <h2 class="pane-title">Output</h2>
        <span class="push"></span>
        ${this.tool('search', 'Find in the output', 'find-output', () => this.openSearch())}
        ${this.tool('copy', 'Copy the output', 'copy-output', () => void this.copy())}
        ${this.tool('download', 'Download the output', 'download-output', () => this.download())}
        ${this.tool('clear', 'Clear the output', 'clear-output', () => this.app.runner.clearOutput())}
        <button
          type="button"
          class="button quiet square small"
          data-testid="output-mode"
          aria-pressed=${asText}
          title="Accessible output: plain text"
          aria-label="Accessible output: plain text"
          @click=${() => this.app.commands.run('output.mode')}
        >
          ${icon(asText ? 'terminal' : 'text')}
        </button>
      </div>
      ${this.searching ? this.searchRow() : nothing}
      ${
        dropped > 0
          ? html`<p class="banner" role="status" data-testid="dropped">
              ${icon('warning')}<span>${formatSize(dropped)} from the middle were dropped.</span>
              <button type="button" class="button small" @click=${() => this.download()}>
                Download what is kept
              </button>
            </p>`
          : nothing
      }`;
  }

  private searchRow(): TemplateResult {
    const find = (backwards: boolean): void => {
      const text = this.querySelector<HTMLInputElement>('.search-row input')?.value ?? '';
      if (text !== '' && !this.pane.find(text, backwards))
        this.app.notify('info', `“${text}” is not in the output.`);
    };
    return html`<div class="search-row" role="search">
      <input
        type="search"
        class="field"
        placeholder="Find in the output"
        aria-label="Find in the output"
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'Enter') find(event.shiftKey);
          if (event.key === 'Escape') this.searching = false;
        }}
      />
      ${this.tool('up', 'Previous', 'find-previous', () => find(true))}
      ${this.tool('down', 'Next', 'find-next', () => find(false))}
      ${this.tool('close', 'Close the search', 'find-close', () => (this.searching = false))}
    </div>`;
  }

  private tool(name: IconName, label: string, testId: string, run: () => void): TemplateResult {
    return html`<button
      type="button"
      class="button quiet square small"
      title=${label}
      aria-label=${label}
      data-testid=${testId}
      @click=${run}
    >
      ${icon(name)}
    </button>`;
  }

  private async copy(): Promise<void> {
    const done = await copyText(this.app.runner.output.text());
    this.app.notify(
      done ? 'info' : 'warning',
      done ? 'Output copied.' : 'The browser did not allow copying.',
    );
  }

  private download(): void {
    saveFile('output.txt', new TextEncoder().encode(this.app.runner.output.text()), 'text/plain');
  }
}

function formatSize(characters: number): string {
  if (characters < 10_000) return `${characters.toLocaleString('en')} characters`;
  if (characters < 1_000_000) return `${Math.round(characters / 1000)} thousand characters`;
  return `${(characters / 1_000_000).toFixed(1)} million characters`;
}

customElements.define('tt-output-bar', OutputBar);
