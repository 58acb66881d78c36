// SPDX-License-Identifier: MIT
import { html } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { keyLabel } from '../app/commands.ts';
import type { Command } from '../app/commands.ts';
import { fuzzyScore } from '../model/fuzzy.ts';
import { AppDialog } from '../widgets/dialog.ts';

/** Every command, found by typing; an ARIA combobox over a list box. */
export class CommandPalette extends AppDialog {
  static override readonly properties = {
    ...AppDialog.properties,
    query: { state: true },
    at: { state: true },
  };

  protected readonly dialogName = 'commands' as const;
  protected readonly heading = 'Commands';
  declare private query: string;
  declare private at: number;

  constructor() {
    super();
    this.query = '';
    this.at = 0;
  }

  protected override opened(): void {
    this.query = '';
    this.at = 0;
    super.opened();
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    this.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }

  protected content(): TemplateResult {
    const found = this.matching();
    const chosen = found[this.at];
    return html`<div class="palette">
      <input
        class="field search"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-autocomplete="list"
        aria-activedescendant=${chosen === undefined ? '' : optionId(chosen)}
        aria-label="Search the commands"
        placeholder="Type a command"
        autocomplete="off"
        spellcheck="false"
        autofocus
        .value=${this.query}
        @input=${(event: Event) => {
          this.query = (event.target as HTMLInputElement).value;
          this.at = 0;
        }}
        @keydown=${(event: KeyboardEvent) => this.press(event, found)}
      />
      <ul class="palette-list" id="palette-list" role="listbox" aria-label="Commands">
        ${found.map(
          (command, i) =>
            html`<li
              role="option"
              id=${optionId(command)}
              class="palette-item"
              aria-selected=${i === this.at}
              data-command=${command.id}
              @click=${() => this.choose(command)}
            >
              <span>${command.title}</span><kbd>${keyLabel(command.keys ?? '')}</kbd>
            </li>`,
        )}
      </ul>
      ${found.length === 0 ? html`<p class="about empty">No such command.</p>` : ''}
    </div>`;
  }

  private matching(): readonly Command[] {
    const usable = this.app.commands
      .all()
      .filter((command) => command.enabled?.() !== false && command.id !== 'commands');
    if (this.query.trim() === '') return usable;
    return usable
      .map((command) => ({ command, score: fuzzyScore(this.query, command.title) }))
      .filter((one): one is { command: Command; score: number } => one.score !== null)
      .sort((a, b) => b.score - a.score)
      .map(({ command }) => command);
  }

  private press(event: KeyboardEvent, found: readonly Command[]): void {
    const last = found.length - 1;
    const to =
      event.key === 'ArrowDown'
        ? (this.at + 1) % (last + 1)
        : event.key === 'ArrowUp'
          ? (this.at + last) % (last + 1)
          : event.key === 'PageDown'
            ? Math.min(last, this.at + 8)
            : event.key === 'PageUp'
              ? Math.max(0, this.at - 8)
              : null;
    if (to !== null && last >= 0) {
      event.preventDefault();
      this.at = to;
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const command = found[this.at];
      if (command !== undefined) this.choose(command);
    }
  }

  private choose(command: Command): void {
    this.close();
    // Focus has to be back where it was before the command acts on it.
    void this.updateComplete.then(() => command.run());
  }
}

function optionId(command: Command): string {
  return `command-${command.id.replace(/[^\w.-]/g, '-')}`;
}

customElements.define('tt-palette', CommandPalette);
