// SPDX-License-Identifier: MIT
/**
 * The actors of a run and how they are connected, made of its events. Time is given by the caller, in
 * milliseconds; what was dropped from the trace is missing here until `correct` puts it right.
 */
import type { StoredEvent } from './trace_store.ts';

export type NodeState = 'ready' | 'running' | 'receiving' | 'waiting' | 'ended' | 'crashed';

export interface ActorNode {
  readonly pid: number;
  /** Registered name, or what its supervisor calls it; empty when it has neither. */
  name: string;
  state: NodeState;
  /** Messages waiting. */
  mailbox: number;
  /** Who started it; 0 for the first actor. */
  parent: number;
  /** Its supervisor, 0 for none. */
  supervisor: number;
  readonly links: Set<number>;
  /** Whom it watches. */
  readonly monitors: Set<number>;
  /** How often its place was filled anew by a supervisor. */
  restarts: number;
  sent: number;
  received: number;
  /** Function that it runs, as far as told. */
  runs: string;
  reason: string;
  file: string;
  line: number;
  /** When it ended; 0 while it lives. */
  endedAt: number;
  /** When its place was last filled anew; 0 for never. */
  restartedAt: number;
  /** Of children, in the order they were started; a restarted child has the place of the old one. */
  readonly children: number[];
}

/** A message seen to be sent, for who draws it. */
export interface Flight {
  readonly from: number;
  readonly to: number;
  readonly kind: 'message' | 'signal';
}

/** What is known from looking at the actors themselves. */
export interface ActorFacts {
  readonly pid: number;
  readonly name: string | null;
  readonly state: Exclude<NodeState, 'crashed'>;
  readonly mailbox: number;
  readonly file: string;
  readonly line: number;
  readonly supervisor: number | null;
}

/** The actor that runs the program's top level. */
const FIRST = 1;
const MAX_FLIGHTS = 2000;
const MAX_ENDED = 200;
const MAX_NAMED = 20_000;

export class ActorGraph {
  readonly nodes = new Map<number, ActorNode>();
  /** Actors started and ended since the run began. */
  spawned = 0;
  ended = 0;
  messages = 0;
  restarts = 0;
  /** Changes when the set of nodes or their places in the tree do. */
  shape = 0;
  /** Changes when links or monitors do. */
  ties = 0;
  private flights: Flight[] = [];
  private skippedFlights = 0;
  private endedOrder: number[] = [];
  /** Names outlive actors, for the trace. */
  private names = new Map<number, string>();

  clear(): void {
    this.nodes.clear();
    this.names.clear();
    this.flights = [];
    this.endedOrder = [];
    this.skippedFlights = 0;
    this.spawned = 0;
    this.ended = 0;
    this.messages = 0;
    this.restarts = 0;
    this.shape += 1;
    this.ties += 1;
  }

  nameOf(pid: number): string {
    const name = this.names.get(pid);
    if (name !== undefined && name !== '') return name;
    return pid === FIRST ? 'main' : `#${pid}`;
  }

  /** Messages since the last call, at most 2,000; `skipped` counts those beyond. */
  takeFlights(): { flights: readonly Flight[]; skipped: number } {
    const { flights, skippedFlights: skipped } = this;
    this.flights = [];
    this.skippedFlights = 0;
    return { flights, skipped };
  }

  apply(event: StoredEvent, now: number): void {
    const { kind, pid, other, value, text } = event;
    const node = pid === 0 ? null : this.get(pid);
    if (node !== null && event.line > 0) {
      node.file = event.file;
      node.line = event.line;
    }
    switch (kind) {
      case 'spawn':
        this.spawn(other, pid, text);
        break;
      case 'exit':
        if (node !== null) this.end(node, other !== 0, text, now);
        break;
      case 'send':
        this.messages += 1;
        if (node !== null) node.sent += 1;
        this.arrive(other, 1);
        this.fly(pid, other, 'message');
        break;
      case 'receive':
        if (node === null) break;
        node.received += 1;
        node.mailbox = Math.max(0, node.mailbox - 1);
        break;
      case 'wait':
        if (node !== null) this.setState(node, value === 1 ? 'receiving' : 'waiting');
        break;
      case 'ready':
      case 'preempt':
        if (node !== null) this.setState(node, 'ready');
        break;
      case 'run':
        if (node !== null) this.setState(node, 'running');
        break;
      case 'link':
      case 'unlink':
        this.tie(pid, other, kind === 'link');
        break;
      case 'monitor':
        node?.monitors.add(other);
        this.ties += 1;
        break;
      case 'demonitor':
        node?.monitors.delete(other);
        this.ties += 1;
        break;
      case 'down':
        node?.monitors.delete(other);
        this.fly(other, pid, 'signal');
        this.arrive(pid, 1);
        this.ties += 1;
        break;
      case 'register':
        if (node !== null) this.setName(node, text);
        break;
      case 'unregister':
        if (node !== null && node.name === text) node.name = '';
        break;
      case 'supervise':
        this.supervise(pid, other, text);
        break;
      case 'restart':
        this.restart(pid, other, value, text, now);
        break;
      case 'exception':
        break;
    }
  }

  /** Takes over what the engine found by looking: all live actors. */
  correct(facts: readonly ActorFacts[], now: number): void {
    const live = new Set(facts.map((fact) => fact.pid));
    for (const fact of facts) {
      const node = this.get(fact.pid);
      if (fact.state === 'ended') {
        this.end(node, false, '', now);
        continue;
      }
      node.state = fact.state;
      node.mailbox = fact.mailbox;
      node.file = fact.file;
      node.line = fact.line;
      if (fact.name !== null) this.setName(node, fact.name);
      if (fact.supervisor !== null) node.supervisor = fact.supervisor;
    }
    for (const node of this.nodes.values()) {
      if (node.endedAt === 0 && !live.has(node.pid)) this.end(node, false, '', now);
    }
  }

  /** Live actors first, each group by pid. */
  list(): ActorNode[] {
    return [...this.nodes.values()].sort(
      (x, y) => Number(x.endedAt > 0) - Number(y.endedAt > 0) || x.pid - y.pid,
    );
  }

  get live(): number {
    return this.nodes.size - this.endedOrder.length;
  }

  private get(pid: number): ActorNode {
    const known = this.nodes.get(pid);
    if (known !== undefined) return known;
    const node: ActorNode = {
      pid,
      name: '',
      state: 'ready',
      mailbox: 0,
      parent: 0,
      supervisor: 0,
      links: new Set(),
      monitors: new Set(),
      restarts: 0,
      sent: 0,
      received: 0,
      runs: '',
      reason: '',
      file: '',
      line: 0,
      endedAt: 0,
      restartedAt: 0,
      children: [],
    };
    this.nodes.set(pid, node);
    this.shape += 1;
    return node;
  }

  private spawn(pid: number, parent: number, runs: string): void {
    this.spawned += 1;
    const node = this.get(pid);
    node.runs = runs;
    if (parent === 0 || node.parent !== 0) return;
    node.parent = parent;
    this.get(parent).children.push(pid);
    this.shape += 1;
  }

  private end(node: ActorNode, abnormal: boolean, reason: string, now: number): void {
    if (node.endedAt > 0) return;
    node.state = abnormal && reason !== 'shutdown' ? 'crashed' : 'ended';
    node.reason = reason;
    node.endedAt = Math.max(now, 1);
    node.mailbox = 0;
    for (const other of node.links) this.nodes.get(other)?.links.delete(node.pid);
    node.links.clear();
    node.monitors.clear();
    this.ended += 1;
    this.ties += 1;
    this.endedOrder.push(node.pid);
    while (this.endedOrder.length > MAX_ENDED) {
      const oldest = this.endedOrder.findIndex((pid) => this.forgettable(pid));
      if (oldest < 0) break;
      this.remove(this.endedOrder[oldest] ?? 0);
    }
  }

  /** The first actor holds the picture together. */
  private forgettable(pid: number): boolean {
    return (this.nodes.get(pid)?.parent ?? 0) !== 0;
  }

  private remove(pid: number): void {
    const node = this.nodes.get(pid);
    this.endedOrder = this.endedOrder.filter((one) => one !== pid);
    if (node === undefined) return;
    this.nodes.delete(pid);
    const parent = this.nodes.get(node.parent);
    const at = parent?.children.indexOf(pid) ?? -1;
    // Whoever was started by it goes to its parent, so that nobody is left hanging in the air.
    const orphans = node.children.filter((child) => this.nodes.has(child));
    for (const child of orphans) this.get(child).parent = node.parent;
    if (at >= 0) parent?.children.splice(at, 1, ...orphans);
    this.shape += 1;
  }

  private setState(node: ActorNode, state: NodeState): void {
    if (node.endedAt === 0) node.state = state;
  }

  private setName(node: ActorNode, name: string): void {
    node.name = name;
    if (this.names.size < MAX_NAMED) this.names.set(node.pid, name);
  }

  private arrive(pid: number, count: number): void {
    const node = this.nodes.get(pid);
    if (node !== undefined && node.endedAt === 0) node.mailbox += count;
  }

  private fly(from: number, to: number, kind: Flight['kind']): void {
    if (from === 0 || from === to) return;
    if (this.flights.length < MAX_FLIGHTS) this.flights.push({ from, to, kind });
    else this.skippedFlights += 1;
  }

  private tie(from: number, to: number, tied: boolean): void {
    const one = this.nodes.get(from);
    const two = this.nodes.get(to);
    if (one === undefined || two === undefined) return;
    if (tied && one.endedAt === 0 && two.endedAt === 0) {
      one.links.add(to);
      two.links.add(from);
    } else {
      one.links.delete(to);
      two.links.delete(from);
    }
    this.ties += 1;
  }

  private supervise(supervisor: number, child: number, id: string): void {
    const node = this.get(child);
    node.supervisor = supervisor;
    if (node.name === '' && id !== '') this.setName(node, id);
    this.ties += 1;
    this.shape += 1;
  }

  private restart(supervisor: number, child: number, old: number, id: string, now: number): void {
    this.restarts += 1;
    this.supervise(supervisor, child, id);
    const node = this.get(child);
    const before = this.nodes.get(old);
    node.restarts = (before?.restarts ?? 0) + 1;
    node.restartedAt = Math.max(now, 1);
    if (before === undefined || old === child) return;
    const parent = this.nodes.get(node.parent);
    if (parent !== undefined && before.parent === node.parent) {
      parent.children.splice(parent.children.indexOf(child), 1);
      parent.children.splice(parent.children.indexOf(old), 0, child);
    }
    this.remove(old);
  }
}
