// SPDX-License-Identifier: MIT
/**
 * Where actors stand. No forces: a place depends only on who started whom, so that a picture is the
 * same in every run, costs one pass, and a new actor does not shake the others.
 *
 * A tree from top to bottom while it is small and has supervisors; else each actor in the middle of
 * those it started, which stand on circles around it in the order they were started.
 */
import type { ActorGraph, ActorNode } from './actor_graph.ts';

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
  /** Actors that found no room. */
  readonly left: number;
}

const RADIUS = 22;
const SMALL = 9;
const GAP = 34;
/** Children beyond this are drawn small. */
const MANY = 48;
const MAX_TREE = 60;
/** Extent allowed for each root of the number of actors, in radii. */
const MAX_AIR = 7;
export const MAX_PLACED = 2500;

export function layoutActors(graph: ActorGraph): Layout {
  const shown = [...graph.nodes.values()].slice(0, MAX_PLACED);
  const known = new Set(shown.map((node) => node.pid));
  const parentOf = (node: ActorNode): number => {
    const parent = node.supervisor !== 0 && known.has(node.supervisor) ? node.supervisor : node.parent;
    return known.has(parent) && parent !== node.pid ? parent : 0;
  };
  const children = new Map<number, number[]>();
  const hung = new Set<number>();
  const hang = (pid: number, parent: number): void => {
    hung.add(pid);
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [pid]);
    else list.push(pid);
  };
  // First as they were started, which is also where a restarted child has its place; then the others.
  for (const node of shown) {
    for (const pid of node.children) {
      const child = graph.nodes.get(pid);
      if (child !== undefined && known.has(pid) && parentOf(child) === node.pid) hang(pid, node.pid);
    }
  }
  for (const node of shown) {
    const parent = parentOf(node);
    if (parent !== 0 && !hung.has(node.pid)) hang(node.pid, parent);
  }
  const roots = rootsOf(shown, children, hung);
  const supervised = shown.some((node) => node.supervisor !== 0);
  const places = supervised && shown.length <= MAX_TREE ? layTree(roots, children) : circles(roots, children);
  let width = RADIUS * 3;
  let height = RADIUS * 3;
  for (const place of places.values()) {
    width = Math.max(width, Math.abs(place.x) + place.radius * 2);
    height = Math.max(height, Math.abs(place.y) + place.radius * 2);
  }
  return { places, width, height, left: graph.nodes.size - places.size };
}

/** Everyone is below exactly one root; a circle of supervision and parenthood is cut open. */
function rootsOf(
  shown: readonly ActorNode[],
  children: ReadonlyMap<number, number[]>,
  hung: ReadonlySet<number>,
): number[] {
  const reached = new Set<number>();
  const roots: number[] = [];
  const begin = (pid: number): void => {
    roots.push(pid);
    const open = [pid];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(...(children.get(next) ?? []));
    }
  };
  for (const node of shown) if (!hung.has(node.pid)) begin(node.pid);
  for (const node of shown) if (!reached.has(node.pid)) begin(node.pid);
  return roots;
}

/** Layers: leaves side by side, everyone else above the middle of their children. */
function layTree(roots: readonly number[], children: ReadonlyMap<number, number[]>): Map<number, Place> {
  const places = new Map<number, Place>();
  const stepX = RADIUS * 2 + GAP;
  const stepY = RADIUS * 2 + GAP * 1.6;
  let next = 0;
  let deepest = 0;
  const lay = (pid: number, depth: number): number => {
    if (places.has(pid)) return places.get(pid)?.x ?? 0;
    const place: Place = { x: 0, y: depth * stepY, radius: RADIUS };
    places.set(pid, place);
    deepest = Math.max(deepest, depth);
    const below = (children.get(pid) ?? []).map((child) => lay(child, depth + 1));
    const first = below[0];
    const last = below.at(-1);
    place.x = first === undefined || last === undefined ? next++ * stepX : (first + last) / 2;
    return place.x;
  };
  for (const root of roots) lay(root, 0);
  const middleX = (Math.max(next - 1, 0) * stepX) / 2;
  const middleY = (deepest * stepY) / 2;
  for (const place of places.values()) {
    place.x -= middleX;
    place.y -= middleY;
  }
  return places;
}

/**
 * Circles within circles double in size with each generation. Where that gets too airy, as in a chain,
 * all descendants stand around their root instead, in the order of the tree.
 */
function circles(roots: readonly number[], children: ReadonlyMap<number, number[]>): Map<number, Place> {
  const places = layCircles(roots, children);
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
  return layCircles(roots, flat);
}

interface Disc {
  readonly pid: number;
  readonly radius: number;
  /** Radius of the circle that holds it and all below it. */
  readonly reach: number;
  readonly around: readonly { readonly disc: Disc; readonly x: number; readonly y: number }[];
}

function layCircles(roots: readonly number[], children: ReadonlyMap<number, number[]>): Map<number, Place> {
  const seen = new Set<number>();
  const measure = (pid: number, small: boolean): Disc => {
    seen.add(pid);
    const list = (children.get(pid) ?? []).filter((child) => !seen.has(child));
    const crowd = list.length > MANY;
    const discs = list.map((child) => measure(child, crowd || small));
    const radius = small && list.length === 0 ? SMALL : RADIUS;
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
