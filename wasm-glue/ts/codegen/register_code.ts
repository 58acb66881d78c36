// SPDX-License-Identifier: MIT
/** The register code of one module (core/ir/ir.h), read from the VM's memory. */
import type { Layout, RegisterOp } from './layout.js';

export interface Insn {
  readonly op: RegisterOp;
  readonly w: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Name of the stack instruction that it stands for. */
  readonly original: string;
}

/** A value as it lies in memory. */
export interface Constant {
  readonly tag: number;
  readonly len: number;
  readonly bits: bigint;
}

/** Cells from fp on that are in use, and those of them that hold nothing valid. */
export interface LiveMap {
  readonly cells: number;
  readonly stale: readonly number[];
}

export interface FunctionFacts {
  readonly address: number;
  readonly parameters: number;
  readonly slots: number;
  /** Cells of a frame, arguments included; 0: the VM makes its frames. */
  readonly frameCells: number;
  readonly entry: number;
}

export class RegisterCode {
  readonly insns: readonly Insn[];
  /** First instruction of each block, ascending. */
  readonly blocks: readonly number[];
  /** How many operands there are where a block begins, by its first instruction. */
  readonly heights: ReadonlyMap<number, number>;
  private readonly view: DataView;

  constructor(
    buffer: ArrayBufferLike,
    readonly layout: Layout,
    /** Address of the TtModule. */
    readonly module: number,
  ) {
    const { facts } = layout;
    this.view = new DataView(buffer);
    const ir = this.word(module + facts.moduleIr);
    const stack = this.word(module + facts.moduleCode);
    const stackCount = this.word(module + facts.moduleCodeCount);
    const origin = this.word(ir + facts.irOrigin);
    const code = this.word(ir + facts.irCode);
    this.insns = Array.from({ length: this.word(ir + facts.irCodeCount) }, (_none, i): Insn => {
      const at = code + i * facts.irInsnSize;
      const op = layout.registers[this.view.getUint16(at + facts.irInsnOp, true)];
      if (!op) throw new Error(`register instruction ${i} has no name`);
      const from = this.word(origin + i * 4);
      const original =
        from < stackCount ? this.view.getUint16(stack + from * facts.insnSize + facts.insnOp, true) : -1;
      return {
        op,
        w: this.view.getInt16(at + facts.irInsnW, true),
        a: this.view.getInt32(at + facts.irInsnA, true),
        b: this.view.getInt32(at + facts.irInsnB, true),
        c: this.view.getInt32(at + facts.irInsnC, true),
        original: layout.stack[original] ?? '',
      };
    });
    const blocks = this.word(ir + facts.irBlocks);
    this.blocks = Array.from({ length: this.word(ir + facts.irBlockCount) }, (_none, i) =>
      this.word(blocks + i * facts.irBlockSize + facts.irBlockIr),
    );
    this.heights = new Map(
      this.blocks.map((ir, i) => [ir, this.word(blocks + i * facts.irBlockSize + facts.irBlockHeight)]),
    );
  }

  word(address: number): number {
    return this.view.getUint32(address, true);
  }

  private get ir(): number {
    return this.word(this.module + this.layout.facts.moduleIr);
  }

  /** Where a branch leads. */
  target(at: number): number {
    const insn = this.insns[at];
    return at + (insn ? insn.c / this.layout.facts.irInsnSize : 0);
  }

  /** What a negative operand names. */
  constant(operand: number): Constant {
    const { facts } = this.layout;
    return this.value(this.word(this.ir + facts.irConstants) - operand);
  }

  private value(address: number): Constant {
    const { facts } = this.layout;
    return {
      tag: this.word(address),
      len: this.word(address + facts.valueLen),
      bits: this.view.getBigInt64(address + facts.valueAs, true),
    };
  }

  /** The name of a field. */
  key(index: number): Constant {
    const { facts } = this.layout;
    return this.value(this.word(this.module + facts.moduleConstants) + index * facts.cell);
  }

  /** Address of an inline cache. */
  fieldCell(w: number): number {
    return this.word(this.module + this.layout.facts.moduleFieldCells) + (w & 0xffff) * 2;
  }

  /** Where register code goes on at an address of the stack code; `ir` 0: nowhere. */
  resume(address: number): { ir: number; cells: number } {
    const { facts } = this.layout;
    const at = this.word(this.ir + facts.irResume) + address * facts.irResumeSize;
    return { ir: this.word(at + facts.irResumeIr), cells: this.word(at + facts.irResumeCells) };
  }

  function(index: number): FunctionFacts {
    const { facts } = this.layout;
    const address = this.word(this.module + facts.moduleFunctions) + index * facts.functionSize;
    return {
      address,
      parameters: this.word(address + facts.functionParameterCount),
      slots: this.word(address + facts.functionSlotCount),
      frameCells: this.word(address + facts.functionFrameCells),
      entry: this.word(address + facts.functionIrEntry),
    };
  }

  /** What whoever collects or unwinds before or after an instruction finds valid: a map of core/ir/ir.h. */
  map(at: number, when: 'irBefore' | 'irAfter'): LiveMap | null {
    const { ir } = this;
    const { facts } = this.layout;
    const place = this.word(this.word(ir + facts[when]) + at * 4);
    if (place === 0) return null;
    const map = this.word(ir + facts.irMaps) + place * 4;
    const stale = Array.from({ length: this.word(map + 4) }, (_none, i) => this.word(map + 8 + i * 4));
    return { cells: this.word(map), stale };
  }

  /** Variables of the scope that an instruction belongs to. */
  slotsAt(at: number): number {
    const { facts } = this.layout;
    const origin = this.word(this.word(this.ir + facts.irOrigin) + at * 4);
    const scope = this.word(this.word(this.module + facts.moduleScopeOf) + origin * 4);
    const scopes = this.word(this.module + facts.moduleScopes);
    return this.word(scopes + scope * facts.scopeSize + facts.scopeSlotCount);
  }
}
