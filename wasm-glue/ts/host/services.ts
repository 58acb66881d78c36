// SPDX-License-Identifier: MIT
/**
 * The services of core/host/host.def that JavaScript carries out, by name. A call is started at once and answered
 * when it is done; several are under way at a time.
 */
import { compress, decompress } from './compress.js';
import { decrypt, encrypt, hash } from './crypto.js';
import { Database, detachDatabases } from './database.js';
import { HostError, networkError, unsupported } from './errors.js';
import type { ServiceFiles } from './files.js';
import { Handles, type Resource } from './handles.js';
import { MAX_BODY_BYTES, httpRequest, parseUrl, type NetworkQuestion } from './http.js';
import {
  LOOPBACK_ADDRESS,
  LoopbackConnection,
  LoopbackListener,
  LoopbackNetwork,
  LoopbackSocket,
  isLoopback,
} from './loopback.js';
import { FileReadStream, FileWriteStream, MemoryStream, Stream } from './streams.js';
import { WireText, decodeArguments, encodeWire, type WireHandle, type WireValue } from './wire.js';

/** What `max` of a read may ask for at once. */
const MAX_READ_BYTES = 16 << 20;
/** What decompression may make. */
const MAX_EXPANDED_BYTES = MAX_BODY_BYTES * 2;

/** Those that core/host/host.def marks so: their arguments are overwritten when the call is over. */
const SECRET: ReadonlySet<string> = new Set(['ENCRYPT', 'DECRYPT']);

export interface ServiceCall {
  readonly id: number;
  readonly service: string;
  /** pid of the actor that asks. */
  readonly owner: number;
  /** `data` is a wire-encoded list; else it is one text. */
  readonly wire: boolean;
  /** `null` when there was no memory for it. */
  readonly data: Uint8Array | null;
}

export interface NetworkAnswer {
  readonly allowed: boolean;
  /** What to do about a refusal. */
  readonly advice: string;
}

/** What the run offers to its services. */
export interface ServiceHost {
  readonly files: ServiceFiles;
  /** Most open handles. */
  readonly maxHandles: number;
  /** The program was asked to stop. */
  stopped(): boolean;
  /** Asks the reader. */
  askNetwork(question: NetworkQuestion, signal: AbortSignal): Promise<NetworkAnswer>;
  answer(id: number, value: Uint8Array): void;
  refuse(id: number, kind: string, reason: string): void;
  /** A defect of a service itself. */
  broken(error: unknown): void;
}

interface Call {
  readonly owner: number;
  readonly args: readonly WireValue[];
  readonly signal: AbortSignal;
}

export class Services {
  private readonly handles: Handles;
  private readonly network = new LoopbackNetwork();
  private readonly going = new Map<number, AbortController>();
  private usedDatabases = false;

  constructor(private readonly host: ServiceHost) {
    this.handles = new Handles(host.maxHandles);
  }

  /** How many calls are under way. */
  get pending(): number {
    return this.going.size;
  }

  start(call: ServiceCall): void {
    const controller = new AbortController();
    this.going.set(call.id, controller);
    void this.carryOut(call, controller.signal).then(
      (value) => this.finish(call.id, controller.signal, value),
      (error: unknown) => this.fail(call, controller.signal, error),
    );
  }

  /** Nobody waits for the answer any more. What the call opens is closed again. */
  cancel(id: number): void {
    this.going.get(id)?.abort();
    this.going.delete(id);
  }

  actorEnded(pid: number): void {
    this.handles.closeAllOf(pid);
  }

  /** Ends everything: the run is over. */
  dispose(): void {
    for (const controller of this.going.values()) controller.abort();
    this.going.clear();
    this.handles.closeAll();
    if (this.usedDatabases) detachDatabases();
  }

  private finish(id: number, signal: AbortSignal, value: WireValue): void {
    if (signal.aborted) {
      this.handles.close(value);
      return;
    }
    this.going.delete(id);
    this.host.answer(id, encodeWire(value));
  }

  private fail(call: ServiceCall, signal: AbortSignal, error: unknown): void {
    if (signal.aborted) return;
    this.going.delete(call.id);
    // A handle that was closed meanwhile is the reason, whatever its loss led to.
    const closed =
      call.wire && call.data && !SECRET.has(call.service)
        ? this.handles.errorOf(decodeArguments(call.data)[0])
        : null;
    const raised = closed ?? error;
    if (raised instanceof HostError) this.host.refuse(call.id, raised.kind, raised.message);
    else this.host.broken(raised);
  }

  private async carryOut(call: ServiceCall, signal: AbortSignal): Promise<WireValue> {
    const run = Object.hasOwn(this.table, call.service) ? this.table[call.service] : undefined;
    if (!run) throw unsupported('not available in the browser');
    if (!call.data) throw new HostError('HeapExceeded', 'the arguments do not fit into memory');
    const args = call.wire ? decodeArguments(call.data) : [new TextDecoder().decode(call.data)];
    try {
      return await run({ owner: call.owner, args, signal });
    } finally {
      if (SECRET.has(call.service)) call.data.fill(0);
    }
  }

  private open(
    kind: WireHandle['kind'],
    owner: number,
    make: () => Resource | Promise<Resource>,
  ): Promise<WireHandle> {
    this.handles.reserve();
    return Promise.resolve(make()).then((resource) => this.handles.add(kind, owner, resource));
  }

  private readonly table: Readonly<Record<string, (call: Call) => WireValue | Promise<WireValue>>> = {
    EXEC: () => {
      throw unsupported('a page cannot start other programs');
    },

    HTTP_REQUEST: async ({ args, signal }) => {
      const [method, url, headers, body, timeout] = args;
      const request = {
        method: text(method),
        url: parseUrl(text(url)),
        headers: headerList(headers),
        body: body === null || body === undefined ? null : bytes(body),
      };
      const response = await httpRequest(
        request,
        typeof timeout === 'bigint' ? Number(timeout) : null,
        { network: this.network, ask: (question, waiting) => this.host.askNetwork(question, waiting) },
        signal,
      );
      return new Map<string, WireValue>([
        ['status', BigInt(response.status)],
        ['headers', response.headers],
        ['body', new WireText(response.body)],
      ]);
    },
    DNS_RESOLVE: ({ args: [name] }) => resolveName(text(name)),

    TCP_CONNECT: ({ args: [host, port], owner }) => {
      mustBeLoopback(text(host));
      return this.open('connection', owner, () => this.network.connect(integer(port)));
    },
    TCP_LISTEN: ({ args: [host, port], owner }) => {
      mustBeLoopback(host === null ? LOOPBACK_ADDRESS : text(host));
      return this.open('connection', owner, () => this.network.listen(integer(port)));
    },
    TCP_ACCEPT: ({ args: [listener], owner, signal }) => {
      const from = this.handles.get(listener, LoopbackListener.what, LoopbackListener);
      return this.open('connection', owner, () => from.accept(signal));
    },
    TCP_PORT: ({ args: [socket] }) =>
      BigInt(
        this.handles.get<LoopbackConnection | LoopbackListener | LoopbackSocket>(
          socket,
          'a TCP connection, a TCP listener or a UDP socket',
          LoopbackConnection,
          LoopbackListener,
          LoopbackSocket,
        ).port,
      ),
    TCP_SEND: async ({ args: [connection, data], signal }) => {
      const to = this.handles.get(connection, LoopbackConnection.what, LoopbackConnection);
      return BigInt(await to.send(bytes(data), signal));
    },
    TCP_RECV: async ({ args: [connection, max], signal }) => {
      const from = this.handles.get(connection, LoopbackConnection.what, LoopbackConnection);
      return textOrNull(await from.receive(amount(max), signal));
    },
    UDP_BIND: ({ args: [host, port], owner }) => {
      mustBeLoopback(host === null ? LOOPBACK_ADDRESS : text(host));
      return this.open('connection', owner, () => this.network.bind(integer(port)));
    },
    UDP_SEND: ({ args: [socket, host, port, data] }) => {
      const from = this.handles.get(socket, LoopbackSocket.what, LoopbackSocket);
      mustBeLoopback(text(host));
      return BigInt(from.send(integer(port), bytes(data)));
    },
    UDP_RECV: async ({ args: [socket, max], signal }) => {
      const from = this.handles.get(socket, LoopbackSocket.what, LoopbackSocket);
      const { data, senderPort } = await from.receive(amount(max), signal);
      return new Map<string, WireValue>([
        ['data', new WireText(data)],
        ['sender_host', LOOPBACK_ADDRESS],
        ['sender_port', BigInt(senderPort)],
      ]);
    },
    CLOSE: ({ args: [connection] }) => {
      this.handles.close(connection);
      return null;
    },

    STREAM_MEMORY: ({ owner }) => this.open('stream', owner, () => new MemoryStream()),
    STREAM_OPEN_READ: ({ args: [path], owner }) =>
      this.open('stream', owner, () => new FileReadStream(this.host.files, text(path))),
    STREAM_OPEN_WRITE: ({ args: [path], owner }) =>
      this.open('stream', owner, () => new FileWriteStream(this.host.files, text(path))),
    STREAM_READ: ({ args: [stream, max] }) =>
      textOrNull(this.handles.get(stream, Stream.what, Stream).read(amount(max))),
    STREAM_WRITE: ({ args: [stream, data] }) => {
      const content = bytes(data);
      this.handles.get(stream, Stream.what, Stream).write(content);
      return BigInt(content.length);
    },
    STREAM_CLOSE: ({ args: [stream] }) => {
      this.handles.close(stream);
      return true;
    },

    COMPRESS: ({ args: [data] }) => compress(bytes(data)),
    DECOMPRESS: async ({ args: [data] }) => new WireText(await decompress(bytes(data), MAX_EXPANDED_BYTES)),
    HASH: ({ args: [data] }) => hash(bytes(data)),
    ENCRYPT: ({ args: [data, passphrase] }) => encrypt(bytes(data), text(passphrase)),
    DECRYPT: async ({ args: [data, passphrase] }) =>
      new WireText(await decrypt(bytes(data), text(passphrase))),

    DB_CONNECT: ({ args: [path], owner }) => {
      this.usedDatabases = true;
      return this.open('connection', owner, () =>
        Database.open(text(path), this.host.files, () => this.host.stopped()),
      );
    },
    DB_QUERY: ({ args: [database, sql, parameters] }) =>
      this.handles.get(database, Database.what, Database).query(text(sql), list(parameters)),
    DB_EXEC: ({ args: [database, sql, parameters] }) =>
      this.handles.get(database, Database.what, Database).execute(text(sql), list(parameters)),
  };
}

/* What the core has checked before: anything else is a defect, and raises as one. */

function text(value: WireValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError('a service expects a string');
  return value;
}

function integer(value: WireValue | undefined): number {
  if (typeof value !== 'bigint') throw new TypeError('a service expects an integer');
  return Number(value);
}

const amount = (value: WireValue | undefined): number => Math.min(integer(value), MAX_READ_BYTES);

function bytes(value: WireValue | undefined): Uint8Array {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (value instanceof Uint8Array) return value;
  throw new TypeError('a service expects bytes');
}

function list(value: WireValue | undefined): readonly WireValue[] {
  if (!Array.isArray(value)) throw new TypeError('a service expects a list');
  return value as readonly WireValue[];
}

function headerList(value: WireValue | undefined): [string, string][] {
  if (!(value instanceof Map)) throw new TypeError('a service expects headers');
  return [...(value as ReadonlyMap<string, WireValue>)].flatMap(([name, given]) =>
    (Array.isArray(given) ? (given as readonly WireValue[]) : [given]).map((one): [string, string] => [
      name,
      text(one),
    ]),
  );
}

const textOrNull = (data: Uint8Array | null): WireValue => (data === null ? null : new WireText(data));

function mustBeLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw unsupported(
    `a page has no sockets to other machines (${host}); within the program 127.0.0.1 works, and HTTP to the outside`,
  );
}

function resolveName(name: string): string {
  if (/^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(name) && name.split('.').every((part) => Number(part) < 256))
    return name;
  if (isLoopback(name)) return LOOPBACK_ADDRESS;
  // By RFC 6761 nobody ever has such a name.
  if (/\.invalid\.?$/i.test(name)) throw networkError(`the name ${name} does not resolve`);
  throw unsupported(`a page cannot look up names (${name}); HTTP requests take them as they are`);
}
