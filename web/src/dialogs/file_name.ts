// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { freeName } from '../app/project.ts';
import type { DialogName } from '../app/store.ts';
import { AppDialog } from '../widgets/dialog.ts';

/** Asks for the name of a new file, or a new name for the active one. */
abstract class FileNameDialog extends AppDialog {
  static override readonly properties = { ...AppDialog.properties, problem: { state: true } };

  declare protected problem: string | null;
  protected abstract readonly verb: string;

  constructor() {
    super();
    this.problem = null;
  }

  protected abstract suggestion(): string;
  protected abstract take(name: string): string | null;

  protected override opened(): void {
    this.problem = null;
    const field = this.querySelector('input');
    if (field === null) return;
    field.value = this.suggestion();
    field.focus();
    field.setSelectionRange(0, Math.max(0, field.value.lastIndexOf('.')));
  }

  protected content(): TemplateResult {
    return html`<form
      class="form"
      @submit=${(event: Event) => {
        event.preventDefault();
        const name = this.querySelector('input')?.value.trim() ?? '';
        this.problem = this.take(name);
        if (this.problem === null) this.close();
      }}
    >
      <label class="labelled"
        ><span>Name <span class="about">.ttvm and .lisp are programs; anything else is data</span></span>
        <input
          class="field mono"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          data-testid="file-name"
          aria-invalid=${this.problem !== null}
          aria-describedby="file-name-problem"
        />
      </label>
      <p class="said bad" id="file-name-problem" role="alert">${this.problem ?? nothing}</p>
      <div class="dialog-actions">
        <button type="button" class="button quiet" @click=${() => this.close()}>Cancel</button>
        <button type="submit" class="button primary">${this.verb}</button>
      </div>
    </form>`;
  }
}

export class NewFileDialog extends FileNameDialog {
  protected readonly dialogName: DialogName = 'new-file';
  protected readonly heading = 'New file';
  protected readonly verb = 'Create';

  protected suggestion(): string {
    return freeName(this.state.program);
  }

  protected take(name: string): string | null {
    return this.app.project.create(name);
  }
}

export class RenameDialog extends FileNameDialog {
  protected readonly dialogName: DialogName = 'rename';
  protected readonly heading = 'Rename file';
  protected readonly verb = 'Rename';

  protected suggestion(): string {
    return this.state.active;
  }

  protected take(name: string): string | null {
    return this.app.project.rename(this.state.active, name);
  }
}

customElements.define('tt-new-file-dialog', NewFileDialog);
customElements.define('tt-rename-dialog', RenameDialog);
