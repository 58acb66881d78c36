// SPDX-License-Identifier: MIT
/**
 * What becomes of each register instruction: its fast ways, as core/exec/interp_ir.c has them. Whatever they do not
 * cover leaves before the instruction has done anything, and the interpreter carries it out.
 */
import { State, type Cells } from './cells.js';
import { emitCall, emitCallValue, emitReturn } from './frames.js';
import type { FunctionEmitter } from './function_emitter.js';
import { counts } from './kinds.js';
import type { Insn, RegisterCode } from './register_code.js';
import { Op, Type } from './wasm.js';
import {
  emitAppend,
  emitGetField,
  emitIndex,
  emitLength,
  emitLoadGlobal,
  emitSetField,
  emitSetItem,
} from './data.js';

/** Emits the instruction; gives false when control never comes behind it. */
export type Emitter = (f: FunctionEmitter, insn: Insn, at: number) => unknown;

interface Pair {
  readonly int: number;
  readonly float: number;
}

const ADD: Pair = { int: Op.i64Add, float: Op.f64Add };
const ARITHMETIC: Readonly<Record<string, Pair>> = {
  ADD,
  SUB: { int: Op.i64Sub, float: Op.f64Sub },
  MUL: { int: Op.i64Mul, float: Op.f64Mul },
};

const COMPARISONS: Readonly<Record<string, Pair>> = {
  LT: { int: Op.i64LtS, float: Op.f64Lt },
  LE: { int: Op.i64LeS, float: Op.f64Le },
  GT: { int: Op.i64GtS, float: Op.f64Gt },
  GE: { int: Op.i64GeS, float: Op.f64Ge },
  EQ: { int: Op.i64Eq, float: Op.f64Eq },
  NE: { int: Op.i64Ne, float: Op.f64Ne },
};

const BITS: Readonly<Record<string, number>> = {
  AND_BITS: Op.i64And,
  OR_BITS: Op.i64Or,
  XOR_BITS: Op.i64Xor,
};

/* ---- two operands, both Int or both Float ------------------------------------------------------------- */

/** The operands, if they are not registers themselves. */
interface Operands {
  readonly left: number;
  readonly right: number | { readonly integer: number };
}

function pushInts(cells: Cells, { left, right }: Operands): void {
  cells.i64(left);
  if (typeof right === 'number') cells.i64(right);
  else cells.body.i64(BigInt(right.integer));
}

const doubleBits = (value: number): bigint => new BigInt64Array(new Float64Array([value]).buffer)[0] ?? 0n;

function pushFloats(cells: Cells, { left, right }: Operands): void {
  cells.f64(left);
  if (typeof right === 'number') cells.f64(right);
  else cells.body.f64Bits(doubleBits(right.integer));
}

/** What is known beforehand of the operands. An integer of the instruction itself goes with both kinds. */
type Kind = 'int' | 'float' | 'mixed' | 'unknown' | 'other';

const registersOf = ({ left, right }: Operands): number[] =>
  typeof right === 'number' ? [left, right] : [left];

function kindOf(cells: Cells, operands: Operands): Kind {
  const { tagInt, tagFloat } = cells.facts;
  const tags = registersOf(operands).map((register) => cells.tagOf(register));
  if (tags.some((tag) => tag !== null && tag !== tagInt && tag !== tagFloat)) return 'other';
  if (tags.includes(tagInt)) return tags.includes(tagFloat) ? 'mixed' : 'int';
  return tags.includes(tagFloat) ? 'float' : 'unknown';
}

/** Leaves 1 on the stack when all registers have the tag. */
function haveTag(cells: Cells, { left, right }: Operands, tag: number): void {
  cells.tag(left);
  cells.body.i32(tag).op(Op.i32Eq);
  if (typeof right !== 'number' || right === left) return;
  cells.tag(right);
  cells.body.i32(tag).op(Op.i32Eq, Op.i32And);
}

interface Ways {
  int(): void;
  float(): void;
  /** Neither: the VM does it. */
  other(): void;
  /** Registers that it changes. */
  readonly changes: readonly number[];
  /** Of what it leaves on the stack. */
  readonly type: number;
}

/** Ints in one way, Floats in the other, all else by the VM; fewer ways where kinds are known. */
function split(f: FunctionEmitter, operands: Operands, at: number, ways: Ways): void {
  const { cells } = f;
  const { body, facts } = cells;
  const kind = kindOf(cells, operands);
  if (kind === 'int' || kind === 'float') {
    const tag = kind === 'int' ? facts.tagInt : facts.tagFloat;
    const way = (): void => (kind === 'int' ? ways.int() : ways.float());
    const unknown = registersOf(operands).filter((register) => cells.tagOf(register) === null);
    if (unknown.length === 0) return way();
    cells.touch(...unknown);
    return cells.eitherWay(
      ways.type,
      ways.changes,
      null,
      () => {
        for (const register of unknown) cells.want(register, tag, at);
        way();
      },
      () => ways.other(),
    );
  }
  if (kind !== 'unknown') return ways.other();
  cells.touch(...registersOf(operands));
  cells.eitherWay(
    ways.type,
    ways.changes,
    null,
    () => {
      const join = cells.joinOf(ways.changes, null);
      haveTag(cells, operands, facts.tagInt);
      body.if(ways.type);
      cells.branch(() => {
        ways.int();
        join.fill();
      });
      body.else();
      cells.branch(() => {
        cells.leaveIf(at, () => {
          haveTag(cells, operands, facts.tagFloat);
          body.op(Op.i32Eqz);
        });
        ways.float();
        join.fill();
      });
      body.end();
      join.done();
    },
    () => ways.other(),
  );
}

/** An addition that goes on with Ints only. */
function count(f: FunctionEmitter, to: number, operands: Operands, at: number): boolean {
  const { cells } = f;
  const { tagInt } = cells.facts;
  if (!['int', 'unknown'].includes(kindOf(cells, operands))) {
    arithmetic(f, to, ADD, operands, at);
    return true;
  }
  if (!registersOf(operands).every((register) => cells.want(register, tagInt, at))) return false;
  pushInts(cells, operands);
  cells.body.op(Op.i64Add);
  cells.setI64(to, tagInt);
  return true;
}

function arithmetic(f: FunctionEmitter, to: number, pair: Pair, operands: Operands, at: number): void {
  const { cells } = f;
  split(f, operands, at, {
    type: Type.none,
    changes: [to],
    int() {
      pushInts(cells, operands);
      cells.body.op(pair.int);
      cells.setI64(to, cells.facts.tagInt);
    },
    float() {
      pushFloats(cells, operands);
      cells.body.op(pair.float);
      cells.setF64(to);
    },
    other: () => f.carryOut(at, to),
  });
}

/** Leaves whether it holds on the stack; `other` does where the VM has to find out. */
function compare(f: FunctionEmitter, pair: Pair, operands: Operands, at: number, other: () => void): void {
  const { cells } = f;
  split(f, operands, at, {
    type: Type.i32,
    changes: [],
    int() {
      pushInts(cells, operands);
      cells.body.op(pair.int);
    },
    float() {
      pushFloats(cells, operands);
      cells.body.op(pair.float);
    },
    other,
  });
}

/** Leaves whether the value counts as true on the stack. */
function truth(cells: Cells, register: number): void {
  const { body, facts } = cells;
  const tag = cells.tagOf(register);
  if (tag === facts.tagInt || tag === facts.tagBool) {
    cells.i64(register);
    body.op(Op.i64Eqz, Op.i32Eqz);
  } else if (tag !== null) body.i32(Number(tag !== facts.tagNull));
  else {
    const low = Math.min(facts.tagInt, facts.tagBool);
    cells.tag(register);
    body.i32(low).op(Op.i32Sub).i32(2).op(Op.i32LtU);
    body.if(Type.i32);
    cells.branch(() => {
      cells.i64(register);
      body.op(Op.i64Eqz, Op.i32Eqz);
    });
    body.else();
    cells.branch(() => {
      cells.tag(register);
      body.i32(facts.tagNull).op(Op.i32Ne);
    });
    body.end();
  }
}

/* ---- the table --------------------------------------------------------------------------------------- */

const table = new Map<string, Emitter>();
const define = (names: string | readonly string[], emitter: Emitter): void => {
  for (const name of typeof names === 'string' ? [names] : names) table.set(name, emitter);
};

define('NOP', () => undefined);
define('COUNT', (f, { a }) => f.pay(a));
define('MOVE', ({ cells }, { a, b }) => cells.copy(a, b));
define('SHARE', (f, { a, b }) => {
  f.share(b);
  f.cells.copy(a, b);
});
// A list is marked as if it stayed in the variable, too, which is more than the interpreter does.
define('TAKE', (f, { a, b }) => {
  const { cells } = f;
  const { body, facts } = cells;
  const tag = cells.tagOf(b);
  if (tag === null || tag === facts.tagList) {
    cells.tag(b);
    body.i32(facts.tagList).op(Op.i32Eq);
    body.if();
    cells.branch(() => f.markMoved(b));
    body.end();
  }
  cells.copy(a, b);
});
define('LOADI', ({ cells }, { a, b }) => {
  cells.body.i64(BigInt(b));
  cells.setI64(a, cells.facts.tagInt);
});
define('LOADK', ({ cells }, { a, b }) => cells.copy(a, b));
define('LOADV', (f, { a, b, w }, at) => {
  const { cells } = f;
  if (cells.tagOf(b) !== null) {
    if (w) f.share(b);
    return cells.copy(a, b);
  }
  cells.touch(b);
  cells.eitherWay(
    Type.none,
    [a],
    null,
    () => {
      cells.leaveIf(at, () => {
        cells.tag(b);
        cells.body.i32(cells.facts.tagUnbound).op(Op.i32Eq);
      });
      if (w) f.share(b);
      cells.copy(a, b);
    },
    () => f.carryOut(at, a),
  );
});
define('LOADG', emitLoadGlobal);
define('SWAP', ({ cells }, { a, b }) => {
  const put = cells.hold(a);
  cells.copy(a, b);
  put(b);
});
define('ROT', ({ cells }, { a }) => {
  const { cell } = cells.facts;
  const put = cells.hold(a);
  cells.copy(a, a + cell);
  cells.copy(a + cell, a + 2 * cell);
  put(a + 2 * cell);
});

for (const [name, pair] of Object.entries(ARITHMETIC))
  define([name, `${name}K`], (f, insn, at) => {
    const operands = { left: insn.b, right: insn.c };
    if (counts(insn)) return count(f, insn.a, operands, at);
    return arithmetic(f, insn.a, pair, operands, at);
  });
define('ADDI', (f, insn, at) => {
  const operands = { left: insn.b, right: { integer: insn.c } };
  if (counts(insn)) return count(f, insn.a, operands, at);
  return arithmetic(f, insn.a, ADD, operands, at);
});
define('DIV', (f, { a, b, c }, at) => {
  const { cells } = f;
  const operands = { left: b, right: c };
  split(f, operands, at, {
    type: Type.none,
    changes: [a],
    int() {
      // 0, and -1 for the one quotient that overflows.
      if (c >= 0 || cells.code.constant(c).bits <= 0n)
        cells.leaveIf(at, () => {
          cells.i64(c);
          cells.body.i64(1n).op(Op.i64Add).i64(2n).op(Op.i64LtU);
        });
      pushInts(cells, operands);
      cells.body.op(Op.i64DivS);
      cells.setI64(a, cells.facts.tagInt);
    },
    float() {
      cells.leaveIf(at, () => {
        cells.f64(c);
        cells.body.f64Bits(0n).op(Op.f64Eq);
      });
      pushFloats(cells, operands);
      cells.body.op(Op.f64Div);
      cells.setF64(a);
    },
    other: () => f.carryOut(at, a),
  });
});
define('MOD', (f, { a, b, c }, at) => {
  const { cells } = f;
  const { tagInt } = cells.facts;
  const operands = { left: b, right: c };
  const kind = kindOf(cells, operands);
  if (kind !== 'int' && kind !== 'unknown') return f.carryOut(at, a);
  const unknown = [b, c].filter((register) => cells.tagOf(register) === null);
  const divide = (): void => {
    for (const register of unknown) cells.want(register, tagInt, at);
    if (c >= 0 || cells.code.constant(c).bits === 0n)
      cells.leaveIf(at, () => {
        cells.i64(c);
        cells.body.op(Op.i64Eqz);
      });
    pushInts(cells, operands);
    cells.body.op(Op.i64RemS);
    cells.setI64(a, tagInt);
  };
  if (unknown.length === 0) return divide();
  cells.touch(...unknown);
  return cells.eitherWay(Type.none, [a], null, divide, () => f.carryOut(at, a));
});
define('NEG', (f, { a, b }, at) => {
  const { cells } = f;
  split(f, { left: b, right: { integer: 0 } }, at, {
    type: Type.none,
    changes: [a],
    int() {
      cells.body.i64(0n);
      cells.i64(b);
      cells.body.op(Op.i64Sub);
      cells.setI64(a, cells.facts.tagInt);
    },
    float() {
      cells.f64(b);
      cells.body.op(Op.f64Neg);
      cells.setF64(a);
    },
    other: () => f.carryOut(at, a),
  });
});

for (const [name, op] of Object.entries(BITS))
  define(name, ({ cells }, { a, b, c }, at) => {
    if (!cells.want(b, cells.facts.tagInt, at) || !cells.want(c, cells.facts.tagInt, at)) return false;
    pushInts(cells, { left: b, right: c });
    cells.body.op(op);
    cells.setI64(a, cells.facts.tagInt);
    return true;
  });
define('SHIFT', ({ cells }, { a, b, c, original }, at) => {
  if (!cells.want(b, cells.facts.tagInt, at) || !cells.want(c, cells.facts.tagInt, at)) return false;
  cells.leaveIf(at, () => {
    cells.i64(c);
    cells.body.i64(63n).op(Op.i64GtU);
  });
  pushInts(cells, { left: b, right: c });
  cells.body.op(original === 'SHL' ? Op.i64Shl : Op.i64ShrS);
  cells.setI64(a, cells.facts.tagInt);
  return true;
});
define('NOT_BITS', ({ cells }, { a, b }, at) => {
  if (!cells.want(b, cells.facts.tagInt, at)) return false;
  cells.i64(b);
  cells.body.i64(-1n).op(Op.i64Xor);
  cells.setI64(a, cells.facts.tagInt);
  return true;
});
define('COMPARE', (f, { a, b, c, original }, at) => {
  const pair = COMPARISONS[original];
  const { cells } = f;
  if (!pair || kindOf(cells, { left: b, right: c }) === 'other') return f.carryOut(at, a);
  compare(f, pair, { left: b, right: c }, at, () => {
    f.carryOut(at);
    cells.body.get(State.fp).access('i32Load', a + cells.facts.valueAs);
  });
  cells.setTruth(a, cells.facts.tagInt);
});
for (const [name, op] of [
  ['AND', Op.i32And],
  ['OR', Op.i32Or],
] as const)
  define(name, ({ cells }, { a, b, c }) => {
    truth(cells, b);
    truth(cells, c);
    cells.body.op(op);
    cells.setTruth(a, cells.facts.tagBool);
  });
define('NOT', ({ cells }, { a, b }) => {
  truth(cells, b);
  cells.body.op(Op.i32Eqz);
  cells.setTruth(a, cells.facts.tagBool);
});
define('BOOL', ({ cells }, { a, b }) => {
  truth(cells, b);
  cells.setTruth(a, cells.facts.tagBool);
});
define('SELF', (f, { a }) => {
  const { cells } = f;
  f.actor();
  cells.body.access('i64Load', cells.facts.actorPid);
  cells.setI64(a, cells.facts.tagInt);
});
define('BUILTIN', (f, { a, b, c }, at) => {
  const { cells } = f;
  if (c !== cells.facts.builtinSqrt) return f.carryOut(at, a);
  cells.touch(b);
  cells.eitherWay(
    Type.none,
    [a],
    cells.facts.tagFloat,
    () => {
      if (!cells.want(b, cells.facts.tagFloat, at)) return false;
      cells.f64(b);
      cells.body.op(Op.f64Sqrt);
      cells.setF64(a);
      return true;
    },
    () => f.carryOut(at, a),
  );
  cells.learn(a, cells.facts.tagFloat);
});
define(['CONCAT', 'LIST', 'GETKEY', 'SETKEY', 'HASFIELD', 'ARITH', 'FLOAT'], (f, { a }, at) =>
  f.carryOut(at, a));
define('POPITEM', (f, { a }, at) => f.carryOut(at, a, a + f.cells.facts.cell));

define('LEN', emitLength);
define('INDEX', emitIndex);
define('APPEND', emitAppend);
define('SETITEM', emitSetItem);
define('GETFIELD', emitGetField);
define('SETFIELD', emitSetField);

define('JUMP', (f, _insn, at) => {
  f.branch(at);
  return false;
});
for (const [name, wanted] of [
  ['JT', true],
  ['JF', false],
] as const)
  define(name, (f, { a }, at) => {
    truth(f.cells, a);
    if (!wanted) f.cells.body.op(Op.i32Eqz);
    f.branchIf(at);
  });
for (const [name, pair] of Object.entries(COMPARISONS))
  for (const [prefix, wanted] of [
    ['J', true],
    ['JN', false],
  ] as const)
    for (const suffix of ['', 'I', 'K'])
      define(`${prefix}${name}${suffix}`, (f, { a, b }, at) => {
        const right = suffix === 'I' ? { integer: b } : b;
        const operands = { left: a, right };
        // What the VM finds out is whether the branch is taken.
        const turn = (): void => void (wanted || f.cells.body.op(Op.i32Eqz));
        compare(f, pair, operands, at, () => {
          f.carryOutTest(at);
          turn();
        });
        turn();
        f.branchIf(at);
      });

define('CALL', emitCall);
define('CALLV', emitCallValue);
define(['RETURN', 'RETURNK', 'RETURNX', 'RETURN_NONE'], emitReturn);

/** The code for an instruction, if there is any. */
export function emitterOf(code: RegisterCode, at: number): Emitter | null {
  const insn = code.insns[at];
  return (insn && table.get(insn.op.name)) ?? null;
}

/** Names of the instructions that there is code for. */
export const INLINE: readonly string[] = [...table.keys()];
