// SPDX-License-Identifier: MIT
/** What is known of the tags of instructions' results, when all that is known is the operands' tags. */
import type { Facts } from './layout.js';
import type { Insn, RegisterCode } from './register_code.js';

/** A tag; or nothing is known; or what it depends on has not been looked at yet. */
export type Kind = number | 'any' | 'open';

/** Whether lowering has found it to count a loop, which is done with Ints. */
export const counts = ({ op }: Insn): boolean => op.whole.startsWith('LOOP');

export const COMPARED: readonly string[] = ['LT', 'LE', 'GT', 'GE', 'EQ', 'NE'];

const INT_RESULTS = new Set(['LOADI', 'LEN', 'AND_BITS', 'OR_BITS', 'XOR_BITS', 'SHIFT', 'NOT_BITS', 'SELF']);
const BOOL_RESULTS = new Set(['AND', 'OR', 'NOT', 'BOOL']);
const ARITHMETIC = new Set(['ADD', 'ADDK', 'SUB', 'SUBK', 'MUL', 'MULK', 'DIV']);
const COPIES = new Set(['MOVE', 'SHARE', 'TAKE', 'LOADK', 'LOADV']);

/** Both Int or both Float gives that; operands that are not known yet are taken to fit. */
function ofBoth(facts: Facts, kinds: readonly Kind[]): Kind {
  const { tagInt, tagFloat } = facts;
  const first = kinds.find((kind) => kind !== 'open');
  if (first === undefined) return 'open';
  if (first !== tagInt && first !== tagFloat) return 'any';
  if (kinds.some((kind) => kind !== 'open' && kind !== first)) return 'any';
  return kinds.includes('open') ? 'open' : first;
}

/**
 * Tags of the cells that an instruction writes, from those of cells and constants that it reads: an entry for each
 * cell that it writes. What this says, the code made of the instruction must know, too.
 */
export function resultKinds(
  code: RegisterCode,
  at: number,
  writes: readonly number[],
  kindOf: (operand: number) => Kind,
): Map<number, Kind> {
  const { facts } = code.layout;
  const result = new Map<number, Kind>(writes.map((cell) => [cell, 'any']));
  const insn = code.insns[at];
  if (!insn || writes.length === 0) return result;
  const { name } = insn.op;
  const give = (kind: Kind): void => void result.set(insn.a / facts.cell, kind);
  if (INT_RESULTS.has(name)) give(facts.tagInt);
  else if (BOOL_RESULTS.has(name)) give(facts.tagBool);
  else if (COPIES.has(name)) give(kindOf(insn.b));
  else if (counts(insn)) {
    const kinds = name === 'ADDI' ? [kindOf(insn.b)] : [kindOf(insn.b), kindOf(insn.c)];
    if (kinds.some((kind) => typeof kind === 'number' && kind !== facts.tagInt)) give(ofBoth(facts, kinds));
    else give(kinds.includes('open') ? 'open' : facts.tagInt);
  } else if (ARITHMETIC.has(name)) give(ofBoth(facts, [kindOf(insn.b), kindOf(insn.c)]));
  else if (name === 'ADDI' || name === 'NEG') give(ofBoth(facts, [kindOf(insn.b)]));
  else if (name === 'MOD') {
    const kind = ofBoth(facts, [kindOf(insn.b), kindOf(insn.c)]);
    give(kind === facts.tagFloat ? 'any' : kind);
  } else if (name === 'COMPARE') {
    const kinds = [kindOf(insn.b), kindOf(insn.c)];
    const numbers = kinds.every(
      (kind) => kind === 'any' || kind === 'open' || kind === facts.tagInt || kind === facts.tagFloat,
    );
    give(numbers && COMPARED.includes(insn.original) ? facts.tagInt : 'any');
  } else if (name === 'BUILTIN' && insn.c === facts.builtinSqrt) give(facts.tagFloat);
  else if (name === 'APPEND' || name === 'SETITEM') give(facts.tagList);
  else if (name === 'SETFIELD') give(facts.tagObject);
  return result;
}

/** What holds when either does. */
export function meet(a: Kind, b: Kind): Kind {
  if (a === 'open') return b;
  if (b === 'open') return a;
  return a === b ? a : 'any';
}
