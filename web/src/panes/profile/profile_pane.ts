// SPDX-License-Identifier: MIT
/** Where a run's instructions and time went: functions as a table, call paths as a flame graph, of all actors or one. */
import type { Profile } from '../../../../wasm-glue/ts/index.ts';
import { html, nothing, render } from 'lit';
import type { TemplateResult } from 'lit';
import { isNarrow } from '../../app/app.ts';
import type { App } from '../../app/app.ts';
import type { State } from '../../app/store.ts';
import {
  flameTree,
  formatCount,
  formatMeasure,
  formatTime,
  profileRows,
  schedulerRows,
  sortRows,
  wholeOf,
} from '../../model/profile_table.ts';
import type { FlameNode, Measure, ProfileRow, Sort } from '../../model/profile_table.ts';
import { VirtualGrid } from '../../widgets/virtual_grid.ts';
import { Pane } from '../pane.ts';
import { FlameView } from './flame_view.ts';
import { ProfileFeed } from './profile_feed.ts';

const SORT_LABELS: readonly (readonly [Sort, string])[] = [
  ['own', 'Own'],
  ['all', 'Total'],
  ['calls', 'Calls'],
  ['average', 'Average'],
  ['name', 'Name'],
];

/** The list of actors would be longer than anybody reads. */
const MOST_ACTORS = 500;

export class ProfilePane extends Pane {
  readonly name = 'profile';
  readonly title = 'Profile';
  private readonly grid: VirtualGrid;
  private readonly flame: FlameView;
  private readonly bar = document.createElement('div');
  private readonly stage = document.createElement('div');
  private readonly foot = document.createElement('div');
  private readonly hint = document.createElement('p');
  private profile: Profile | null = null;
  private measure: Measure = 'instructions';
  private sort: Sort = 'own';
  private pid: number | null = null;
  private asFlame = false;
  private rows: ProfileRow[] = [];
  private readonly feed: ProfileFeed;

  constructor(app: App) {
    super(app);
    this.grid = new VirtualGrid({
      label: 'Functions',
      testId: 'profile-rows',
      columns: [
        { title: 'Function', className: 'col-name' },
        { title: 'Calls', className: 'col-number' },
        { title: 'Own', className: 'col-number col-own' },
        { title: 'Total', className: 'col-number' },
        { title: 'Average', className: 'col-number col-average' },
      ],
      count: () => this.rows.length,
      fill: (index, cells, row) => this.fill(index, cells, row),
      onChoose: (index) => {
        if (!isNarrow()) this.reveal(this.rows[index]?.function, false);
      },
      onOpen: (index) => this.reveal(this.rows[index]?.function, true),
    });
    this.flame = new FlameView({
      choose: (node) => this.chooseBar(node),
      describe: (node) => this.describe(node),
    });
    this.feed = new ProfileFeed(app, 'profile', (profile) => this.take(profile));
  }

  override focus(): void {
    if (this.asFlame) this.flame.focus();
    else this.grid.focus();
  }

  protected create(host: HTMLElement): void {
    this.bar.className = 'code-bar profile-bar';
    this.stage.className = 'trace-stage';
    this.foot.className = 'trace-foot';
    this.hint.className = 'view-hint';
    this.stage.append(this.grid.element, this.flame.element, this.hint);
    host.append(this.bar, this.stage, this.foot);
    this.draw();
  }

  protected update(state: State, before: State | null): void {
    this.feed.update(state, before);
    if (state.view === 'profile' && state.status !== before?.status) this.draw();
  }

  private take(profile: Profile | null): void {
    this.profile = profile;
    if (this.pid !== null && profile?.actors.some(({ pid }) => pid === this.pid) !== true) this.pid = null;
    this.draw();
  }

  private draw(): void {
    const { profile } = this;
    this.rows = profile === null ? [] : sortRows(profileRows(profile, this.measure, this.pid), this.sort);
    this.flame.setTree(profile === null ? null : flameTree(profile, this.measure));
    this.grid.element.hidden = this.asFlame || profile === null;
    this.flame.element.hidden = !this.asFlame || profile === null;
    this.hint.hidden = profile !== null;
    this.hint.textContent = profile === null ? hintFor(this.app.store.state) : '';
    this.grid.refresh();
    render(this.barContent(), this.bar);
    render(this.footContent(), this.foot);
  }

  private barContent(): TemplateResult {
    const tab = (flame: boolean, label: string): TemplateResult =>
      html`<button
        type="button"
        class="segment"
        data-testid=${flame ? 'profile-flame' : 'profile-table'}
        aria-pressed=${this.asFlame === flame}
        @click=${() => this.set(() => (this.asFlame = flame))}
      >
        ${label}
      </button>`;
    const unit = (measure: Measure, label: string): TemplateResult =>
      html`<button
        type="button"
        class="segment"
        data-testid=${`profile-${measure}`}
        aria-pressed=${this.measure === measure}
        @click=${() => this.set(() => (this.measure = measure))}
      >
        ${label}
      </button>`;
    return html`<div class="segments" role="group" aria-label="As table or flame graph">
        ${tab(false, 'Table')} ${tab(true, 'Flame')}
      </div>
      <div class="segments" role="group" aria-label="Measure">
        ${unit('instructions', 'Instructions')} ${unit('time', 'Time')}
      </div>
      <span class="push"></span>
      ${this.asFlame ? nothing : this.tableTools()}`;
  }

  private tableTools(): TemplateResult {
    const { profile } = this;
    return html`<select
        class="field"
        data-testid="profile-actor"
        aria-label="Actor"
        @change=${(event: Event) => this.chooseActor(event)}
      >
        <option value="" .selected=${this.pid === null}>All actors</option>
        ${profile?.actors
          .slice(0, MOST_ACTORS)
          .map(
            ({ pid, function: index }) =>
              html`<option value=${pid} .selected=${pid === this.pid}>
                #${pid} ${profile.functions[index]?.name}
              </option>`,
          )}
      </select>
      <select
        class="field"
        data-testid="profile-sort"
        aria-label="Sort by"
        @change=${(event: Event) => this.chooseSort(event)}
      >
        ${SORT_LABELS.map(
          ([sort, label]) =>
            html`<option value=${sort} .selected=${sort === this.sort}>By ${label.toLowerCase()}</option>`,
        )}
      </select>`;
  }

  private footContent(): TemplateResult {
    const { profile, asFlame, pid } = this;
    if (profile === null) return html`<span role="status" data-testid="profile-total"></span>`;
    const actor = pid === null || asFlame ? undefined : profile.actors.find((one) => one.pid === pid);
    const { ns, instructions } = actor ?? profile;
    const bar = this.flame.chosen;
    const actors = profile.actors.length + profile.moreActors;
    return html`<span role="status" data-testid="profile-total"
        >${
          asFlame && bar !== null
            ? this.describe(bar)
            : `${instructions.toLocaleString('en')} instructions · ${formatTime(ns)}`
        }</span
      >
      <span class="push"></span>
      ${pid === null ? schedulerList(profile) : nothing}
      <span
        >${formatCount(actors)}
        ${actors === 1 ? 'actor' : 'actors'}${
          profile.moreActors > 0 ? ` (${formatCount(profile.moreActors)} only in the sums)` : ''
        }</span
      >`;
  }

  private set(change: () => void): void {
    change();
    this.draw();
  }

  private chooseActor(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    this.set(() => (this.pid = value === '' ? null : Number(value)));
  }

  private chooseSort(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    const sort = SORT_LABELS.find(([name]) => name === value)?.[0];
    if (sort !== undefined) this.set(() => (this.sort = sort));
  }

  private fill(index: number, cells: readonly HTMLElement[], row: HTMLElement): void {
    const one = this.rows[index];
    if (one === undefined) return;
    const { measure } = this;
    const texts = [
      one.name,
      one.calls.toLocaleString('en'),
      `${formatMeasure(one.own, measure)} · ${percent(one.share)}`,
      formatMeasure(one.all, measure),
      formatMeasure(one.average, measure),
    ];
    cells.forEach((cell, i) => {
      const text = texts[i] ?? '';
      if (cell.textContent !== text) cell.textContent = text;
    });
    row.style.setProperty('--share', `${(one.share * 100).toFixed(1)}%`);
    row.title = one.line > 0 ? `${one.name} (${one.file}:${one.line})` : one.name;
  }

  private describe(node: FlameNode): string {
    const { profile, measure } = this;
    if (profile === null) return '';
    const whole = wholeOf(profile, measure);
    const share = whole === 0 ? 0 : node.total / whole;
    const total = `${formatMeasure(node.total, measure)}${measure === 'instructions' ? ' instructions' : ''}`;
    if (node.function < 0) return `All actors: ${total}`;
    const calls = `${formatCount(node.calls)} ${node.calls === 1 ? 'call' : 'calls'}`;
    return `${node.name}: ${total}, ${percent(share)}, own ${formatMeasure(node.own, measure)}, ${calls}`;
  }

  private chooseBar(node: FlameNode): void {
    render(this.footContent(), this.foot);
    if (!isNarrow() && node.function >= 0) this.reveal(node.function, false);
  }

  private reveal(index: number | undefined, focus: boolean): void {
    const found = index === undefined ? undefined : this.profile?.functions[index];
    if (found === undefined || found.line === 0) return;
    const known = this.app.store.state.program.files.some((file) => file.name === found.file);
    if (known) this.app.events.emit('reveal', { file: found.file, line: found.line, column: 1, focus });
  }
}

/** How busy each scheduler was, when several had actors to run. */
function schedulerList(profile: Profile): TemplateResult | typeof nothing {
  const rows = schedulerRows(profile);
  if (rows.length === 0) return nothing;
  return html`<ul class="profile-schedulers" data-testid="profile-schedulers" aria-label="Schedulers">
    ${rows.map(({ number, busy, slices, steals, waitNs }) => {
      const turns = `${formatCount(slices)} ${slices === 1 ? 'slice' : 'slices'}`;
      const taken = `${formatCount(steals)} ${steals === 1 ? 'steal' : 'steals'}`;
      const text = `Scheduler ${number}: busy ${percent(busy)}, waited ${formatTime(waitNs)}, ${turns}, ${taken}`;
      return html`<li title=${text} style=${`--share: ${(busy * 100).toFixed(1)}%`}>
        <span aria-hidden="true">S${number} ${Math.round(busy * 100)} %</span>
        <span class="visually-hidden">${text}</span>
      </li>`;
    })}
  </ul>`;
}

function hintFor({ status }: State): string {
  const ran = status !== 'idle' && status !== 'checking';
  return ran
    ? 'Run it again: figures are counted while this view is open.'
    : 'Run a program: where its instructions and time go appears here.';
}

function percent(share: number): string {
  return `${(share * 100).toLocaleString('en', { maximumFractionDigits: 1 })} %`;
}
