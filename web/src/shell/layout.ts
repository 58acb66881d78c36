// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { messageOf } from '../app/runner.ts';
import { USUAL_SPLIT, USUAL_VIEW_SPLIT } from '../app/store.ts';
import type { State } from '../app/store.ts';
import type { Pane } from '../panes/pane.ts';
import { VIEWS } from '../panes/registry.ts';
import type { Views } from '../panes/views.ts';
import { AppElement } from '../widgets/app_element.ts';
import '../widgets/splitter.ts';
import { tabId } from './file_tabs.ts';
import './output_bar.ts';
import './problems.ts';

/**
 * The panes: side by side where there is room, one at a time behind tabs where there is not. Which
 * of the two is the style sheet's decision; the markup is the same.
 */
export class Layout extends AppElement {
  static override readonly properties = { ...AppElement.properties, panes: { attribute: false } };

  declare panes: readonly Pane[];
  /** Loaded when one of them is opened first. */
  private views: Promise<Views> | null = null;
  /** Where the view has its place below the other panes. */
  private readonly stacked = matchMedia('(max-width: 1240px)');
  private readonly restack = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.stacked.addEventListener('change', this.restack);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stacked.removeEventListener('change', this.restack);
  }

  protected override watches(state: State, before: State): boolean {
    return (
      state.split !== before.split ||
      state.viewSplit !== before.viewSplit ||
      state.pane !== before.pane ||
      state.view !== before.view ||
      state.active !== before.active
    );
  }

  protected override render(): TemplateResult {
    const { split, viewSplit, pane, view } = this.state;
    return html`<main
        class="work"
        data-pane=${pane}
        data-view=${view ?? 'none'}
        style=${`--view-split: ${viewSplit}%`}
      >
        <div class="panes" style=${`--split: ${split}%`} data-pane=${pane}>
          <section class="pane pane-editor" data-testid="pane-editor" aria-label="Editor">
            <tt-file-tabs .app=${this.app}></tt-file-tabs>
            <div
              class="pane-body"
              id="editor-panel"
              role="tabpanel"
              aria-labelledby=${tabId(this.state.active)}
              data-testid="editor"
              data-host="editor"
            ></div>
            <tt-problems .app=${this.app}></tt-problems>
          </section>
          <tt-splitter
            class="splitter"
            .value=${split}
            .usual=${USUAL_SPLIT}
            label="Width of the editor"
            @change=${(event: CustomEvent<number>) => this.app.setSplit(event.detail)}
          ></tt-splitter>
          <section class="pane pane-output" data-testid="pane-output" aria-label="Output">
            <tt-output-bar
              .app=${this.app}
              .pane=${this.panes.find((one) => one.name === 'output')}
            ></tt-output-bar>
            <div class="pane-body" data-testid="output" data-host="output"></div>
          </section>
        </div>
        ${
          view === null
            ? nothing
            : html`<tt-splitter
                class="splitter"
                data-testid="view-splitter"
                .value=${viewSplit}
                .usual=${USUAL_VIEW_SPLIT}
                .across=${this.stacked.matches}
                label="Room for editor and output beside the view"
                @change=${(event: CustomEvent<number>) => this.app.setViewSplit(event.detail)}
              ></tt-splitter>`
        }
        <div class="views" data-host="views"></div>
      </main>
      <nav class="pane-tabs" aria-label="Panes">
        ${this.panes.map(
          (one) =>
            html`<button
              type="button"
              class="pane-tab"
              aria-pressed=${pane === one.name}
              data-pane-tab=${one.name}
              @click=${() => this.app.store.update({ pane: one.name })}
            >
              ${one.title}
            </button>`,
        )}
        ${VIEWS.map(
          ({ name, title }) =>
            html`<button
              type="button"
              class="pane-tab"
              aria-pressed=${pane === name}
              data-pane-tab=${name}
              @click=${() => this.app.setView(name)}
            >
              ${title}
            </button>`,
        )}
      </nav>`;
  }

  protected override updated(): void {
    if (this.state.view === null || this.views !== null) return;
    const host = this.querySelector<HTMLElement>('[data-host="views"]');
    if (host === null) return;
    this.views = import('../panes/views.ts').then(({ Views }) => new Views(this.app, host));
    this.views.catch((error: unknown) => {
      this.views = null;
      this.app.notify('error', `The view could not be loaded: ${messageOf(error)}`);
      this.app.setView(null);
    });
  }

  protected override firstUpdated(_changed: PropertyValues<this>): void {
    for (const pane of this.panes) {
      const host = this.querySelector<HTMLElement>(`[data-host="${pane.name}"]`);
      if (host !== null) pane.mount(host);
    }
  }
}

customElements.define('tt-layout', Layout);
