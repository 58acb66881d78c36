// SPDX-License-Identifier: MIT
/** Which cells of its frame a register instruction reads and writes, by the kinds of its operands. */
import { isCall } from './shape.js';
import type { Insn, RegisterCode } from './register_code.js';

/** Cells are counted from fp. */
export interface Accesses {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Of a call: it needs all operands in front of this cell in memory, and leaves nothing valid behind the result. */
  readonly arguments: number;
}

/** A built-in function takes so many operands at most. */
const MOST_ARGUMENTS = 4;

/** What the first of several registers stands for. */
function several(insn: Insn, first: number): { reads: number[]; writes: number[] } {
  const from = (count: number): number[] => Array.from({ length: count }, (_none, i) => first + i);
  switch (insn.op.name) {
    case 'ROT':
      return { reads: from(3), writes: from(3) };
    case 'POPITEM':
      return { reads: from(1), writes: from(2) };
    case 'LIST':
      return { reads: from(insn.c), writes: [] };
    case 'BUILTIN':
      return { reads: from(MOST_ARGUMENTS), writes: [] };
    default:
      return { reads: [], writes: [] };
  }
}

export function accessesOf(code: RegisterCode, at: number): Accesses {
  const reads: number[] = [];
  const writes: number[] = [];
  const insn = code.insns[at];
  if (!insn) return { reads, writes, arguments: 0 };
  const { cell } = code.layout.facts;
  [insn.a, insn.b, insn.c].forEach((operand, i) => {
    const kind = insn.op.operands[i] ?? '_';
    if (operand < 0) return;
    const register = operand / cell;
    if ('RKU'.includes(kind)) reads.push(register);
    if ('DU'.includes(kind)) writes.push(register);
    if (kind !== 'W') return;
    const more = several(insn, register);
    reads.push(...more.reads);
    writes.push(...more.writes);
  });
  let count = 0;
  if (isCall(insn.op.name)) {
    const values = insn.op.name === 'CALL' ? code.function(insn.b).parameters : insn.b + 1;
    count = insn.a / cell + values;
    writes.push(insn.a / cell);
  }
  return { reads, writes, arguments: count };
}
