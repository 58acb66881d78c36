// SPDX-License-Identifier: MIT
/** One form of the program as a table: address or line number, and the text in colours. */
import { Mark } from '../../model/code_columns.ts';
import type { CodeColumn, ColumnName, Marks } from '../../model/code_columns.ts';
import { formatCount } from '../../model/profile_table.ts';
import { tokenize } from '../../model/highlight.ts';
import type { TokenLine } from '../../model/highlight.ts';
import type { Language } from '../../model/program.ts';
import { VirtualGrid } from '../../widgets/virtual_grid.ts';

const ROW_HEIGHT = 21;
/** Longer sources are shown without colours: those of Lisp are found from the first character on. */
const MAX_COLOURED = 400_000;

const MARK_WORDS: Readonly<Record<number, string>> = { [Mark.near]: 'near', [Mark.exact]: 'exact' };

export interface ColumnHooks {
  choose(name: ColumnName, row: number): void;
  open(name: ColumnName, row: number): void;
}

export class ColumnView {
  readonly element = document.createElement('section');
  readonly grid: VirtualGrid;
  private readonly title = document.createElement('h3');
  private column: CodeColumn | null = null;
  private marks: Marks | null = null;
  private language: Language = 'ttvm';
  /** Of the source, whose lines can depend on those before; other rows are coloured one by one. */
  private tokens: readonly TokenLine[] | null = null;
  /** Lines at which actors stand, with their names. */
  private standing: ReadonlyMap<number, string> = new Map();
  /** How often rows were executed; `null`: nobody knows. */
  private counts: Float64Array | null = null;
  private most = 0;
  /** What each row element shows, so that it is filled once only. */
  private readonly shown = new WeakMap<HTMLElement, string>();
  private generation = 0;

  constructor(
    readonly name: ColumnName,
    readonly label: string,
    hooks: ColumnHooks,
  ) {
    this.element.className = 'code-column';
    this.element.dataset['column'] = name;
    this.element.setAttribute('aria-label', label);
    this.title.className = 'code-title';
    this.grid = new VirtualGrid({
      label,
      testId: `code-${name}`,
      columns: [
        { title: name === 'source' ? 'Line' : 'Address', className: 'col-number col-address' },
        { title: name === 'source' ? 'Text' : 'Instruction', className: 'col-code' },
        { title: 'Executed', className: 'col-number col-count' },
      ],
      count: () => this.column?.length ?? 0,
      fill: (index, cells, row) => this.fill(index, cells, row),
      onChoose: (index) => hooks.choose(name, index),
      onOpen: (index) => hooks.open(name, index),
      rowHeight: ROW_HEIGHT,
      bare: true,
    });
    const stage = document.createElement('div');
    stage.className = 'code-stage';
    stage.append(this.grid.element);
    this.element.append(this.title, stage);
  }

  setColumn(column: CodeColumn | null, title: string, language: Language): void {
    this.title.textContent = title;
    if (column === this.column) return;
    this.column = column;
    this.language = language;
    this.tokens = null;
    this.generation += 1;
    this.grid.choose(-1, false);
  }

  setMarks(marks: Marks | null): void {
    this.marks = marks;
    this.grid.choose(marks?.first ?? -1, false);
    if (marks !== null) this.grid.show(marks.first);
  }

  /** How often each row was executed, NaN where that means nothing. */
  setCounts(counts: Float64Array | null): void {
    this.counts = counts;
    this.most = 0;
    for (const count of counts ?? []) if (count > this.most) this.most = count;
    this.element.dataset['counted'] = String(counts !== null);
    this.generation += 1;
    this.grid.refresh();
  }

  /** Lines of this file at which actors stand. */
  setStanding(lines: ReadonlyMap<number, string>): void {
    this.standing = lines;
    this.generation += 1;
    this.grid.refresh();
  }

  private fill(index: number, cells: readonly HTMLElement[], row: HTMLElement): void {
    const { column } = this;
    if (column === null) return;
    const mark = MARK_WORDS[this.marks?.rows[index] ?? Mark.none];
    if (mark === undefined) delete row.dataset['mark'];
    else row.dataset['mark'] = mark;
    const state = `${this.generation} ${index}`;
    if (this.shown.get(row) === state) return;
    this.shown.set(row, state);
    const [address, code, count] = cells;
    if (address === undefined || code === undefined || count === undefined) return;
    const isCode = column.isCode && column.isInstruction(index);
    address.textContent = this.numberOf(column, index);
    row.dataset['kind'] = isCode || !column.isCode ? 'instruction' : 'heading';
    const { line } = column.placeOf(index);
    const standing = isCode || !column.isCode ? this.standing.get(line) : undefined;
    if (standing === undefined) delete row.dataset['standing'];
    else row.dataset['standing'] = standing;
    row.title = standing === undefined ? '' : `Here: ${standing}`;
    code.replaceChildren(...this.parts(column, index));
    this.fillCount(count, index);
  }

  private fillCount(cell: HTMLElement, index: number): void {
    const count = this.counts?.[index] ?? NaN;
    cell.textContent = Number.isNaN(count) ? '' : formatCount(count);
    // Of numbers that differ by powers of ten, a proportional heat would show the largest only.
    const heat = count > 0 ? Math.log1p(count) / Math.log1p(this.most) : 0;
    cell.style.setProperty('--heat', heat.toFixed(3));
  }

  private numberOf(column: CodeColumn, index: number): string {
    if (!column.isCode) return String(index + 1);
    const address = column.addressOf(index);
    return address < 0 ? '' : address.toString(16).toUpperCase().padStart(4, '0');
  }

  private parts(column: CodeColumn, index: number): Node[] {
    const text = column.texts[index] ?? '';
    return this.tokensOf(column, index, text).map((token) => {
      if (token.kind === 'text') return document.createTextNode(token.text);
      const span = document.createElement('span');
      span.className = `tok-${token.kind}`;
      span.textContent = token.text;
      return span;
    });
  }

  private tokensOf(column: CodeColumn, index: number, text: string): TokenLine {
    if (this.language === 'lisp') {
      this.tokens ??= tokenizeAll(column.texts);
      return this.tokens[index] ?? [{ kind: 'text', text }];
    }
    if (column.isCode && this.name === 'registers' && !column.isInstruction(index))
      return [{ kind: 'label', text }];
    return tokenize(text, this.language)[0] ?? [{ kind: 'text', text }];
  }
}

function tokenizeAll(lines: readonly string[]): readonly TokenLine[] {
  const text = lines.join('\n');
  return tokenize(text, text.length > MAX_COLOURED ? 'text' : 'lisp');
}
