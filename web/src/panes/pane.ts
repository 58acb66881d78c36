// SPDX-License-Identifier: MIT
/** One view of the program: it is mounted once, follows the state, and can be taken down. */
import type { App } from '../app/app.ts';
import type { State } from '../app/store.ts';

export abstract class Pane {
  /** For `data-testid="pane-<name>"`, tabs and layout. */
  abstract readonly name: string;
  abstract readonly title: string;
  private unsubscribe: (() => void) | null = null;

  constructor(protected readonly app: App) {}

  mount(host: HTMLElement): void {
    this.create(host);
    this.unsubscribe = this.app.store.subscribe((state, before) => this.update(state, before));
    this.update(this.app.store.state, null);
  }

  dispose(): void {
    this.unsubscribe?.();
    this.unsubscribe = null;
  }

  abstract focus(): void;

  protected abstract create(host: HTMLElement): void;

  /** `before` is `null` at the first call. */
  protected abstract update(state: State, before: State | null): void;
}
