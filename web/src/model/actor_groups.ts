// SPDX-License-Identifier: MIT
/**
 * What of the actors is on the picture: all of them while they are few; of large families one item that stands
 * for the children and whoever is below them. Families are folded and unfolded by hand, else by size.
 */
import type { ActorGraph, ActorNode, NodeState } from './actor_graph.ts';

/** Families larger than this are folded until somebody unfolds them; so are those that shrink, to half of it. */
const LARGE_FAMILY = 64;
/** Beyond so many items nothing is unfolded by itself … */
const MANY_ITEMS = 300;
/** … and beyond so many nothing at all: the rest of a family stays folded. */
export const MAX_ITEMS = 2500;
/** Children that stand for something are not folded with a crowd: named ones and those with children. */
const KEPT_OUT = 24;

/** What an item of folded actors stands for; its numbers are those of the last `count`. */
export interface Group {
  /** Whose children they are; 0 for those without a parent. */
  readonly parent: number;
  /** How many children are folded; with everyone below them they are `count` live actors. */
  readonly children: number;
  count: number;
  mailbox: number;
  readonly states: Record<NodeState, number>;
  readonly supervised: boolean;
  /** What most of them run, as far as told. */
  readonly label: string;
}

export interface Item {
  /** The pid of an actor, or a number below 0 for a group. */
  readonly id: number;
  /** The item above it; 0 for none. */
  readonly parent: number;
  /** Of a group `null`. */
  readonly node: ActorNode | null;
  readonly group: Group | null;
}

export interface Picture {
  /** Parents before their children; families in their order, side by side. */
  readonly items: ReadonlyMap<number, Item>;
  readonly supervised: boolean;
}

/** The id of the group of a parent's children. */
export function groupId(parent: number): number {
  return -1 - parent;
}

export class Folding {
  /** What was chosen by hand: parent → folded. */
  private readonly wanted = new Map<number, boolean>();
  private readonly large = new Set<number>();
  /** Of the last picture. */
  private groups: Group[] = [];

  clear(): void {
    this.wanted.clear();
    this.large.clear();
    this.groups = [];
  }

  fold(parent: number, folded: boolean): void {
    this.wanted.set(parent, folded);
  }

  /** Sets `shownAs` of every actor. */
  picture(graph: ActorGraph): Picture {
    const families = graph.families();
    const items = new Map<number, Item>();
    const reached = new Set<ActorNode>();
    this.groups = [];
    const open: { nodes: readonly ActorNode[]; parent: number }[] = [
      { nodes: families.get(0) ?? [], parent: 0 },
    ];
    for (let at = 0; at < open.length; at++) {
      const family = open[at];
      if (family === undefined) break;
      const { shown, folded } = this.split(family.nodes, family.parent, families, items.size);
      for (const node of shown) {
        reached.add(node);
        node.shownAs = node.pid;
        items.set(node.pid, { id: node.pid, parent: family.parent, node, group: null });
        const below = families.get(node.pid);
        if (below !== undefined) open.push({ nodes: below, parent: node.pid });
      }
      if (folded.length > 0) this.addGroup(items, family.parent, folded, families, reached);
    }
    this.rescue(graph, items, reached);
    this.count(graph);
    return { items, supervised: [...items.values()].some((item) => (item.node?.supervisor ?? 0) !== 0) };
  }

  /** Numbers of the groups, anew: actors change more often than the picture. */
  count(graph: ActorGraph): void {
    if (this.groups.length === 0) return;
    const byId = new Map<number, Group>();
    for (const group of this.groups) {
      group.count = group.mailbox = 0;
      for (const state of Object.keys(group.states) as NodeState[]) group.states[state] = 0;
      byId.set(groupId(group.parent), group);
    }
    for (const node of graph.nodes.values()) {
      if (node.shownAs === node.pid) continue;
      const group = byId.get(node.shownAs);
      if (group === undefined) continue;
      group.states[node.state] += 1;
      if (node.endedAt > 0) continue;
      group.count += 1;
      group.mailbox += node.mailbox;
    }
  }

  private split(
    nodes: readonly ActorNode[],
    parent: number,
    families: ReadonlyMap<number, readonly ActorNode[]>,
    taken: number,
  ): { shown: readonly ActorNode[]; folded: readonly ActorNode[] } {
    const room = Math.max(0, MAX_ITEMS - taken);
    const wanted = this.wanted.get(parent);
    if (wanted === true && parent !== 0) return { shown: [], folded: nodes };
    if (wanted === false) return { shown: nodes.slice(0, room), folded: nodes.slice(room) };
    const large = nodes.length > (this.large.has(parent) ? LARGE_FAMILY / 2 : LARGE_FAMILY);
    if (large) this.large.add(parent);
    else this.large.delete(parent);
    if (!large && (taken + nodes.length <= MANY_ITEMS || parent === 0)) return { shown: nodes, folded: [] };
    const shown: ActorNode[] = [];
    const folded: ActorNode[] = [];
    for (const node of nodes) {
      const notable = node.endedAt === 0 && (node.name !== '' || families.has(node.pid));
      (notable && shown.length < Math.min(KEPT_OUT, room) ? shown : folded).push(node);
    }
    return { shown, folded };
  }

  private addGroup(
    items: Map<number, Item>,
    parent: number,
    folded: readonly ActorNode[],
    families: ReadonlyMap<number, readonly ActorNode[]>,
    reached: Set<ActorNode>,
  ): void {
    const id = groupId(parent);
    const open = [...folded];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (reached.has(node)) continue;
      reached.add(node);
      node.shownAs = id;
      for (const below of families.get(node.pid) ?? []) open.push(below);
    }
    const states = { ready: 0, running: 0, receiving: 0, waiting: 0, ended: 0, crashed: 0 };
    const label = mostCommon(folded.slice(0, 1000));
    const supervised = folded.some((node) => node.supervisor !== 0 && node.supervisor === parent);
    const group: Group = { parent, children: folded.length, count: 0, mailbox: 0, states, supervised, label };
    this.groups.push(group);
    items.set(id, { id, parent, node: null, group });
  }

  /** A circle of supervision and parenthood hangs below nobody: it is cut open. */
  private rescue(graph: ActorGraph, items: Map<number, Item>, reached: Set<ActorNode>): void {
    if (reached.size === graph.nodes.size) return;
    for (const node of graph.nodes.values()) {
      if (reached.has(node) || items.size >= MAX_ITEMS) continue;
      node.shownAs = node.pid;
      items.set(node.pid, { id: node.pid, parent: 0, node, group: null });
    }
  }
}

function mostCommon(nodes: readonly ActorNode[]): string {
  const counts = new Map<string, number>();
  for (const { runs } of nodes) if (runs !== '') counts.set(runs, (counts.get(runs) ?? 0) + 1);
  let best = '';
  let most = nodes.length / 2;
  for (const [runs, count] of counts) {
    if (count > most) {
      best = runs;
      most = count;
    }
  }
  return best;
}
