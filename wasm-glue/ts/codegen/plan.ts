// SPDX-License-Identifier: MIT
/**
 * Which cells are in registers (locals of the generated function) where each node begins. Registers are for loops: code
 * that runs once gains nothing by them. Within an outermost loop a cell has one register or none, and one form:
 *   - the tag is known (all that writes the cell in this piece agrees): the payload alone, of Floats as a Float;
 *   - else both words.
 * Where a loop is entered, memory is loaded and tags that are taken for granted are checked; what a register holds
 * may be newer than memory where the innermost loop around writes it.
 */
import { allocate, type Interval } from './allocate.js';
import { meet, resultKinds, type Kind } from './kinds.js';
import type { Liveness } from './liveness.js';
import type { RegisterCode } from './register_code.js';
import { isCall, type IsInline, type Loop, type Node, type Piece } from './shape.js';

/**
 * Measured: 4 to 20 give the same times for sieve, nbody and list_ops; each one more makes code longer, since wherever it is
 * left all that memory does not have is written. Long functions would become the longest.
 */
export const REGISTERS = 8;
export const REGISTERS_OF_LONG = 4;
/** Instructions of a long function. */
export const LONG = 600;

export interface Register {
  readonly cell: number;
  /** Counted from 0. */
  readonly number: number;
  /** The tag, if it is always the same. */
  readonly tag: number | null;
}

export interface State {
  /** By cell: what is in registers where the node begins. */
  readonly registers: ReadonlyMap<number, Register>;
  /** Cells of these that memory may not have. */
  readonly dirty: ReadonlySet<number>;
}

const NOWHERE: State = { registers: new Map(), dirty: new Set() };

interface Range {
  readonly first: number;
  readonly last: number;
  readonly register: Register;
}

export class Plan {
  private readonly states: State[] = [];
  private ranges: Range[] = [];

  constructor(
    private readonly code: RegisterCode,
    private readonly piece: Piece,
    private readonly isInline: IsInline,
    private readonly liveness: Liveness,
    registers: number,
  ) {
    if (piece.loops.length === 0) return;
    const outermost = piece.loops.filter((loop) => !piece.loops.some((other) => contains(other, loop)));
    const places = outermost.flatMap((loop) => this.allocateIn(loop, registers));
    const kinds = this.findKinds(places);
    this.ranges = places.map(({ interval, register }) => {
      const kind = kinds.get(interval.cell) ?? 'any';
      const tag = typeof kind === 'number' ? kind : null;
      return {
        first: interval.first,
        last: interval.last,
        register: { cell: interval.cell, number: register, tag },
      };
    });
    for (const node of piece.nodes) this.states[node.id] = this.stateOf(node);
  }

  /** Where a node begins. */
  state(node: Node): State {
    return this.states[node.id] ?? NOWHERE;
  }

  /** The registers of a node: of the cells that it begins with, and of those that it writes. */
  registersIn(node: Node): Map<number, Register> {
    const here = this.ranges.filter(({ first, last }) => first <= node.id && node.id <= last);
    return new Map(here.map(({ register }) => [register.cell, register]));
  }

  private loopsAround(node: Node): Loop[] {
    return this.piece.loops.filter(({ first, last }) => first <= node.id && node.id <= last);
  }

  private written = new Map<Loop, Set<number>>();

  private writtenIn(loop: Loop): Set<number> {
    let cells = this.written.get(loop);
    if (!cells) {
      this.written.set(loop, (cells = new Set()));
      for (const node of this.piece.nodes.slice(loop.first - 1, loop.last))
        for (let at = node.start; at < node.end; at++)
          if (this.isInline(at)) for (const cell of this.liveness.of(at).writes) cells.add(cell);
    }
    return cells;
  }

  /** A variable that the innermost loop writes stays in its register there, also while nobody will read it. */
  private stays(node: Node, cell: number): boolean {
    const innermost = this.loopsAround(node).at(-1);
    return !this.liveness.isHome(cell) && innermost !== undefined && this.writtenIn(innermost).has(cell);
  }

  private allocateIn(loop: Loop, registers: number): { interval: Interval; register: number }[] {
    const found = new Map<number, { first: number; last: number; weight: number }>();
    const nodes = this.piece.nodes.slice(loop.first - 1, loop.last);
    for (const node of nodes) {
      const weight = 8 ** Math.min(this.loopsAround(node).length, 4);
      for (let at = node.start; at < node.end; at++) {
        const insn = this.code.insns[at];
        if (!insn || !this.isInline(at) || isCall(insn.op.name)) continue;
        const { reads, writes } = this.liveness.of(at);
        for (const cell of [...reads, ...writes]) {
          const interval = found.get(cell);
          if (!interval) found.set(cell, { first: node.id, last: node.id, weight });
          else {
            interval.last = node.id;
            interval.weight += weight;
          }
        }
      }
    }
    for (const [cell, interval] of found)
      for (const node of nodes)
        if (this.liveness.isLive(node, cell) || this.stays(node, cell)) {
          interval.first = Math.min(interval.first, node.id);
          interval.last = Math.max(interval.last, node.id);
        }
    // One that lives in a single node, and not where that begins, needs no register beyond it.
    const intervals = [...found]
      .filter(([cell]) => nodes.some((node) => this.liveness.isLive(node, cell) || this.stays(node, cell)))
      .map(([cell, interval]): Interval => ({ cell, ...interval }));
    const result: { interval: Interval; register: number }[] = [];
    for (const [interval, register] of allocate(intervals, registers))
      if (register !== null) result.push({ interval, register });
    return result;
  }

  /** Tags of cells that have registers, as far as all that writes them agrees. */
  private findKinds(places: readonly { interval: Interval }[]): Map<number, Kind> {
    const { code, piece, liveness } = this;
    const { cell } = code.layout.facts;
    const kinds = new Map<number, Kind>(places.map(({ interval }) => [interval.cell, 'open']));
    const inRegister = piece.nodes.map(
      ({ id }) =>
        new Set(
          places
            .filter(({ interval: { first, last } }) => first <= id && id <= last)
            .map(({ interval }) => interval.cell),
        ),
    );
    const entry = piece.nodes[0];
    // Arguments, and variables that may have no value yet.
    for (const [each] of kinds) if (entry && liveness.isLive(entry, each)) kinds.set(each, 'any');
    const open = (): number[] => [...kinds].filter(([, kind]) => kind === 'open').map(([each]) => each);
    for (let changed = true; changed || open().length > 0;) {
      // What depends on something that nothing here writes.
      if (!changed) for (const each of open()) kinds.set(each, 'any');
      changed = false;
      for (const node of piece.nodes) {
        const here = new Map<number, Kind>();
        const registers = inRegister[node.id - 1];
        const kindOf = (operand: number): Kind => {
          if (operand < 0) return code.constant(operand).tag;
          const each = operand / cell;
          return here.get(each) ?? (registers?.has(each) ? (kinds.get(each) ?? 'any') : 'any');
        };
        for (let at = node.start; at < node.end; at++) {
          const insn = code.insns[at];
          if (!insn || !this.isInline(at)) break;
          const { writes } = liveness.of(at);
          for (const [each, kind] of resultKinds(code, at, writes, kindOf)) {
            here.set(each, kind);
            const before = kinds.get(each);
            if (before === undefined || kind === 'open') continue;
            const after = meet(before, kind);
            if (after === before) continue;
            kinds.set(each, after);
            changed = true;
          }
        }
      }
    }
    return kinds;
  }

  private stateOf(node: Node): State {
    const loops = this.loopsAround(node);
    const innermost = loops.at(-1);
    if (!innermost) return NOWHERE;
    const registers = new Map<number, Register>();
    const dirty = new Set<number>();
    for (const [cell, register] of this.registersIn(node)) {
      const live = this.liveness.isLive(node, cell);
      // One whose tag is taken for granted has to have a value.
      if (!live && (register.tag !== null || !this.stays(node, cell))) continue;
      registers.set(cell, register);
      if (this.writtenIn(innermost).has(cell)) dirty.add(cell);
    }
    return { registers, dirty };
  }
}

const contains = (outer: Loop, inner: Loop): boolean =>
  outer !== inner && outer.first <= inner.first && inner.last <= outer.last;
