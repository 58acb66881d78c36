// SPDX-License-Identifier: MIT
/**
 * Values as they cross between the core and the services: the twin of core/host/wire.h. The bytes come from the
 * core, so what makes no sense is a defect and not a program's error.
 */
import { EngineBug } from '../api.js';

const Tag = {
  null: 0,
  bool: 1,
  int: 2,
  float: 3,
  str: 4,
  bytes: 5,
  text: 6,
  list: 7,
  object: 8,
  connection: 9,
  stream: 10,
} as const;

/** Bytes that become a Str where they are UTF-8, else Bytes. */
export class WireText {
  constructor(readonly bytes: Uint8Array) {}
}

export class WireHandle {
  constructor(
    readonly kind: 'connection' | 'stream',
    readonly id: number,
  ) {}
}

/** bigint: Int. number: Float. Uint8Array: Bytes. Map: Object. */
export type WireValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | WireText
  | WireHandle
  | readonly WireValue[]
  | ReadonlyMap<string, WireValue>;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A buffer that grows; numbers little-endian. */
class Writer {
  private buffer = new Uint8Array(256);
  private view = new DataView(this.buffer.buffer);
  private length = 0;

  put(value: WireValue): void {
    if (value === null) this.byte(Tag.null);
    else if (typeof value === 'boolean') {
      this.byte(Tag.bool);
      this.byte(Number(value));
    } else if (typeof value === 'bigint') this.int(Tag.int, value);
    else if (typeof value === 'number') {
      this.byte(Tag.float);
      this.view.setFloat64(this.claim(8), value, true);
    } else if (typeof value === 'string') this.bytes(Tag.str, encoder.encode(value));
    else if (value instanceof Uint8Array) this.bytes(Tag.bytes, value);
    else if (value instanceof WireText) this.bytes(Tag.text, value.bytes);
    else if (value instanceof WireHandle)
      this.int(value.kind === 'stream' ? Tag.stream : Tag.connection, BigInt(value.id));
    else if (value instanceof Map) {
      this.byte(Tag.object);
      this.uint32(value.size);
      for (const [key, field] of value as ReadonlyMap<string, WireValue>) {
        this.run(encoder.encode(key));
        this.put(field);
      }
    } else {
      const list = value as readonly WireValue[];
      this.byte(Tag.list);
      this.uint32(list.length);
      for (const one of list) this.put(one);
    }
  }

  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** Room for so many bytes; where it begins. */
  private claim(bytes: number): number {
    const at = this.length;
    this.length += bytes;
    if (this.length > this.buffer.length) {
      const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.length));
      grown.set(this.buffer.subarray(0, at));
      this.buffer = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }

  private byte(value: number): void {
    const at = this.claim(1);
    this.buffer[at] = value;
  }

  private uint32(value: number): void {
    const at = this.claim(4);
    this.view.setUint32(at, value, true);
  }

  private int(tag: number, value: bigint): void {
    this.byte(tag);
    const at = this.claim(8);
    this.view.setBigInt64(at, value, true);
  }

  private bytes(tag: number, bytes: Uint8Array): void {
    this.byte(tag);
    this.run(bytes);
  }

  private run(bytes: Uint8Array): void {
    this.uint32(bytes.length);
    const at = this.claim(bytes.length);
    this.buffer.set(bytes, at);
  }
}

export function encodeWire(value: WireValue): Uint8Array {
  const writer = new Writer();
  writer.put(value);
  return writer.finish();
}

class Reader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly buffer: Uint8Array) {
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }

  get atEnd(): boolean {
    return this.at === this.buffer.length;
  }

  value(): WireValue {
    const tag = this.view.getUint8(this.skip(1));
    switch (tag) {
      case Tag.null:
        return null;
      case Tag.bool:
        return this.view.getUint8(this.skip(1)) !== 0;
      case Tag.int:
        return this.view.getBigInt64(this.skip(8), true);
      case Tag.float:
        return this.view.getFloat64(this.skip(8), true);
      case Tag.str:
        return decoder.decode(this.run());
      case Tag.bytes:
        return this.run();
      case Tag.text:
        return new WireText(this.run());
      case Tag.list:
        return Array.from({ length: this.uint32() }, () => this.value());
      case Tag.object:
        return new Map(
          Array.from({ length: this.uint32() }, (): [string, WireValue] => [
            decoder.decode(this.run()),
            this.value(),
          ]),
        );
      case Tag.connection:
      case Tag.stream: {
        const id = Number(this.view.getBigInt64(this.skip(8), true));
        return new WireHandle(tag === Tag.stream ? 'stream' : 'connection', id);
      }
      default:
        throw new EngineBug(`unknown tag ${tag} in a request`);
    }
  }

  private skip(bytes: number): number {
    const { at } = this;
    this.at += bytes;
    return at;
  }

  private uint32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  private run(): Uint8Array {
    const length = this.uint32();
    const at = this.skip(length);
    return this.buffer.subarray(at, at + length);
  }
}

/** The list of arguments of one request. Throws `EngineBug`, or `RangeError` when bytes are missing. */
export function decodeArguments(bytes: Uint8Array): readonly WireValue[] {
  const reader = new Reader(bytes);
  const value = reader.value();
  if (!Array.isArray(value) || !reader.atEnd)
    throw new EngineBug('the arguments of a request are not a list');
  return value as readonly WireValue[];
}
