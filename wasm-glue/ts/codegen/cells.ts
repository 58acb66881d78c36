// SPDX-License-Identifier: MIT
/**
 * Cells of the frame while one node is generated: what is known of them, in which locals they are, and whether memory is
 * behind (dirty). Cells with a register of the plan are in its locals, which are right wherever the cell is known here; others
 * are in temporary locals within a node. Memory is brought up to date before anything that may look at it: leaving,
 * calls, instructions that the VM carries out.
 */
import type { Facts } from './layout.js';
import type { Register, State as PlannedState } from './plan.js';
import type { RegisterCode } from './register_code.js';
import { Op, Type, type FunctionBody, type Label, type ValueType } from './wasm.js';

/** Parameters of each generated function. */
export const State = { state: 0, fp: 1, entry: 2, room: 3, function: 4, depth: 5 } as const;
export const PARAMETERS = 6;

interface Known {
  readonly tag: number | null;
  /** Locals: the tag; tag and length as memory holds them; the payload, as 64 bits or as a Float. */
  readonly tagLocal: number | null;
  readonly head: number | null;
  readonly i64: number | null;
  readonly f64: number | null;
  /** It is this constant. */
  readonly constant: number | null;
  readonly dirty: boolean;
  /** The locals are nobody else's. */
  readonly own: boolean;
}

const NOTHING: Known = {
  tag: null,
  tagLocal: null,
  head: null,
  i64: null,
  f64: null,
  constant: null,
  dirty: false,
  own: false,
};

const MOST_DIRTY_HOMES = 6;

/** Locals of a register of the plan, made when they are first used. */
interface Locals {
  head: number | null;
  i64: number | null;
  f64: number | null;
}

/** The plan takes for granted what an instruction's code does not know. */
export class PlanMismatch extends Error {}

export class Cells {
  private known = new Map<number, Known>();
  private readonly locals = new Map<ValueType, number[]>();
  private used = new Map<ValueType, number>();
  private readonly planned: Locals[] = [];
  /** Of the node: its registers by offset, and how it leaves while memory is behind in what it began with. */
  private registers = new Map<number, Register>();
  private behind: ReadonlySet<number> = new Set();
  private slowExit: Label | null = null;
  private usesSlowExit = false;
  /** Where those that leave go instead, while an instruction has another way. */
  private otherWay: Label | null = null;

  constructor(
    readonly body: FunctionBody,
    readonly code: RegisterCode,
    readonly facts: Facts,
    /** Takes the number of a register instruction. */
    private readonly exitLabel: Label,
    /** Offset of the first operand's home; null: memory is always up to date. */
    private readonly firstHome: number | null,
  ) {}

  /* ---- nodes ---- */

  /** A node begins: in these states of its registers, with these at hand for what it writes. */
  begin(state: PlannedState, registers: ReadonlyMap<number, Register>, slowExit: Label | null): void {
    const { cell } = this.facts;
    this.known.clear();
    this.used.clear();
    this.registers = new Map([...registers].map(([index, register]) => [index * cell, register]));
    this.behind = new Set([...state.dirty].map((index) => index * cell));
    this.slowExit = slowExit;
    this.usesSlowExit = false;
    for (const [index, register] of state.registers)
      this.known.set(index * cell, this.inRegister(register, state.dirty.has(index)));
  }

  /** What is known of a cell in its register. */
  private inRegister(register: Register, dirty: boolean): Known {
    const { tag } = register;
    if (tag === this.facts.tagFloat) return { ...NOTHING, tag, f64: this.local(register, 'f64'), dirty };
    const i64 = this.local(register, 'i64');
    const head = this.hasHead(register) ? this.local(register, 'head') : null;
    return { ...NOTHING, tag, head, i64, dirty };
  }

  private hasHead({ tag }: Register): boolean {
    return tag === null || !this.isPlain(tag);
  }

  /** Whether values of the tag have no length. */
  private isPlain(tag: number): boolean {
    const { facts } = this;
    return tag === facts.tagInt || tag === facts.tagFloat || tag === facts.tagBool || tag === facts.tagNull;
  }

  private local(register: Register, part: keyof Locals): number {
    const locals = (this.planned[register.number] ??= { head: null, i64: null, f64: null });
    return (locals[part] ??= this.body.local(part === 'f64' ? Type.f64 : Type.i64));
  }

  private isInRegister(known: Known, register: Register): boolean {
    if (register.tag === this.facts.tagFloat) return known.f64 === this.local(register, 'f64');
    if (this.hasHead(register) && known.head !== this.local(register, 'head')) return false;
    return known.i64 === this.local(register, 'i64');
  }

  /** Loads a register from memory, and leaves for the interpreter when it has not the tag that is taken for granted. */
  loadRegister(register: Register, at: number): void {
    const { body, facts } = this;
    const offset = register.cell * facts.cell;
    if (register.tag !== null) {
      body.i32(at);
      body.get(State.fp).access('i32Load', offset).i32(register.tag).op(Op.i32Ne);
      body.brIf(this.exitLabel).op(Op.drop);
    }
    this.reload(offset, register);
  }

  private reload(offset: number, register: Register): void {
    const { body, facts } = this;
    const at = offset + facts.valueAs;
    if (register.tag === facts.tagFloat)
      return void body.get(State.fp).access('f64Load', at).set(this.local(register, 'f64'));
    if (this.hasHead(register))
      body.get(State.fp).access('i64Load', offset).set(this.local(register, 'head'));
    body.get(State.fp).access('i64Load', at).set(this.local(register, 'i64'));
  }

  /**
   * Brings everything to where a place of this function expects it that code goes on at; `needsHome` says of an
   * operand's home whether it is needed there.
   */
  settle(target: PlannedState, start: number, needsHome: (cell: number) => boolean): void {
    const { body, facts } = this;
    const { cell } = facts;
    for (const [offset, known] of this.known) {
      if (!known.dirty || target.dirty.has(offset / cell)) continue;
      if (!this.isHome(offset) || needsHome(offset / cell)) this.write(offset, known);
    }
    const moves: { local: number; push(): void }[] = [];
    for (const [index, register] of target.registers) {
      const offset = index * cell;
      if (this.isInRegister(this.look(offset), register)) continue;
      const { tag } = register;
      if (tag !== null && this.tagOf(offset) !== tag)
        this.leaveIf(start, () => {
          this.tag(offset);
          body.i32(tag).op(Op.i32Ne);
        });
      if (tag === facts.tagFloat)
        moves.push({ local: this.local(register, 'f64'), push: () => this.f64(offset) });
      else {
        if (this.hasHead(register))
          moves.push({ local: this.local(register, 'head'), push: () => this.head(offset) });
        moves.push({ local: this.local(register, 'i64'), push: () => this.i64(offset) });
      }
    }
    for (const { push } of moves) push();
    for (const { local } of moves.reverse()) body.set(local);
  }

  temporary(type: ValueType): number {
    let pool = this.locals.get(type);
    if (!pool) this.locals.set(type, (pool = []));
    const next = this.used.get(type) ?? 0;
    this.used.set(type, next + 1);
    return (pool[next] ??= this.body.local(type));
  }

  /* ---- ways ---- */

  /** Code of a branch of an `if`: what it learns is forgotten behind it; what it writes, the caller says. */
  branch(emit: () => void): void {
    const before = new Map(this.known);
    emit();
    this.known = before;
  }

  /**
   * Two ways for one instruction: `first`, which goes to the other one where it would leave, and `second`, in which the VM
   * writes `results` in memory. `first` gives false when control never comes behind it, and may leave a value of `type`
   * on the stack, as `second` does then. What is known before is known then, and of the results that they have the tag
   * `tag`, if it is given.
   */
  eitherWay(
    type: number,
    results: readonly number[],
    tag: number | null,
    first: () => unknown,
    second: () => void,
  ): void {
    const { body } = this;
    for (const register of results) this.keepOthers(register);
    const done = body.block(type);
    const other = body.block();
    const before = new Map(this.known);
    const outer = this.otherWay;
    this.otherWay = other;
    const goes = first();
    this.otherWay = outer;
    const joins = results.map((register) => {
      const now = this.look(register);
      const isNew = now.own && now.tag === tag && now !== before.get(register);
      return { register, known: isNew ? now : this.join(register, tag) };
    });
    if (goes !== false) {
      for (const { register, known } of joins) this.fill(register, known);
      body.br(done);
    }
    body.end();
    this.known = new Map(before);
    second();
    if (goes !== false) {
      for (const { register, known } of joins) this.fill(register, known);
      this.known = before;
      for (const { register, known } of joins) this.known.set(register, known);
    }
    body.end();
  }

  /** Several ways of a first way: each leaves its results where `fillJoin` puts them. */
  joinOf(results: readonly number[], tag: number | null): { fill(): void; done(): void } {
    const joins = results.map((register) => ({ register, known: this.join(register, tag) }));
    return {
      fill: () => joins.forEach(({ register, known }) => this.fill(register, known)),
      done: () => joins.forEach(({ register, known }) => this.known.set(register, known)),
    };
  }

  /** Where a result is that comes by several ways. */
  private join(offset: number, tag: number | null): Known {
    const register = this.registers.get(offset);
    const isFloat = tag === this.facts.tagFloat;
    if (register) {
      const known = this.inRegister(register, true);
      const f64 = known.f64 ?? (isFloat ? this.temporary(Type.f64) : null);
      return { ...known, f64, tag: known.tag ?? tag };
    }
    if (!this.mayBeDirty(offset)) return { ...NOTHING, tag };
    const some = { ...NOTHING, tag, dirty: true, own: true };
    if (isFloat) return { ...some, f64: this.temporary(Type.f64) };
    const head = tag !== null && this.isPlain(tag) ? null : this.temporary(Type.i64);
    return { ...some, head, i64: this.temporary(Type.i64) };
  }

  private fill(offset: number, { head, i64, f64 }: Known): void {
    const { body } = this;
    const now = this.look(offset);
    if (f64 !== null && f64 !== now.f64) {
      this.f64(offset);
      body.set(f64);
    }
    if (i64 !== null && i64 !== now.i64) {
      this.i64(offset);
      body.set(i64);
    }
    if (head !== null && head !== now.head) {
      this.head(offset);
      body.set(head);
    }
  }

  /** Has the tags in locals, so that both ways find them there. */
  touch(...registers: readonly number[]): void {
    for (const register of registers) {
      const { tagLocal, head } = this.look(register);
      if (this.tagOf(register) === null && tagLocal === null && head === null) {
        this.tag(register);
        this.body.op(Op.drop);
      }
    }
  }

  private look(register: number): Known {
    return this.known.get(register) ?? NOTHING;
  }

  private remember(register: number, more: Partial<Known>): void {
    if (register >= 0) this.known.set(register, { ...this.look(register), ...more });
  }

  learn(register: number, tag: number): void {
    if (this.look(register).tag !== tag) this.remember(register, { tag });
  }

  /* ---- reading ---- */

  /** The tag where it is known beforehand. */
  tagOf(register: number): number | null {
    return register < 0 ? this.code.constant(register).tag : this.look(register).tag;
  }

  tag(register: number): void {
    const { body } = this;
    const tag = this.tagOf(register);
    if (tag !== null) return void body.i32(tag);
    const { tagLocal, head } = this.look(register);
    if (tagLocal !== null) return void body.get(tagLocal);
    if (head !== null) return void body.get(head).op(Op.i32WrapI64);
    const local = this.temporary(Type.i32);
    body.get(State.fp).access('i32Load', register).tee(local);
    this.remember(register, { tagLocal: local });
  }

  /** The constant that a register holds, or that the operand names. */
  private constantOf(register: number): number | null {
    return register < 0 ? register : this.look(register).constant;
  }

  len(register: number): void {
    const { body } = this;
    const constant = this.constantOf(register);
    if (constant !== null) return void body.i32(this.code.constant(constant).len);
    const { head } = this.look(register);
    if (head !== null) body.get(head).i64(32n).op(Op.i64ShrU, Op.i32WrapI64);
    else body.get(State.fp).access('i32Load', register + this.facts.valueLen);
  }

  /** The payload as 64 bits. */
  i64(register: number): void {
    const { body } = this;
    const constant = this.constantOf(register);
    if (constant !== null) return void body.i64(this.code.constant(constant).bits);
    const { i64, f64 } = this.look(register);
    if (i64 !== null) return void body.get(i64);
    if (f64 !== null) return void body.get(f64).op(Op.i64ReinterpretF64);
    const local = this.temporary(Type.i64);
    body
      .get(State.fp)
      .access('i64Load', register + this.facts.valueAs)
      .tee(local);
    this.remember(register, { i64: local });
  }

  f64(register: number): void {
    const { body } = this;
    const constant = this.constantOf(register);
    if (constant !== null) return void body.f64Bits(this.code.constant(constant).bits);
    const { i64, f64 } = this.look(register);
    if (f64 !== null) return void body.get(f64);
    const local = this.temporary(Type.f64);
    if (i64 !== null) body.get(i64).op(Op.f64ReinterpretI64).tee(local);
    else
      body
        .get(State.fp)
        .access('f64Load', register + this.facts.valueAs)
        .tee(local);
    this.remember(register, { f64: local });
  }

  /** The payload as an address. */
  pointer(register: number): void {
    const { body } = this;
    const constant = this.constantOf(register);
    if (constant !== null) return void body.i32(Number(BigInt.asIntN(32, this.code.constant(constant).bits)));
    const { i64 } = this.look(register);
    if (i64 !== null) body.get(i64).op(Op.i32WrapI64);
    else body.get(State.fp).access('i32Load', register + this.facts.valueAs);
  }

  /** Tag and length as one word of 64 bits, as memory holds them. */
  head(register: number): void {
    const { body } = this;
    const constant = this.constantOf(register);
    if (constant !== null) {
      const { tag, len } = this.code.constant(constant);
      return void body.i64((BigInt(len) << 32n) | BigInt(tag));
    }
    const { head } = this.look(register);
    if (head !== null) return void body.get(head);
    const tag = this.tagOf(register);
    if (tag !== null && this.isPlain(tag)) body.i64(BigInt(tag));
    else body.get(State.fp).access('i64Load', register);
  }

  /* ---- memory ---- */

  private isHome(offset: number): boolean {
    return this.firstHome !== null && offset >= this.firstHome;
  }

  /** Variables without a register are always up to date in memory: they would have to be where the node ends. */
  private mayBeDirty(offset: number): boolean {
    return this.isHome(offset) || this.registers.has(offset);
  }

  /** Writes a cell to memory. */
  private write(offset: number, known: Known): void {
    const { body, facts } = this;
    body.get(State.fp);
    this.head(offset);
    body.access('i64Store', offset).get(State.fp);
    if (known.f64 !== null && known.i64 === null) {
      this.f64(offset);
      body.access('f64Store', offset + facts.valueAs);
    } else {
      this.i64(offset);
      body.access('i64Store', offset + facts.valueAs);
    }
  }

  /** Brings memory up to date; of some cells, or of all. */
  flush(only?: readonly number[]): void {
    for (const [offset, known] of this.known) {
      if (!known.dirty || (only && !only.includes(offset))) continue;
      this.write(offset, known);
      this.known.set(offset, { ...known, dirty: false });
    }
  }

  /** Nobody needs the values of these operands any more. */
  die(cells: readonly number[]): void {
    for (const cell of cells) this.known.delete(cell * this.facts.cell);
  }

  /** The VM has written registers in memory. */
  changed(...registers: readonly number[]): void {
    for (const offset of registers) {
      this.keepOthers(offset);
      this.known.delete(offset);
      const register = this.registers.get(offset);
      if (!register) continue;
      this.reload(offset, register);
      this.known.set(offset, this.inRegister(register, false));
    }
  }

  /** A callee has had all cells from here on. */
  clobbered(first: number): void {
    for (const offset of [...this.known.keys()]) if (offset >= first) this.known.delete(offset);
  }

  /* ---- writing ---- */

  /** Others that are known to be what a register holds get locals of their own before it changes. */
  private keepOthers(offset: number): void {
    const register = this.registers.get(offset);
    const locals = register && this.planned[register.number];
    if (!locals) return;
    const { body } = this;
    for (const [other, known] of this.known) {
      if (other === offset) continue;
      let kept = known;
      for (const part of ['head', 'i64', 'f64'] as const) {
        const local = locals[part];
        if (local === null || known[part] !== local) continue;
        const own = this.temporary(part === 'f64' ? Type.f64 : Type.i64);
        body.get(local).set(own);
        kept = { ...kept, [part]: own };
      }
      if (kept !== known) this.known.set(other, kept);
    }
  }

  /** Each place that leaves writes what memory does not have: the oldest of too many homes is written now. */
  private boundHomes(): void {
    let homes = 0;
    let oldest: number | null = null;
    for (const [offset, { dirty }] of this.known) {
      if (!dirty || this.registers.has(offset)) continue;
      oldest ??= offset;
      homes++;
    }
    if (oldest !== null && homes > MOST_DIRTY_HOMES) this.flush([oldest]);
  }

  /** A cell now has what these locals hold: into its register, or into memory if that has to be up to date. */
  private put(offset: number, value: Known): void {
    const { body } = this;
    this.keepOthers(offset);
    this.known.set(offset, { ...value, dirty: this.mayBeDirty(offset) });
    const register = this.registers.get(offset);
    if (!register) {
      if (!this.mayBeDirty(offset)) this.write(offset, value);
      else this.boundHomes();
      return;
    }
    if (register.tag !== null && this.tagOf(offset) !== register.tag)
      throw new PlanMismatch(`cell ${register.cell} of register ${register.number}`);
    const place = this.inRegister(register, true);
    // Each part is read before any is written: one may be the other's source.
    const moves: number[] = [];
    if (place.f64 !== null && place.f64 !== value.f64) {
      this.f64(offset);
      moves.push(place.f64);
    }
    if (place.i64 !== null && place.i64 !== value.i64) {
      this.i64(offset);
      moves.push(place.i64);
    }
    if (place.head !== null && place.head !== value.head) {
      this.head(offset);
      moves.push(place.head);
    }
    for (const local of moves.reverse()) body.set(local);
    const { tag, constant } = this.look(offset);
    // A Float in a register of both words stays known as a Float, too.
    const f64 = place.f64 ?? value.f64;
    this.known.set(offset, { ...place, f64, tag: place.tag ?? tag, constant });
  }

  /** Takes the payload, 64 bits, from the stack. The tag is one whose values have no length. */
  setI64(register: number, tag: number): void {
    const local = this.temporary(Type.i64);
    this.body.set(local);
    this.put(register, { ...NOTHING, tag, i64: local });
  }

  setF64(register: number): void {
    const local = this.temporary(Type.f64);
    this.body.set(local);
    this.put(register, { ...NOTHING, tag: this.facts.tagFloat, f64: local });
  }

  /** Takes a truth value, 32 bits. */
  setTruth(register: number, tag: number): void {
    this.body.op(Op.i64ExtendI32U);
    this.setI64(register, tag);
  }

  /** Both words from locals. */
  setWords(register: number, head: number, bits: number, tag: number | null = null): void {
    this.put(register, { ...NOTHING, tag, head, i64: bits });
  }

  /** Both words of a cell. */
  copy(to: number, from: number): void {
    if (to === from) return;
    if (from < 0) return this.put(to, { ...NOTHING, tag: this.tagOf(from), constant: from });
    this.put(to, this.words(from));
  }

  /** What a cell holds, in locals. */
  private words(from: number): Known {
    const { body } = this;
    const known = this.look(from);
    const { tag, constant } = known;
    if (constant !== null) return { ...NOTHING, tag, constant };
    const bare = tag !== null && this.isPlain(tag);
    if (!bare && known.head === null) {
      const head = this.temporary(Type.i64);
      this.head(from);
      body.set(head);
      this.remember(from, { head });
    }
    if (known.i64 === null && known.f64 === null) {
      this.i64(from);
      body.op(Op.drop);
    }
    return { ...this.look(from), dirty: false, own: false };
  }

  /** Keeps what a cell holds, so that it can be put into others when it has changed. */
  hold(from: number): (to: number) => void {
    const { body } = this;
    const [head, i64] = [this.temporary(Type.i64), this.temporary(Type.i64)];
    this.head(from);
    body.set(head);
    this.i64(from);
    body.set(i64);
    const tag = this.tagOf(from);
    return (to) => this.put(to, { ...NOTHING, tag, head, i64 });
  }

  /** Writes a cell or constant to memory, as another cell. */
  store(to: number, from: number): void {
    const { body, facts } = this;
    if (to === from && !this.look(from).dirty) return;
    body.get(State.fp);
    this.head(from);
    body.access('i64Store', to).get(State.fp);
    this.i64(from);
    body.access('i64Store', to + facts.valueAs);
  }

  /* ---- leaving ---- */

  private isBehind(): boolean {
    for (const { dirty } of this.known.values()) if (dirty) return true;
    return false;
  }

  /** With a number on the stack, brings memory up to date where it is behind, and leaves. */
  private exit(at: number): void {
    const { body } = this;
    let direct = true;
    for (const [offset, known] of this.known) {
      if (!known.dirty) continue;
      const register = this.registers.get(offset);
      if (this.slowExit !== null && this.behind.has(offset) && register && this.isInRegister(known, register))
        direct = false;
      else this.write(offset, known);
    }
    if (!direct) this.usesSlowExit = true;
    body.i32(at).br(direct || this.slowExit === null ? this.exitLabel : this.slowExit);
  }

  /** Where `slowExit` leads: takes the number from the stack. */
  leaveBehind(state: PlannedState): void {
    const { body, facts } = this;
    if (!this.usesSlowExit) return void body.op(Op.unreachable);
    for (const index of state.dirty) {
      const register = state.registers.get(index);
      if (!register) continue;
      const offset = index * facts.cell;
      const known = this.inRegister(register, true);
      this.known.set(offset, known);
      this.write(offset, known);
    }
    body.br(this.exitLabel);
  }

  /** Stops before the instruction. */
  leave(at: number): void {
    if (this.otherWay !== null) this.body.br(this.otherWay);
    else this.branch(() => this.exit(at));
  }

  /** Stops when the condition holds that `emit` leaves on the stack. */
  leaveIf(at: number, emit: () => void): void {
    const { body } = this;
    if (this.otherWay !== null) {
      emit();
      return void body.brIf(this.otherWay);
    }
    if (this.isBehind()) {
      emit();
      body.if();
      this.branch(() => this.exit(at));
      return void body.end();
    }
    body.i32(at);
    emit();
    body.brIf(this.exitLabel).op(Op.drop);
  }

  /** Goes on only with a value of this tag; false when there can be none. */
  want(register: number, tag: number, at: number): boolean {
    const known = this.tagOf(register);
    if (known === tag) return true;
    if (known !== null) {
      this.leave(at);
      return false;
    }
    this.leaveIf(at, () => {
      this.tag(register);
      this.body.i32(tag).op(Op.i32Ne);
    });
    this.learn(register, tag);
    return true;
  }
}
