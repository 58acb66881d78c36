// SPDX-License-Identifier: MIT
/** Streams: a queue of bytes in memory, or a file read or written piece by piece. */
import { HostError } from './errors.js';
import type { ServiceFiles } from './files.js';
import type { Resource } from './handles.js';

/** What a stream in memory may hold: a program that only writes must not take the page's memory. */
const MAX_MEMORY_BYTES = 48 << 20;

export abstract class Stream implements Resource {
  static readonly what = 'a stream';
  readonly what = 'a stream';

  /** At most so many bytes; `null` at the end. */
  read(_most: number): Uint8Array | null {
    throw new HostError('FileError', 'this stream is for writing');
  }

  /** All of it. */
  write(_data: Uint8Array): void {
    throw new HostError('FileError', 'this stream is for reading');
  }

  close(): void {}
}

export class MemoryStream extends Stream {
  private pieces: Uint8Array[] = [];
  private bytes = 0;

  override read(most: number): Uint8Array | null {
    const [first] = this.pieces;
    if (first === undefined) return null;
    // Pieces are joined as far as they are asked for, so that sizes of writes do not show.
    const taken = new Uint8Array(Math.min(most, this.bytes));
    let at = 0;
    while (at < taken.length) {
      const [next = first] = this.pieces;
      const part = next.subarray(0, taken.length - at);
      taken.set(part, at);
      at += part.length;
      if (part.length === next.length) this.pieces.shift();
      else this.pieces[0] = next.subarray(part.length);
    }
    this.bytes -= taken.length;
    return taken;
  }

  override write(data: Uint8Array): void {
    if (this.bytes + data.length > MAX_MEMORY_BYTES)
      throw new HostError('HeapExceeded', `more than ${MAX_MEMORY_BYTES} bytes in a memory stream`);
    if (data.length === 0) return;
    this.pieces.push(data.slice());
    this.bytes += data.length;
  }
}

export class FileReadStream extends Stream {
  private offset = 0;

  constructor(
    private readonly files: ServiceFiles,
    private readonly path: string,
  ) {
    super();
    files.size(path);
  }

  override read(most: number): Uint8Array | null {
    const piece = this.files.read(this.path, this.offset, most);
    this.offset += piece.length;
    return piece.length === 0 ? null : piece;
  }
}

export class FileWriteStream extends Stream {
  private offset = 0;

  constructor(
    private readonly files: ServiceFiles,
    private readonly path: string,
  ) {
    super();
    files.resize(path, 0);
  }

  override write(data: Uint8Array): void {
    this.files.write(this.path, this.offset, data);
    this.offset += data.length;
  }
}
