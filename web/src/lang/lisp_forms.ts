// SPDX-License-Identifier: MIT
/** The core's tables of Lisp, arranged for the editor. */
import { lispTables, tables } from '../../../wasm-glue/ts/index.ts';

export interface LispName {
  readonly name: string;
  readonly shape: string;
  readonly doc: string;
  readonly kind: 'form' | 'actor' | 'function';
}

const forms = lispTables.LISP_WORDS.map((word): LispName => ({
  name: word.name,
  shape: word.syntax,
  doc: word.doc,
  kind: word.group === 'actors' ? 'actor' : word.kind === 'operator' ? 'function' : 'form',
}));

/** Names of std with the documentation of the built-in that they are made of, where there is one. */
const signatures = new Map(tables.BUILTINS.map((builtin) => [builtin.name, builtin]));
const library = lispTables.LISP_STD.map((one): LispName => {
  const builtin = signatures.get(`${one.module}.${one.name}`);
  const shape = builtin?.signature ?? (one.arity < 0 ? one.name : `${one.name}: ${one.arity} arguments`);
  return { name: one.name, shape, doc: builtin?.doc ?? `Of std/${one.module}.`, kind: 'function' };
});

/** Instructions that take everything from the stack are functions, too. */
const instructions = tables.INSTRUCTIONS.filter(
  (one) => one.format === 'NONE' && !['stack', 'comparison', 'control', 'functions'].includes(one.group),
).map((one): LispName => ({
  name: one.mnemonic.toLowerCase().replaceAll('_', '-'),
  shape: one.picture,
  doc: one.doc,
  kind: one.group === 'actors' ? 'actor' : 'function',
}));

const byName = new Map<string, LispName>();
for (const one of [...forms, ...library, ...instructions])
  if (!byName.has(one.name)) byName.set(one.name, one);

export const LISP_NAMES: readonly LispName[] = [...byName.values()];

export function findLispName(name: string): LispName | undefined {
  return byName.get(name) ?? byName.get(name.replaceAll('-', '_'));
}
