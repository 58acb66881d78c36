// SPDX-License-Identifier: MIT
/** The core's own tables, arranged for look-ups by what stands in a source. */
import { tables } from '../../../wasm-glue/ts/index.ts';

export type Instruction = (typeof tables.INSTRUCTIONS)[number];
export type Builtin = (typeof tables.BUILTINS)[number];

/** Underscores and case do not matter in mnemonics. */
function key(mnemonic: string): string {
  return mnemonic.replaceAll('_', '').toUpperCase();
}

const byKey = new Map<string, Instruction>();
for (const instruction of tables.INSTRUCTIONS) {
  byKey.set(key(instruction.mnemonic), instruction);
  for (const synonym of instruction.synonyms) byKey.set(key(synonym), instruction);
}
const builtins = new Map(tables.BUILTINS.map((builtin) => [builtin.name, builtin]));

export const INSTRUCTIONS: readonly Instruction[] = tables.INSTRUCTIONS;
export const BUILTINS: readonly Builtin[] = tables.BUILTINS;

export function findInstruction(mnemonic: string): Instruction | undefined {
  return byKey.get(key(mnemonic));
}

export function findBuiltin(name: string): Builtin | undefined {
  return builtins.get(name);
}

/** Every spelling that is read, without and with underscores. */
export function spellings(): string[] {
  const all = tables.INSTRUCTIONS.flatMap((one) => [one.mnemonic, ...one.synonyms]);
  return [...new Set(all.flatMap((text) => [text, text.replaceAll('_', '')]))];
}

export function describeInstruction(instruction: Instruction): string {
  const head = `${instruction.mnemonic}${instruction.operands === '' ? '' : ` ${instruction.operands}`}`;
  const notes = [
    instruction.group,
    instruction.throws === '' ? '' : `may raise ${instruction.throws}`,
    instruction.synonyms.length === 0 ? '' : `also read: ${instruction.synonyms.join(', ')}`,
  ].filter((note) => note !== '');
  return `\`\`\`ttvm\n${head}\n\`\`\`\n\nStack \`${instruction.picture}\`\n\n${instruction.doc}\n\n*${notes.join(' · ')}*`;
}

export function describeBuiltin(builtin: Builtin): string {
  return `\`\`\`text\n${builtin.name}: ${builtin.signature}\n\`\`\`\n\n${builtin.doc}`;
}
