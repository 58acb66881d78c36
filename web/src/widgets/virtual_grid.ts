// SPDX-License-Identifier: MIT
/**
 * A table of any number of rows of which only those in sight exist. Keyboard and screen reader see a
 * grid: the number of rows, the place of each, and the chosen one.
 */
export interface GridColumn {
  readonly title: string;
  readonly className: string;
}

export interface GridOptions {
  readonly label: string;
  readonly testId: string;
  readonly columns: readonly GridColumn[];
  readonly count: () => number;
  /** Fills the cells of a row in sight; `row` is the element around them, for states in classes. */
  readonly fill: (index: number, cells: readonly HTMLElement[], row: HTMLElement) => void;
  readonly onChoose: (index: number) => void;
  /** Enter or double click. */
  readonly onOpen: (index: number) => void;
  /** In pixels; `--grid-row` of the style sheet follows it. Default: 26. */
  readonly rowHeight?: number;
  /** The head is only for readers of the screen. */
  readonly bare?: boolean;
  /** The user scrolled away from the end, or back to it. */
  readonly onFollow?: (following: boolean) => void;
}

const ROW_HEIGHT = 26;
/** A row that is brought into the middle of things has so much of the others above it. */
const ABOVE_SHARE = 3;
/** Of the head, as the style sheet has it. */
const HEAD_HEIGHT = 27;
const BARE_HEAD_HEIGHT = 1;
/** Browsers cannot lay out taller elements; beyond it a pixel of scrolling is more than a pixel of rows. */
const MAX_HEIGHT = 8_000_000;

let lastId = 0;

export class VirtualGrid {
  /** Scrolls; the head stays in sight. */
  readonly element = document.createElement('div');
  private readonly id = `grid-${++lastId}`;
  private readonly spacer = document.createElement('div');
  private readonly rows: { row: HTMLElement; cells: HTMLElement[]; index: number }[] = [];
  private chosenIndex = -1;
  private isFollowing = false;
  private readonly rowHeight: number;
  private scheduled = false;
  private readonly resize = new ResizeObserver(() => this.refresh());

  constructor(private readonly options: GridOptions) {
    this.element.className = options.bare === true ? 'grid is-bare' : 'grid';
    this.rowHeight = options.rowHeight ?? ROW_HEIGHT;
    if (options.rowHeight !== undefined)
      this.element.style.setProperty('--grid-row', `${options.rowHeight}px`);
    const head = document.createElement('div');
    head.className = 'grid-row grid-head';
    head.setAttribute('role', 'row');
    head.setAttribute('aria-rowindex', '1');
    for (const column of options.columns) {
      const cell = document.createElement('span');
      cell.className = `grid-cell ${column.className}`;
      cell.setAttribute('role', 'columnheader');
      cell.textContent = column.title;
      head.append(cell);
    }
    const headGroup = document.createElement('div');
    headGroup.setAttribute('role', 'rowgroup');
    headGroup.append(head);
    this.spacer.className = 'grid-spacer';
    this.spacer.setAttribute('role', 'presentation');
    headGroup.className = 'grid-head-group';
    this.element.append(headGroup, this.spacer);
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'grid');
    this.element.setAttribute('aria-label', options.label);
    this.element.dataset['testid'] = options.testId;
    this.element.addEventListener('keydown', (event) => this.press(event));
    this.element.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.resize.observe(this.element);
  }

  dispose(): void {
    this.resize.disconnect();
  }

  get chosen(): number {
    return this.chosenIndex;
  }

  get following(): boolean {
    return this.isFollowing;
  }

  /** Stays at the end while rows are added. */
  follow(following: boolean): void {
    this.isFollowing = following;
    this.refresh();
  }

  /** To be called whenever rows changed; draws once in the next frame. */
  refresh(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.draw();
    });
  }

  /** Marks a row; -1 for none. */
  choose(index: number, reveal = true): void {
    this.chosenIndex = index;
    if (reveal && index >= 0) this.reveal(index);
    this.refresh();
  }

  /** Brings a row into sight, with others around it; nothing moves when it is there already. */
  show(index: number): void {
    if (index < 0 || this.height === 0) return;
    const { top, visible } = this;
    if (index >= top && index <= top + visible - 1) return;
    this.top = Math.max(0, index - Math.floor(visible / ABOVE_SHARE));
    this.refresh();
  }

  focus(): void {
    this.element.focus();
  }

  /** Height that rows have. */
  private get height(): number {
    const head = this.options.bare === true ? BARE_HEAD_HEIGHT : HEAD_HEIGHT;
    return Math.max(0, this.element.clientHeight - head);
  }

  private get visible(): number {
    return Math.max(1, Math.floor(this.height / this.rowHeight));
  }

  /** First row in sight, with a fraction. */
  private get top(): number {
    const count = this.options.count();
    const tall = count * this.rowHeight;
    if (tall <= MAX_HEIGHT) return this.element.scrollTop / this.rowHeight;
    const range = MAX_HEIGHT - this.height;
    const rows = count - this.height / this.rowHeight;
    return (this.element.scrollTop / range) * rows;
  }

  private set top(row: number) {
    const count = this.options.count();
    const tall = count * this.rowHeight;
    const range = MAX_HEIGHT - this.height;
    const rows = count - this.height / this.rowHeight;
    this.element.scrollTop = tall <= MAX_HEIGHT ? row * this.rowHeight : (row / rows) * range;
  }

  private reveal(index: number): void {
    const { top, visible } = this;
    if (index < top) this.top = index;
    else if (index > top + visible - 1) this.top = index - visible + 1;
  }

  private draw(): void {
    const count = this.options.count();
    const { height } = this;
    if (height === 0) return;
    this.element.setAttribute('aria-rowcount', String(count + 1));
    this.spacer.style.height = `${Math.min(count * this.rowHeight, MAX_HEIGHT)}px`;
    if (this.isFollowing) this.element.scrollTop = this.element.scrollHeight;
    const { top } = this;
    const first = Math.max(0, Math.floor(top));
    const wanted = Math.min(Math.ceil(height / this.rowHeight) + 1, count);
    while (this.rows.length < wanted) this.addRow();
    const offset = this.element.scrollTop - (top - first) * this.rowHeight;
    this.rows.forEach((one, at) => {
      const index = first + at;
      one.row.hidden = at >= wanted || index >= count;
      if (one.row.hidden) return;
      one.index = index;
      one.row.style.transform = `translateY(${Math.round(offset + at * this.rowHeight)}px)`;
      one.row.setAttribute('aria-rowindex', String(index + 2));
      one.row.setAttribute('aria-selected', String(index === this.chosenIndex));
      this.options.fill(index, one.cells, one.row);
    });
    const active = this.rows.find((one) => !one.row.hidden && one.index === this.chosenIndex);
    if (active === undefined) this.element.removeAttribute('aria-activedescendant');
    else this.element.setAttribute('aria-activedescendant', active.row.id);
  }

  private addRow(): void {
    const row = document.createElement('div');
    const entry = { row, cells: [] as HTMLElement[], index: -1 };
    row.className = 'grid-row';
    row.id = `${this.id}-${this.rows.length}`;
    row.setAttribute('role', 'row');
    for (const column of this.options.columns) {
      const cell = document.createElement('span');
      cell.className = `grid-cell ${column.className}`;
      cell.setAttribute('role', 'gridcell');
      entry.cells.push(cell);
      row.append(cell);
    }
    row.addEventListener('click', () => {
      this.choose(entry.index, false);
      this.options.onChoose(entry.index);
    });
    row.addEventListener('dblclick', () => this.options.onOpen(entry.index));
    this.rows.push(entry);
    this.element.append(row);
  }

  private scrolled(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    const atEnd = scrollTop + clientHeight >= scrollHeight - 4;
    if (this.isFollowing && !atEnd && this.height > 0) {
      this.isFollowing = false;
      this.options.onFollow?.(false);
    } else if (!this.isFollowing && atEnd && this.options.onFollow !== undefined) {
      this.isFollowing = true;
      this.options.onFollow(true);
    }
    this.refresh();
  }

  private press(event: KeyboardEvent): void {
    const last = this.options.count() - 1;
    if (last < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const now = this.chosenIndex;
    const moves: Record<string, number> = {
      ArrowDown: now + 1,
      ArrowUp: now < 0 ? last : now - 1,
      PageDown: Math.max(now, 0) + this.visible,
      PageUp: now - this.visible,
      Home: 0,
      End: last,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const index = Math.min(Math.max(to, 0), last);
      if (this.isFollowing && index < last) {
        this.isFollowing = false;
        this.options.onFollow?.(false);
      }
      this.choose(index);
      this.options.onChoose(index);
    } else if (event.key === 'Enter' && now >= 0) {
      event.preventDefault();
      this.options.onOpen(now);
    }
  }
}
