// SPDX-License-Identifier: MIT
/**
 * The zlib format by fflate, loaded when a program first needs it. fflate does not look at the checksum that ends
 * the data, so that is done here: a changed byte must never go unnoticed.
 */
import { HostError } from './errors.js';
import { concatenate } from './loopback.js';

/** As zlib's own default: the same trade of time for size as natively. */
const LEVEL = 6;
/** Input is given in pieces this small, so that a bomb is noticed before it has been unpacked. */
const PIECE_BYTES = 8 * 1024;
const HEADER_BYTES = 2;
const CHECKSUM_BYTES = 4;
/** Largest prime below 2^16, and how many sums fit into 32 bits before a remainder is due. */
const ADLER_MODULUS = 65_521;
const ADLER_RUN = 3800;

function adler32(data: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let start = 0; start < data.length; start += ADLER_RUN) {
    for (const byte of data.subarray(start, start + ADLER_RUN)) {
      low += byte;
      high += low;
    }
    low %= ADLER_MODULUS;
    high %= ADLER_MODULUS;
  }
  return ((high << 16) | low) >>> 0;
}

export async function compress(data: Uint8Array): Promise<Uint8Array> {
  const { zlibSync } = await import('fflate');
  return zlibSync(data, { level: LEVEL });
}

/** Raises DataError for anything that zlib would not have written, HeapExceeded past `limit` bytes. */
export async function decompress(data: Uint8Array, limit: number): Promise<Uint8Array> {
  const { Inflate } = await import('fflate');
  const bad = (reason: string): HostError => new HostError('DataError', reason);
  if (data.length < HEADER_BYTES + CHECKSUM_BYTES) throw bad('the compressed data is incomplete');
  const [method = 0, flags = 0] = data;
  const wrongHeader = (method & 15) !== 8 || method >> 4 > 7 || ((method << 8) | flags) % 31 !== 0;
  if (wrongHeader || (flags & 32) !== 0) throw bad('not zlib data');

  const pieces: Uint8Array[] = [];
  let length = 0;
  let tooLarge = false;
  const inflate = new Inflate((piece) => {
    length += piece.length;
    tooLarge = length > limit;
    if (!tooLarge && piece.length > 0) pieces.push(piece);
  });
  const body = data.subarray(HEADER_BYTES, data.length - CHECKSUM_BYTES);
  try {
    for (let at = 0; !tooLarge && (at === 0 || at < body.length); at += PIECE_BYTES)
      inflate.push(body.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= body.length);
  } catch (error) {
    throw bad(
      /EOF/.test(String(error)) ? 'the compressed data is incomplete' : 'the compressed data is damaged',
    );
  }
  if (tooLarge) throw new HostError('HeapExceeded', `more than ${limit} bytes when decompressed`);

  const whole = concatenate(pieces, length);
  const checksum = new DataView(data.buffer, data.byteOffset + data.length - CHECKSUM_BYTES).getUint32(0);
  if (adler32(whole) !== checksum) throw bad('the compressed data is damaged');
  return whole;
}
