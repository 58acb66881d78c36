// SPDX-License-Identifier: MIT
/** Every event of the run as a table: filter, follow, go to the source line. */
import { html, nothing, render } from 'lit';
import type { App } from '../../app/app.ts';
import type { State } from '../../app/store.ts';
import type { ActorGraph } from '../../model/actor_graph.ts';
import { FilteredRows, NO_FILTER } from '../../model/trace_filter.ts';
import type { TraceFilter } from '../../model/trace_filter.ts';
import { describeEvent } from '../../model/trace_text.ts';
import type { EventNames } from '../../model/trace_text.ts';
import type { StoredEvent, TraceStore } from '../../model/trace_store.ts';
import { icon } from '../../widgets/icons.ts';
import { VirtualGrid } from '../../widgets/virtual_grid.ts';
import { hintFor } from '../actors/actors_pane.ts';
import { Pane } from '../pane.ts';

/** Rows that a filter looks at in one go: a few milliseconds. */
const SCAN_ROWS = 30_000;

/** What the menu offers: kinds that belong together. */
const GROUPS: readonly { readonly label: string; readonly kinds: readonly string[] }[] = [
  { label: 'Every kind', kinds: [] },
  { label: 'Messages', kinds: ['send', 'receive'] },
  { label: 'Lives', kinds: ['spawn', 'exit', 'restart', 'supervise', 'exception'] },
  { label: 'Links, monitors', kinds: ['link', 'unlink', 'monitor', 'demonitor', 'down'] },
  { label: 'Names', kinds: ['register', 'unregister'] },
  { label: 'Scheduling', kinds: ['wait', 'ready', 'run', 'preempt'] },
  { label: 'Exceptions', kinds: ['exception'] },
];

export class TracePane extends Pane {
  readonly name = 'trace';
  readonly title = 'Trace';
  readonly grid: VirtualGrid;
  private readonly rows: FilteredRows;
  private readonly bar = document.createElement('div');
  private readonly foot = document.createElement('div');
  private readonly hint = document.createElement('p');
  private filter: TraceFilter = NO_FILTER;
  private kinds: string = GROUPS[0]?.label ?? '';
  private actor = '';
  private scanning = false;

  constructor(
    app: App,
    private readonly store: TraceStore,
    private readonly graph: ActorGraph,
    private readonly names: EventNames,
  ) {
    super(app);
    this.rows = new FilteredRows(store, names);
    this.grid = new VirtualGrid({
      label: 'Events of the run',
      testId: 'trace-rows',
      columns: [
        { title: '#', className: 'col-number col-sequence' },
        { title: 'Actor', className: 'col-actor' },
        { title: 'Event', className: 'col-kind' },
        { title: 'Detail', className: 'col-detail' },
        { title: 'Line', className: 'col-line' },
      ],
      count: () => this.rows.length,
      fill: (index, cells, row) => this.fill(index, cells, row),
      onChoose: (index) => this.reveal(index, false),
      onOpen: (index) => this.reveal(index, true),
      onFollow: () => this.drawFoot(),
    });
    this.grid.follow(true);
  }

  override focus(): void {
    this.grid.focus();
  }

  clear(): void {
    this.rows.restart();
    this.grid.choose(-1, false);
    this.grid.follow(true);
    this.changed();
  }

  /** Shows events of one actor only; `null` of all. */
  showActor(pid: number | null): void {
    this.actor = pid === null ? '' : this.graph.nameOf(pid);
    this.setFilter({ ...this.filter, pid });
  }

  changed(): void {
    this.hint.hidden = this.store.endRow > 0;
    this.hint.textContent = hintFor(this.app.store.state, 'events');
    this.scan();
    this.grid.refresh();
    this.drawFoot();
  }

  protected create(host: HTMLElement): void {
    this.bar.className = 'trace-bar';
    this.foot.className = 'trace-foot';
    this.hint.className = 'view-hint';
    const stage = document.createElement('div');
    stage.className = 'trace-stage';
    stage.append(this.grid.element, this.hint);
    host.append(this.bar, stage, this.foot);
    this.drawBar();
    this.changed();
  }

  protected update(state: State, before: State | null): void {
    if (state.status !== before?.status) this.changed();
  }

  /** As much as fits into a frame; goes on by itself until all rows have been looked at. */
  private scan(): void {
    if (this.scanning) return;
    if (this.rows.scan(SCAN_ROWS)) return;
    this.scanning = true;
    setTimeout(() => {
      this.scanning = false;
      this.changed();
    });
  }

  private setFilter(filter: TraceFilter): void {
    this.filter = filter;
    const chosen = this.rows.at(this.grid.chosen);
    this.rows.setFilter(filter);
    this.scan();
    const at = chosen < 0 ? -1 : this.rows.indexOf(chosen);
    this.grid.choose(at >= 0 && this.rows.at(at) === chosen ? at : -1);
    this.drawBar();
    this.changed();
  }

  private drawBar(): void {
    render(
      html`<input
          type="search"
          class="field"
          data-testid="trace-text"
          placeholder="Filter by text"
          aria-label="Filter by text"
          .value=${this.filter.text}
          @input=${(event: Event) => this.setFilter({ ...this.filter, text: valueOf(event) })}
        />
        <input
          class="field actor-filter"
          data-testid="trace-actor"
          placeholder="Actor"
          aria-label="Filter by actor: name or pid"
          .value=${this.actor}
          @change=${(event: Event) => this.chooseActor(valueOf(event))}
        />
        <select
          class="field"
          data-testid="trace-kind"
          aria-label="Filter by kind"
          @change=${(event: Event) => this.chooseKinds(valueOf(event))}
        >
          ${GROUPS.map(
            ({ label }) => html`<option .selected=${label === this.kinds} value=${label}>${label}</option>`,
          )}
        </select>`,
      this.bar,
    );
  }

  private chooseKinds(label: string): void {
    this.kinds = label;
    const group = GROUPS.find((one) => one.label === label);
    this.setFilter({ ...this.filter, kinds: new Set(group?.kinds ?? []) });
  }

  private chooseActor(text: string): void {
    const wanted = text.trim();
    this.actor = wanted;
    const number = /^#?(\d+)$/.exec(wanted)?.[1];
    const named = [...this.graph.nodes.values()].find((node) => node.name === wanted)?.pid;
    // No actor has the number 0: a name that nobody has finds nothing.
    const pid = wanted === '' ? null : number === undefined ? (named ?? 0) : Number(number);
    this.setFilter({ ...this.filter, pid });
  }

  private drawFoot(): void {
    const { dropped, firstRow } = this.store;
    const shown = this.rows.length.toLocaleString('en');
    const all = (this.store.endRow - firstRow).toLocaleString('en');
    render(
      html`<span data-testid="trace-count"
          >${this.rows.all ? `${all} events` : `${shown} of ${all} events`}</span
        >
        ${firstRow > 0 ? html`<span>${firstRow.toLocaleString('en')} older not kept</span>` : nothing}
        ${
          dropped > 0
            ? html`<span
                class="dropped"
                data-testid="trace-dropped"
                title="They came faster than they could be taken"
                >${icon('warning')}${dropped.toLocaleString('en')} missing</span
              >`
            : nothing
        }
        <span class="push"></span>
        <button
          type="button"
          class="button small"
          data-testid="trace-end"
          aria-pressed=${this.grid.following}
          @click=${() => this.toEnd()}
        >
          ${icon('down')} ${this.grid.following ? 'Follows the end' : 'Jump to the end'}
        </button>`,
      this.foot,
    );
  }

  private toEnd(): void {
    this.grid.follow(true);
    this.drawFoot();
  }

  private reveal(index: number, focus: boolean): void {
    const event = this.eventAt(index);
    if (event === null || event.line === 0) return;
    const known = this.app.store.state.program.files.some((file) => file.name === event.file);
    if (known) this.app.events.emit('reveal', { file: event.file, line: event.line, column: 1, focus });
  }

  private eventAt(index: number): StoredEvent | null {
    const row = this.rows.at(index);
    return row < 0 ? null : this.store.event(row);
  }

  private fill(index: number, cells: readonly HTMLElement[], row: HTMLElement): void {
    const event = this.eventAt(index);
    if (event === null) return;
    const texts = [
      event.sequence.toLocaleString('en'),
      event.pid === 0 ? '' : this.names.actor(event.pid),
      event.kind,
      describeEvent(event, this.names),
      placeOf(event, this.app.store.state.program.main),
    ];
    cells.forEach((cell, i) => {
      const text = texts[i] ?? '';
      if (cell.textContent !== text) cell.textContent = text;
    });
    row.dataset['kind'] = event.kind;
  }
}

/** Most events are of the main file: its lines need no name. */
function placeOf({ file, line }: StoredEvent, main: string): string {
  if (line === 0) return '';
  return file === main ? String(line) : `${file}:${line}`;
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}
