// SPDX-License-Identifier: MIT
/** The call paths of a profile as bars: as wide as their share, each on top of its caller. Keyboard and reader see a tree. */
import { flameBars } from '../../model/profile_table.ts';
import type { FlameBar, FlameNode } from '../../model/profile_table.ts';

const BAR_HEIGHT = 22;
/** Classes `flame-0` … of the style sheet. */
const COLOURS = 6;
/** Of bars narrower than this the name cannot be read. */
const TEXT_WIDTH = 28;

export interface FlameHooks {
  /** A bar was chosen, by pointer or keyboard. */
  choose(node: FlameNode): void;
  /** What a bar is, in words. */
  describe(node: FlameNode): string;
}

let lastId = 0;

export class FlameView {
  readonly element = document.createElement('div');
  private readonly id = `flame-${++lastId}`;
  private root: FlameNode | null = null;
  private zoom: FlameNode | null = null;
  private chosenNode: FlameNode | null = null;
  private bars: FlameBar[] = [];
  private readonly elements = new Map<FlameNode, HTMLElement>();
  private readonly resize = new ResizeObserver(() => this.draw());

  constructor(private readonly hooks: FlameHooks) {
    this.element.className = 'flame';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'tree');
    this.element.setAttribute('aria-label', 'Flame graph: calls by share');
    this.element.dataset['testid'] = 'flame';
    this.element.addEventListener('keydown', (event) => this.press(event));
    this.element.addEventListener('click', (event) => this.click(event));
    this.resize.observe(this.element);
  }

  get chosen(): FlameNode | null {
    return this.chosenNode;
  }

  /** The same way of calls stays chosen and zoomed, if the new tree has it. */
  setTree(root: FlameNode | null): void {
    const zoom = find(root, wayOf(this.zoom));
    const chosen = find(root, wayOf(this.chosenNode));
    this.root = root;
    this.zoom = zoom ?? root;
    this.chosenNode = chosen;
    this.draw();
  }

  focus(): void {
    this.element.focus();
  }

  private draw(): void {
    const { root, zoom } = this;
    this.bars = root === null || zoom === null || root.total === 0 ? [] : flameBars(zoom);
    const width = this.element.clientWidth;
    if (width === 0) return;
    this.elements.clear();
    const levels = this.bars.reduce((most, bar) => Math.max(most, bar.level + 1), 0);
    const canvas = document.createElement('div');
    canvas.className = 'flame-bars';
    canvas.setAttribute('role', 'presentation');
    canvas.style.height = `${levels * BAR_HEIGHT}px`;
    for (const [index, bar] of this.bars.entries()) canvas.append(this.makeBar(bar, index, width));
    this.element.replaceChildren(canvas);
    this.mark();
  }

  private makeBar({ node, level, left, width }: FlameBar, index: number, whole: number): HTMLElement {
    const element = document.createElement('div');
    element.className = `flame-bar flame-${node.function < 0 ? 'root' : colourOf(node.name)}`;
    element.id = `${this.id}-${index}`;
    element.setAttribute('role', 'treeitem');
    element.setAttribute('aria-level', String(level + 1));
    const text = this.hooks.describe(node);
    element.setAttribute('aria-label', text);
    element.title = text;
    element.dataset['index'] = String(index);
    element.style.left = `${left * 100}%`;
    element.style.width = `${width * 100}%`;
    element.style.top = `${level * BAR_HEIGHT}px`;
    if (width * whole >= TEXT_WIDTH) element.textContent = node.name;
    if (node.children.length > 0) element.setAttribute('aria-expanded', 'true');
    this.elements.set(node, element);
    return element;
  }

  private mark(): void {
    const active = this.chosenNode === null ? undefined : this.elements.get(this.chosenNode);
    for (const [node, element] of this.elements)
      element.setAttribute('aria-selected', String(node === this.chosenNode));
    if (active === undefined) this.element.removeAttribute('aria-activedescendant');
    else {
      this.element.setAttribute('aria-activedescendant', active.id);
      active.scrollIntoView({ block: 'nearest' });
    }
  }

  private choose(node: FlameNode): void {
    this.chosenNode = node;
    this.mark();
    this.hooks.choose(node);
  }

  private zoomTo(node: FlameNode | null): void {
    if (node === null) return;
    this.zoom = node;
    this.chosenNode = node;
    this.draw();
    this.hooks.choose(node);
  }

  private click(event: MouseEvent): void {
    const bar = (event.target as HTMLElement).closest<HTMLElement>('.flame-bar');
    const node = this.bars[Number(bar?.dataset['index'] ?? -1)]?.node;
    if (node !== undefined) this.zoomTo(node);
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.root === null) return;
    const now = this.chosenNode ?? this.zoom ?? this.root;
    const shown = (node: FlameNode | undefined | null): FlameNode | null =>
      node !== undefined && node !== null && this.elements.has(node) ? node : null;
    const row = now.parent?.children ?? [now];
    const at = row.indexOf(now);
    let to: FlameNode | null;
    if (event.key === 'ArrowDown') to = shown(now.children[0]);
    else if (event.key === 'ArrowUp') to = shown(now.parent);
    else if (event.key === 'ArrowRight') to = shown(row[at + 1]);
    else if (event.key === 'ArrowLeft') to = shown(row[at - 1]);
    else if (event.key === 'Home') to = this.root;
    else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.zoomTo(now);
      return;
    } else if (event.key === 'Escape' && this.zoom !== this.root) {
      event.preventDefault();
      this.zoomTo(this.zoom?.parent ?? this.root);
      return;
    } else return;
    event.preventDefault();
    if (to !== null) this.choose(to);
  }
}

/** Functions from the root to a node. */
function wayOf(node: FlameNode | null): number[] | null {
  if (node === null) return null;
  const way: number[] = [];
  for (let at: FlameNode | null = node; at !== null; at = at.parent) way.unshift(at.function);
  return way;
}

function find(root: FlameNode | null, way: number[] | null): FlameNode | null {
  if (root === null || way === null) return null;
  let node: FlameNode | undefined = root;
  for (const step of way.slice(1)) node = node?.children.find((one) => one.function === step);
  return node ?? null;
}

/** The same function has the same colour in every run. */
function colourOf(name: string): number {
  let hash = 7;
  for (const c of name) hash = (hash * 31 + (c.codePointAt(0) ?? 0)) % 65_521;
  return hash % COLOURS;
}
