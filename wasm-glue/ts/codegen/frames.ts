// SPDX-License-Identifier: MIT
/**
 * Calls and returns. A call from generated code is a call of the generated function; its frame is made on the actor's
 * stack exactly as the interpreter makes it, so that everything can be left to the interpreter at any point.
 */
import { State } from './cells.js';
import type { FunctionEmitter } from './function_emitter.js';
import type { Insn } from './register_code.js';
import { FunctionBody, Op, Type } from './wasm.js';
import type { Facts } from './layout.js';

/** A cell of a frame's header: its tag and the 32 bits beside it. */
const headerWord = (facts: Facts, beside: number): bigint => (BigInt(beside) << 32n) | BigInt(facts.tagFrame);

interface Callee {
  /** Locals: its frame. */
  readonly fp: number;
  /** Pushes the function. */
  function(): void;
  /** Pushes the entry. */
  entry(): void;
  /** Calls. */
  go(): void;
}

/** Calls when the frame is made. */
function goIn(f: FunctionEmitter, insn: Insn, callee: Callee): void {
  const { cells } = f;
  const { body, facts, code } = cells;
  f.pay(insn.w);
  f.storeFuel();
  body.get(f.fuel).i64(0n).op(Op.i64LeS).get(State.room).op(Op.i32Eqz, Op.i32Or);
  body.if();
  f.tell(callee.fp, () => callee.function(), 1);
  body.i32(facts.codePreemptedEntry).i32(facts.codeEntered);
  body.get(f.fuel).i64(0n).op(Op.i64LeS, Op.select, Op.return);
  body.end();
  body.get(State.state).get(callee.fp);
  callee.entry();
  body.get(State.room).i32(1).op(Op.i32Sub);
  callee.function();
  body.get(State.depth).i32(1).op(Op.i32Add);
  callee.go();
  const result = cells.temporary(Type.i32);
  body.set(result);
  const { ir, cells: behind } = code.resume(insn.c);
  const values = behind - insn.a / facts.cell;
  const expected =
    ir === 0 || (values !== 0 && values !== 1)
      ? null
      : values === 1
        ? facts.codeReturned
        : facts.codeReturnedNone;
  if (expected !== null) {
    body.get(result).i32(expected).op(Op.i32Ne);
    body.if();
  }
  body.get(result).i32(facts.codeReturned).op(Op.i32Eq);
  body.get(result).i32(facts.codeReturnedNone).op(Op.i32Eq, Op.i32Or);
  body.if();
  body.get(State.state).get(callee.fp).access('i32Store', facts.stateReturned);
  body.get(State.state).get(result).i32(facts.codeReturned).op(Op.i32Eq);
  body.access('i32Store', facts.statePushed);
  f.actor();
  body.i32(insn.c).access('i32Store', facts.actorPc);
  f.loadFuel();
  f.leaveWith(facts.codeUnexpected);
  body.end();
  // Whoever left has told the actor where, and put the budget into the state.
  body.get(result).op(Op.return);
  if (expected === null) return;
  body.end();
  f.loadFuel();
  cells.clobbered(insn.a);
  f.goTo(ir);
}

export function emitCall(f: FunctionEmitter, insn: Insn, at: number): boolean {
  const { cells } = f;
  const { body, facts, code } = cells;
  const target = code.function(insn.b);
  const entry = target.frameCells === 0 ? null : f.entryOf(target.entry);
  if (entry === null) {
    cells.leave(at);
    return false;
  }
  cells.flush();
  cells.leaveIf(at, () => {
    body.get(State.state).access('i32Load', facts.stateStackEnd).get(State.fp).op(Op.i32Sub);
    body.i32(insn.a + target.frameCells * facts.cell).op(Op.i32LtS);
    body.get(State.depth).get(State.state).access('i32Load', facts.stateDepthLimit);
    body.op(Op.i32GeU, Op.i32Or);
  });
  const first = insn.a + target.parameters * facts.cell;
  const header = insn.a + target.slots * facts.cell;
  if (header - first > 8 * facts.cell)
    body
      .get(State.fp)
      .i32(first)
      .op(Op.i32Add)
      .i32(facts.tagUnbound)
      .i32(header - first)
      .fill();
  else
    for (let word = first; word < header; word += 8)
      body.get(State.fp).i64(BigInt(facts.tagUnbound)).access('i64Store', word);
  body.get(State.fp);
  f.frame();
  body.op(Op.i64ExtendI32U).i64(32n).op(Op.i64Shl);
  body.i64(BigInt(facts.tagFrame)).op(Op.i64Or).access('i64Store', header);
  body.get(State.fp).get(State.function).op(Op.i64ExtendI32U);
  body.access('i64Store', header + facts.valueAs);
  body
    .get(State.fp)
    .i64(headerWord(facts, insn.c))
    .access('i64Store', header + facts.cell);
  body
    .get(State.fp)
    .i64(BigInt(facts.frameCall))
    .access('i64Store', header + facts.cell + facts.valueAs);
  const callee = cells.temporary(Type.i32);
  body.get(State.fp).i32(insn.a).op(Op.i32Add).set(callee);
  goIn(f, insn, {
    fp: callee,
    function: () => void body.i32(target.address),
    entry: () => void body.i32(entry.id),
    go: () => void body.call(entry.function),
  });
  return false;
}

export function emitCallValue(f: FunctionEmitter, insn: Insn, at: number): boolean {
  const { cells } = f;
  const { body, facts } = cells;
  const callee = cells.temporary(Type.i32);
  const target = cells.temporary(Type.i32);
  const code = cells.temporary(Type.i32);
  body.get(State.fp).i32(insn.a).op(Op.i32Add).set(callee);
  cells.flush();
  cells.leaveIf(at, () => {
    body.get(State.state).get(callee).i32(insn.b).i32(insn.c).get(State.function);
    f.frame();
    body.get(State.depth).call(f.helpers.makeFrame).tee(target).op(Op.i32Eqz);
  });
  body.get(target).access('i32Load', facts.functionCode).set(code);
  goIn(f, insn, {
    fp: callee,
    function: () => void body.get(target),
    entry: () => void body.get(code).i32(0xffff).op(Op.i32And),
    go() {
      body.get(code).i32(16).op(Op.i32ShrU).i32(f.helpers.slots).op(Op.i32Add);
      body.callIndirect(f.helpers.type);
    },
  });
  return false;
}

/** Leaves when the last of these records belongs to the frame: it is for the interpreter to clear away. */
function leaveIfOwn(
  f: FunctionEmitter,
  at: number,
  items: number,
  count: number,
  size: number,
  fp: number,
): void {
  const { cells } = f;
  const { body } = cells;
  const records = cells.temporary(Type.i32);
  f.actor();
  body.access('i32Load', count).tee(records);
  body.if();
  cells.leaveIf(at, () => {
    f.actor();
    body.access('i32Load', items);
    body.get(records).i32(1).op(Op.i32Sub).i32(size).op(Op.i32Mul, Op.i32Add).access('i32Load', fp);
    f.frame();
    body.op(Op.i32Eq);
  });
  body.end();
}

export function emitReturn(f: FunctionEmitter, insn: Insn, at: number): boolean {
  const { cells } = f;
  const { body, facts, code } = cells;
  const header = code.slotsAt(at) * facts.cell;
  const { name } = insn.op;
  if (name === 'RETURNX' || name === 'RETURN_NONE') {
    leaveIfOwn(f, at, facts.actorHandlers, facts.actorHandlerCount, facts.handlerSize, facts.handlerFp);
    leaveIfOwn(
      f,
      at,
      facts.actorCaptures,
      facts.actorCaptureCount,
      facts.pendingCaptureSize,
      facts.pendingCaptureFp,
    );
  }
  const kind = cells.temporary(Type.i32);
  cells.leaveIf(at, () => {
    body
      .get(State.fp)
      .access('i32Load', header + facts.cell + facts.valueAs)
      .tee(kind);
    body
      .i32(facts.frameCall)
      .op(Op.i32Sub)
      .i32(facts.frameFunction - facts.frameCall)
      .op(Op.i32GtU);
  });
  const pushed = (): void => {
    if (name === 'RETURN_NONE') body.get(kind).i32(facts.frameFunction).op(Op.i32Eq);
    else body.i32(1);
  };
  // To the VM. The header may begin where the value goes, so it is read first.
  body.get(State.room).i32(facts.codeRoom).op(Op.i32Eq);
  body.if();
  body.get(State.state).get(State.fp).access('i32Store', facts.stateReturned);
  body.get(State.state);
  pushed();
  body.access('i32Store', facts.statePushed);
  for (const [from, to] of [
    [header + facts.cell + facts.valueLen, facts.actorPc],
    [header + facts.valueLen, facts.actorFp],
    [header + facts.valueAs, facts.actorFunction],
  ] as const) {
    f.actor();
    body.get(State.fp).access('i32Load', from).access('i32Store', to);
  }
  f.actor();
  body.get(State.depth).i32(1).op(Op.i32Sub).access('i32Store', facts.actorDepth);
  body.end();
  f.pay(insn.w);
  f.storeFuel();
  if (name === 'RETURN_NONE') {
    pushed();
    body.if();
    body.get(State.fp).i64(BigInt(facts.tagNull)).access('i64Store', 0);
    body.get(State.fp).i64(0n).access('i64Store', facts.valueAs);
    body.end();
    body.i32(facts.codeReturned).i32(facts.codeReturnedNone);
    pushed();
    body.op(Op.select);
  } else {
    cells.store(0, insn.a);
    body.i32(facts.codeReturned);
  }
  body.op(Op.return);
  return false;
}

/** The parameters of `makeFrame`. */
const Make = { state: 0, base: 1, count: 2, address: 3, function: 4, frame: 5, depth: 6 } as const;

/**
 * (state, base, count, address, function, frame, depth) → the function in cell `count` from base on, for whose `count`
 * arguments from base on it has made a frame that returns to the address in the frame of the function; 0, and
 * nothing is changed, when the interpreter is to see to that.
 */
export function makeFrameBody(facts: Facts, share: number): FunctionBody {
  const body = new FunctionBody(7);
  const local = (): number => body.local(Type.i32);
  const [at, closure, target, slots] = [local(), local(), local(), local()] as const;
  const [i, end, slot] = [local(), local(), local()] as const;
  const tag = local();
  const give0 = (emit: () => void): void => {
    emit();
    body.if();
    body.i32(0).op(Op.return);
    body.end();
  };
  body.get(Make.base).get(Make.count).i32(facts.cell).op(Op.i32Mul, Op.i32Add).tee(at);
  body.access('i32Load', 0).tee(tag).i32(facts.tagFunction).op(Op.i32Eq);
  body.if();
  body.get(at).access('i32Load', facts.valueAs).set(target);
  body.else();
  give0(() => body.get(tag).i32(facts.tagClosure).op(Op.i32Ne));
  body.get(at).access('i32Load', facts.valueAs).tee(closure);
  body.access('i32Load', facts.closureFunction).set(target);
  body.end();
  body.get(target).access('i32Load', facts.functionSlotCount).set(slots);
  give0(() => {
    body.get(target).access('i32Load', facts.functionCode).op(Op.i32Eqz);
    body.get(target).access('i32Load', facts.functionParameterCount).get(Make.count).op(Op.i32Ne, Op.i32Or);
    body.get(target).access('i32Load', facts.functionFrameCells).op(Op.i32Eqz, Op.i32Or);
    body.get(Make.depth);
    body.get(Make.state).access('i32Load', facts.stateDepthLimit).op(Op.i32GeU, Op.i32Or);
    body.get(Make.state).access('i32Load', facts.stateStackEnd).get(Make.base).op(Op.i32Sub);
    body.get(target).access('i32Load', facts.functionFrameCells).i32(facts.cell).op(Op.i32Mul);
    body.op(Op.i32LtS, Op.i32Or);
  });
  // Variables without a value.
  body.get(Make.base).get(slots).i32(facts.cell).op(Op.i32Mul, Op.i32Add).set(end);
  body.get(at).set(i);
  const clear = body.loop();
  body.get(i).get(end).op(Op.i32LtU);
  body.if();
  body.get(i).i64(BigInt(facts.tagUnbound)).access('i64Store', 0);
  body.get(i).i64(0n).access('i64Store', facts.valueAs);
  body.get(i).i32(facts.cell).op(Op.i32Add).set(i).br(clear);
  body.end();
  body.end();
  // The header.
  body.get(end);
  body.get(Make.frame).op(Op.i64ExtendI32U).i64(32n).op(Op.i64Shl);
  body.i64(BigInt(facts.tagFrame)).op(Op.i64Or).access('i64Store', 0);
  body.get(end).get(Make.function).op(Op.i64ExtendI32U);
  body.access('i64Store', facts.valueAs);
  body.get(end).get(Make.address).op(Op.i64ExtendI32U).i64(32n).op(Op.i64Shl);
  body.i64(BigInt(facts.tagFrame)).op(Op.i64Or).access('i64Store', facts.cell);
  body
    .get(end)
    .i64(BigInt(facts.frameFunction))
    .access('i64Store', facts.cell + facts.valueAs);
  // What it captured; a parameter hides a capture of the same name.
  body.get(closure);
  body.if();
  body.get(closure).access('i32Load', facts.objUsed).i32(facts.captureSize).op(Op.i32Mul);
  body.get(closure).op(Op.i32Add).set(end);
  body.get(closure).set(i);
  const place = body.loop();
  body.get(i).get(end).op(Op.i32LtU);
  body.if();
  const capture = facts.closureCaptures;
  body
    .get(i)
    .access('i32Load', capture + facts.captureSlot)
    .tee(slot);
  body.i32(facts.noSlot).op(Op.i32Ne);
  body.get(slot).get(Make.count).op(Op.i32GeU, Op.i32And);
  body.if();
  const value = capture + facts.captureValue;
  body
    .get(i)
    .access('i64Load', value)
    .get(i)
    .access('i64Load', value + facts.valueAs)
    .call(share);
  body.get(Make.base).get(slot).i32(facts.cell).op(Op.i32Mul, Op.i32Add).tee(slot);
  body.get(i).access('i64Load', value).access('i64Store', 0);
  body
    .get(slot)
    .get(i)
    .access('i64Load', value + facts.valueAs)
    .access('i64Store', facts.valueAs);
  body.end();
  body.get(i).i32(facts.captureSize).op(Op.i32Add).set(i).br(place);
  body.end();
  body.end();
  body.end();
  body.get(target);
  return body;
}

/** (both words of a value): notes that it now stays in a second place, as tt_value_share. */
export function shareBody(facts: Facts): FunctionBody {
  const body = new FunctionBody(2);
  const object = body.local(Type.i32);
  const flags = body.local(Type.i32);
  body.get(0).op(Op.i32WrapI64).tee(object).i32(facts.tagList).op(Op.i32Eq);
  body.get(object).i32(facts.tagObject).op(Op.i32Eq, Op.i32Or);
  body.if();
  body.get(1).op(Op.i32WrapI64).tee(object);
  body.if();
  body.get(object).access('i32Load8U', facts.objFlags).tee(flags);
  body.i32(facts.objShared | facts.objFrozen).op(Op.i32And, Op.i32Eqz);
  body.if();
  body.get(object).get(flags).i32(facts.objShared).op(Op.i32Or).access('i32Store8', facts.objFlags);
  body.end();
  body.end();
  body.end();
  return body;
}
