// SPDX-License-Identifier: MIT
/** One piece of register code as one function: its control flow, and what all instructions need. */
import { accessesOf } from './accesses.js';
import { Cells, PARAMETERS, State } from './cells.js';
import { emitterOf } from './instructions.js';
import { Liveness } from './liveness.js';
import { Plan, type State as PlannedState } from './plan.js';
import type { RegisterCode } from './register_code.js';
import { isCall, type Loop, type Node, type Piece } from './shape.js';
import { FunctionBody, Op, Type, type Label } from './wasm.js';

/** Where generated code for a register instruction begins: the function's number, and the entry in it. */
export interface Entry {
  readonly function: number;
  readonly id: number;
}

export interface Helpers {
  /** Number of the type that all pieces have. */
  readonly type: number;
  /** Of tt_code_carry_out. */
  readonly carryOutType: number;
  /** Numbers of functions. */
  readonly share: number;
  readonly makeFrame: number;
  /** Where slots for generated functions begin in the table. */
  readonly slots: number;
}

const NOTHING_PLANNED: PlannedState = { registers: new Map(), dirty: new Set() };

/** Frames with more cells are not looked at: it would take too long. */
const MOST_CELLS = 512;

export class FunctionEmitter {
  readonly cells: Cells;
  readonly fuel: number;
  private readonly body = new FunctionBody(PARAMETERS);
  private readonly actorLocal: number;
  private readonly frameLocal: number | null;
  private readonly exit: Label;
  private readonly byStart: ReadonlyMap<number, Node>;
  private readonly liveness: Liveness | null;
  private readonly plan: Plan | null;
  /** Labels of nodes that can be gone to from here: heads of open loops, and what comes behind. */
  private readonly heads = new Map<number, Label>();
  private readonly ahead = new Map<number, Label>();

  constructor(
    private readonly code: RegisterCode,
    private readonly piece: Piece,
    readonly helpers: Helpers,
    private readonly entries: ReadonlyMap<number, Entry>,
    registers: number,
  ) {
    const { body } = this;
    const { facts } = code.layout;
    this.fuel = body.local(Type.i64);
    this.actorLocal = body.local(Type.i32);
    this.byStart = new Map(piece.nodes.map((node) => [node.start, node]));
    this.loadFuel();
    body.get(State.state).access('i32Load', facts.stateActor).set(this.actorLocal);
    const calls = piece.nodes.some(({ start, end }) =>
      code.insns.slice(start, end).some(({ op }) => isCall(op.name)),
    );
    this.frameLocal = calls ? body.local(Type.i32) : null;
    if (this.frameLocal !== null) {
      this.pushFrame(State.fp);
      body.set(this.frameLocal);
    }
    this.exit = body.block(Type.i32);
    const isInline = (at: number): boolean => emitterOf(code, at) !== null;
    const variables = code.slotsAt(piece.nodes[0]?.start ?? 0);
    const isOneFunction = piece.nodes.every(({ start }) => code.slotsAt(start) === variables);
    const liveness = isOneFunction
      ? new Liveness(code, piece.nodes, isInline, variables, piece.loops.length > 0)
      : null;
    this.liveness = liveness && liveness.cells <= MOST_CELLS ? liveness : null;
    this.plan = this.liveness && new Plan(code, piece, isInline, this.liveness, registers);
    const firstHome = this.liveness && (variables + facts.header) * facts.cell;
    this.cells = new Cells(body, code, facts, this.exit, firstHome);
  }

  emit(): FunctionBody {
    const { body } = this;
    this.loadRegisters();
    this.region(1, this.piece.nodes.length, null);
    body.op(Op.unreachable).end();
    const result = this.cells.temporary(Type.i32);
    body.set(result);
    this.storeFuel();
    this.tell(State.fp, () => body.get(State.function), 0);
    body.get(result);
    return body;
  }

  /* ---- what instructions use ---- */

  actor(): void {
    this.body.get(this.actorLocal);
  }

  private pushFrame(fp: number): void {
    const { facts } = this.code.layout;
    this.body.get(fp).get(this.actorLocal).access('i32Load', facts.actorStack).op(Op.i32Sub);
    this.body.i32(Math.log2(facts.cell)).op(Op.i32ShrU);
  }

  /** The frame as the actor counts it. */
  frame(): void {
    if (this.frameLocal !== null) this.body.get(this.frameLocal);
    else this.pushFrame(State.fp);
  }

  /** Tells the actor where it is: a frame, its function, and so many calls from here. */
  tell(fp: number, pushFunction: () => void, deeper: number): void {
    const { body } = this;
    const { facts } = this.code.layout;
    this.actor();
    this.pushFrame(fp);
    body.access('i32Store', facts.actorFp);
    this.actor();
    pushFunction();
    body.access('i32Store', facts.actorFunction);
    this.actor();
    body.get(State.depth).i32(deeper).op(Op.i32Add).access('i32Store', facts.actorDepth);
  }

  pay(instructions: number): void {
    if (instructions !== 0) this.body.get(this.fuel).i64(BigInt(instructions)).op(Op.i64Sub).set(this.fuel);
  }

  storeFuel(): void {
    this.body.get(State.state).get(this.fuel).access('i64Store', this.code.layout.facts.stateFuel);
  }

  loadFuel(): void {
    this.body.get(State.state).access('i64Load', this.code.layout.facts.stateFuel).set(this.fuel);
  }

  /** Notes that a register's value now stays in a second place. */
  share(register: number): void {
    const { cells } = this;
    const { facts } = cells;
    const tag = cells.tagOf(register);
    if (tag !== null && tag !== facts.tagList && tag !== facts.tagObject) return;
    const { body } = this;
    cells.tag(register);
    body.i32(facts.tagList).op(Op.i32Sub).i32(2).op(Op.i32LtU);
    body.if();
    cells.branch(() => {
      cells.head(register);
      cells.i64(register);
      body.call(this.helpers.share);
    });
    body.end();
  }

  /** The same of a value in two locals. */
  shareWords(head: number, bits: number): void {
    const { body } = this;
    const { facts } = this.cells;
    body.get(head).op(Op.i32WrapI64).i32(facts.tagList).op(Op.i32Sub).i32(2).op(Op.i32LtU);
    body.if();
    body.get(head).get(bits).call(this.helpers.share);
    body.end();
  }

  /** Of a list in a register whose variable nobody reads any more. */
  markMoved(register: number): void {
    const { body, cells } = this;
    const { facts } = cells;
    const [list, flags] = [cells.temporary(Type.i32), cells.temporary(Type.i32)];
    cells.pointer(register);
    body.tee(list);
    body.if();
    body.get(list).access('i32Load8U', facts.objFlags).tee(flags);
    body.i32(facts.objFrozen | facts.objMoved).op(Op.i32And, Op.i32Eqz);
    body.if();
    body.get(list).get(flags).i32(facts.objMoved).op(Op.i32Or).access('i32Store8', facts.objFlags);
    body.end();
    body.end();
  }

  leaveWith(result: number): void {
    this.cells.leave(result);
  }

  leaveWithIf(result: number, emit: () => void): void {
    this.cells.leaveIf(result, emit);
  }

  /** Operands that are registers. */
  private operands(at: number): number[] {
    const { cell } = this.code.layout.facts;
    return (this.liveness?.of(at) ?? accessesOf(this.code, at)).reads.map((index) => index * cell);
  }

  /** Lets the VM carry the instruction out, which changes these registers; leaves when it fails. */
  carryOut(at: number, ...changed: readonly number[]): void {
    const { body, cells } = this;
    const done = this.callCarryOut(at);
    cells.leaveIf(at, () => body.get(done).i32(cells.facts.codeUndone).op(Op.i32Eq));
    this.loadFuel();
    cells.changed(...changed);
    // A collection clears what holds nothing valid.
    cells.die(this.code.map(at, 'irAfter')?.stale ?? []);
  }

  /** The same of a comparison; leaves whether the branch is taken on the stack. */
  carryOutTest(at: number): void {
    const { body, cells } = this;
    const done = this.callCarryOut(at);
    cells.leaveIf(at, () => body.get(done).i32(cells.facts.codeUndone).op(Op.i32Eq));
    this.loadFuel();
    body.get(done).i32(cells.facts.codeTaken).op(Op.i32Eq);
  }

  private callCarryOut(at: number): number {
    const { body, cells } = this;
    const done = cells.temporary(Type.i32);
    cells.flush(this.code.insns[at]?.op.collects ? undefined : this.operands(at));
    this.storeFuel();
    this.tell(State.fp, () => body.get(State.function), 0);
    body.get(State.state).i32(at).i32(cells.facts.carryOut).callIndirect(this.helpers.carryOutType).set(done);
    return done;
  }

  entryOf(at: number): Entry | null {
    return this.entries.get(at) ?? null;
  }

  /** The branch that the instruction is, taken. */
  branch(at: number): void {
    const insn = this.code.insns[at];
    const target = this.code.target(at);
    this.pay(insn?.w ?? 0);
    if (target <= at)
      this.leaveWithIf(this.cells.facts.codePreempted | target, () =>
        this.body.get(this.fuel).i64(0n).op(Op.i64LeS),
      );
    this.goTo(target);
  }

  /** The same, when the truth value on the stack is 1. */
  branchIf(at: number): void {
    this.body.if();
    this.cells.branch(() => this.branch(at));
    this.body.end();
  }

  goTo(start: number): void {
    const node = this.byStart.get(start);
    if (!node) return this.leaveWith(start);
    this.settle(node);
    const label = this.heads.get(node.id) ?? this.ahead.get(node.id);
    if (label !== undefined) return void this.body.br(label);
    // It lies inside a loop that is not entered yet: the head of the outermost one leads on.
    const loop = this.piece.loops.find(
      ({ first, last }) => first <= node.id && node.id <= last && !this.heads.has(first),
    );
    const head = loop && this.ahead.get(loop.first);
    if (head === undefined) throw new Error(`no way to register instruction ${start}`);
    this.body.i32(node.id).set(State.entry).br(head);
  }

  /* ---- control flow ---- */

  /**
   * Nodes first … last, of a loop or of the whole piece. Each thing in it begins behind the end of a block, so that
   * it can be gone to from all that comes before it in here.
   */
  private region(first: number, last: number, loop: Loop | null): void {
    const { body } = this;
    const things: { first: number; last: number; loop: Loop | null }[] = [];
    for (let id = first; id <= last;) {
      const inner =
        this.piece.loops.find((each) => each !== loop && each.first === id && each.last <= last) ?? null;
      const end = inner?.last ?? id;
      things.push({ first: id, last: end, loop: inner });
      id = end + 1;
    }
    const labels = new Map<number, Label>();
    for (const thing of things.slice(1).reverse()) {
      const label = body.block();
      labels.set(thing.first, label);
      this.ahead.set(thing.first, label);
    }
    const dispatch = body.block();
    if (loop) body.get(State.entry).op(Op.i32Eqz).brIf(dispatch);
    const table = things.flatMap((thing) =>
      Array.from({ length: thing.last - thing.first + 1 }, () => labels.get(thing.first) ?? dispatch),
    );
    body.get(State.entry).i32(first).op(Op.i32Sub).brTable(table, dispatch);
    body.end();
    things.forEach((thing, i) => {
      if (i > 0) {
        body.end();
        this.ahead.delete(thing.first);
      }
      if (thing.loop) {
        this.heads.set(thing.first, body.loop());
        this.region(thing.first, thing.last, thing.loop);
        body.end();
        this.heads.delete(thing.first);
      } else {
        const node = this.piece.nodes[thing.first - 1];
        if (node) this.node(node);
      }
    });
  }

  /** Brings registers to where a node expects them. */
  private settle(node: Node): void {
    const { plan, liveness } = this;
    const state = plan?.state(node) ?? NOTHING_PLANNED;
    this.cells.settle(state, node.start, (cell) => liveness?.needsHome(node.start, cell) ?? true);
  }

  /** Where the interpreter enters in a loop, memory is up to date, and registers are loaded. */
  private loadRegisters(): void {
    const { body, cells, piece, plan } = this;
    const places = piece.nodes.filter((node) => node.entry && (plan?.state(node).registers.size ?? 0) > 0);
    if (!plan || places.length === 0) return;
    const go = body.block();
    const labels = new Map(places.map((node) => [node.id, body.block()]));
    body.get(State.entry);
    body.brTable(
      Array.from({ length: piece.nodes.length + 1 }, (_none, id) => labels.get(id) ?? go),
      go,
    );
    for (const node of places.reverse()) {
      body.end();
      for (const register of plan.state(node).registers.values()) cells.loadRegister(register, node.start);
      body.br(go);
    }
    body.end();
  }

  private node(node: Node): void {
    const { body, cells, plan } = this;
    const state = plan?.state(node) ?? NOTHING_PLANNED;
    // All places of the node that leave share the code that writes what it began with.
    const done = state.dirty.size > 0 ? body.block() : null;
    const behind = done === null ? null : body.block(Type.i32);
    cells.begin(state, plan?.registersIn(node) ?? new Map(), behind);
    if (this.piece.loops.length > 0) body.i32(0).set(State.entry);
    if (this.instructions(node) && done !== null) body.br(done);
    if (done === null) return;
    body.end();
    cells.leaveBehind(state);
    body.end();
  }

  /** Whether control comes behind the last one. */
  private instructions(node: Node): boolean {
    const { cells, code, liveness } = this;
    const deaths = liveness?.deaths(node);
    for (let at = node.start; at < node.end; at++) {
      const insn = code.insns[at];
      const emitter = emitterOf(code, at);
      if (!insn || !emitter) {
        cells.leave(at);
        return false;
      }
      if (emitter(this, insn, at) === false) return false;
      cells.die(deaths?.get(at) ?? []);
    }
    // It goes on in the next node, which is the one behind it.
    const next = this.piece.nodes[node.id];
    if (next?.start === node.end) {
      this.settle(next);
      return true;
    }
    this.leaveWith(node.end);
    return false;
  }
}
