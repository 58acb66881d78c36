// SPDX-License-Identifier: MIT
/**
 * Base of the page's elements. They render into the light DOM, so that one style sheet, one focus
 * order and plain `document.querySelector` serve all of them.
 */
import { LitElement } from 'lit';
import type { App } from '../app/app.ts';
import type { State } from '../app/store.ts';

export abstract class AppElement extends LitElement {
  static override readonly properties = { app: { attribute: false } };

  declare app: App;
  private unsubscribe: (() => void) | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unsubscribe = this.app.store.subscribe((state, before) => {
      if (this.watches(state, before)) this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unsubscribe?.();
    this.unsubscribe = null;
  }

  protected get state(): State {
    return this.app.store.state;
  }

  /** Which changes of the state need a new rendering. */
  protected abstract watches(state: State, before: State): boolean;
}
