// SPDX-License-Identifier: MIT
/**
 * The views of a run, loaded when one of them is opened first: they share the recorded events, the
 * model of the actors, and the controls of the run.
 */
import { TRACE_TABLE, TRACE_WAITS } from '../../../wasm-glue/ts/index.ts';
import type { TraceBatch } from '../../../wasm-glue/ts/index.ts';
import { html, nothing, render } from 'lit';
import type { TemplateResult } from 'lit';
import type { App } from '../app/app.ts';
import type { State, ViewName } from '../app/store.ts';
import { ActorGraph } from '../model/actor_graph.ts';
import type { EventNames } from '../model/trace_text.ts';
import { TraceStore } from '../model/trace_store.ts';
import '../styles/views.css';
import '../styles/code_view.css';
import '../styles/profile_view.css';
import { icon } from '../widgets/icons.ts';
import { ActorsPane } from './actors/actors_pane.ts';
import { CodePane } from './code/code_pane.ts';
import { ProfilePane } from './profile/profile_pane.ts';
import { VIEWS } from './registry.ts';
import { TracePane } from './trace/trace_pane.ts';

/** Instructions a second. */
const SPEEDS: readonly { readonly label: string; readonly value: number | null }[] = [
  { label: 'Full speed', value: null },
  { label: '100,000/s', value: 100_000 },
  { label: '1,000/s', value: 1000 },
  { label: '100/s', value: 100 },
  { label: '10/s', value: 10 },
];
/** Numbers and rows that change faster than this cannot be read. */
const TEXT_MS = 100;
/** What is known of the actors is put right this long after events were lost. */
const CORRECT_MS = 1000;
const LATE_MS = 150;

export class Views {
  readonly store = new TraceStore(TRACE_TABLE.map((row) => row.kind));
  readonly graph = new ActorGraph();
  readonly actors: ActorsPane;
  readonly trace: TracePane;
  readonly code: CodePane;
  readonly profile: ProfilePane;
  private readonly places = new Map<
    ViewName,
    { readonly section: HTMLElement; readonly head: HTMLElement }
  >();
  private applied = 0;
  /** Of the clock, in nanoseconds: the first slice. */
  private began = 0;
  private correctedAt = 0;
  private correctedDrops = 0;
  private correcting = false;
  /** Counts runs: an answer about the run before is of no use. */
  private runs = 0;
  private lateTimer: ReturnType<typeof setTimeout> | undefined;
  private frame = 0;
  private textTimer: ReturnType<typeof setTimeout> | undefined;
  private textAt = 0;

  constructor(
    private readonly app: App,
    host: HTMLElement,
  ) {
    const names: EventNames = {
      actor: (pid) => this.graph.nameOf(pid),
      begin: () => this.began,
      wait: (value) => TRACE_WAITS[value] ?? '',
    };
    this.actors = new ActorsPane(app, this.graph);
    this.trace = new TracePane(app, this.store, this.graph, names);
    this.code = new CodePane(app);
    this.profile = new ProfilePane(app);
    for (const pane of [this.actors, this.trace, this.code, this.profile] as const) {
      const place = { section: section(pane.name, pane.title), head: document.createElement('div') };
      this.places.set(pane.name, place);
      const body = document.createElement('div');
      body.className = 'pane-body view-body';
      place.section.append(place.head, body);
      host.append(place.section);
      pane.mount(body);
    }
    app.store.subscribe((state, before) => this.update(state, before));
    this.update(app.store.state, null);
    for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
      matchMedia(query).addEventListener('change', () => this.actors.view.recolour());
    }
    app.runner.feed.attach({ begin: () => this.begin(), take: (batch) => this.take(batch) });
  }

  focus(): void {
    const { view } = this.app.store.state;
    if (view !== null) this[view].focus();
  }

  private begin(): void {
    this.runs += 1;
    clearTimeout(this.lateTimer);
    this.store.clear();
    this.graph.clear();
    this.actors.missed(0);
    this.applied = 0;
    this.began = 0;
    this.correctedDrops = 0;
    this.actors.clear();
    this.trace.clear();
    this.drawHeads();
  }

  private take(batch: TraceBatch): void {
    this.store.append(batch);
    const now = performance.now();
    if (batch.dropped > this.correctedDrops) this.graph.lossy = true;
    this.store.each(this.applied, (event) => {
      if (this.began === 0 && event.kind === 'run') this.began = event.value;
      this.graph.apply(event, now);
    });
    this.applied = this.store.endRow;
    if (batch.dropped > this.correctedDrops && now - this.correctedAt > CORRECT_MS) void this.correct();
    this.correctWhenOver(batch.dropped);
    if (this.app.store.state.view === 'actors')
      this.frame ||= requestAnimationFrame(() => {
        this.frame = 0;
        this.actors.changed();
      });
    this.textTimer ??= setTimeout(() => this.tell(), Math.max(0, this.textAt + TEXT_MS - now));
  }

  private tell(): void {
    this.textTimer = undefined;
    this.textAt = performance.now();
    if (this.app.store.state.view === 'trace') this.trace.changed();
    else this.actors.missed(this.store.dropped);
    this.drawHeads();
  }

  /** The last events of a stopped run come after its end, and are older than what was seen by looking then. */
  private correctWhenOver(dropped: number): void {
    const { status } = this.app.store.state;
    if (dropped === 0 || status === 'running' || status === 'paused') return;
    clearTimeout(this.lateTimer);
    this.lateTimer = setTimeout(() => void this.correct(), LATE_MS);
  }

  /** Events are missing: look at the actors themselves. */
  private async correct(): Promise<void> {
    if (this.correcting) return;
    this.correcting = true;
    this.correctedDrops = this.store.dropped;
    const { runs } = this;
    const mark = this.graph.mark();
    const facts = await this.app.runner.actors();
    this.correcting = false;
    this.correctedAt = performance.now();
    if (facts === null || runs !== this.runs) return;
    this.graph.lossy = false;
    this.graph.correct(facts, performance.now(), mark);
    this.actors.changed();
  }

  private update(state: State, before: State | null): void {
    if (state.view !== before?.view) {
      for (const [name, { section }] of this.places) section.hidden = name !== state.view;
      if (state.view === 'actors') this.actors.changed(true);
      if (state.view === 'trace') this.trace.changed();
    }
    const ended = before?.status === 'running' && state.status !== 'running' && state.status !== 'paused';
    if (ended && this.store.dropped > 0) void this.correct();
    if (state.status !== before?.status || state.view !== before.view || state.speed !== before.speed)
      this.drawHeads();
  }

  private drawHeads(): void {
    const { view } = this.app.store.state;
    // Names for automation are unique on the page: only the head in sight has controls.
    for (const [name, { head }] of this.places) render(name === view ? this.head(name) : nothing, head);
  }

  private head(view: ViewName): TemplateResult {
    const { status, speed } = this.app.store.state;
    const paused = status === 'paused';
    const able = status === 'running' || paused;
    const { live, messages, restarts } = this.graph;
    const counts = [`${count(live)} live`, `${short(messages)} sent`];
    if (restarts > 0) counts.push(`${short(restarts)} ${restarts === 1 ? 'restart' : 'restarts'}`);
    return html`<div class="pane-head view-head">
      <h2 class="pane-title">${VIEWS.find(({ name }) => name === view)?.title}</h2>
      <span class="view-counts">${isLive(view) && this.graph.nodes.size > 0 ? counts.join(' · ') : ''}</span>
      <span class="push"></span>
      <button
        type="button"
        class="button small"
        data-testid="pause"
        aria-label=${paused ? 'Resume' : 'Pause'}
        ?disabled=${!able}
        @click=${() => this.app.commands.run('pause')}
      >
        ${icon(paused ? 'run' : 'pause')}<span>${paused ? 'Resume' : 'Pause'}</span>
      </button>
      <select
        class="field speed"
        aria-label="Speed: instructions a second"
        title="Speed: instructions a second"
        data-testid="speed"
        @change=${(event: Event) => this.setSpeed(event)}
      >
        ${SPEEDS.map(
          ({ label, value }) => html`<option .selected=${value === speed} value=${label}>${label}</option>`,
        )}
      </select>
      ${view === 'actors' ? this.actorTools() : nothing}
      <button
        type="button"
        class="button quiet square small"
        aria-label=${`Close ${view}`}
        title="Close"
        data-testid="close-view"
        @click=${() => this.app.setView(null)}
      >
        ${icon('close')}
      </button>
    </div>`;
  }

  private actorTools(): TemplateResult {
    const { listShown } = this.actors;
    return html`<button
      type="button"
      class="button quiet square small"
      data-testid="actors-list"
      aria-pressed=${listShown}
      aria-label="Actors as a list"
      title="Actors as a list"
      @click=${() => {
        this.actors.showList(!listShown);
        this.drawHeads();
      }}
    >
      ${icon('text')}
    </button>`;
  }

  private setSpeed(event: Event): void {
    const label = (event.target as HTMLSelectElement).value;
    this.app.runner.setSpeed(SPEEDS.find((one) => one.label === label)?.value ?? null);
  }
}

/** Whether a view is made of the events of a run. */
export function isLive(view: ViewName): boolean {
  return view === 'actors' || view === 'trace';
}

function section(name: string, label: string): HTMLElement {
  const element = document.createElement('section');
  element.className = `pane pane-${name}`;
  element.dataset['testid'] = `pane-${name}`;
  element.setAttribute('aria-label', label);
  element.hidden = true;
  return element;
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

function short(value: number): string {
  return value < 10_000 ? count(value) : COMPACT.format(value);
}

function count(value: number): string {
  return value.toLocaleString('en');
}
