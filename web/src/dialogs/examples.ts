// SPDX-License-Identifier: MIT
import { EXAMPLES } from 'virtual:examples';
import type { Example } from 'virtual:examples';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { messageOf } from '../app/runner.ts';
import { fuzzyScore } from '../model/fuzzy.ts';
import { AppDialog } from '../widgets/dialog.ts';
import { icon } from '../widgets/icons.ts';

export class ExamplesDialog extends AppDialog {
  static override readonly properties = { ...AppDialog.properties, query: { state: true } };

  protected readonly dialogName = 'examples' as const;
  protected readonly heading = 'Examples';
  declare private query: string;

  constructor() {
    super();
    this.query = '';
  }

  protected override opened(): void {
    this.query = '';
    super.opened();
  }

  protected content(): TemplateResult {
    const found = this.matching();
    const groups = [...new Set(found.map((example) => example.group))];
    return html`<div class="examples">
      <div class="examples-head">
        <input
          class="field search"
          type="search"
          placeholder="Search ${EXAMPLES.length} examples"
          aria-label="Search the examples"
          autofocus
          .value=${this.query}
          @input=${(event: Event) => (this.query = (event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => {
            const first = found[0];
            if (event.key === 'Enter' && first !== undefined) this.open(first);
          }}
        />
        <button
          type="button"
          class="button"
          data-testid="new-program"
          @click=${() => {
            this.close();
            this.app.commands.run('program.new');
          }}
        >
          ${icon('file')}<span>Empty program</span>
        </button>
      </div>
      <div class="example-list" tabindex="-1">
        ${groups.map(
          (group) =>
            html`<section>
              <h3>${group}</h3>
              <ul>
                ${found.filter((example) => example.group === group).map((example) => this.item(example))}
              </ul>
            </section>`,
        )}
        ${found.length === 0 ? html`<p class="about empty">No example has that in its name or description.</p>` : nothing}
      </div>
    </div>`;
  }

  private item(example: Example): TemplateResult {
    return html`<li>
      <button type="button" class="example" data-example=${example.id} @click=${() => this.open(example)}>
        <span class="example-title">${example.title}</span>
        ${example.description === '' ? nothing : html`<span class="example-about">${example.description}</span>`}
        <span class="example-file">${example.id}.${example.language}</span>
      </button>
    </li>`;
  }

  private matching(): readonly Example[] {
    if (this.query.trim() === '') return EXAMPLES;
    return EXAMPLES.map((example) => ({
      example,
      score: Math.max(
        fuzzyScore(this.query, example.title) ?? -1,
        fuzzyScore(this.query, example.id) ?? -1,
        fuzzyScore(this.query, example.tags.join(' ')) ?? -1,
        example.description.toLowerCase().includes(this.query.trim().toLowerCase()) ? 300 : -1,
      ),
    }))
      .filter(({ score }) => score >= 0)
      .sort((a, b) => b.score - a.score)
      .map(({ example }) => example);
  }

  /** Closes when the program is there, so that Run never means the one before. */
  private open(example: Example): void {
    this.app
      .openExample(example)
      .catch((error: unknown) => {
        this.app.notify('error', `The example could not be loaded: ${messageOf(error)}`);
      })
      .finally(() => this.close());
  }
}

customElements.define('tt-examples-dialog', ExamplesDialog);
