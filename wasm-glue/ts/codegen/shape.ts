// SPDX-License-Identifier: MIT
/**
 * The control flow of register code: nodes, which run from their first instruction to their last; pieces, each of
 * which becomes one function; loops.
 */
import type { RegisterCode } from './register_code.js';

/** Of an instruction, whether there is code for it; else it ends its node, and the interpreter carries it out. */
export type IsInline = (at: number) => boolean;

export interface Node {
  readonly start: number;
  /** Behind its last instruction. */
  readonly end: number;
  /** Number in its piece, from 1. */
  id: number;
  /** The interpreter, or a call, may enter here. */
  entry: boolean;
}

/** From its first node up to and including the last one that goes back to it; ids. */
export interface Loop {
  first: number;
  last: number;
}

/** Nodes that lead to each other, in the order of the code: `nodes[i].id` is i + 1. */
export interface Piece {
  readonly nodes: readonly Node[];
  readonly loops: readonly Loop[];
}

export const branches = (operands: string): boolean => operands[2] === 'J';
export const isCall = (name: string): boolean => name === 'CALL' || name === 'CALLV';

function findNodes(code: RegisterCode, isInline: IsInline): Node[] {
  const nodes: Node[] = [];
  code.blocks.forEach((first, i) => {
    const next = code.blocks[i + 1] ?? code.insns.length;
    let start = first;
    for (let at = first; at < next; at++) {
      if (isInline(at) && at + 1 < next) continue;
      nodes.push({ start, end: at + 1, id: 0, entry: false });
      start = at + 1;
    }
  });
  return nodes;
}

/** Where a node's instructions lead in generated code. */
export function successors(code: RegisterCode, node: Node, isInline: IsInline): number[] {
  const list: number[] = [];
  for (let at = node.start; at < node.end; at++) {
    const insn = code.insns[at];
    if (!insn || !isInline(at)) continue;
    if (branches(insn.op.operands)) list.push(code.target(at));
    if (isCall(insn.op.name)) list.push(code.resume(insn.c).ir);
  }
  const last = code.insns[node.end - 1];
  if (last && !last.op.ends && isInline(node.end - 1)) list.push(node.end);
  return list;
}

function findLoops(nodes: readonly Node[], lead: (node: Node) => Node[]): Loop[] {
  const last = new Map<number, number>();
  for (const node of nodes)
    for (const to of lead(node))
      if (to.id <= node.id) last.set(to.id, Math.max(last.get(to.id) ?? 0, node.id));
  const loops = [...last]
    .map(([first, end]): Loop => ({ first, last: end }))
    .sort((a, b) => a.first - b.first);
  // One inside the other, or apart: an outer one grows until that is so.
  for (let changed = true; changed;) {
    changed = false;
    for (const outer of loops)
      for (const inner of loops)
        if (outer.first < inner.first && inner.first <= outer.last && inner.last > outer.last) {
          outer.last = inner.last;
          changed = true;
        }
  }
  return loops;
}

/** All pieces; nodes that no code could begin in are left out. */
export function findPieces(code: RegisterCode, isInline: IsInline): Piece[] {
  const nodes = findNodes(code, isInline);
  const byStart = new Map(nodes.map((node) => [node.start, node]));
  const follow = (node: Node): Node[] =>
    successors(code, node, isInline).flatMap((start) => byStart.get(start) ?? []);
  const root = new Map<Node, Node>();
  const find = (node: Node): Node => {
    let at = node;
    for (let up = root.get(at); up; up = root.get(at)) at = up;
    for (let step = node; step !== at;) {
      const up = root.get(step) ?? at;
      root.set(step, at);
      step = up;
    }
    return at;
  };
  const join = (a: Node, b: Node): void => {
    const [x, y] = [find(a), find(b)];
    if (x !== y) root.set(x, y);
  };
  nodes.forEach((node, i) => {
    for (const to of follow(node)) join(node, to);
    // What the interpreter carries out in the middle of a function leads on in that function.
    const next = nodes[i + 1];
    if (next?.start === node.end && code.insns[node.end - 1]?.op.ends === false) join(node, next);
    node.entry = isInline(node.start);
  });
  const groups = new Map<Node, Node[]>();
  for (const node of nodes) {
    const head = find(node);
    const group = groups.get(head);
    if (group) group.push(node);
    else groups.set(head, [node]);
  }
  return [...groups.values()].map((members) => {
    members.forEach((node, i) => (node.id = i + 1));
    return { nodes: members, loops: findLoops(members, follow) };
  });
}
