// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { State } from '../app/store.ts';
import type { SourceFile } from '../model/program.ts';
import { AppElement } from '../widgets/app_element.ts';
import { icon } from '../widgets/icons.ts';

/** The program's files, and those that its last run wrote. */
export class FileTabs extends AppElement {
  protected override watches(state: State, before: State): boolean {
    return (
      state.active !== before.active ||
      state.results !== before.results ||
      state.diagnostics !== before.diagnostics ||
      state.program.main !== before.program.main ||
      names(state.program.files) !== names(before.program.files)
    );
  }

  protected override render(): TemplateResult {
    const { program, results } = this.state;
    const written = results.filter((file) => !program.files.some((own) => own.name === file.name));
    return html`<div class="file-tabs">
      <div class="file-list" role="tablist" aria-label="Files" @keydown=${this.press}>
        ${repeat(
          program.files,
          (file) => file.name,
          (file) => this.tab(file, false),
        )}
        ${repeat(
          written,
          (file) => `result:${file.name}`,
          (file) => this.tab(file, true),
        )}
      </div>
      ${this.actions()}
    </div>`;
  }

  private tab(file: SourceFile, written: boolean): TemplateResult {
    const { active, program, diagnostics } = this.state;
    const isMain = program.main === file.name;
    const bad = diagnostics.some((one) => one.file === file.name && one.severity === 'error');
    const about = [
      isMain ? 'runs first' : '',
      written ? 'written by the program' : '',
      bad ? 'has errors' : '',
    ]
      .filter((text) => text !== '')
      .join(', ');
    return html`<button
      type="button"
      role="tab"
      class="file-tab ${written ? 'written' : ''} ${bad ? 'bad' : ''}"
      id=${tabId(file.name)}
      aria-selected=${active === file.name}
      aria-controls="editor-panel"
      tabindex=${active === file.name ? 0 : -1}
      data-file=${file.name}
      title=${about === '' ? file.name : `${file.name} — ${about}`}
      @click=${() => this.app.project.open(file.name)}
      @dblclick=${() => written || this.app.openDialog('rename')}
    >
      ${isMain ? html`<span class="main-mark" aria-hidden="true"></span>` : nothing}${file.name}${
        about === '' ? nothing : html`<span class="visually-hidden">, ${about}</span>`
      }
    </button>`;
  }

  private actions(): TemplateResult {
    const { program, active, results } = this.state;
    const own = program.files.some((file) => file.name === active);
    const written = results.find((file) => file.name === active);
    return html`<div class="file-actions">
      ${
        (own && program.files.length > 1) || (!own && written !== undefined)
          ? html`<button
              type="button"
              class="button quiet square small"
              data-testid="delete-file"
              title=${`Delete ${active}`}
              aria-label=${`Delete ${active}`}
              @click=${() => this.app.commands.run('file.delete')}
            >
              ${icon('close')}
            </button>`
          : nothing
      }
      ${
        !own && written !== undefined
          ? html`<button
              type="button"
              class="button quiet small"
              data-testid="keep-file"
              title=${`Make ${written.name} a file of the program: part of links and copies`}
              @click=${() => this.app.project.add(written.name, written.content)}
            >
              Keep
            </button>`
          : nothing
      }
      <button
        type="button"
        class="button quiet square small"
        data-testid="new-file"
        title="New file"
        aria-label="New file"
        @click=${() => this.app.commands.run('file.new')}
      >
        ${icon('plus')}
      </button>
    </div>`;
  }

  private readonly press = (event: KeyboardEvent): void => {
    const tabs = [...this.querySelectorAll<HTMLElement>('[role=tab]')];
    const at = tabs.findIndex((tab) => tab === event.target);
    if (at < 0) return;
    const to =
      event.key === 'ArrowRight'
        ? (at + 1) % tabs.length
        : event.key === 'ArrowLeft'
          ? (at - 1 + tabs.length) % tabs.length
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? tabs.length - 1
              : null;
    if (to !== null) {
      event.preventDefault();
      tabs[to]?.click();
      tabs[to]?.focus();
    } else if (event.key === 'Delete') {
      event.preventDefault();
      this.app.commands.run('file.delete');
    } else if (event.key === 'F2') {
      event.preventDefault();
      this.app.commands.run('file.rename');
    }
  };
}

function names(files: readonly SourceFile[]): string {
  return files.map((file) => file.name).join('\n');
}

/** File names may hold what an id may not. */
export function tabId(name: string): string {
  return `tab-${encodeURIComponent(name)}`;
}

customElements.define('tt-file-tabs', FileTabs);
