// SPDX-License-Identifier: MIT
/**
 * Files that programs wrote, kept on this device: IndexedDB, since they may be large and need not be text. So is the
 * user's own program when local storage has no room for it. A workspace is one program's; a program that replaces
 * another has a new one. Where the browser keeps nothing (private
 * windows, sandboxed frames) loading gives nothing and saving says so once.
 */
import type { SourceFile } from '../model/program.ts';

const DATABASE = 'ttvm';
const FILES = 'files';
const WORKSPACES = 'workspaces';
/** Workspaces that stay when a new one is begun; the longest unused go first. */
const KEPT_WORKSPACES = 30;

/** Under this name, which no file can have, a workspace keeps its program. */
const PROGRAM = '';

interface StoredFile extends SourceFile {
  readonly workspace: string;
}

export function newWorkspace(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
}

export class WrittenStore {
  private database: Promise<IDBDatabase> | null = null;
  /** Saves happen one after the other, so that the newest state wins. */
  private last: Promise<void> = Promise.resolve();

  /** `onFailure`: something could not be kept; `full`: for lack of room. */
  constructor(private readonly onFailure: (full: boolean) => void) {}

  async load(workspace: string): Promise<SourceFile[]> {
    try {
      const database = await this.open();
      const store = database.transaction(FILES).objectStore(FILES);
      const found = (await result(store.getAll(filesOf(workspace)))) as StoredFile[];
      return found.filter(({ name }) => name !== PROGRAM).map(({ name, content }) => ({ name, content }));
    } catch {
      return [];
    }
  }

  /** What saveProgram was given last, or null. */
  async loadProgram(workspace: string): Promise<string | null> {
    try {
      const database = await this.open();
      const store = database.transaction(FILES).objectStore(FILES);
      const found = (await result(store.get([workspace, PROGRAM]))) as StoredFile | undefined;
      return typeof found?.content === 'string' ? found.content : null;
    } catch {
      return null;
    }
  }

  /** Keeps the text of a program as long as its workspace: another tab may have nothing else of it. */
  saveProgram(workspace: string, content: string): Promise<boolean> {
    return this.enqueue(workspace, [{ name: PROGRAM, content }], []);
  }

  /** Makes what is kept of `before` what `after` is. */
  save(workspace: string, before: readonly SourceFile[], after: readonly SourceFile[]): void {
    const changed = after.filter((file) => !before.includes(file));
    const gone = before.filter((file) => !after.some((one) => one.name === file.name));
    if (changed.length > 0 || gone.length > 0) void this.enqueue(workspace, changed, gone);
  }

  /** Resolves to whether it is kept. */
  private enqueue(
    workspace: string,
    changed: readonly SourceFile[],
    gone: readonly SourceFile[],
  ): Promise<boolean> {
    const kept = this.last
      .then(() => this.write(workspace, changed, gone))
      .then(
        () => true,
        (error: unknown) => {
          this.onFailure(error instanceof DOMException && error.name === 'QuotaExceededError');
          return false;
        },
      );
    this.last = kept.then(() => undefined);
    return kept;
  }

  /** Resolves when everything saved so far is kept, or was found not to be. */
  settled(): Promise<void> {
    return this.last;
  }

  private async write(
    workspace: string,
    changed: readonly SourceFile[],
    gone: readonly SourceFile[],
  ): Promise<void> {
    const database = await this.open();
    const transaction = database.transaction([FILES, WORKSPACES], 'readwrite');
    const files = transaction.objectStore(FILES);
    transaction.objectStore(WORKSPACES).put({ workspace, time: Date.now() });
    for (const { name, content } of changed) files.put({ workspace, name, content });
    for (const { name } of gone) files.delete([workspace, name]);
    await finished(transaction);
    await this.prune(database, workspace);
  }

  private async prune(database: IDBDatabase, current: string): Promise<void> {
    const transaction = database.transaction([FILES, WORKSPACES], 'readwrite');
    const workspaces = transaction.objectStore(WORKSPACES);
    const known = (await result(workspaces.getAll())) as { workspace: string; time: number }[];
    const old = known
      .filter(({ workspace }) => workspace !== current)
      .sort((a, b) => b.time - a.time)
      .slice(KEPT_WORKSPACES);
    for (const { workspace } of old) {
      workspaces.delete(workspace);
      transaction.objectStore(FILES).delete(filesOf(workspace));
    }
    await finished(transaction);
  }

  private open(): Promise<IDBDatabase> {
    this.database ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(FILES, { keyPath: ['workspace', 'name'] });
        request.result.createObjectStore(WORKSPACES, { keyPath: 'workspace' });
      };
      request.onsuccess = () => {
        // Another version of the page wants to change the stores: it must not wait for this one.
        request.result.onversionchange = () => {
          request.result.close();
          this.database = null;
        };
        resolve(request.result);
      };
      request.onerror = () => reject(request.error ?? new Error('no storage'));
      request.onblocked = () => reject(new Error('storage is blocked'));
    }).catch((error: unknown) => {
      this.database = null;
      throw error;
    });
    return this.database;
  }
}

/** All names of a workspace: in the order of keys, a list comes after every text. */
function filesOf(workspace: string): IDBKeyRange {
  return IDBKeyRange.bound([workspace], [workspace, []]);
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('storage failed'));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('storage failed'));
    transaction.onerror = () => reject(transaction.error ?? new Error('storage failed'));
  });
}
