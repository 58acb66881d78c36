// SPDX-License-Identifier: MIT
/**
 * SQLite's files are the run's files: a virtual file system that reads and writes them in place, so what a program
 * reads as bytes is what the database holds, and a database that it was given just opens.
 *
 * Everything happens on one thread. Locks are still needed: two connections of one program may have the same
 * database open, and one of them may be in the midst of a transaction.
 */
import type { ServiceFiles } from './files.js';
import type { Address, SqliteModule } from './sqlite_module.js';

export const VFS_NAME = 'ttvm';

const MAX_PATH_BYTES = 1024;
const SECTOR_BYTES = 4096;
/** Of the Julian calendar, as SQLite counts time. */
const UNIX_EPOCH_DAYS = 2_440_587.5;
const DAY_MS = 86_400_000;

/** Order and meaning of SQLITE_LOCK_NONE … SQLITE_LOCK_EXCLUSIVE. */
const Lock = { none: 0, shared: 1, reserved: 2, pending: 3, exclusive: 4 } as const;

interface OpenFile {
  readonly path: string;
  readonly deleteOnClose: boolean;
  lock: number;
}

/** What SQLite keeps for itself: sorting, statements that may roll back. */
class Temporary {
  bytes = new Uint8Array(0);
  size = 0;

  write(offset: number, bytes: Uint8Array): void {
    this.resize(Math.max(this.size, offset + bytes.length));
    this.bytes.set(bytes, offset);
  }

  resize(size: number): void {
    if (size > this.bytes.length) {
      const grown = new Uint8Array(Math.max(size, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, this.size));
      this.bytes = grown;
    }
    if (size < this.size) this.bytes.fill(0, size, this.size);
    this.size = size;
  }
}

export class SqliteFiles {
  private files: ServiceFiles | null = null;
  private readonly open = new Map<number, OpenFile>();
  private readonly temporaries = new Map<number, Temporary>();

  /** The run whose files databases are; `null` when there is none. */
  attach(files: ServiceFiles | null): void {
    this.files = files;
  }

  private get current(): ServiceFiles {
    if (!this.files) throw new Error('no run');
    return this.files;
  }

  /** Once for each instance of SQLite. */
  register({ capi, wasm, vfs }: SqliteModule): void {
    const io = new capi.sqlite3_io_methods();
    io.$iVersion = 1;
    const system = new capi.sqlite3_vfs();
    const standard = new capi.sqlite3_vfs(capi.sqlite3_vfs_find(null));
    system.$iVersion = 2;
    system.$szOsFile = capi.sqlite3_file.structInfo.sizeof;
    system.$mxPathname = MAX_PATH_BYTES;
    system.$xRandomness = standard.$xRandomness;
    system.$xSleep = standard.$xSleep;
    standard.dispose();

    /** Errors of the run's files become results that SQLite understands. */
    const guarded = (failure: number, work: () => number): number => {
      try {
        return work();
      } catch (error) {
        return /No space/.test(String(error)) ? capi.SQLITE_FULL : failure;
      }
    };
    const text = (at: Address): string => wasm.cstrToJs(at) ?? '';
    const bytes = (at: number, length: number): Uint8Array => wasm.heap8u().subarray(at, at + length);

    const ioMethods = {
      xClose: (file: number): number =>
        guarded(capi.SQLITE_IOERR_CLOSE, () => {
          const found = this.open.get(file);
          this.open.delete(file);
          this.temporaries.delete(file);
          if (found?.deleteOnClose) this.current.remove(found.path);
          return capi.SQLITE_OK;
        }),
      xRead: (file: number, to: number, length: number, offset: bigint): number =>
        guarded(capi.SQLITE_IOERR_READ, () => {
          const read = this.read(file, Number(offset), length);
          bytes(to, length).set(read);
          if (read.length === length) return capi.SQLITE_OK;
          bytes(to + read.length, length - read.length).fill(0);
          return capi.SQLITE_IOERR_SHORT_READ;
        }),
      xWrite: (file: number, from: number, length: number, offset: bigint): number =>
        guarded(capi.SQLITE_IOERR_WRITE, () => {
          const temporary = this.temporaries.get(file);
          if (temporary) temporary.write(Number(offset), bytes(from, length));
          else this.current.write(this.pathOf(file), Number(offset), bytes(from, length));
          return capi.SQLITE_OK;
        }),
      xTruncate: (file: number, size: bigint): number =>
        guarded(capi.SQLITE_IOERR_TRUNCATE, () => {
          const temporary = this.temporaries.get(file);
          if (temporary) temporary.resize(Number(size));
          else this.current.resize(this.pathOf(file), Number(size));
          return capi.SQLITE_OK;
        }),
      xSync: (): number => capi.SQLITE_OK,
      xFileSize: (file: number, to: number): number =>
        guarded(capi.SQLITE_IOERR_FSTAT, () => {
          const size = this.temporaries.get(file)?.size ?? this.current.size(this.pathOf(file));
          wasm.poke(to, BigInt(size), 'i64');
          return capi.SQLITE_OK;
        }),
      xLock: (file: number, wanted: number): number =>
        this.lock(file, wanted) ? capi.SQLITE_OK : capi.SQLITE_BUSY,
      xUnlock: (file: number, wanted: number): number => {
        const found = this.open.get(file);
        if (found) found.lock = Math.min(found.lock, wanted);
        return capi.SQLITE_OK;
      },
      xCheckReservedLock: (file: number, to: number): number => {
        const path = this.open.get(file)?.path;
        const held = [...this.open.values()].some((one) => one.path === path && one.lock >= Lock.reserved);
        wasm.poke(to, Number(held), 'i32');
        return capi.SQLITE_OK;
      },
      xFileControl: (): number => capi.SQLITE_NOTFOUND,
      xSectorSize: (): number => SECTOR_BYTES,
      xDeviceCharacteristics: (): number => 0,
    };
    const vfsMethods = {
      xOpen: (_vfs: number, name: number, file: number, flags: number, to: number): number =>
        guarded(capi.SQLITE_CANTOPEN, () => {
          if (name === 0) this.temporaries.set(file, new Temporary());
          else {
            const path = text(name);
            if (!this.isFile(path)) {
              if (!(flags & capi.SQLITE_OPEN_CREATE)) return capi.SQLITE_CANTOPEN;
              this.current.resize(path, 0);
            }
            const deleteOnClose = (flags & capi.SQLITE_OPEN_DELETEONCLOSE) !== 0;
            this.open.set(file, { path, deleteOnClose, lock: Lock.none });
          }
          const struct = new capi.sqlite3_file(file);
          struct.$pMethods = io.pointer;
          struct.dispose();
          if (to !== 0) wasm.poke(to, flags, 'i32');
          return capi.SQLITE_OK;
        }),
      xDelete: (_vfs: number, name: number): number =>
        guarded(capi.SQLITE_IOERR_DELETE, () => {
          const path = text(name);
          if (!this.current.exists(path)) return capi.SQLITE_IOERR_DELETE_NOENT;
          this.current.remove(path);
          return capi.SQLITE_OK;
        }),
      xAccess: (_vfs: number, name: number, _flags: number, to: number): number =>
        guarded(capi.SQLITE_IOERR_ACCESS, () => {
          wasm.poke(to, Number(this.current.exists(text(name))), 'i32');
          return capi.SQLITE_OK;
        }),
      xFullPathname: (_vfs: number, name: number, room: number, to: number): number =>
        wasm.cstrncpy(to, name, room) < room ? capi.SQLITE_OK : capi.SQLITE_CANTOPEN,
      xCurrentTime: (_vfs: number, to: number): number => {
        wasm.poke(to, UNIX_EPOCH_DAYS + Date.now() / DAY_MS, 'double');
        return capi.SQLITE_OK;
      },
      xCurrentTimeInt64: (_vfs: number, to: number): number => {
        wasm.poke(to, BigInt(UNIX_EPOCH_DAYS * DAY_MS + Date.now()), 'i64');
        return capi.SQLITE_OK;
      },
      xGetLastError: (): number => 0,
    };
    vfs.installVfs({
      io: { struct: io, methods: ioMethods },
      vfs: { struct: system, name: VFS_NAME, methods: vfsMethods },
    });
  }

  private isFile(path: string): boolean {
    try {
      this.current.size(path);
      return true;
    } catch {
      if (this.current.exists(path)) throw new Error('not a file');
      return false;
    }
  }

  private read(file: number, offset: number, length: number): Uint8Array {
    const temporary = this.temporaries.get(file);
    if (!temporary) return this.current.read(this.pathOf(file), offset, length);
    return temporary.bytes.subarray(
      Math.min(offset, temporary.size),
      Math.min(offset + length, temporary.size),
    );
  }

  private pathOf(file: number): string {
    const found = this.open.get(file);
    if (!found) throw new Error('not open');
    return found.path;
  }

  /** SQLite's own rules: many readers, one that prepares to write, and alone while writing. */
  private lock(file: number, wanted: number): boolean {
    const mine = this.open.get(file);
    if (!mine) return true;
    if (mine.lock >= wanted) return true;
    const others = [...this.open.values()].filter((one) => one !== mine && one.path === mine.path);
    const highest = Math.max(Lock.none, ...others.map((one) => one.lock));
    if (wanted === Lock.shared && highest >= Lock.pending) return false;
    if (wanted >= Lock.reserved && highest >= Lock.reserved) return false;
    if (wanted === Lock.exclusive && highest >= Lock.shared) {
      mine.lock = Lock.pending;
      return false;
    }
    mine.lock = wanted;
    return true;
  }
}
