// SPDX-License-Identifier: MIT
/**
 * Connections and streams of one run by number. Each belongs to the actor that opened it and is closed when
 * that ends; others may use it meanwhile. Numbers are never used twice, so a closed one stays recognisable.
 */
import { HostError, type HostErrorKind } from './errors.js';
import { WireHandle, type WireValue } from './wire.js';

/** What a handle stands for, in the words of error messages. */
export interface Resource {
  readonly what: 'a TCP connection' | 'a TCP listener' | 'a UDP socket' | 'a database' | 'a stream';
  close(): void;
}

/** A class of resources; its instances say `what` they are, too. */
interface ResourceClass<T extends Resource> {
  readonly what: T['what'];
  readonly prototype: T;
}

interface Entry {
  readonly owner: number;
  readonly resource: Resource;
}

export class Handles {
  private readonly entries = new Map<number, Entry>();
  private readonly databases = new Set<number>();
  private last = 0;

  constructor(private readonly most: number) {}

  get count(): number {
    return this.entries.size;
  }

  /** Before anything is opened: raises when there are too many. */
  reserve(): void {
    if (this.entries.size >= this.most)
      throw new HostError('HandlesExceeded', `${this.most} handles are open already (--max-handles)`);
  }

  add(kind: WireHandle['kind'], owner: number, resource: Resource): WireHandle {
    const id = ++this.last;
    this.entries.set(id, { owner, resource });
    if (resource.what === 'a database') this.databases.add(id);
    return new WireHandle(kind, id);
  }

  /** The resource of a handle, which must be of one of these classes; `wanted` says so in words. */
  get<T extends Resource>(
    value: WireValue | undefined,
    wanted: string,
    ...classes: readonly ResourceClass<T>[]
  ): T {
    if (!(value instanceof WireHandle)) throw new HostError('TypeMismatch', wanted);
    const entry = this.entries.get(value.id);
    if (!entry) throw this.closedError(value);
    const { resource } = entry;
    if (classes.some(({ what }) => what === resource.what)) return resource as T;
    throw new HostError('TypeMismatch', `${wanted} but got ${resource.what}`);
  }

  /** The error of using a handle after its end; `null` while it is open. */
  errorOf(value: WireValue | undefined): HostError | null {
    if (!(value instanceof WireHandle) || this.entries.has(value.id)) return null;
    return this.closedError(value);
  }

  /** Closing twice is no error. */
  close(value: WireValue | undefined): void {
    if (!(value instanceof WireHandle)) return;
    const entry = this.entries.get(value.id);
    this.entries.delete(value.id);
    entry?.resource.close();
  }

  closeAllOf(owner: number): void {
    this.closeWhere((entry) => entry.owner === owner);
  }

  closeAll(): void {
    this.closeWhere(() => true);
  }

  private closeWhere(chosen: (entry: Entry) => boolean): void {
    for (const [id, entry] of [...this.entries]) {
      if (!chosen(entry)) continue;
      this.entries.delete(id);
      entry.resource.close();
    }
  }

  private closedError({ kind, id }: WireHandle): HostError {
    const raised: HostErrorKind =
      kind === 'stream' ? 'FileError' : this.databases.has(id) ? 'DatabaseError' : 'NetworkError';
    return new HostError(raised, `${kind === 'stream' ? 'Stream' : 'Connection'}(${id}) is closed`);
  }
}
