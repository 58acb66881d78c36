// SPDX-License-Identifier: MIT
/** A profile as rows, for all actors together or one of them, and as the tree that a flame graph draws. */
import type { Profile, ProfileFigures } from '../../../wasm-glue/ts/index.ts';

/** What figures are compared by: instructions are the same on every machine. */
export type Measure = 'instructions' | 'time';

export const SORTS = ['name', 'calls', 'own', 'all', 'average'] as const;
export type Sort = (typeof SORTS)[number];

export interface ProfileRow {
  /** Index of `Profile.functions`. */
  readonly function: number;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly calls: number;
  readonly own: number;
  readonly all: number;
  /** Of a call, with everything it called. */
  readonly average: number;
  /** `own` as a part of the whole, 0 … 1. */
  readonly share: number;
}

function ownOf(figures: Pick<ProfileFigures, 'ownNs' | 'ownInstructions'>, measure: Measure): number {
  return measure === 'time' ? figures.ownNs : figures.ownInstructions;
}

/** `pid`: of that actor; `null`: of all together. */
export function profileRows(profile: Profile, measure: Measure, pid: number | null): ProfileRow[] {
  const actor = pid === null ? undefined : profile.actors.find((one) => one.pid === pid);
  if (pid !== null && actor === undefined) return [];
  const figures = actor?.functions ?? profile.functions.map((one, i) => ({ ...one, function: i }));
  const whole = wholeOf(actor ?? profile, measure);
  return figures.map((one) => {
    const { name, file, line } = profile.functions[one.function] ?? NOBODY;
    const own = ownOf(one, measure);
    const all = measure === 'time' ? one.allNs : one.allInstructions;
    const average = one.calls === 0 ? 0 : all / one.calls;
    const share = whole === 0 ? 0 : own / whole;
    return { function: one.function, name, file, line, calls: one.calls, own, all, average, share };
  });
}

const NOBODY = { name: '?', file: '', line: 0 };

export function wholeOf(
  { ns, instructions }: { ns: number; instructions: number },
  measure: Measure,
): number {
  return measure === 'time' ? ns : instructions;
}

/** Names go up, figures down; equal ones stay in the order of the profile. */
export function sortRows(rows: readonly ProfileRow[], sort: Sort): ProfileRow[] {
  return [...rows].sort((a, b) => (sort === 'name' ? compareText(a.name, b.name) : b[sort] - a[sort]));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A way of calls, with everything under it. */
export interface FlameNode {
  /** Index of `Profile.functions`; -1 for the root, which is the whole. */
  readonly function: number;
  readonly name: string;
  readonly parent: FlameNode | null;
  readonly depth: number;
  readonly calls: number;
  readonly own: number;
  /** `own` and that of all children. */
  total: number;
  /** The largest first. */
  readonly children: FlameNode[];
}

/**
 * The call paths of all actors as a tree. Recursion leads back to where the function already stands on the way, so
 * the tree is no deeper than there are functions.
 */
export function flameTree(profile: Profile, measure: Measure): FlameNode {
  const root: FlameNode = {
    function: -1,
    name: 'all',
    parent: null,
    depth: 0,
    calls: 0,
    own: 0,
    total: 0,
    children: [],
  };
  const nodes: FlameNode[] = [];
  for (const path of profile.paths) {
    const parent = nodes[path.parent] ?? root;
    const own = ownOf(path, measure);
    const name = profile.functions[path.function]?.name ?? NOBODY.name;
    const { calls } = path;
    const node: FlameNode = {
      function: path.function,
      name,
      parent,
      depth: parent.depth + 1,
      calls,
      own,
      total: own,
      children: [],
    };
    parent.children.push(node);
    nodes.push(node);
  }
  // Parents come before their children.
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (node?.parent) node.parent.total += node.total;
  }
  for (const node of [root, ...nodes]) node.children.sort((a, b) => b.total - a.total);
  return root;
}

/** A bar of the flame graph: parts of the width, 0 … 1, from the left. */
export interface FlameBar {
  readonly node: FlameNode;
  readonly level: number;
  readonly left: number;
  readonly width: number;
}

/** Bars narrower than this are left out, with everything above them: nobody could see them. */
const LEAST_WIDTH = 1 / 2000;

/** Bars with `zoom` over the whole width: those on its way first, then everything it called. */
export function flameBars(zoom: FlameNode): FlameBar[] {
  const bars: FlameBar[] = [];
  const way: FlameNode[] = [];
  for (let node = zoom.parent; node !== null; node = node.parent) way.unshift(node);
  for (const node of way) bars.push({ node, level: node.depth, left: 0, width: 1 });
  const add = (node: FlameNode, left: number, width: number): void => {
    if (width < LEAST_WIDTH) return;
    bars.push({ node, level: node.depth, left, width });
    let at = left;
    for (const child of node.children) {
      const part = node.total === 0 ? 0 : (child.total / node.total) * width;
      add(child, at, part);
      at += part;
    }
  };
  add(zoom, 0, 1);
  return bars;
}

export interface SchedulerRow {
  /** From 1. */
  readonly number: number;
  /** Part of the time that it ran actors, 0 … 1. */
  readonly busy: number;
  readonly slices: number;
  readonly steals: number;
  readonly waitNs: number;
}

/** The schedulers of a run in which several had actors to run; otherwise none: there is nothing to compare. */
export function schedulerRows({ spanNs, schedulers }: Profile): SchedulerRow[] {
  if (schedulers.filter(({ slices }) => slices > 0).length < 2) return [];
  return schedulers.map(({ slices, steals, ns }, i) => ({
    number: i + 1,
    busy: spanNs === 0 ? 0 : Math.min(1, ns / spanNs),
    slices,
    steals,
    waitNs: Math.max(0, spanNs - ns),
  }));
}

/** "1,234", "12.3 M" */
export function formatCount(value: number): string {
  if (value < 1_000_000) return Math.round(value).toLocaleString('en');
  const [divisor, unit] = value < 1e9 ? [1e6, 'M'] : [1e9, 'G'];
  return `${(value / divisor).toLocaleString('en', { maximumSignificantDigits: 4 })} ${unit}`;
}

/** "950 ns", "12.3 µs", "4.56 ms", "1.23 s" */
export function formatTime(ns: number): string {
  const [divisor, unit] = ns < 1e3 ? [1, 'ns'] : ns < 1e6 ? [1e3, 'µs'] : ns < 1e9 ? [1e6, 'ms'] : [1e9, 's'];
  return `${(ns / divisor).toLocaleString('en', { maximumSignificantDigits: 3 })} ${unit}`;
}

export function formatMeasure(value: number, measure: Measure): string {
  return measure === 'time' ? formatTime(value) : formatCount(value);
}
