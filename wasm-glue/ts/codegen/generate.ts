// SPDX-License-Identifier: MIT
/** Register code → one WebAssembly module. See README.md of this folder's parent. */
import { PARAMETERS, PlanMismatch } from './cells.js';
import { FunctionEmitter, type Entry, type Helpers } from './function_emitter.js';
import { makeFrameBody, shareBody } from './frames.js';
import { emitterOf } from './instructions.js';
import { LONG, REGISTERS, REGISTERS_OF_LONG } from './plan.js';
import type { RegisterCode } from './register_code.js';
import { findPieces, type Piece } from './shape.js';
import { Type, moduleBytes, type FunctionBody, type FunctionType } from './wasm.js';

/** Larger ones would take compilers longer than they save. */
const MOST_NODES = 1000;
const MOST_INSTRUCTIONS = 8000;

export interface Generated {
  readonly bytes: Uint8Array;
  /** By register instruction: slot << 16 | entry, 0: none. */
  readonly entries: Uint32Array;
  /** How many slots it takes. */
  readonly slots: number;
}

export interface Place {
  /** Where slots begin in the table of functions, which one is the first for this module, and how many there are. */
  readonly tableAt: number;
  readonly slot: number;
  readonly slots: number;
  readonly sharedMemory: boolean;
}

const PIECE: FunctionType = {
  parameters: Array.from({ length: PARAMETERS }, () => Type.i32),
  results: [Type.i32],
};
const SHARE: FunctionType = { parameters: [Type.i64, Type.i64], results: [] };
const MAKE_FRAME: FunctionType = {
  parameters: Array.from({ length: 7 }, () => Type.i32),
  results: [Type.i32],
};
const CARRY_OUT: FunctionType = { parameters: [Type.i32, Type.i32], results: [Type.i32] };

const size = (piece: Piece): number => piece.nodes.reduce((sum, { start, end }) => sum + end - start, 0);

function emitPiece(
  code: RegisterCode,
  piece: Piece,
  helpers: Helpers,
  entries: ReadonlyMap<number, Entry>,
): FunctionBody {
  const registers = size(piece) > LONG ? REGISTERS_OF_LONG : REGISTERS;
  try {
    return new FunctionEmitter(code, piece, helpers, entries, registers).emit();
  } catch (error) {
    if (!(error instanceof PlanMismatch)) throw error;
    return new FunctionEmitter(code, piece, helpers, entries, 0).emit();
  }
}

/** `null` when nothing of it is worth it, or there is no room. */
export function generate(code: RegisterCode, place: Place): Generated | null {
  const { facts } = code.layout;
  const isInline = (at: number): boolean => emitterOf(code, at) !== null;
  const pieces = findPieces(code, isInline).filter(
    (piece) =>
      piece.nodes.length <= MOST_NODES &&
      size(piece) <= MOST_INSTRUCTIONS &&
      piece.nodes.some(({ entry }) => entry),
  );
  if (pieces.length === 0 || place.slot + pieces.length > place.slots) return null;
  const entries = new Uint32Array(code.insns.length);
  const known = new Map<number, Entry>();
  pieces.forEach((piece, index) => {
    for (const { start, id, entry } of piece.nodes) {
      if (!entry) continue;
      entries[start] = ((place.slot + index) << 16) | id;
      known.set(start, { function: index, id });
    }
  });
  const helpers: Helpers = {
    type: 0,
    carryOutType: 2,
    share: pieces.length,
    makeFrame: pieces.length + 1,
    slots: place.tableAt,
  };
  const functions = pieces.map((piece) => ({
    type: helpers.type,
    body: emitPiece(code, piece, helpers, known).finish(),
  }));
  functions.push({ type: 1, body: shareBody(facts).finish() });
  functions.push({ type: 3, body: makeFrameBody(facts, helpers.share).finish() });
  const bytes = moduleBytes({
    types: [PIECE, SHARE, CARRY_OUT, MAKE_FRAME],
    functions,
    tableAt: place.tableAt + place.slot,
    placed: pieces.length,
    sharedMemory: place.sharedMemory,
  });
  return { bytes, entries, slots: pieces.length };
}
