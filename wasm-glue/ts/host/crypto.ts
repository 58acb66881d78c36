// SPDX-License-Identifier: MIT
/**
 * Hashes and sealed data by libsodium, loaded when a program first needs it. The layout of sealed data is settled
 * in core/host/README.md; the native host writes and reads the same.
 */
import type * as Sodium from 'libsodium-wrappers-sumo';
import { HostError } from './errors.js';
import { concatenate } from './loopback.js';

const MAGIC = 'TTE1';
const OPERATIONS_AT = 4;
const MEMORY_AT = 8;
const SALT_AT = 12;
const SALT_BYTES = 16;
const NONCE_AT = SALT_AT + SALT_BYTES;
const NONCE_BYTES = 24;
const HEADER_BYTES = NONCE_AT + NONCE_BYTES;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** libsodium's interactive setting. */
const OPERATIONS = 2;
const MEMORY_KIB = 65_536;
/** What a header may ask for. */
const MOST_OPERATIONS = 8;
const LEAST_MEMORY_KIB = 8;
const MOST_MEMORY_KIB = 1_048_576;

async function load(): Promise<typeof Sodium> {
  try {
    const { default: sodium } = await import('libsodium-wrappers-sumo');
    await sodium.ready;
    return sodium as unknown as typeof Sodium;
  } catch (error) {
    throw new HostError('UnsupportedOperation', `the cryptography could not be loaded: ${String(error)}`);
  }
}

/** SHA-256 as lower-case hexadecimal digits. */
export async function hash(data: Uint8Array): Promise<string> {
  const sodium = await load();
  return sodium.to_hex(sodium.crypto_hash_sha256(data));
}

export async function encrypt(data: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const sodium = await load();
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  header.set(new TextEncoder().encode(MAGIC));
  view.setUint32(OPERATIONS_AT, OPERATIONS, true);
  view.setUint32(MEMORY_AT, MEMORY_KIB, true);
  header.set(sodium.randombytes_buf(SALT_BYTES), SALT_AT);
  header.set(sodium.randombytes_buf(NONCE_BYTES), NONCE_AT);
  const key = await deriveKey(passphrase, header);
  try {
    const nonce = header.subarray(NONCE_AT);
    const sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(data, header, null, nonce, key);
    return concatenate([header, sealed], header.length + sealed.length);
  } finally {
    sodium.memzero(key);
  }
}

/** Raises DataError for a wrong passphrase and for altered data, without saying which. */
export async function decrypt(data: Uint8Array, passphrase: string): Promise<Uint8Array> {
  if (data.length < HEADER_BYTES + TAG_BYTES || new TextDecoder().decode(data.subarray(0, 4)) !== MAGIC)
    throw new HostError('DataError', 'not encrypted data, or cut off');
  const header = data.subarray(0, HEADER_BYTES);
  const view = new DataView(data.buffer, data.byteOffset, HEADER_BYTES);
  const operations = view.getUint32(OPERATIONS_AT, true);
  const memory = view.getUint32(MEMORY_AT, true);
  const plausible =
    operations >= 1 &&
    operations <= MOST_OPERATIONS &&
    memory >= LEAST_MEMORY_KIB &&
    memory <= MOST_MEMORY_KIB;
  if (!plausible) throw new HostError('DataError', 'not encrypted data, or cut off');
  const sodium = await load();
  const key = await deriveKey(passphrase, header);
  try {
    const nonce = header.subarray(NONCE_AT);
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      null,
      data.subarray(HEADER_BYTES),
      header,
      nonce,
      key,
    );
  } catch {
    throw new HostError('DataError', 'wrong passphrase, or the data was altered');
  } finally {
    sodium.memzero(key);
  }
}

async function deriveKey(passphrase: string, header: Uint8Array): Promise<Uint8Array> {
  const sodium = await load();
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const secret = new TextEncoder().encode(passphrase);
  try {
    return sodium.crypto_pwhash(
      KEY_BYTES,
      secret,
      header.slice(SALT_AT, NONCE_AT),
      view.getUint32(OPERATIONS_AT, true),
      view.getUint32(MEMORY_AT, true) * 1024,
      sodium.crypto_pwhash_ALG_ARGON2ID13,
    );
  } catch {
    throw new HostError('HeapExceeded', 'no memory to derive the key');
  } finally {
    sodium.memzero(secret);
  }
}
