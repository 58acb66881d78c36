// SPDX-License-Identifier: MIT
/** Lists, objects and variables of the module. */
import { State } from './cells.js';
import type { FunctionEmitter } from './function_emitter.js';
import type { Insn } from './register_code.js';
import { Op, Type } from './wasm.js';

/**
 * Copies the cell at an address into a register. `shares`: it now stays in a second place; a local: if that is
 * not 0.
 */
function load(
  f: FunctionEmitter,
  to: number,
  address: number,
  offset: number,
  shares: boolean | number,
): void {
  const { cells } = f;
  const { body, facts } = cells;
  const [head, bits] = [cells.temporary(Type.i64), cells.temporary(Type.i64)];
  body.get(address).access('i64Load', offset).set(head);
  body
    .get(address)
    .access('i64Load', offset + facts.valueAs)
    .set(bits);
  if (typeof shares === 'number') {
    body.get(shares);
    body.if();
    f.shareWords(head, bits);
    body.end();
  } else if (shares) f.shareWords(head, bits);
  cells.setWords(to, head, bits);
}

/** Copies a register or constant to an address. */
function store(f: FunctionEmitter, from: number, address: number, offset: number): void {
  const { cells } = f;
  cells.body.get(address);
  cells.head(from);
  cells.body.access('i64Store', offset).get(address);
  cells.i64(from);
  cells.body.access('i64Store', offset + cells.facts.valueAs);
}

export function emitLength(f: FunctionEmitter, { a, b }: Insn, at: number): void {
  const { cells } = f;
  cells.touch(b);
  cells.eitherWay(
    Type.none,
    [a],
    cells.facts.tagInt,
    () => {
      if (!cells.want(b, cells.facts.tagList, at)) return false;
      cells.len(b);
      cells.body.op(Op.i64ExtendI32U);
      cells.setI64(a, cells.facts.tagInt);
      return true;
    },
    () => f.carryOut(at, a),
  );
  cells.learn(a, cells.facts.tagInt);
}

/** The address of an item, less the distance of the first one; leaves when there is no such item. */
function itemAt(f: FunctionEmitter, list: number, index: number, at: number): number {
  const { cells } = f;
  const { body, facts } = cells;
  cells.leaveIf(at, () => {
    cells.i64(index);
    cells.len(list);
    body.op(Op.i64ExtendI32U, Op.i64GeU);
  });
  const item = cells.temporary(Type.i32);
  cells.pointer(list);
  cells.i64(index);
  body.op(Op.i32WrapI64).i32(facts.cell).op(Op.i32Mul, Op.i32Add).set(item);
  return item;
}

/** A local that is not 0 when the list may be seen from several places. */
function sharedFlag(f: FunctionEmitter, list: number): number {
  const { cells } = f;
  const { body, facts } = cells;
  const flags = cells.temporary(Type.i32);
  cells.pointer(list);
  body
    .access('i32Load8U', facts.objFlags)
    .i32(facts.objShared | facts.objFrozen)
    .op(Op.i32And)
    .set(flags);
  return flags;
}

export function emitIndex(f: FunctionEmitter, { a, b, c, w }: Insn, at: number): boolean {
  const { cells } = f;
  const { facts } = cells;
  if (!cells.want(c, facts.tagInt, at)) return false;
  cells.touch(b);
  cells.eitherWay(
    Type.none,
    [a],
    null,
    () => {
      if (!cells.want(b, facts.tagList, at)) return false;
      const item = itemAt(f, b, c, at);
      const shares = w === 0 ? true : sharedFlag(f, b);
      load(f, a, item, facts.listItems, shares);
      return true;
    },
    () => f.carryOut(at, a),
  );
  return true;
}

/**
 * Leaves when the object may not be changed in place, or when the collector wants to know of the reference that is
 * about to be overwritten.
 */
function leaveUnlessOwn(f: FunctionEmitter, object: number, place: number, offset: number, at: number): void {
  const { cells } = f;
  const { body, facts } = cells;
  cells.leaveIf(at, () => {
    body.get(object).access('i32Load8U', facts.objFlags);
    body.i32(facts.objShared | facts.objFrozen).op(Op.i32And);
    f.actor();
    body.access('i32Load8U', facts.actorMarking);
    body.get(place).access('i32Load', offset).i32(facts.tagStr).op(Op.i32GeU, Op.i32And, Op.i32Or);
  });
}

export function emitSetItem(f: FunctionEmitter, { a, b, c }: Insn, at: number): boolean {
  const { cells } = f;
  const { facts } = cells;
  if (!cells.want(a, facts.tagList, at) || !cells.want(b, facts.tagInt, at)) return false;
  cells.eitherWay(
    Type.none,
    [a],
    facts.tagList,
    () => {
      const item = itemAt(f, a, b, at);
      const list = cells.temporary(Type.i32);
      cells.pointer(a);
      cells.body.set(list);
      leaveUnlessOwn(f, list, item, facts.listItems, at);
      store(f, c, item, facts.listItems);
    },
    () => f.carryOut(at, a),
  );
  cells.learn(a, facts.tagList);
  return true;
}

export function emitAppend(f: FunctionEmitter, { a, b, c }: Insn, at: number): boolean {
  const { cells } = f;
  const { facts } = cells;
  if (!cells.want(b, facts.tagList, at)) return false;
  cells.eitherWay(
    Type.none,
    [a],
    facts.tagList,
    () => append(f, a, b, c, at),
    () => f.carryOut(at, a),
  );
  cells.learn(a, facts.tagList);
  return true;
}

/** To a list with room behind the items that this value sees, and nobody else's there. */
function append(f: FunctionEmitter, a: number, b: number, c: number, at: number): void {
  const { cells } = f;
  const { body, facts } = cells;
  const [list, len, item] = [cells.temporary(Type.i32), cells.temporary(Type.i32), cells.temporary(Type.i32)];
  cells.leaveIf(at, () => {
    cells.len(b);
    body.tee(len).op(Op.i32Eqz);
  });
  cells.pointer(b);
  body.set(list);
  cells.leaveIf(at, () => {
    body.get(list).access('i32Load', facts.objUsed).get(len).op(Op.i32Ne);
    body.get(len).get(list).access('i32Load', facts.listCapacity).op(Op.i32GeU, Op.i32Or);
    body.get(list).access('i32Load8U', facts.objFlags).i32(facts.objFrozen).op(Op.i32And, Op.i32Or);
  });
  body.get(list).get(len).i32(facts.cell).op(Op.i32Mul, Op.i32Add).set(item);
  store(f, c, item, facts.listItems);
  body.get(list).get(len).i32(1).op(Op.i32Add).tee(len).access('i32Store', facts.objUsed);
  const [head, bits] = [cells.temporary(Type.i64), cells.temporary(Type.i64)];
  cells.i64(b);
  body.set(bits);
  body.get(len).op(Op.i64ExtendI32U).i64(32n).op(Op.i64Shl);
  body.i64(BigInt(facts.tagList)).op(Op.i64Or).set(head);
  cells.setWords(a, head, bits, facts.tagList);
}

/** The address of the entry where the inline cache says, if it is the field's; else leaves. */
function entryAt(f: FunctionEmitter, object: number, register: number, insn: Insn, at: number): number {
  const { cells } = f;
  const { body, facts, code } = cells;
  const key = code.key(insn.c);
  const [number, entry] = [cells.temporary(Type.i32), cells.temporary(Type.i32)];
  cells.leaveIf(at, () => {
    body.i32(code.fieldCell(insn.w)).access('i32Load16U', 0).tee(number);
    cells.len(register);
    body.op(Op.i32GeU);
  });
  body.get(object).get(number).i32(facts.entrySize).op(Op.i32Mul, Op.i32Add).set(entry);
  const base = facts.mapEntries + facts.entryKey;
  cells.leaveIf(at, () => {
    body.get(entry).access('i32Load', base + facts.valueAs);
    body.i32(Number(BigInt.asIntN(32, key.bits))).op(Op.i32Ne);
    body
      .get(entry)
      .access('i32Load', base + facts.valueLen)
      .i32(key.len)
      .op(Op.i32Ne, Op.i32Or);
  });
  return entry;
}

export function emitGetField(f: FunctionEmitter, insn: Insn, at: number): boolean {
  const { cells } = f;
  const { facts } = cells;
  if (!cells.want(insn.b, facts.tagObject, at)) return false;
  cells.eitherWay(
    Type.none,
    [insn.a],
    null,
    () => {
      const object = cells.temporary(Type.i32);
      cells.pointer(insn.b);
      cells.body.set(object);
      const entry = entryAt(f, object, insn.b, insn, at);
      load(f, insn.a, entry, facts.mapEntries + facts.entryValue, true);
    },
    () => f.carryOut(at, insn.a),
  );
  return true;
}

export function emitSetField(f: FunctionEmitter, insn: Insn, at: number): boolean {
  const { cells } = f;
  const { facts } = cells;
  if (!cells.want(insn.a, facts.tagObject, at)) return false;
  const value = facts.mapEntries + facts.entryValue;
  cells.eitherWay(
    Type.none,
    [insn.a],
    facts.tagObject,
    () => {
      const object = cells.temporary(Type.i32);
      cells.pointer(insn.a);
      cells.body.set(object);
      const entry = entryAt(f, object, insn.a, insn, at);
      leaveUnlessOwn(f, object, entry, value, at);
      store(f, insn.b, entry, value);
    },
    () => f.carryOut(at, insn.a),
  );
  cells.learn(insn.a, facts.tagObject);
  return true;
}

export function emitLoadGlobal(f: FunctionEmitter, { a, b, w }: Insn, at: number): void {
  const { cells } = f;
  const { body, facts, code } = cells;
  const globals = cells.temporary(Type.i32);
  cells.eitherWay(
    Type.none,
    [a],
    null,
    () => {
      cells.leaveIf(at, () => {
        body.get(State.state).access('i32Load', facts.stateModule).i32(code.module).op(Op.i32Ne);
        body.get(State.state).access('i32Load', facts.stateGlobals).tee(globals).op(Op.i32Eqz, Op.i32Or);
      });
      cells.leaveIf(at, () => {
        body
          .get(globals)
          .access('i32Load', b * facts.cell)
          .i32(facts.tagUnbound)
          .op(Op.i32Eq);
      });
      load(f, a, globals, b * facts.cell, w !== 0);
    },
    () => f.carryOut(at, a),
  );
}
