// SPDX-License-Identifier: MIT
/**
 * Connections and streams of one run by number. Each belongs to the actor that opened it and is closed when
 * that ends; others may use it meanwhile. Numbers are never used twice, so a closed one stays recognisable.
 */
import { HostError } from './errors.js';
import type { Closable } from './loopback.js';
import { WireHandle, type WireValue } from './wire.js';

/** What a handle stands for, in the words of error messages. */
export interface Resource extends Closable {
  readonly what: 'a TCP connection' | 'a TCP listener' | 'a UDP socket' | 'a database' | 'a stream';
}

interface Entry {
  readonly owner: number;
  readonly resource: Resource;
}

export class Handles {
  private readonly entries = new Map<number, Entry>();
  private last = 0;

  constructor(private readonly most: number) {}

  /** Before anything is opened: raises when there are too many. */
  reserve(): void {
    if (this.entries.size >= this.most)
      throw new HostError('BadArgument', `too many open handles (at most ${this.most})`);
  }

  add(kind: WireHandle['kind'], owner: number, resource: Resource): WireHandle {
    const id = ++this.last;
    this.entries.set(id, { owner, resource });
    return new WireHandle(kind, id);
  }

  /** The resource of a handle, which must be of one of these classes. */
  get<T extends Resource>(value: WireValue | undefined, ...kinds: (new (...args: never[]) => T)[]): T {
    const resource = this.find(value);
    if (kinds.some((kind) => resource instanceof kind)) return resource as T;
    const wanted = kinds.map((kind) => (kind as unknown as { what: string }).what).join(' or ');
    throw new HostError('TypeMismatch', `${wanted} but got ${resource.what}`);
  }

  /** Closing twice is no error. */
  close(value: WireValue | undefined): void {
    if (!(value instanceof WireHandle)) return;
    const entry = this.entries.get(value.id);
    this.entries.delete(value.id);
    entry?.resource.close();
  }

  closeAllOf(owner: number): void {
    for (const [id, entry] of this.entries) {
      if (entry.owner !== owner) continue;
      this.entries.delete(id);
      entry.resource.close();
    }
  }

  closeAll(): void {
    for (const [id, entry] of this.entries) {
      this.entries.delete(id);
      entry.resource.close();
    }
  }

  get count(): number {
    return this.entries.size;
  }

  private find(value: WireValue | undefined): Resource {
    if (!(value instanceof WireHandle)) throw new HostError('TypeMismatch', 'a handle');
    const entry = this.entries.get(value.id);
    if (entry) return entry.resource;
    throw new HostError(value.kind === 'stream' ? 'FileError' : 'NetworkError', `${value.kind} is closed`);
  }
}
