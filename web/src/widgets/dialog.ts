// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { DialogName, State } from '../app/store.ts';
import { AppElement } from './app_element.ts';
import { icon } from './icons.ts';

/** A modal dialog that is open while the state names it. Content is made only while it is open. */
export abstract class AppDialog extends AppElement {
  protected abstract readonly dialogName: DialogName;
  protected abstract readonly heading: string;
  private returnTo: Element | null = null;

  protected abstract content(): TemplateResult;

  /** Called after the dialog was shown. */
  protected opened(): void {
    this.querySelector<HTMLElement>('[autofocus]')?.focus();
  }

  protected override watches(state: State, before: State): boolean {
    return state.dialog !== before.dialog || state.dialog === this.dialogName;
  }

  protected get isOpen(): boolean {
    return this.state.dialog === this.dialogName;
  }

  protected close(): void {
    if (this.isOpen) this.app.openDialog(null);
  }

  protected override render(): TemplateResult {
    return html`<dialog
      class="dialog dialog-${this.dialogName}"
      aria-label=${this.heading}
      @close=${() => this.close()}
      @click=${(event: MouseEvent) => {
        if (event.target === event.currentTarget) this.close();
      }}
    >
      ${
        this.isOpen
          ? html`<div class="dialog-body">
              <header class="dialog-head">
                <h2>${this.heading}</h2>
                <button
                  type="button"
                  class="button quiet square"
                  aria-label="Close"
                  @click=${() => this.close()}
                >
                  ${icon('close')}
                </button>
              </header>
              ${this.content()}
            </div>`
          : nothing
      }
    </dialog>`;
  }

  protected override updated(_changed: PropertyValues<this>): void {
    const dialog = this.querySelector('dialog');
    if (dialog === null) return;
    if (this.isOpen && !dialog.open) {
      this.returnTo = document.activeElement;
      dialog.showModal();
      this.opened();
    } else if (!this.isOpen && dialog.open) {
      dialog.close();
      if (this.returnTo instanceof HTMLElement && this.returnTo.isConnected) this.returnTo.focus();
      this.returnTo = null;
    }
  }
}
