// SPDX-License-Identifier: MIT
/** The question before a program's first request to a site, for frames: plain elements, as all of the embed. */
import type { NetworkQuestion } from '../../../wasm-glue/ts/index.ts';
import { CHOICES, Consent, wordsFor } from '../app/consent.ts';
import type { Choice } from '../app/consent.ts';
import type { Store } from '../app/store.ts';

export class NetworkDialog {
  private readonly dialog = document.createElement('dialog');
  private readonly heading = document.createElement('h2');
  private readonly site = document.createElement('p');
  private readonly text = document.createElement('p');
  private shown: NetworkQuestion | null = null;

  private constructor(
    host: HTMLElement,
    private readonly choose: (choice: Choice) => void,
  ) {
    this.dialog.className = 'embed-dialog';
    this.dialog.setAttribute('aria-labelledby', 'network-heading');
    this.heading.id = 'network-heading';
    this.site.className = 'network-site';
    this.site.dataset['testid'] = 'network-site';
    const actions = document.createElement('div');
    actions.className = 'dialog-actions';
    for (const [choice, label] of CHOICES) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = choice === 'deny' ? 'button primary' : 'button quiet';
      button.dataset['testid'] = `network-${choice}`;
      button.textContent = label;
      button.addEventListener('click', () => this.answer(choice));
      actions.append(button);
    }
    this.dialog.append(this.heading, this.site, this.text, actions);
    // Put away by Escape: denied.
    this.dialog.addEventListener('close', () => this.answer('deny'));
    host.append(this.dialog);
  }

  /** Questions of the programs in `host`, asked there. */
  static consentIn(host: HTMLElement, store: Store): Consent {
    const dialog = new NetworkDialog(host, (choice) => consent.choose(choice));
    const consent = new Consent(store, (question) => dialog.show(question));
    return consent;
  }

  private show(question: NetworkQuestion | null): void {
    this.shown = question;
    if (question === null) {
      this.dialog.close();
      return;
    }
    const { heading, text } = wordsFor(question);
    this.heading.textContent = heading;
    this.site.textContent = question.origin;
    this.text.textContent = text;
    if (!this.dialog.open) this.dialog.showModal();
  }

  private answer(choice: Choice): void {
    if (this.shown === null) return;
    this.shown = null;
    this.choose(choice);
  }
}
