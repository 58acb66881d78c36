// SPDX-License-Identifier: MIT
/** SQLite by its own wasm build, loaded when a program opens the first database. */
import { HostError } from './errors.js';
import type { ServiceFiles } from './files.js';
import type { Resource } from './handles.js';
import { loadSqlite, type Address, type SqliteModule } from './sqlite_module.js';
import { SqliteFiles, VFS_NAME } from './sqlite_vfs.js';
import { WireText, type WireValue } from './wire.js';

const MEMORY = ':memory:';
/** Instructions of SQLite's machine between two looks at whether the program was stopped. */
const PROGRESS_EVERY = 20_000;
/** What one answer may hold; the program would have to keep it all. */
const MAX_ANSWER_BYTES = 48 << 20;

const databaseError = (reason: string): HostError => new HostError('DatabaseError', reason);

const files = new SqliteFiles();

/** Ends the time in which the files of a run may be touched. */
export function detachDatabases(): void {
  files.attach(null);
}

export class Database implements Resource {
  static readonly what = 'a database';
  readonly what = 'a database';
  private closed = false;

  private constructor(
    private readonly sqlite: SqliteModule,
    private readonly address: Address,
  ) {}

  /** `stopped`: whether the program was asked to stop, which ends a long statement. */
  static async open(path: string, runFiles: ServiceFiles, stopped: () => boolean): Promise<Database> {
    let sqlite: SqliteModule;
    try {
      sqlite = await loadSqlite((loaded) => files.register(loaded));
    } catch (error) {
      throw new HostError(
        'UnsupportedOperation',
        `the database engine could not be loaded: ${String(error)}`,
      );
    }
    const { capi, wasm } = sqlite;
    files.attach(runFiles);
    const place = wasm.alloc(8);
    wasm.poke(place, 0, 'i32');
    const flags = capi.SQLITE_OPEN_READWRITE | capi.SQLITE_OPEN_CREATE;
    const memory = path === MEMORY;
    const result = capi.sqlite3_open_v2(
      memory ? path : canonical(path),
      place,
      flags,
      memory ? null : VFS_NAME,
    );
    const database = new Database(sqlite, wasm.peek(place, 'i32'));
    wasm.dealloc(place);
    if (result !== capi.SQLITE_OK) {
      const reason = database.problem();
      database.close();
      throw databaseError(reason);
    }
    capi.sqlite3_set_authorizer(
      database.address,
      (_data, action, first, second) => (isPermitted(capi, action, first, second) ? 0 : capi.SQLITE_DENY),
      0,
    );
    capi.sqlite3_progress_handler(database.address, PROGRESS_EVERY, () => Number(stopped()), 0);
    return database;
  }

  /** Exactly one statement. */
  query(sql: string, parameters: readonly WireValue[]): WireValue {
    const { capi } = this.sqlite;
    return this.withStatements(sql, (prepare) => {
      const statement = prepare();
      if (!prepare.atEnd()) throw databaseError('a query is one statement');
      this.bind(statement, parameters);
      const count = capi.sqlite3_column_count(statement);
      const columns: string[] = [];
      for (let i = 0; i < count; i++) columns.push(capi.sqlite3_column_name(statement, i));
      const rows: WireValue[][] = [];
      let bytes = 0;
      while (this.step(statement)) {
        const row: WireValue[] = [];
        for (let i = 0; i < count; i++) {
          const value = readColumn(this.sqlite, statement, i);
          bytes += 9 + (value instanceof Uint8Array ? value.length : 0);
          if (value instanceof WireText) bytes += value.bytes.length;
          row.push(value);
        }
        if (bytes > MAX_ANSWER_BYTES)
          throw new HostError('HeapExceeded', `more than ${MAX_ANSWER_BYTES} bytes of rows`);
        rows.push(row);
      }
      return answer(columns, rows);
    });
  }

  /** Rows changed. Several statements are possible without parameters. */
  execute(sql: string, parameters: readonly WireValue[]): bigint {
    const { capi } = this.sqlite;
    const before = capi.sqlite3_total_changes(this.address);
    this.withStatements(sql, (prepare) => {
      for (let first = true; ; first = false) {
        const statement = prepare();
        if (statement === 0) return null;
        if (parameters.length > 0 && (!first || !prepare.atEnd()))
          throw databaseError('with parameters there is one statement only');
        this.bind(statement, parameters);
        while (this.step(statement));
        if (prepare.atEnd()) return null;
      }
    });
    return BigInt(capi.sqlite3_total_changes(this.address) - before);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    // A transaction that is open is rolled back.
    if (this.address !== 0) this.sqlite.capi.sqlite3_close_v2(this.address);
  }

  private withStatements<T>(sql: string, use: (prepare: Prepare) => T): T {
    const { capi, wasm } = this.sqlite;
    if (sql.includes('\0')) throw databaseError('the statement contains a NUL character');
    if (isBlank(sql)) throw databaseError('there is no statement');
    const text = wasm.allocCString(sql);
    const places = wasm.alloc(16);
    let next = text;
    let statement = 0;
    const finish = (): void => {
      if (statement !== 0) capi.sqlite3_finalize(statement);
      statement = 0;
    };
    const prepare: Prepare = Object.assign(
      () => {
        finish();
        // Blanks and comments give no statement; what follows them may.
        while (!prepare.atEnd()) {
          const result = capi.sqlite3_prepare_v2(this.address, next, -1, places, places + 8);
          if (result !== capi.SQLITE_OK) throw databaseError(this.problem());
          statement = wasm.peek(places, 'i32');
          next = wasm.peek(places + 8, 'i32');
          if (statement !== 0) break;
        }
        return statement;
      },
      { atEnd: () => isBlank(wasm.cstrToJs(next) ?? '') },
    );
    try {
      return use(prepare);
    } finally {
      finish();
      wasm.dealloc(places);
      wasm.dealloc(text);
    }
  }

  private bind(statement: number, parameters: readonly WireValue[]): void {
    const { capi } = this.sqlite;
    const wanted = capi.sqlite3_bind_parameter_count(statement);
    if (wanted !== parameters.length)
      throw databaseError(`the statement takes ${wanted} parameters but got ${parameters.length}`);
    parameters.forEach((value, i) => {
      const result = this.bindOne(statement, i + 1, value);
      if (result !== capi.SQLITE_OK) throw databaseError(this.problem());
    });
  }

  private bindOne(statement: number, index: number, value: WireValue): number {
    const { capi, wasm } = this.sqlite;
    if (value === null) {
      // Cannot fail for an index that exists, and its result does not come through.
      capi.sqlite3_bind_null(statement, index);
      return capi.SQLITE_OK;
    }
    if (typeof value === 'boolean') return capi.sqlite3_bind_int(statement, index, Number(value));
    if (typeof value === 'bigint') return capi.sqlite3_bind_int64(statement, index, value);
    if (typeof value === 'number') return capi.sqlite3_bind_double(statement, index, value);
    const text = typeof value === 'string';
    const bytes = text ? new TextEncoder().encode(value) : value instanceof Uint8Array ? value : null;
    if (!bytes) throw new HostError('TypeMismatch', 'null, bool, int, float, string or bytes as parameter');
    const at = wasm.alloc(Math.max(bytes.length, 1));
    wasm.heap8u().set(bytes, at);
    const transient = capi.SQLITE_TRANSIENT;
    try {
      return text
        ? capi.sqlite3_bind_text(statement, index, at, bytes.length, transient)
        : capi.sqlite3_bind_blob(statement, index, at, bytes.length, transient);
    } finally {
      wasm.dealloc(at);
    }
  }

  /** True when there is a row. */
  private step(statement: number): boolean {
    const { capi } = this.sqlite;
    const result = capi.sqlite3_step(statement);
    if (result === capi.SQLITE_ROW) return true;
    if (result === capi.SQLITE_DONE) return false;
    throw databaseError(this.problem());
  }

  private problem(): string {
    return this.address === 0 ? 'out of memory' : this.sqlite.capi.sqlite3_errmsg(this.address);
  }
}

/** A program reaches files through its capabilities only: no other databases, no extensions. */
function isPermitted(
  capi: SqliteModule['capi'],
  action: number,
  first: string | 0,
  second: string | 0,
): boolean {
  // VACUUM attaches one without a name to itself.
  if (action === capi.SQLITE_ATTACH) return first === '' || first === MEMORY;
  if (action === capi.SQLITE_FUNCTION) return second !== 'load_extension';
  return !(action === capi.SQLITE_PRAGMA && String(first).toLowerCase() === 'temp_store_directory');
}

/** One name for each file, since locks go by it. Any name is a file, however it begins: hence the `./`. */
function canonical(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `./${parts.join('/')}`;
}

/** Nothing but blanks, comments and empty statements. */
function isBlank(sql: string): boolean {
  return /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$))*$/.test(sql);
}

/** The next statement, 0 when there is none. */
interface Prepare {
  (): number;
  /** Nothing but blanks is left. */
  atEnd(): boolean;
}

function answer(columns: readonly string[], rows: readonly WireValue[][]): WireValue {
  return new Map<string, WireValue>([
    ['rows', BigInt(rows.length)],
    ['columns', columns],
    ['data', rows],
  ]);
}

function readColumn({ capi, wasm }: SqliteModule, statement: number, column: number): WireValue {
  switch (capi.sqlite3_column_type(statement, column)) {
    case capi.SQLITE_INTEGER:
      return BigInt(capi.sqlite3_column_int64(statement, column));
    case capi.SQLITE_FLOAT:
      return capi.sqlite3_column_double(statement, column);
    case capi.SQLITE_NULL:
      return null;
    default: {
      const isText = capi.sqlite3_column_type(statement, column) === capi.SQLITE_TEXT;
      const at = capi.sqlite3_column_blob(statement, column);
      const length = capi.sqlite3_column_bytes(statement, column);
      const bytes = wasm.heap8u().slice(at, at + length);
      return isText ? new WireText(bytes) : bytes;
    }
  }
}
