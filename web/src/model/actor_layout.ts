// SPDX-License-Identifier: MIT
/**
 * Where actors and groups of them stand. No forces: a place depends only on who started whom, so that a picture is the
 * same in every run, costs one pass, and a new actor does not shake the others.
 *
 * A tree from top to bottom while it is small and has supervisors; else each actor in the middle of
 * those it started, which stand on circles around it in the order they were started.
 */
import type { Picture } from './actor_groups.ts';

export interface Place {
  x: number;
  y: number;
  /** Radius of the node, in the same units. */
  radius: number;
}

export interface Layout {
  readonly places: ReadonlyMap<number, Place>;
  /** Half of the picture's extent around (0, 0). */
  readonly width: number;
  readonly height: number;
}

const RADIUS = 22;
const SMALL = 9;
const GAP = 34;
/** Children beyond this are drawn small. */
const MANY = 48;
const MAX_TREE = 80;
/** Leaves of a tree beyond this stand in rows below their parent. */
const IN_LINE = 5;
const STEP_X = RADIUS * 2 + GAP;
const STEP_Y = RADIUS * 2 + GAP * 1.5;
/** Extent allowed for each root of the number of actors, in radii. */
const MAX_AIR = 7;

type Children = ReadonlyMap<number, readonly number[]>;

export function layoutActors({ items, supervised }: Picture): Layout {
  const children = new Map<number, number[]>();
  const roots: number[] = [];
  const radii = new Map<number, number>();
  for (const { id, parent, group } of items.values()) {
    radii.set(id, group === null ? RADIUS : groupRadius(group.children));
    const siblings = children.get(parent);
    if (parent === 0 || !items.has(parent)) roots.push(id);
    else if (siblings === undefined) children.set(parent, [id]);
    else siblings.push(id);
  }
  const tree = supervised && items.size <= MAX_TREE;
  return centred(tree ? layTree(roots, children, radii) : circles(roots, children, radii));
}

/** Moves the middle of the picture's extent to (0, 0). */
function centred(places: Map<number, Place>): Layout {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y, radius } of places.values()) {
    left = Math.min(left, x - radius * 2);
    right = Math.max(right, x + radius * 2);
    top = Math.min(top, y - radius * 2);
    bottom = Math.max(bottom, y + radius * 2);
  }
  if (places.size === 0) return { places, width: RADIUS * 3, height: RADIUS * 3 };
  for (const place of places.values()) {
    place.x -= (left + right) / 2;
    place.y -= (top + bottom) / 2;
  }
  return {
    places,
    width: Math.max(RADIUS * 3, (right - left) / 2),
    height: Math.max(RADIUS * 3, (bottom - top) / 2),
  };
}

/** Grows with the number of actors, but slowly: 64 are 40 wide, 100,000 are 62. */
function groupRadius(count: number): number {
  return RADIUS + 7 * Math.log10(Math.max(count, 2));
}

interface Block {
  readonly width: number;
  /** Where the one on top of it stands, from the left edge. */
  readonly stem: number;
  readonly places: { readonly id: number; readonly x: number; readonly y: number }[];
}

/**
 * Layers: everyone stands above the middle of their children. Many leaves stand in rows, or a wide family would
 * make everything small.
 */
function layTree(
  roots: readonly number[],
  children: Children,
  radii: ReadonlyMap<number, number>,
): Map<number, Place> {
  const blockOf = (id: number): Block => {
    const below = children.get(id) ?? [];
    const leaves = below.filter((child) => !children.has(child));
    const inRows = leaves.length > IN_LINE;
    const parts = below
      .filter((child) => !inRows || children.has(child))
      .map((child) => blockOf(child))
      .concat(inRows ? [rowsOf(leaves)] : []);
    const { width, stems, places } = sideBySide(parts, STEP_Y);
    const stem = stems.length === 0 ? STEP_X / 2 : ((stems[0] ?? 0) + (stems.at(-1) ?? 0)) / 2;
    return { width: Math.max(width, STEP_X), stem, places: [{ id, x: stem, y: 0 }, ...places] };
  };
  const all = sideBySide(roots.map(blockOf), 0).places;
  return new Map(all.map(({ id, x, y }) => [id, { x, y, radius: radii.get(id) ?? RADIUS }]));
}

function sideBySide(
  parts: readonly Block[],
  down: number,
): { width: number; stems: number[]; places: Block['places'] } {
  const stems: number[] = [];
  const places: Block['places'] = [];
  let width = 0;
  for (const part of parts) {
    stems.push(width + part.stem);
    for (const { id, x, y } of part.places) places.push({ id, x: width + x, y: y + down });
    width += part.width;
  }
  return { width, stems, places };
}

function rowsOf(leaves: readonly number[]): Block {
  const columns = Math.ceil(Math.sqrt(leaves.length * 1.5));
  const places = leaves.map((id, i) => ({
    id,
    x: ((i % columns) + 0.5) * STEP_X,
    y: Math.floor(i / columns) * STEP_Y,
  }));
  return { width: columns * STEP_X, stem: (columns * STEP_X) / 2, places };
}

/**
 * Circles within circles double in size with each generation. Where that gets too airy, as in a chain,
 * all descendants stand around their root instead, in the order of the tree.
 */
function circles(
  roots: readonly number[],
  children: Children,
  radii: ReadonlyMap<number, number>,
): Map<number, Place> {
  const places = layCircles(roots, children, radii);
  let extent = 0;
  for (const { x, y } of places.values()) extent = Math.max(extent, Math.hypot(x, y));
  if (extent <= MAX_AIR * RADIUS * Math.sqrt(places.size)) return places;
  const flat = new Map<number, number[]>();
  const seen = new Set<number>(roots);
  for (const root of roots) {
    const below: number[] = [];
    const open = [...(children.get(root) ?? [])].reverse();
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      below.push(next);
      open.push(...[...(children.get(next) ?? [])].reverse());
    }
    flat.set(root, below);
  }
  return layCircles(roots, flat, radii);
}

interface Disc {
  readonly pid: number;
  readonly radius: number;
  /** Radius of the circle that holds it and all below it. */
  readonly reach: number;
  readonly around: readonly { readonly disc: Disc; readonly x: number; readonly y: number }[];
}

function layCircles(
  roots: readonly number[],
  children: Children,
  radii: ReadonlyMap<number, number>,
): Map<number, Place> {
  const seen = new Set<number>();
  const measure = (pid: number, small: boolean): Disc => {
    seen.add(pid);
    const list = (children.get(pid) ?? []).filter((child) => !seen.has(child));
    const crowd = list.length > MANY;
    const discs = list.map((child) => measure(child, crowd || small));
    const full = radii.get(pid) ?? RADIUS;
    const radius = small && list.length === 0 && full === RADIUS ? SMALL : full;
    const gap = crowd || small ? 7 : GAP;
    const { around, reach } = surround(discs, radius, gap);
    return { pid, radius, reach, around };
  };
  const places = new Map<number, Place>();
  const put = (disc: Disc, x: number, y: number): void => {
    places.set(disc.pid, { x, y, radius: disc.radius });
    for (const one of disc.around) put(one.disc, x + one.x, y + one.y);
  };
  const discs = roots.map((root) => measure(root, roots.length > MANY));
  const [only] = discs;
  if (discs.length === 1 && only !== undefined) put(only, 0, 0);
  else for (const one of surround(discs, 0, GAP).around) put(one.disc, one.x, one.y);
  return places;
}

/** Puts discs on circles around a middle: as many on each as fit, evenly, beginning at the top. */
function surround(
  discs: readonly Disc[],
  middle: number,
  gap: number,
): { around: { disc: Disc; x: number; y: number }[]; reach: number } {
  const around: { disc: Disc; x: number; y: number }[] = [];
  let inner = middle;
  let at = 0;
  while (at < discs.length) {
    const largest = Math.max(...discs.slice(at, at + 512).map((disc) => disc.reach));
    // The circle is wide enough for what stands inside it; few discs get a wider one of their own.
    const rest = discs.slice(at);
    const needed = rest.reduce((sum, disc) => sum + disc.reach * 2 + gap, 0) / (2 * Math.PI);
    const least = inner + gap + largest;
    const ring = rest.length <= MANY ? Math.max(least, needed) : least;
    let taken = 0;
    let length = 0;
    while (taken < rest.length) {
      const more = (rest[taken]?.reach ?? 0) * 2 + gap;
      if (taken > 0 && length + more > 2 * Math.PI * ring + 0.5) break;
      length += more;
      taken += 1;
    }
    const spare = Math.max(0, 2 * Math.PI * ring - length) / taken;
    let along = 0;
    for (const disc of rest.slice(0, taken)) {
      const step = disc.reach * 2 + gap + spare;
      const angle = (along + step / 2 - ((rest[0]?.reach ?? 0) + (gap + spare) / 2)) / ring - Math.PI / 2;
      around.push({ disc, x: Math.cos(angle) * ring, y: Math.sin(angle) * ring });
      along += step;
    }
    inner = ring + largest;
    at += taken;
  }
  return { around, reach: Math.max(middle, inner) };
}
