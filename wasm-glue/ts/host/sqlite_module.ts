// SPDX-License-Identifier: MIT
/**
 * What is used of SQLite's wasm build, as it really is: the types that come with the package do not know the
 * structures' `$` members, 64-bit values, or addresses where texts may stand.
 */

/** An address in SQLite's own memory; 0: none. */
export type Address = number;
type Representation = 'i32' | 'i64' | 'double';

export interface SqliteStruct {
  readonly pointer: Address;
  dispose(): void;
}

export interface VfsStruct extends SqliteStruct {
  $iVersion: number;
  $szOsFile: number;
  $mxPathname: number;
  $xRandomness: Address;
  $xSleep: Address;
}

export interface IoMethodsStruct extends SqliteStruct {
  $iVersion: number;
}

export interface FileStruct extends SqliteStruct {
  $pMethods: Address;
}

export interface SqliteMemory {
  alloc(bytes: number): Address;
  allocCString(text: string): Address;
  dealloc(address: Address): void;
  heap8u(): Uint8Array;
  peek(address: Address, representation: 'i32'): number;
  poke(address: Address, value: number | bigint, representation: Representation): void;
  cstrToJs(address: Address): string | null;
  /** Copies with the NUL; answers the bytes copied, at most `room`. */
  cstrncpy(to: Address, from: Address, room: number): number;
}

type Method = (...args: never[]) => number;

export interface SqliteInterface {
  readonly sqlite3_vfs: new (address?: Address) => VfsStruct;
  readonly sqlite3_io_methods: new () => IoMethodsStruct;
  readonly sqlite3_file: { new (address: Address): FileStruct; readonly structInfo: { sizeof: number } };
  sqlite3_vfs_find(name: string | null): Address;
  sqlite3_open_v2(path: string, to: Address, flags: number, vfs: string | null): number;
  sqlite3_close_v2(database: Address): number;
  sqlite3_errmsg(database: Address): string;
  sqlite3_progress_handler(database: Address, every: number, look: () => number, data: Address): void;
  sqlite3_set_authorizer(
    database: Address,
    decide: (data: Address, action: number, first: string | 0, second: string | 0) => number,
    data: Address,
  ): number;
  sqlite3_total_changes(database: Address): number;
  sqlite3_prepare_v2(database: Address, sql: Address, bytes: number, to: Address, rest: Address): number;
  sqlite3_finalize(statement: Address): number;
  sqlite3_step(statement: Address): number;
  sqlite3_bind_parameter_count(statement: Address): number;
  sqlite3_bind_null(statement: Address, index: number): void;
  sqlite3_bind_int(statement: Address, index: number, value: number): number;
  sqlite3_bind_int64(statement: Address, index: number, value: bigint): number;
  sqlite3_bind_double(statement: Address, index: number, value: number): number;
  sqlite3_bind_text(statement: Address, index: number, at: Address, bytes: number, owner: number): number;
  sqlite3_bind_blob(statement: Address, index: number, at: Address, bytes: number, owner: number): number;
  sqlite3_column_count(statement: Address): number;
  sqlite3_column_name(statement: Address, column: number): string;
  sqlite3_column_type(statement: Address, column: number): number;
  sqlite3_column_int64(statement: Address, column: number): bigint | number;
  sqlite3_column_double(statement: Address, column: number): number;
  sqlite3_column_blob(statement: Address, column: number): Address;
  sqlite3_column_bytes(statement: Address, column: number): number;
  readonly SQLITE_OK: number;
  readonly SQLITE_ROW: number;
  readonly SQLITE_DENY: number;
  readonly SQLITE_ATTACH: number;
  readonly SQLITE_FUNCTION: number;
  readonly SQLITE_PRAGMA: number;
  readonly SQLITE_DONE: number;
  readonly SQLITE_BUSY: number;
  readonly SQLITE_FULL: number;
  readonly SQLITE_NOTFOUND: number;
  readonly SQLITE_CANTOPEN: number;
  readonly SQLITE_INTEGER: number;
  readonly SQLITE_FLOAT: number;
  readonly SQLITE_TEXT: number;
  readonly SQLITE_NULL: number;
  readonly SQLITE_TRANSIENT: number;
  readonly SQLITE_OPEN_CREATE: number;
  readonly SQLITE_OPEN_READWRITE: number;
  readonly SQLITE_OPEN_DELETEONCLOSE: number;
  readonly SQLITE_IOERR_ACCESS: number;
  readonly SQLITE_IOERR_CLOSE: number;
  readonly SQLITE_IOERR_DELETE: number;
  readonly SQLITE_IOERR_DELETE_NOENT: number;
  readonly SQLITE_IOERR_FSTAT: number;
  readonly SQLITE_IOERR_READ: number;
  readonly SQLITE_IOERR_SHORT_READ: number;
  readonly SQLITE_IOERR_TRUNCATE: number;
  readonly SQLITE_IOERR_WRITE: number;
}

export interface SqliteModule {
  readonly capi: SqliteInterface;
  readonly wasm: SqliteMemory;
  readonly vfs: {
    installVfs(parts: {
      io: { struct: IoMethodsStruct; methods: Readonly<Record<string, Method>> };
      vfs: { struct: VfsStruct; name: string; methods: Readonly<Record<string, Method>> };
    }): void;
  };
}

let loading: Promise<SqliteModule> | null = null;

/** One instance for the worker's life. A load that failed (no network, say) is tried again by the next call. */
export function loadSqlite(prepare: (sqlite: SqliteModule) => void): Promise<SqliteModule> {
  loading ??= start(prepare).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function start(prepare: (sqlite: SqliteModule) => void): Promise<SqliteModule> {
  const { default: initialise } = await import('@sqlite.org/sqlite-wasm');
  const scope = globalThis as { sqlite3ApiConfig?: unknown; FileSystemHandle?: unknown };
  const silent = (): undefined => undefined;
  scope.sqlite3ApiConfig = { debug: silent, log: silent, warn: silent, error: silent };
  // Where it sees OPFS, SQLite starts a worker of its own for it. Files are ours here, so it must not see it.
  const { FileSystemHandle } = scope;
  scope.FileSystemHandle = undefined;
  try {
    const sqlite = (await initialise({ print: silent, printErr: silent })) as unknown as SqliteModule;
    prepare(sqlite);
    return sqlite;
  } finally {
    scope.FileSystemHandle = FileSystemHandle;
  }
}
