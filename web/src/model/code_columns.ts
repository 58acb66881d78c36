// SPDX-License-Identifier: MIT
/**
 * A program in its forms, as columns of rows, and what belongs together in them. Source lines, stack code and
 * optimized stack code meet in places of the source; register code meets the stack code it is made of in addresses.
 */
import type { ProgramCode, RegisterCode, StackCode } from '../../../wasm-glue/ts/index.ts';

export type ColumnName = 'source' | 'stack' | 'optimized' | 'registers';
export const COLUMNS: readonly ColumnName[] = ['source', 'stack', 'optimized', 'registers'];

/** `near`: of the same line, but of another part of it. */
export const Mark = { none: 0, near: 1, exact: 2 } as const;

const NO_ADDRESS = -1;
/** Columns of one line count bytes: no program has lines that long. */
const LINE_STEP = 2 ** 24;

export interface Place {
  /** From 1; 0: unknown. */
  readonly line: number;
  /** In bytes from 1; 0: the whole line. */
  readonly column: number;
}

/** One form of a program. Rows of instructions have an address; labels, headings and source lines have none. */
export class CodeColumn {
  /** Of a row: the stack instruction it is, or can fail in; `NO_ADDRESS` for none. */
  private readonly addresses: Int32Array;
  private readonly places: readonly Place[];
  private readonly lines = new Map<number, number[]>();
  /** Address → its first row. */
  private readonly byAddress = new Map<number, number[]>();
  /** Rows that hold an instruction. */
  readonly instructions: number;

  constructor(
    readonly texts: readonly string[],
    addresses: Int32Array,
    places: readonly Place[],
  ) {
    this.addresses = addresses;
    this.places = places;
    let instructions = 0;
    for (let row = 0; row < texts.length; row++) {
      const address = this.addressOf(row);
      const line = this.placeOf(row).line;
      if (line > 0 && (address !== NO_ADDRESS || !this.isCode)) push(this.lines, line, row);
      if (address === NO_ADDRESS) continue;
      instructions += 1;
      push(this.byAddress, address, row);
    }
    this.instructions = instructions;
  }

  get isCode(): boolean {
    return this.addresses.length > 0;
  }

  get length(): number {
    return this.texts.length;
  }

  /** -1 for rows without an instruction. */
  addressOf(row: number): number {
    return this.addresses[row] ?? NO_ADDRESS;
  }

  /** Of rows without an instruction, that of the next one. */
  placeOf(row: number): Place {
    return this.places[row] ?? NOWHERE;
  }

  rowsOfLine(line: number): readonly number[] {
    return this.lines.get(line) ?? [];
  }

  rowsOfAddress(address: number): readonly number[] {
    return this.byAddress.get(address) ?? [];
  }

  isInstruction(row: number): boolean {
    return this.addressOf(row) !== NO_ADDRESS;
  }

  /** The next row after a row without an instruction that has one, else the row itself. */
  instructionAt(row: number): number {
    for (let at = row; at < this.length; at++) if (this.isInstruction(at)) return at;
    return row;
  }
}

const NOWHERE: Place = { line: 0, column: 0 };

function push(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function rowsOf(text: string): string[] {
  const rows = text.split('\n');
  if (rows.at(-1) === '') rows.pop();
  return rows;
}

export function sourceColumn(text: string): CodeColumn {
  const rows = text.split(/\r\n|\n|\r/);
  return new CodeColumn(
    rows,
    new Int32Array(0),
    rows.map((_row, i) => ({ line: i + 1, column: 0 })),
  );
}

const INDENT = '    ';

/** Gives each instruction of a listing its address and place; the other rows take the place of the next one. */
function codeColumn(
  rows: string[],
  addressOf: (index: number) => number,
  placeOf: (address: number) => Place,
): CodeColumn {
  const addresses = new Int32Array(rows.length).fill(NO_ADDRESS);
  const places = new Array<Place>(rows.length).fill(NOWHERE);
  let index = 0;
  for (let row = 0; row < rows.length; row++) {
    if (rows[row]?.startsWith(INDENT) !== true) continue;
    const address = addressOf(index++);
    addresses[row] = address;
    places[row] = placeOf(address);
  }
  for (let row = rows.length - 2; row >= 0; row--)
    if (addresses[row] === NO_ADDRESS) places[row] = places[row + 1] ?? NOWHERE;
  const texts = rows.map((row) => (row.startsWith(INDENT) ? row.slice(INDENT.length) : row));
  return new CodeColumn(texts, addresses, places);
}

function placesOf({ positions }: StackCode): (address: number) => Place {
  return (address) => ({ line: positions[2 * address] ?? 0, column: positions[2 * address + 1] ?? 0 });
}

export function stackColumn(code: StackCode): CodeColumn {
  return codeColumn(rowsOf(code.text), (index) => index, placesOf(code));
}

/** Names of operations are this wide, unless they are longer. */
const OPERATION_WIDTH = 6;

export function registerColumn(code: RegisterCode, base: StackCode): CodeColumn {
  // The head says what the whole column says.
  const rows = rowsOf(code.text)
    .filter((row, i) => i > 2 || !row.startsWith(';'))
    .map((row) => row.replace(/^( {4}\S+) +/, (_all, name: string) => `${name.padEnd(4 + OPERATION_WIDTH)} `))
    .map((row) => row.replace(/^ {2}(?=\S)/, ''));
  while (rows[0] === '') rows.shift();
  return codeColumn(rows, (index) => code.origins[index] ?? 0, placesOf(base));
}

/** What is chosen: rows of one column, or a line of the source. */
export interface Marks {
  readonly rows: Uint8Array;
  /** The row to bring into sight, or -1. */
  readonly first: number;
  readonly exact: number;
}

export class CodeColumns {
  private readonly columns: Readonly<Record<ColumnName, CodeColumn | null>>;
  /** Stack address → the address whose register instruction does its work; of the code that registers are made of. */
  private readonly owners: Int32Array;
  private readonly base: 'stack' | 'optimized';

  constructor(source: string, code: ProgramCode) {
    const baseCode = code.optimized?.code ?? code.stack;
    this.base = code.optimized === null ? 'stack' : 'optimized';
    this.columns = {
      source: sourceColumn(source),
      stack: stackColumn(code.stack),
      optimized: code.optimized === null ? null : stackColumn(code.optimized.code),
      registers: code.registers === null ? null : registerColumn(code.registers, baseCode),
    };
    this.owners = this.findOwners();
  }

  column(name: ColumnName): CodeColumn | null {
    return this.columns[name];
  }

  /** The rows of every column that belong to a row of one. */
  marksOf(from: ColumnName, row: number): Map<ColumnName, Marks> {
    const column = this.columns[from];
    const marks = new Map<ColumnName, Marks>();
    if (column === null || row < 0 || row >= column.length) return marks;
    const at = column.isCode ? column.instructionAt(row) : row;
    const base = this.baseAddresses(from, at);
    const places = this.placesFrom(from, at, base);
    for (const name of COLUMNS) {
      const other = this.columns[name];
      if (other !== null) marks.set(name, this.markColumn(name, other, places, base));
    }
    const own = marks.get(from);
    if (own !== undefined) {
      own.rows[row] = Mark.exact;
      marks.set(from, { ...own, first: row });
    }
    return marks;
  }

  /**
   * How often rows were executed, of the code that ran and of its source; a line as often as the instruction of it
   * that was executed most often. NaN: a row without an instruction. Empty when `counts` are of another code.
   */
  executionsOf(ran: 'stack' | 'optimized', counts: Float64Array): Map<ColumnName, Float64Array> {
    const found = new Map<ColumnName, Float64Array>();
    const { [ran]: code, source } = this.columns;
    if (code === null || source === null || code.instructions !== counts.length) return found;
    const rows = new Float64Array(code.length).fill(NaN);
    const lines = new Float64Array(source.length).fill(NaN);
    for (let row = 0; row < code.length; row++) {
      const address = code.addressOf(row);
      if (address === NO_ADDRESS) continue;
      const count = counts[address] ?? 0;
      rows[row] = count;
      const line = code.placeOf(row).line - 1;
      if (line >= 0 && line < lines.length) lines[line] = Math.max(lines[line] || 0, count);
    }
    return found.set(ran, rows).set('source', lines);
  }

  /** Addresses in the code that registers are made of; empty when only the source can tell. */
  private baseAddresses(from: ColumnName, row: number): ReadonlySet<number> {
    const address = this.columns[from]?.addressOf(row) ?? NO_ADDRESS;
    if (from === 'registers') {
      const found = new Set<number>();
      for (let at = address; at >= 0 && (at === address || this.owners[at] === address); at--) found.add(at);
      for (let at = address + 1; this.owners[at] === address; at++) found.add(at);
      return found;
    }
    return from === this.base && address !== NO_ADDRESS ? new Set([address]) : new Set();
  }

  private placesFrom(from: ColumnName, row: number, base: ReadonlySet<number>): Place[] {
    const column = this.columns[from];
    if (from !== 'registers') return column === null ? [] : [column.placeOf(row)];
    const stack = this.columns[this.base];
    return [...base].flatMap((address) =>
      (stack?.rowsOfAddress(address) ?? []).map((one) => stack?.placeOf(one) ?? NOWHERE),
    );
  }

  private markColumn(
    name: ColumnName,
    column: CodeColumn,
    places: readonly Place[],
    base: ReadonlySet<number>,
  ): Marks {
    const rows = new Uint8Array(column.length);
    const byAddress = base.size > 0 && (name === this.base || name === 'registers');
    const wanted = new Set(places.map(({ line, column: at }) => line * LINE_STEP + at));
    for (const line of new Set(places.map((place) => place.line))) {
      if (line === 0) continue;
      const whole = wanted.has(line * LINE_STEP);
      for (const row of column.rowsOfLine(line)) {
        const place = column.placeOf(row);
        const exact = place.column === 0 || whole || wanted.has(line * LINE_STEP + place.column);
        rows[row] = exact && !byAddress ? Mark.exact : Mark.near;
      }
    }
    if (name === 'registers') this.markOwners(rows, column, places, base);
    else if (byAddress)
      for (const address of base) for (const row of column.rowsOfAddress(address)) rows[row] = Mark.exact;
    let exact = 0;
    let first = -1;
    for (let row = 0; row < rows.length; row++) {
      if (rows[row] === Mark.none) continue;
      if (rows[row] === Mark.exact) exact += 1;
      if (first < 0 || (rows[row] === Mark.exact && rows[first] !== Mark.exact)) first = row;
    }
    return { rows, first, exact };
  }

  /** Register rows of the stack instructions in question, also of those that have none of their own. */
  private markOwners(
    rows: Uint8Array,
    column: CodeColumn,
    places: readonly Place[],
    base: ReadonlySet<number>,
  ): void {
    const addresses = new Set(base);
    const stack = this.columns[this.base];
    if (base.size === 0 && stack !== null) {
      const wanted = new Set(places.map((place) => place.line * LINE_STEP + place.column));
      for (const { line, column: at } of places)
        for (const row of stack.rowsOfLine(line)) {
          const place = stack.placeOf(row);
          if (at === 0 || wanted.has(line * LINE_STEP + place.column)) addresses.add(stack.addressOf(row));
        }
    }
    for (const address of addresses)
      for (const row of column.rowsOfAddress(this.owners[address] ?? NO_ADDRESS)) rows[row] = Mark.exact;
  }

  /**
   * An instruction without register code of its own is done by the next one that has some, as its operands are; at
   * the end of a straight piece of code by the one before.
   */
  private findOwners(): Int32Array {
    const stack = this.columns[this.base];
    const registers = this.columns.registers;
    if (stack === null || registers === null) return new Int32Array(0);
    const owners = new Int32Array(stack.instructions).fill(NO_ADDRESS);
    let next = NO_ADDRESS;
    for (let row = stack.length - 1; row >= 0; row--) {
      const address = stack.addressOf(row);
      if (address === NO_ADDRESS) {
        next = NO_ADDRESS;
        continue;
      }
      if (registers.rowsOfAddress(address).length > 0) next = address;
      owners[address] = next;
    }
    for (let row = 1; row < stack.length; row++) {
      const address = stack.addressOf(row);
      if (address > 0 && owners[address] === NO_ADDRESS && stack.isInstruction(row - 1))
        owners[address] = owners[address - 1] ?? NO_ADDRESS;
    }
    return owners;
  }
}
