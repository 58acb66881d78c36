// SPDX-License-Identifier: MIT
/**
 * Which cells are live where. A variable is live where code that is generated may read it before it writes it; everybody
 * else finds it in memory, which is brought up to date before. An operand's home is live, too, where a collection, an
 * exception or the interpreter finds something valid there: only one that is not live need not be brought up to date.
 */
import { accessesOf, type Accesses } from './accesses.js';
import type { LiveMap, RegisterCode } from './register_code.js';
import { branches, isCall, type IsInline, type Node } from './shape.js';

/** Cells as bits. */
export class CellSet {
  private readonly words: Uint32Array;

  constructor(readonly size: number) {
    this.words = new Uint32Array((size + 31) >>> 5);
  }

  has(cell: number): boolean {
    return (((this.words[cell >>> 5] ?? 0) >>> (cell & 31)) & 1) !== 0;
  }

  add(cell: number): void {
    this.words[cell >>> 5] = (this.words[cell >>> 5] ?? 0) | (1 << (cell & 31));
  }

  delete(cell: number): void {
    this.words[cell >>> 5] = (this.words[cell >>> 5] ?? 0) & ~(1 << (cell & 31));
  }

  addRange(first: number, end: number): void {
    for (let cell = first; cell < end; cell++) this.add(cell);
  }

  deleteFrom(first: number): void {
    for (let cell = first; cell < this.size; cell++) this.delete(cell);
  }

  /** Whether that changes anything. */
  addAll(other: CellSet): boolean {
    let changed = false;
    other.words.forEach((word, i) => {
      const before = this.words[i] ?? 0;
      const after = (before | word) >>> 0;
      if (after === before) return;
      this.words[i] = after;
      changed = true;
    });
    return changed;
  }

  clear(): void {
    this.words.fill(0);
  }
}

export class Liveness {
  /** Cells of the frame that instructions name, operands of callees included. */
  readonly cells: number;
  private readonly accesses = new Map<number, Accesses>();
  /** Homes that whoever looks before or after an instruction finds valid. */
  private readonly before = new Map<number, readonly number[]>();
  private readonly after = new Map<number, readonly number[]>();
  private readonly into: readonly CellSet[];
  private readonly byStart: ReadonlyMap<number, Node>;
  private readonly firstHome: number;

  constructor(
    private readonly code: RegisterCode,
    /** In the order of the code, `nodes[i].id` is i + 1. */
    nodes: readonly Node[],
    private readonly isInline: IsInline,
    /** Variables of the function. */
    readonly variables: number,
    hasLoops: boolean,
  ) {
    this.firstHome = variables + code.layout.facts.header;
    this.byStart = new Map(nodes.map((node) => [node.start, node]));
    let most = this.firstHome;
    const note = (maps: Map<number, readonly number[]>, at: number, map: LiveMap | null): void => {
      if (!map) return;
      most = Math.max(most, map.cells);
      const homes: number[] = [];
      for (let cell = this.firstHome; cell < map.cells; cell++)
        if (!map.stale.includes(cell)) homes.push(cell);
      if (homes.length > 0) maps.set(at, homes);
    };
    for (const { start, end } of nodes)
      for (let at = start; at < end; at++) {
        const accesses = accessesOf(code, at);
        this.accesses.set(at, accesses);
        note(this.before, at, code.map(at, 'irBefore'));
        note(this.after, at, code.map(at, 'irAfter'));
        most = Math.max(most, accesses.arguments);
        for (const cell of accesses.reads) most = Math.max(most, cell + 1);
        for (const cell of accesses.writes) most = Math.max(most, cell + 1);
        const height = code.heights.get(at);
        if (height !== undefined) most = Math.max(most, this.firstHome + height);
      }
    this.cells = most;
    this.into = nodes.map(() => new CellSet(most));
    const live = new CellSet(most);
    for (let changed = true; changed;) {
      changed = false;
      for (let i = nodes.length - 1; i >= 0; i--) {
        const node = nodes[i];
        const into = this.into[i];
        if (!node || !into) continue;
        this.backward(node, live);
        if (into.addAll(live)) changed = hasLoops;
      }
    }
  }

  of(at: number): Accesses {
    return this.accesses.get(at) ?? accessesOf(this.code, at);
  }

  isHome(cell: number): boolean {
    return cell >= this.firstHome;
  }

  /** Live where the node begins. */
  isLive(node: Node, cell: number): boolean {
    return this.into[node.id - 1]?.has(cell) ?? false;
  }

  /** Whether somebody may find an operand's home valid at a place where code may go on, generated or not. */
  needsHome(start: number, cell: number): boolean {
    const node = this.byStart.get(start);
    if (node) return this.isLive(node, cell);
    const height = this.code.heights.get(start);
    return height === undefined || cell < this.firstHome + height;
  }

  /** The homes whose values nobody needs any more behind each instruction of a node that names them. */
  deaths(node: Node): Map<number, readonly number[]> {
    const deaths = new Map<number, readonly number[]>();
    this.backward(node, new CellSet(this.cells), (at, live) => {
      const { reads, writes } = this.of(at);
      const dead = [...reads, ...writes].filter((cell) => this.isHome(cell) && !live.has(cell));
      if (dead.length > 0) deaths.set(at, dead);
    });
    return deaths;
  }

  private addPlace(live: CellSet, start: number): void {
    const into = this.into[(this.byStart.get(start)?.id ?? 0) - 1];
    if (into) live.addAll(into);
    else {
      const height = this.code.heights.get(start);
      live.addRange(this.firstHome, height === undefined ? this.cells : this.firstHome + height);
    }
  }

  /** Makes `live` what is live where the node begins; tells what is behind each instruction. */
  private backward(node: Node, live: CellSet, tell?: (at: number, live: CellSet) => void): void {
    const { code } = this;
    const { cell, irInsnSize } = code.layout.facts;
    live.clear();
    const last = node.end - 1;
    for (let at = last; at >= node.start; at--) {
      const insn = code.insns[at];
      if (!insn) continue;
      const { name, operands, ends } = insn.op;
      if (!this.isInline(at)) {
        // The interpreter carries it out; how it goes on is not known.
        if (name === 'LEAVE') live.addRange(this.firstHome, insn.b);
        else live.addRange(this.firstHome, this.cells);
        continue;
      }
      if (at === last && !ends) this.addPlace(live, node.end);
      const accesses = this.of(at);
      if (isCall(name)) {
        const { ir } = code.resume(insn.c);
        if (ir !== 0) this.addPlace(live, ir);
        live.deleteFrom(insn.a / cell);
      }
      if (insn.op.collects) for (const home of this.after.get(at) ?? []) live.add(home);
      tell?.(at, live);
      for (const written of accesses.writes) live.delete(written);
      if (branches(operands)) this.addPlace(live, at + insn.c / irInsnSize);
      for (const read of accesses.reads) live.add(read);
      live.addRange(this.firstHome, accesses.arguments);
      for (const home of this.before.get(at) ?? []) live.add(home);
    }
    const height = code.heights.get(node.start);
    if (height !== undefined) live.addRange(this.firstHome, this.firstHome + height);
  }
}
