// SPDX-License-Identifier: MIT
/** The run's file system, as services see it. Paths as programs write them. */
export interface ServiceFiles {
  /** Bytes; raises FileError when it is no file. */
  size(path: string): number;
  exists(path: string): boolean;
  /** At most `length` bytes from `offset` on: none past the end. */
  read(path: string, offset: number, length: number): Uint8Array;
  /** Makes the file where there is none, and fills a gap before `offset` with zeros. */
  write(path: string, offset: number, bytes: Uint8Array): void;
  /** Makes the file exactly so long; makes it where there is none. */
  resize(path: string, size: number): void;
  remove(path: string): void;
}
