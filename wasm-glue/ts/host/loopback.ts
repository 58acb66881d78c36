// SPDX-License-Identifier: MIT
/**
 * The network of 127.0.0.1 inside one run: TCP and UDP between the actors of one program. Nothing here reaches
 * the machine's own network. Texts of errors are those of the operating system, as natively.
 *
 * Waiting operations take an AbortSignal: aborting takes them out of their queue, and nothing is lost by it.
 */
import { HostError, networkError } from './errors.js';
import type { Resource } from './handles.js';

/** Bytes that one direction of a connection holds; a sender that is further ahead waits. */
const MAX_BUFFERED_BYTES = 64 * 1024;
/** Connections that nobody has accepted yet; more are refused. */
const MAX_BACKLOG = 1024;
/** What waits in one UDP socket; what comes after it is dropped, as networks do. */
const MAX_DATAGRAMS = 1024;
const MAX_DATAGRAM_BYTES = 1 << 20;
/** Payload of one UDP packet over IPv4. */
const LARGEST_DATAGRAM = 65_507;
const FIRST_FREE_PORT = 49_152;
const LAST_PORT = 65_535;

export const LOOPBACK_ADDRESS = '127.0.0.1';

/** Names of this machine, all of which mean the network in here. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return ['127.0.0.1', 'localhost', '::1', '[::1]', '0.0.0.0'].includes(name) || name.endsWith('.localhost');
}

/** Waiters in order of arrival, each of which can give up. */
class Waiters<T> {
  private readonly queue = new Set<{ resolve(value: T): void; reject(error: unknown): void }>();

  wait(signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        if (this.queue.delete(waiter)) reject(givenUp());
      };
      const settle = (): void => signal.removeEventListener('abort', giveUp);
      const waiter = {
        resolve: (value: T): void => {
          settle();
          resolve(value);
        },
        reject: (error: unknown): void => {
          settle();
          reject(error as Error);
        },
      };
      this.queue.add(waiter);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** The first one's; false when nobody waits. */
  give(value: T): boolean {
    for (const waiter of this.queue) {
      this.queue.delete(waiter);
      waiter.resolve(value);
      return true;
    }
    return false;
  }

  giveAll(value: T): void {
    while (this.give(value));
  }

  fail(error: HostError): void {
    for (const waiter of this.queue) waiter.reject(error);
    this.queue.clear();
  }
}

/** Work of one kind, each piece after the one before has ended, in the order in which it was asked for. */
class Turn {
  private last: Promise<unknown> = Promise.resolve();

  take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const result = this.last.then(() => {
      if (signal.aborted) throw givenUp();
      return work();
    });
    this.last = result.catch(() => undefined);
    return result;
  }
}

const givenUp = (): HostError => new HostError('Timeout', 'given up');

/** One direction of a connection. */
class Pipe {
  private chunks: Uint8Array[] = [];
  private bytes = 0;
  /** The writing side has closed: what is buffered is the rest. */
  private ended = false;
  /** The reading side has closed. */
  private broken = false;
  private readonly readers = new Waiters<void>();
  private readonly writers = new Waiters<void>();
  private readonly writes = new Turn();
  private readonly reads = new Turn();

  write(data: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.writes.take(signal, () => this.writeWhole(data, signal));
  }

  /** `null` at the end. */
  read(most: number, signal: AbortSignal): Promise<Uint8Array | null> {
    return this.reads.take(signal, () => this.readSome(most, signal));
  }

  private async writeWhole(data: Uint8Array, signal: AbortSignal): Promise<void> {
    let at = 0;
    do {
      if (this.broken) throw networkError('Broken pipe');
      if (this.ended) throw networkError('Bad file descriptor');
      const room = MAX_BUFFERED_BYTES - this.bytes;
      if (room <= 0) {
        await this.writers.wait(signal);
        continue;
      }
      const piece = data.slice(at, at + room);
      at += piece.length;
      if (piece.length > 0) {
        this.chunks.push(piece);
        this.bytes += piece.length;
        this.readers.give();
      }
    } while (at < data.length);
  }

  private async readSome(most: number, signal: AbortSignal): Promise<Uint8Array | null> {
    while (this.bytes === 0) {
      if (this.ended) return null;
      if (this.broken) throw networkError('Bad file descriptor');
      await this.readers.wait(signal);
    }
    const taken: Uint8Array[] = [];
    let length = 0;
    while (length < most && this.chunks[0] !== undefined) {
      const [first] = this.chunks;
      const piece = first.subarray(0, most - length);
      taken.push(piece);
      length += piece.length;
      if (piece.length === first.length) this.chunks.shift();
      else this.chunks[0] = first.subarray(piece.length);
    }
    this.bytes -= length;
    this.writers.give();
    if (this.bytes > 0) this.readers.give();
    return concatenate(taken, length);
  }

  end(): void {
    this.ended = true;
    this.readers.giveAll();
    this.writers.giveAll();
  }

  break(): void {
    this.broken = true;
    this.chunks = [];
    this.bytes = 0;
    this.readers.giveAll();
    this.writers.giveAll();
  }
}

export class LoopbackConnection implements Resource {
  static readonly what = 'a TCP connection';
  readonly what = 'a TCP connection';
  private closed = false;

  constructor(
    readonly port: number,
    private readonly incoming: Pipe,
    private readonly outgoing: Pipe,
    private readonly onClose: () => void,
  ) {}

  async send(data: Uint8Array, signal: AbortSignal): Promise<number> {
    await this.outgoing.write(data, signal);
    return data.length;
  }

  receive(most: number, signal: AbortSignal): Promise<Uint8Array | null> {
    return this.incoming.read(most, signal);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.outgoing.end();
    this.incoming.break();
    this.onClose();
  }
}

export class LoopbackListener implements Resource {
  static readonly what = 'a TCP listener';
  readonly what = 'a TCP listener';
  private readonly backlog: LoopbackConnection[] = [];
  private readonly waiters = new Waiters<LoopbackConnection>();
  private closed = false;

  constructor(
    readonly port: number,
    private readonly onClose: () => void,
  ) {}

  /** False when there is no room. */
  offer(connection: LoopbackConnection): boolean {
    if (this.waiters.give(connection)) return true;
    if (this.backlog.length >= MAX_BACKLOG) return false;
    this.backlog.push(connection);
    return true;
  }

  async accept(signal: AbortSignal): Promise<LoopbackConnection> {
    if (this.closed) throw networkError('Bad file descriptor');
    return this.backlog.shift() ?? this.waiters.wait(signal);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const connection of this.backlog) connection.close();
    this.waiters.fail(networkError('Bad file descriptor'));
    this.onClose();
  }
}

export interface Datagram {
  readonly data: Uint8Array;
  readonly senderPort: number;
}

export class LoopbackSocket implements Resource {
  static readonly what = 'a UDP socket';
  readonly what = 'a UDP socket';
  private readonly queue: Datagram[] = [];
  private bytes = 0;
  private readonly waiters = new Waiters<Datagram>();
  private closed = false;

  constructor(
    readonly port: number,
    private readonly network: LoopbackNetwork,
    private readonly onClose: () => void,
  ) {}

  send(port: number, data: Uint8Array): number {
    if (data.length > LARGEST_DATAGRAM) throw networkError('Message too long');
    this.network.socketAt(port)?.deliver({ data: data.slice(), senderPort: this.port });
    return data.length;
  }

  /** What is longer than `most` is cut, as the operating system does. */
  async receive(most: number, signal: AbortSignal): Promise<Datagram> {
    if (this.closed) throw networkError('Bad file descriptor');
    let datagram = this.queue.shift();
    if (datagram) this.bytes -= datagram.data.length;
    else datagram = await this.waiters.wait(signal);
    return { data: datagram.data.subarray(0, most), senderPort: datagram.senderPort };
  }

  deliver(datagram: Datagram): void {
    if (this.waiters.give(datagram)) return;
    const full = this.queue.length >= MAX_DATAGRAMS || this.bytes + datagram.data.length > MAX_DATAGRAM_BYTES;
    if (full) return;
    this.queue.push(datagram);
    this.bytes += datagram.data.length;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.waiters.fail(networkError('Bad file descriptor'));
    this.onClose();
  }
}

/** Both protocols of one run. */
export class LoopbackNetwork {
  private readonly listeners = new Map<number, LoopbackListener>();
  private readonly sockets = new Map<number, LoopbackSocket>();
  private nextPort = FIRST_FREE_PORT;

  listen(port: number): LoopbackListener {
    const chosen = this.choose(port, this.listeners);
    const listener = new LoopbackListener(chosen, () => this.listeners.delete(chosen));
    this.listeners.set(chosen, listener);
    return listener;
  }

  bind(port: number): LoopbackSocket {
    const chosen = this.choose(port, this.sockets);
    const socket = new LoopbackSocket(chosen, this, () => this.sockets.delete(chosen));
    this.sockets.set(chosen, socket);
    return socket;
  }

  connect(port: number): LoopbackConnection {
    const listener = this.listeners.get(port);
    if (!listener) throw networkError('Connection refused');
    const here = new Pipe();
    const there = new Pipe();
    const client = new LoopbackConnection(this.freePort(), here, there, () => undefined);
    const server = new LoopbackConnection(port, there, here, () => undefined);
    if (!listener.offer(server)) throw networkError('Connection refused');
    return client;
  }

  isListening(port: number): boolean {
    return this.listeners.has(port);
  }

  socketAt(port: number): LoopbackSocket | undefined {
    return this.sockets.get(port);
  }

  private choose(port: number, taken: ReadonlyMap<number, unknown>): number {
    if (port === 0) return this.freePort();
    if (taken.has(port)) throw networkError('Address already in use');
    return port;
  }

  private freePort(): number {
    for (let tries = FIRST_FREE_PORT; tries <= LAST_PORT; tries++) {
      const port = this.nextPort;
      this.nextPort = port === LAST_PORT ? FIRST_FREE_PORT : port + 1;
      if (!this.listeners.has(port) && !this.sockets.has(port)) return port;
    }
    throw networkError('Address already in use');
  }
}

export function concatenate(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
