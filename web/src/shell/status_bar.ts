// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { EngineInfo } from '../../../wasm-glue/ts/index.ts';
import type { State, Status } from '../app/store.ts';
import { languageOf } from '../model/program.ts';
import { AppElement } from '../widgets/app_element.ts';

const CLOCK_MS = 100;

/** What is announced: a check while typing is not news. */
const SPOKEN: Partial<Record<Status, string>> = {
  running: 'The program runs.',
  stopped: 'The program was stopped.',
  finished: 'The program has finished.',
  failed: 'The program has failed.',
  deadlock: 'The program is deadlocked.',
};

export class StatusBar extends AppElement {
  private clock: ReturnType<typeof setInterval> | undefined;
  private caret = '';
  private unlisten: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unlisten = this.app.events.on('cursor', ({ line, column }) => {
      this.caret = `Line ${line}, column ${column}`;
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unlisten?.();
    clearInterval(this.clock);
  }

  protected override watches(state: State, before: State): boolean {
    const running = state.status === 'running';
    if (running && this.clock === undefined) this.clock = setInterval(() => this.requestUpdate(), CLOCK_MS);
    if (!running && this.clock !== undefined) {
      clearInterval(this.clock);
      this.clock = undefined;
    }
    return (
      state.status !== before.status ||
      state.engine !== before.engine ||
      state.summary !== before.summary ||
      state.waitingForInput !== before.waitingForInput ||
      state.active !== before.active ||
      state.options !== before.options
    );
  }

  protected override render(): TemplateResult {
    const { status, summary, active, waitingForInput } = this.state;
    const language = languageOf(active);
    return html`<footer class="status-bar" data-status=${status}>
      <span class="status-light" aria-hidden="true"></span>
      <span class="status-word" data-testid="status">${status}</span>
      <span class="visually-hidden" role="status">${SPOKEN[status] ?? ''}</span>
      ${waitingForInput ? html`<span class="status-note">waits for input</span>` : nothing}
      <span class="status-detail" data-testid="status-detail">${this.detail()}</span>
      <span class="push"></span>
      ${summary !== null && summary.status !== 0 ? html`<span class="status-item">exit status ${summary.status}</span>` : nothing}
      <span class="status-item caret">${this.caret}</span>
      <span class="status-item language"
        >${language === 'text' ? 'Text' : language === 'lisp' ? 'Lisp' : 'TTVM'}</span
      >
      <button
        type="button"
        class="schedulers"
        data-testid="schedulers"
        aria-haspopup="dialog"
        title="How many schedulers run, and why"
        @click=${() => this.app.openDialog('schedulers')}
      >
        ${schedulerText(this.state)}
      </button>
    </footer>`;
  }

  private detail(): string {
    const { status, summary, runStarted, runTook } = this.state;
    if (status === 'running' && runStarted !== null) return formatTime(performance.now() - runStarted);
    if (summary === null || runTook === null) return '';
    return `${formatTime(runTook)} · ${formatCount(summary.instructions)} instructions`;
  }
}

/** The badge: of the last run if there was one, else what a run would have. */
export function schedulerText(state: State): string {
  const { engine, summary } = state;
  if (engine.kind === 'failed') return 'engine failed';
  if (engine.kind !== 'ready') return 'engine loads…';
  const count =
    summary !== null && summary.schedulers > 0 ? summary.schedulers : plannedSchedulers(state, engine.info);
  return `${count} scheduler${count === 1 ? '' : 's'}`;
}

function plannedSchedulers(state: State, info: EngineInfo): number {
  const { options } = state;
  if (!info.threads || options.deterministic || options.virtualTime || options.seed !== null) return 1;
  // As the engine chooses when nothing is asked for: all cores but the page's, two at least.
  const usual = Math.max((navigator.hardwareConcurrency || 1) - 1, 2);
  return Math.min(options.workers ?? usual, info.maxSchedulers);
}

export function formatTime(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

customElements.define('tt-status-bar', StatusBar);
