// SPDX-License-Identifier: MIT
/**
 * A program's source, stack code, optimized stack code and register code side by side: what is chosen in one is
 * marked in the others and in the editor. It follows the text while it is edited, and shows where actors stand.
 */
import type { FileExecutions, Profile } from '../../../../wasm-glue/ts/index.ts';
import { html, nothing, render } from 'lit';
import type { TemplateResult } from 'lit';
import { isNarrow } from '../../app/app.ts';
import type { App } from '../../app/app.ts';
import { readStored, writeStored } from '../../app/storage.ts';
import type { State } from '../../app/store.ts';
import { COLUMNS } from '../../model/code_columns.ts';
import type { CodeColumns, ColumnName, Marks } from '../../model/code_columns.ts';
import { findFile, languageOf } from '../../model/program.ts';
import { icon } from '../../widgets/icons.ts';
import { Pane } from '../pane.ts';
import { ProfileFeed } from '../profile/profile_feed.ts';
import { CodeFeed } from './code_feed.ts';
import { ColumnView } from './column_view.ts';
import { optimizerReport } from './optimizer_report.ts';

const LABELS: Readonly<Record<ColumnName, string>> = {
  source: 'Source',
  stack: 'Stack',
  optimized: 'Optimized',
  registers: 'Register',
};

const HEADINGS: Readonly<Record<ColumnName, string>> = {
  source: 'Source',
  stack: 'Stack code',
  optimized: 'Optimized stack code',
  registers: 'Register code',
};

/** Columns narrower than this cannot be read. */
const COLUMN_WIDTH = 215;
/** In slow motion, where actors stand is looked up so often. */
const FOLLOW_MS = 200;

export class CodePane extends Pane {
  readonly name = 'code';
  readonly title = 'Code';
  private readonly feed: CodeFeed;
  private readonly figures: ProfileFeed;
  private readonly bar = document.createElement('div');
  private readonly stage = document.createElement('div');
  private readonly foot = document.createElement('div');
  private readonly report = document.createElement('div');
  private readonly hint = document.createElement('p');
  private readonly views: Readonly<Record<ColumnName, ColumnView>>;
  /** Chosen by the user; as many of them are shown as there is room for. */
  private wanted: ColumnName[];
  /** Most columns there is room for. */
  private room = 1;
  /** The newest choice decides what gives way where there is no room. */
  private latest: ColumnName;
  private columns: CodeColumns | null = null;
  private chosen: { readonly from: ColumnName; readonly row: number } | null = null;
  private marks = new Map<ColumnName, Marks>();
  /** File and text that the columns are of. */
  private shownOf = '';
  private reportOpen = false;
  private executions: readonly FileExecutions[] | null = null;
  private counted: ReadonlyMap<ColumnName, Float64Array> = new Map();
  private followTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    super(app);
    this.feed = new CodeFeed(app, () => this.changed());
    this.figures = new ProfileFeed(app, 'code', (profile) => this.count(profile));
    const hooks = {
      choose: (name: ColumnName, row: number) => this.choose(name, row),
      open: (name: ColumnName, row: number) => this.reveal(name, row, true),
    };
    this.views = {
      source: new ColumnView('source', HEADINGS.source, hooks),
      stack: new ColumnView('stack', HEADINGS.stack, hooks),
      optimized: new ColumnView('optimized', HEADINGS.optimized, hooks),
      registers: new ColumnView('registers', HEADINGS.registers, hooks),
    };
    const stored = (readStored('local', 'code-columns') ?? '').split(' ');
    const known = COLUMNS.filter((name) => stored.includes(name));
    this.wanted = known.length > 0 ? known : [...COLUMNS];
    this.latest = this.wanted.includes('stack') ? 'stack' : (this.wanted[0] ?? 'stack');
    app.events.on('cursor', ({ line }) => this.followCaret(line));
  }

  override focus(): void {
    this.views[this.shown[0] ?? 'stack'].grid.focus();
  }

  protected create(host: HTMLElement): void {
    this.bar.className = 'code-bar';
    this.stage.className = 'code-columns';
    this.foot.className = 'trace-foot';
    this.report.className = 'code-report';
    this.report.id = 'optimizer-report';
    this.hint.className = 'view-hint';
    for (const name of COLUMNS) this.stage.append(this.views[name].element);
    this.stage.append(this.hint);
    this.stage.addEventListener('keydown', (event) => this.press(event));
    host.append(this.bar, this.stage, this.report, this.foot);
    new ResizeObserver(([entry]) => this.resized(entry?.contentRect.width ?? 0)).observe(this.stage);
    this.changed();
  }

  protected update(state: State, before: State | null): void {
    if (state.view !== before?.view) this.feed.want(state.view === 'code');
    this.figures.update(state, before);
    const moved =
      state.status !== before?.status || state.view !== before.view || state.speed !== before.speed;
    if (moved) void this.findStanding();
  }

  /** Columns on show, in order. */
  private get shown(): ColumnName[] {
    if (this.wanted.length <= this.room) return this.wanted;
    // What the user asked for last stays; of the others, code goes before the source, which the editor shows.
    const order: ColumnName[] = [this.latest, 'stack', 'registers', 'optimized', 'source'];
    const kept = [...new Set(order)].filter((name) => this.wanted.includes(name)).slice(0, this.room);
    return COLUMNS.filter((name) => kept.includes(name));
  }

  private changed(): void {
    const { columns, file, source } = this.feed.state;
    if (columns !== this.columns) {
      // The same text is compiled again when other files change, as after a run: what was chosen stays.
      const kept = this.shownOf === `${file}\n${source}` ? this.chosen : null;
      this.shownOf = `${file}\n${source}`;
      this.columns = columns;
      this.chosen = null;
      this.marks.clear();
      for (const name of COLUMNS) {
        const language = name === 'source' ? languageOf(file) : 'ttvm';
        this.views[name].setColumn(columns?.column(name) ?? null, this.headingOf(name), language);
        this.views[name].setMarks(null);
      }
      this.showCounts();
      void this.findStanding();
      if (kept !== null && columns?.column(kept.from)) this.mark(kept.from, kept.row);
    }
    this.hint.hidden = columns !== null;
    this.hint.textContent = columns === null ? this.hintText() : '';
    this.draw();
  }

  private hintText(): string {
    const { problem, busy } = this.feed.state;
    if (problem === null) return busy ? 'Compiling…' : 'The code of the program appears here.';
    return typeof problem === 'string' ? problem : `Line ${problem.line}: ${problem.message}`;
  }

  private headingOf(name: ColumnName): string {
    const count = this.columns?.column(name)?.instructions ?? 0;
    if (name === 'source') return this.feed.state.file;
    return `${HEADINGS[name]} · ${count.toLocaleString('en')}`;
  }

  private resized(width: number): void {
    const room = Math.max(1, Math.min(COLUMNS.length, Math.floor(width / COLUMN_WIDTH)));
    if (room === this.room) return;
    this.room = room;
    this.draw();
    this.showMarks();
  }

  private draw(): void {
    const { shown } = this;
    for (const name of COLUMNS) this.views[name].element.hidden = !shown.includes(name);
    this.stage.style.setProperty('--code-columns', String(Math.max(1, shown.length)));
    render(this.barContent(shown), this.bar);
    render(this.footContent(), this.foot);
    const { report } = this.feed.state;
    this.report.hidden = !this.reportOpen || report === null;
    render(report === null ? nothing : optimizerReport(report), this.report);
  }

  private barContent(shown: readonly ColumnName[]): TemplateResult {
    const { optimizes, state } = this.feed;
    return html`<div class="segments" role="group" aria-label="Columns">
        ${COLUMNS.filter((name) => name !== 'optimized' || optimizes).map(
          (name) =>
            html`<button
              type="button"
              class="segment"
              data-testid=${`show-${name}`}
              aria-pressed=${shown.includes(name)}
              @click=${() => this.toggle(name)}
            >
              ${LABELS[name]}
            </button>`,
        )}
      </div>
      <span class="push"></span>
      <button
        type="button"
        class="button small"
        data-testid="optimizer-toggle"
        aria-label="Passes of the optimizer"
        aria-expanded=${this.reportOpen && state.report !== null}
        aria-controls="optimizer-report"
        ?disabled=${state.report === null}
        @click=${() => this.toggleReport()}
      >
        ${icon('sliders')}<span>Passes</span>
      </button>`;
  }

  private footContent(): TemplateResult {
    const { problem, columns } = this.feed.state;
    const text = this.chosenText();
    return html`${
        problem === null || columns === null
          ? nothing
          : html`<span class="dropped" data-testid="code-problem"
              >${icon('warning')}${typeof problem === 'string' ? problem : `Line ${problem.line}: ${problem.message}`}</span
            >`
      }
      <span role="status" data-testid="code-chosen">${text}</span>
      <span class="push"></span>
      <span data-testid="code-counts">${this.countText()}</span>
      <label class="check-label"
        ><input
          type="checkbox"
          data-testid="code-optimize"
          .checked=${this.feed.optimizes}
          @change=${(event: Event) => this.setOptimizes((event.target as HTMLInputElement).checked)}
        />Optimize</label
      >`;
  }

  /** The marks in words. */
  private chosenText(): string {
    const { chosen, columns } = this;
    if (chosen === null || columns === null)
      return columns === null ? '' : 'Choose a row to see what it became.';
    const column = columns.column(chosen.from);
    const { line } = column?.placeOf(chosen.row) ?? { line: 0 };
    const counts = COLUMNS.filter((name) => name !== 'source').flatMap((name) => {
      const marks = this.marks.get(name);
      return marks === undefined ? [] : [`${marks.exact} ${WORDS[name]}`];
    });
    const place = line > 0 ? `Line ${line}: ` : '';
    return `${place}${counts.join(' · ')}`;
  }

  private count(profile: Profile | null): void {
    this.executions = profile?.executions ?? null;
    this.showCounts();
    render(this.footContent(), this.foot);
  }

  /** Counts are of the text that ran: once it has changed they mean nothing. */
  private showCounts(): void {
    const { file, source } = this.feed.state;
    const ran = this.app.runner.lastRun;
    const counts = this.executions?.find((one) => one.file === file)?.counts;
    const same = ran !== null && findFile(ran.program, file)?.content === source;
    this.counted =
      counts === undefined || !same || this.columns === null
        ? new Map()
        : this.columns.executionsOf(ran.optimized ? 'optimized' : 'stack', counts);
    for (const name of COLUMNS) this.views[name].setCounts(this.counted.get(name) ?? null);
  }

  /** Why there are counts, or none after a run. */
  private countText(): string {
    if (this.counted.size > 0) return 'counted in the last run';
    if (this.executions === null || this.columns === null) return '';
    return this.executions.length === 0 ? 'register code is not counted' : 'changed since the last run';
  }

  private toggle(name: ColumnName): void {
    const { shown } = this;
    if (this.room === 1) {
      this.wanted = this.wanted.includes(name) ? this.wanted : [...this.wanted, name];
      this.latest = name;
    } else if (!shown.includes(name)) {
      // Where the room is full, something that is shown gives way.
      this.wanted = COLUMNS.filter((one) => one === name || this.wanted.includes(one));
      this.latest = name;
    } else if (shown.length > 1) {
      this.wanted = shown.filter((one) => one !== name);
    }
    this.wanted = COLUMNS.filter((one) => this.wanted.includes(one));
    writeStored('local', 'code-columns', this.wanted.join(' '));
    this.draw();
    this.showMarks();
  }

  private toggleReport(): void {
    this.reportOpen = !this.reportOpen;
    this.draw();
  }

  private setOptimizes(on: boolean): void {
    this.feed.setOptimizes(on);
    this.draw();
  }

  private choose(from: ColumnName, row: number): void {
    this.mark(from, row);
    if (!isNarrow()) this.reveal(from, row, false);
  }

  private mark(from: ColumnName, row: number): void {
    if (this.columns === null) return;
    this.chosen = { from, row };
    this.marks = this.columns.marksOf(from, row);
    this.showMarks();
    render(this.footContent(), this.foot);
  }

  private showMarks(): void {
    for (const name of COLUMNS) this.views[name].setMarks(this.marks.get(name) ?? null);
  }

  private reveal(from: ColumnName, row: number, focus: boolean): void {
    const column = this.columns?.column(from);
    if (column === undefined || column === null) return;
    const { line } = column.placeOf(row);
    const { file } = this.feed.state;
    if (line > 0) this.app.events.emit('reveal', { file, line, column: 1, focus });
  }

  /** The caret of the editor chooses its line, unless it went there because something was chosen here. */
  private followCaret(line: number): void {
    const { view, active } = this.app.store.state;
    const { columns, chosen } = this;
    if (view !== 'code' || columns === null || active !== this.feed.state.file) return;
    if (chosen !== null && columns.column(chosen.from)?.placeOf(chosen.row).line === line) return;
    this.mark('source', line - 1);
  }

  /** From column to column; within one, the table itself moves. */
  private press(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const { shown } = this;
    const at = shown.findIndex((name) => this.views[name].element.contains(document.activeElement));
    const next = shown[at + step];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    this.views[next].grid.focus();
    const first = this.marks.get(next)?.first ?? -1;
    if (first >= 0) this.chosen = { from: next, row: first };
  }

  /** Where actors stand: while the program is paused, or so slow that it can be followed. */
  private async findStanding(): Promise<void> {
    clearTimeout(this.followTimer);
    const { view, status, speed } = this.app.store.state;
    const slow = status === 'running' && speed !== null;
    const lines = new Map<number, string>();
    if (view === 'code' && (status === 'paused' || slow)) {
      const actors = (await this.app.runner.actors()) ?? [];
      for (const { file, line, name, pid } of actors) {
        if (file !== this.feed.state.file) continue;
        const label = name ?? `#${pid}`;
        const before = lines.get(line);
        lines.set(line, before === undefined ? label : `${before}, ${label}`);
      }
      if (slow) this.followTimer = setTimeout(() => void this.findStanding(), FOLLOW_MS);
    }
    for (const name of COLUMNS) this.views[name].setStanding(lines);
  }
}

const WORDS: Readonly<Record<ColumnName, string>> = {
  source: 'source',
  stack: 'stack',
  optimized: 'optimized',
  registers: 'register',
};
