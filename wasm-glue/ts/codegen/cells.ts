// SPDX-License-Identifier: MIT
/**
 * Registers while one node is generated. Every register is a cell of the frame in memory, and is always up to date
 * there; what has been read or written in the node is known in locals, too.
 */
import type { Facts } from './layout.js';
import type { RegisterCode } from './register_code.js';
import { Op, Type, type FunctionBody, type Label, type ValueType } from './wasm.js';

/** Parameters of each generated function. */
export const State = { state: 0, fp: 1, entry: 2, room: 3, function: 4, depth: 5 } as const;
export const PARAMETERS = 6;

interface Known {
  readonly tag: number | null;
  readonly tagLocal: number | null;
  readonly i64: number | null;
  readonly f64: number | null;
}

const NOTHING: Known = { tag: null, tagLocal: null, i64: null, f64: null };

export class Cells {
  private known = new Map<number, Known>();
  private readonly locals = new Map<ValueType, number[]>();
  private used = new Map<ValueType, number>();
  /** Where those that leave go instead, while an instruction has another way. */
  private otherWay: Label | null = null;

  constructor(
    readonly body: FunctionBody,
    readonly code: RegisterCode,
    readonly facts: Facts,
    /** Takes the number of a register instruction. */
    private readonly exitLabel: Label,
  ) {}

  /** Nothing is known where a node begins. */
  forget(): void {
    this.known.clear();
    this.used.clear();
  }

  temporary(type: ValueType): number {
    let pool = this.locals.get(type);
    if (!pool) this.locals.set(type, (pool = []));
    const next = this.used.get(type) ?? 0;
    this.used.set(type, next + 1);
    return (pool[next] ??= this.body.local(type));
  }

  /** Code of a branch of an `if`: what it learns is forgotten behind it; what it writes, the caller says. */
  branch(emit: () => void): void {
    const before = new Map(this.known);
    emit();
    this.known = before;
  }

  /**
   * Two ways for one instruction: `first`, which goes to the other one where it would leave, and `second`. What both
   * leave known is known then. `first` gives false when control never comes behind it, and may leave a value of `type`
   * on the stack, as `second` does then.
   */
  eitherWay(type: number, first: () => unknown, second: () => void): void {
    const { body } = this;
    const done = body.block(type);
    const other = body.block();
    const before = new Map(this.known);
    this.otherWay = other;
    const goes = first();
    this.otherWay = null;
    if (goes !== false) body.br(done);
    body.end();
    const after = this.known;
    this.known = before;
    second();
    body.end();
    if (goes !== false)
      for (const [register, known] of this.known)
        if (after.get(register) !== known) this.known.delete(register);
  }

  /** Has the tags in locals, so that both ways find them there. */
  touch(...registers: readonly number[]): void {
    for (const register of registers)
      if (this.tagOf(register) === null && this.look(register).tagLocal === null) {
        this.tag(register);
        this.body.op(Op.drop);
      }
  }

  private look(register: number): Known {
    return this.known.get(register) ?? NOTHING;
  }

  private remember(register: number, more: Partial<Known>): void {
    if (register >= 0) this.known.set(register, { ...this.look(register), ...more });
  }

  /** Of a register that has been written without the help of this class. */
  changed(register: number): void {
    this.known.delete(register);
  }

  /** Of a register that has just been given these two words. */
  loaded(register: number, _head: number, bits: number): void {
    this.known.delete(register);
    this.remember(register, { i64: bits });
  }

  learn(register: number, tag: number): void {
    this.remember(register, { tag });
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
    const { tagLocal } = this.look(register);
    if (tagLocal !== null) return void body.get(tagLocal);
    const local = this.temporary(Type.i32);
    body.get(State.fp).access('i32Load', register).tee(local);
    this.remember(register, { tagLocal: local });
  }

  len(register: number): void {
    if (register < 0) this.body.i32(this.code.constant(register).len);
    else this.body.get(State.fp).access('i32Load', register + this.facts.valueLen);
  }

  /** The payload as 64 bits. */
  i64(register: number): void {
    const { body } = this;
    if (register < 0) return void body.i64(this.code.constant(register).bits);
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
    if (register < 0) return void body.f64Bits(this.code.constant(register).bits);
    const { i64, f64 } = this.look(register);
    if (f64 !== null) return void body.get(f64);
    if (i64 !== null) return void body.get(i64).op(Op.f64ReinterpretI64);
    const local = this.temporary(Type.f64);
    body
      .get(State.fp)
      .access('f64Load', register + this.facts.valueAs)
      .tee(local);
    this.remember(register, { f64: local });
  }

  /** The payload as an address. */
  pointer(register: number): void {
    const { body } = this;
    if (register < 0) body.i32(Number(BigInt.asIntN(32, this.code.constant(register).bits)));
    else body.get(State.fp).access('i32Load', register + this.facts.valueAs);
  }

  /** Tag and length as one word of 64 bits, as memory holds them. */
  head(register: number): void {
    const { body } = this;
    if (register < 0) {
      const { tag, len } = this.code.constant(register);
      body.i64((BigInt(len) << 32n) | BigInt(tag));
    } else body.get(State.fp).access('i64Load', register);
  }

  /* ---- writing ---- */

  private storeTag(register: number, tag: number): void {
    if (this.tagOf(register) !== tag) this.body.get(State.fp).i64(BigInt(tag)).access('i64Store', register);
  }

  /** Takes the payload, 64 bits, from the stack. The tag is one whose values have no length. */
  setI64(register: number, tag: number): void {
    const local = this.temporary(Type.i64);
    this.body
      .set(local)
      .get(State.fp)
      .get(local)
      .access('i64Store', register + this.facts.valueAs);
    this.storeTag(register, tag);
    this.known.delete(register);
    this.remember(register, { tag, i64: local });
  }

  setF64(register: number): void {
    const local = this.temporary(Type.f64);
    this.body
      .set(local)
      .get(State.fp)
      .get(local)
      .access('f64Store', register + this.facts.valueAs);
    this.storeTag(register, this.facts.tagFloat);
    this.known.delete(register);
    this.remember(register, { tag: this.facts.tagFloat, f64: local });
  }

  /** Takes a truth value, 32 bits. */
  setTruth(register: number, tag: number): void {
    this.body.op(Op.i64ExtendI32U);
    this.setI64(register, tag);
  }

  /** Both words of a cell. */
  copy(to: number, from: number): void {
    const { body, facts } = this;
    if (to === from) return;
    const tag = this.tagOf(from);
    if (tag === facts.tagInt || tag === facts.tagFloat || tag === facts.tagBool || tag === facts.tagNull)
      this.storeTag(to, tag);
    else {
      body.get(State.fp);
      this.head(from);
      body.access('i64Store', to);
    }
    body.get(State.fp);
    if (this.look(from).f64 !== null) {
      this.f64(from);
      body.access('f64Store', to + facts.valueAs);
    } else {
      this.i64(from);
      body.access('i64Store', to + facts.valueAs);
    }
    if (from < 0) {
      this.known.delete(to);
      this.remember(to, { tag });
    } else this.known.set(to, this.look(from));
  }

  /* ---- leaving ---- */

  /** Stops before the instruction. */
  leave(at: number): void {
    if (this.otherWay !== null) this.body.br(this.otherWay);
    else this.body.i32(at).br(this.exitLabel);
  }

  /** Stops when the condition holds that `emit` leaves on the stack. */
  leaveIf(at: number, emit: () => void): void {
    if (this.otherWay !== null) {
      emit();
      return void this.body.brIf(this.otherWay);
    }
    this.body.i32(at);
    emit();
    this.body.brIf(this.exitLabel).op(Op.drop);
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
