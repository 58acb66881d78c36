// SPDX-License-Identifier: MIT
/** WebAssembly as bytes: instructions of one function body, and modules. */

export class Bytes {
  private data = new Uint8Array(256);
  length = 0;

  private room(more: number): void {
    if (this.length + more <= this.data.length) return;
    const larger = new Uint8Array(Math.max(this.data.length * 2, this.length + more));
    larger.set(this.data);
    this.data = larger;
  }

  byte(value: number): void {
    this.room(1);
    this.data[this.length++] = value;
  }

  /** An unsigned number below 2^32. */
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** A signed number of 32 bits. */
  signed(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  /** A signed number of 64 bits. */
  signedWide(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.unsigned(encoded.length);
    for (const byte of encoded) this.byte(byte);
  }

  /** Eight bytes of a Float, lowest first. */
  wide(bits: bigint): void {
    for (let i = 0n; i < 8n; i++) this.byte(Number((bits >> (8n * i)) & 0xffn));
  }

  append(other: Bytes): void {
    this.room(other.length);
    this.data.set(other.data.subarray(0, other.length), this.length);
    this.length += other.length;
  }

  take(): Uint8Array {
    return this.data.slice(0, this.length);
  }
}

export const Type = { i32: 0x7f, i64: 0x7e, f64: 0x7c, none: 0x40 } as const;
export type ValueType = typeof Type.i32 | typeof Type.i64 | typeof Type.f64;

/** Instructions without operands of their own. */
export const Op = {
  unreachable: 0x00,
  else: 0x05,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LtS: 0x48,
  i32LtU: 0x49,
  i32GtU: 0x4b,
  i32GeU: 0x4f,
  i64Eqz: 0x50,
  i64Eq: 0x51,
  i64Ne: 0x52,
  i64LtS: 0x53,
  i64LtU: 0x54,
  i64GtS: 0x55,
  i64LeS: 0x57,
  i64GtU: 0x56,
  i64GeS: 0x59,
  i64GeU: 0x5a,
  f64Eq: 0x61,
  f64Ne: 0x62,
  f64Lt: 0x63,
  f64Gt: 0x64,
  f64Le: 0x65,
  f64Ge: 0x66,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32And: 0x71,
  i32Or: 0x72,
  i32Shl: 0x74,
  i32ShrU: 0x76,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64Mul: 0x7e,
  i64DivS: 0x7f,
  i64RemS: 0x81,
  i64And: 0x83,
  i64Or: 0x84,
  i64Xor: 0x85,
  i64Shl: 0x86,
  i64ShrS: 0x87,
  i64ShrU: 0x88,
  f64Neg: 0x9a,
  f64Sqrt: 0x9f,
  f64Add: 0xa0,
  f64Sub: 0xa1,
  f64Mul: 0xa2,
  f64Div: 0xa3,
  i32WrapI64: 0xa7,
  i64ExtendI32U: 0xad,
  f64ConvertI64S: 0xb9,
  i64ReinterpretF64: 0xbd,
  f64ReinterpretI64: 0xbf,
} as const;

/** Accesses to memory, with what is said of their alignment. */
const Access = {
  i32Load: [0x28, 2],
  i64Load: [0x29, 3],
  f64Load: [0x2b, 3],
  i32Load8U: [0x2d, 0],
  i32Load16U: [0x2f, 1],
  i32Store: [0x36, 2],
  i64Store: [0x37, 3],
  f64Store: [0x39, 3],
  i32Store8: [0x3a, 0],
} as const;

/** A place that branches lead to: how many constructs are open outside it. */
export type Label = number;

/** One function: its parameters are locals 0 and up. */
export class FunctionBody {
  private readonly code = new Bytes();
  private readonly locals: ValueType[] = [];
  private open = 0;

  constructor(private readonly parameters: number) {}

  get size(): number {
    return this.code.length;
  }

  local(type: ValueType): number {
    this.locals.push(type);
    return this.parameters + this.locals.length - 1;
  }

  op(...ops: number[]): this {
    for (const op of ops) this.code.byte(op);
    return this;
  }

  get(local: number): this {
    this.code.byte(0x20);
    this.code.unsigned(local);
    return this;
  }

  set(local: number): this {
    this.code.byte(0x21);
    this.code.unsigned(local);
    return this;
  }

  tee(local: number): this {
    this.code.byte(0x22);
    this.code.unsigned(local);
    return this;
  }

  i32(value: number): this {
    this.code.byte(0x41);
    this.code.signed(value);
    return this;
  }

  i64(value: bigint): this {
    this.code.byte(0x42);
    this.code.signedWide(value);
    return this;
  }

  f64Bits(bits: bigint): this {
    this.code.byte(0x44);
    this.code.wide(bits);
    return this;
  }

  access(kind: keyof typeof Access, offset: number): this {
    const [op, alignment] = Access[kind];
    this.code.byte(op);
    this.code.unsigned(alignment);
    this.code.unsigned(offset);
    return this;
  }

  /** Fills memory: address, byte, length are on the stack. */
  fill(): this {
    this.code.byte(0xfc);
    this.code.unsigned(11);
    this.code.byte(0);
    return this;
  }

  private begin(op: number, type: number): Label {
    this.code.byte(op);
    this.code.byte(type);
    return this.open++;
  }

  block(type: number = Type.none): Label {
    return this.begin(0x02, type);
  }

  loop(): Label {
    return this.begin(0x03, Type.none);
  }

  if(type: number = Type.none): Label {
    return this.begin(0x04, type);
  }

  else(): this {
    return this.op(Op.else);
  }

  end(): this {
    this.open--;
    this.code.byte(0x0b);
    return this;
  }

  br(label: Label): this {
    this.code.byte(0x0c);
    this.code.unsigned(this.open - 1 - label);
    return this;
  }

  brIf(label: Label): this {
    this.code.byte(0x0d);
    this.code.unsigned(this.open - 1 - label);
    return this;
  }

  brTable(labels: readonly Label[], otherwise: Label): this {
    this.code.byte(0x0e);
    this.code.unsigned(labels.length);
    for (const label of labels) this.code.unsigned(this.open - 1 - label);
    this.code.unsigned(this.open - 1 - otherwise);
    return this;
  }

  call(index: number): this {
    this.code.byte(0x10);
    this.code.unsigned(index);
    return this;
  }

  callIndirect(type: number): this {
    this.code.byte(0x11);
    this.code.unsigned(type);
    this.code.byte(0);
    return this;
  }

  /** With its length in front, as modules hold it. */
  finish(): Bytes {
    const body = new Bytes();
    const runs: [number, ValueType][] = [];
    for (const type of this.locals) {
      const last = runs.at(-1);
      if (last?.[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    body.unsigned(runs.length);
    for (const [count, type] of runs) {
      body.unsigned(count);
      body.byte(type);
    }
    body.append(this.code);
    body.byte(0x0b);
    const whole = new Bytes();
    whole.unsigned(body.length);
    whole.append(body);
    return whole;
  }
}

export interface FunctionType {
  parameters: readonly ValueType[];
  results: readonly ValueType[];
}

export interface ModuleParts {
  types: readonly FunctionType[];
  /** Type number and body of each function; they are numbered from 0. */
  functions: readonly { type: number; body: Bytes }[];
  /** The first `placed` functions go into the imported table from here on. */
  tableAt: number;
  placed: number;
  sharedMemory: boolean;
}

/** Pages of 64 KiB that memories have at most. */
const MOST_PAGES = 65536;

/** A module that imports `vm.memory` and `vm.table`, and exports nothing. */
export function moduleBytes(parts: ModuleParts): Uint8Array {
  const out = new Bytes();
  for (const byte of [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) out.byte(byte);
  const section = (id: number, contents: Bytes): void => {
    out.byte(id);
    out.unsigned(contents.length);
    out.append(contents);
  };
  const types = new Bytes();
  types.unsigned(parts.types.length);
  for (const { parameters, results } of parts.types) {
    types.byte(0x60);
    for (const list of [parameters, results]) {
      types.unsigned(list.length);
      for (const type of list) types.byte(type);
    }
  }
  section(1, types);

  const imports = new Bytes();
  imports.unsigned(2);
  imports.text('vm');
  imports.text('memory');
  imports.byte(2);
  imports.byte(parts.sharedMemory ? 3 : 0);
  imports.unsigned(1);
  if (parts.sharedMemory) imports.unsigned(MOST_PAGES);
  imports.text('vm');
  imports.text('table');
  imports.byte(1);
  imports.byte(0x70);
  imports.byte(0);
  imports.unsigned(parts.tableAt + parts.placed);
  section(2, imports);

  const functions = new Bytes();
  functions.unsigned(parts.functions.length);
  for (const { type } of parts.functions) functions.unsigned(type);
  section(3, functions);

  const elements = new Bytes();
  elements.unsigned(1);
  elements.byte(0);
  elements.byte(0x41);
  elements.signed(parts.tableAt);
  elements.byte(0x0b);
  elements.unsigned(parts.placed);
  for (let i = 0; i < parts.placed; i++) elements.unsigned(i);
  section(9, elements);

  const code = new Bytes();
  code.unsigned(parts.functions.length);
  for (const { body } of parts.functions) code.append(body);
  section(10, code);
  return out.take();
}
