// SPDX-License-Identifier: MIT
/** What the generator knows of the VM's memory: the C side tells it (code_layout.def), nothing is known twice. */
import { EngineBug } from '../api.js';

const FACTS = [
  'actorStack',
  'actorFp',
  'actorPc',
  'actorDepth',
  'actorFunction',
  'actorPid',
  'actorHandlers',
  'actorHandlerCount',
  'actorCaptures',
  'actorCaptureCount',
  'actorMarking',
  'handlerSize',
  'handlerFp',
  'pendingCaptureSize',
  'pendingCaptureFp',
  'stateFuel',
  'stateActor',
  'stateStackEnd',
  'stateModule',
  'stateGlobals',
  'stateReturned',
  'statePushed',
  'stateDepthLimit',
  'carryOut',
  'codeDone',
  'codeTaken',
  'codeUndone',
  'codeReturned',
  'codeReturnedNone',
  'codeRoom',
  'codePreempted',
  'codePreemptedEntry',
  'codeEntered',
  'codeUnexpected',
  'codeSlots',
  'moduleCode',
  'moduleCodeCount',
  'moduleConstants',
  'moduleFunctions',
  'moduleFieldCells',
  'moduleScopes',
  'moduleScopeOf',
  'moduleIr',
  'insnSize',
  'insnOp',
  'scopeSize',
  'scopeSlotCount',
  'noSlot',
  'functionSize',
  'functionParameterCount',
  'functionSlotCount',
  'functionFrameCells',
  'functionIrEntry',
  'functionCode',
  'irCode',
  'irCodeCount',
  'irOrigin',
  'irBefore',
  'irAfter',
  'irMaps',
  'irResume',
  'irBlocks',
  'irBlockCount',
  'irConstants',
  'irInsnSize',
  'irInsnOp',
  'irInsnW',
  'irInsnA',
  'irInsnB',
  'irInsnC',
  'irResumeSize',
  'irResumeIr',
  'irResumeCells',
  'irBlockSize',
  'irBlockIr',
  'irBlockHeight',
  'cell',
  'valueLen',
  'valueAs',
  'header',
  'frameCall',
  'frameFunction',
  'tagUnbound',
  'tagNull',
  'tagBool',
  'tagInt',
  'tagFloat',
  'tagFunction',
  'tagFrame',
  'tagStr',
  'tagList',
  'tagObject',
  'tagClosure',
  'objFlags',
  'objUsed',
  'objShared',
  'objFrozen',
  'objMoved',
  'listCapacity',
  'listItems',
  'mapEntries',
  'entrySize',
  'entryKey',
  'entryValue',
  'closureFunction',
  'closureCaptures',
  'captureSize',
  'captureSlot',
  'captureValue',
  'builtinSqrt',
] as const;

export type Facts = Readonly<Record<(typeof FACTS)[number], number>>;

export interface RegisterOp {
  /** Of one that stands for several it is the first one's, which is there for those that do not know it. */
  readonly name: string;
  /** Its own. */
  readonly whole: string;
  /** Kinds of the operands a, b, c: core/ir/ir_ops.def. */
  readonly operands: string;
  /** Never goes on to the next instruction. */
  readonly ends: boolean;
  /** May collect garbage afterwards. */
  readonly collects: boolean;
}

export interface Layout {
  readonly facts: Facts;
  readonly registers: readonly RegisterOp[];
  /** Names of the stack instructions. */
  readonly stack: readonly string[];
}

/** Of what `tt_glue_code_layout` says. */
export function parseLayout(json: string): Layout {
  const layout = JSON.parse(json) as Layout;
  const missing = FACTS.filter((name) => typeof layout.facts[name] !== 'number');
  if (missing.length > 0) throw new EngineBug(`the engine does not tell ${missing.join(', ')}`);
  return layout;
}
