// SPDX-License-Identifier: MIT
// The services of wasm-glue/ts/host alone: calls by name and values, without an engine.

import { HostError } from '../../../build/wasm-glue-js/host/errors.js';
import { Services } from '../../../build/wasm-glue-js/host/services.js';
import { WireHandle, WireText, decodeArguments, encodeWire } from '../../../build/wasm-glue-js/host/wire.js';

/** A file system of a Map. */
export function memoryFiles() {
  const files = new Map();
  const need = (given) => {
    const path = given.replace(/^\.\//, '');
    if (!files.has(path)) throw new HostError('FileError', 'No such file or directory');
    return files.get(path);
  };
  const grow = (given, size) => {
    const path = given.replace(/^\.\//, '');
    const old = files.get(path) ?? new Uint8Array(0);
    const next = new Uint8Array(size);
    next.set(old.subarray(0, size));
    files.set(path, next);
  };
  return {
    files,
    size: (path) => need(path).length,
    exists: (path) => ['', '.'].includes(path) || files.has(path.replace(/^\.\//, '')),
    read: (path, offset, length) => need(path).slice(offset, offset + length),
    write(given, offset, bytes) {
      const path = given.replace(/^\.\//, '');
      if (offset + bytes.length > (files.get(path)?.length ?? 0)) grow(path, offset + bytes.length);
      files.get(path).set(bytes, offset);
    },
    resize: grow,
    remove(path) {
      need(path);
      files.delete(path.replace(/^\.\//, ''));
    },
  };
}

/** Wire values as tests like to read them: text is a string where it is UTF-8, Int is bigint. */
function plain(value) {
  if (value instanceof WireText) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(value.bytes);
    } catch {
      return value.bytes;
    }
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [key, plain(one)]));
  return value;
}

/** Services with `call(name, ...args)`, which resolves with the plain answer or rejects with {kind, message}. */
export function makeServices({
  network = () => ({ allowed: false, advice: 'ask' }),
  files = memoryFiles(),
} = {}) {
  const waiting = new Map();
  const asked = [];
  let last = 0;
  const take = (id) => {
    const one = waiting.get(id);
    waiting.delete(id);
    return one;
  };
  const services = new Services({
    files,
    maxHandles: 1000,
    stopped: () => false,
    async askNetwork(question) {
      asked.push(question);
      return network(question);
    },
    answer: (id, value) => take(id).resolve(plain(decodeArguments(encodeWireList(value))[0])),
    refuse: (id, kind, message) => take(id).reject({ kind, message }),
    broken: (error) => {
      throw error;
    },
  });
  const start = (service, args, { owner = 1, wire = true } = {}) => {
    const id = ++last;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    const data = wire ? encodeWire(args) : new TextEncoder().encode(args[0]);
    services.start({ id, service, owner, wire, data });
    return { id, answer };
  };
  return {
    services,
    files,
    asked,
    start,
    call: (service, ...args) => start(service, args).answer,
    open: (service, path) => start(service, [path], { wire: false }).answer,
  };
}

/** A list of one: what the reader of arguments can read. */
function encodeWireList(value) {
  const list = new Uint8Array(5 + value.length);
  list.set([7, 1, 0, 0, 0]);
  list.set(value, 5);
  return list;
}

export { HostError, WireHandle, WireText, decodeArguments, encodeWire };
