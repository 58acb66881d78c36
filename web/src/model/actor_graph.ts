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
  links: ReadonlySet<number>;
  /** Whom it watches. */
  monitors: ReadonlySet<number>;
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
  /** Place among its siblings: as they were started, but a restarted child has the place of the old one. */
  order: number;
  /** Numbers actors as they became known. */
  readonly born: number;
  /** Actors started by it that are still known. */
  kids: number;
  /** What stands for it in the picture: its own pid, or the item of a folded family (actor_groups.ts). */
  shownAs: number;
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
const NOBODY: ReadonlySet<number> = new Set();

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
  /** Events are missing since the last `correct`. */
  lossy = false;
  private flights: Flight[] = [];
  private skippedFlights = 0;
  /** Oldest first. */
  private readonly endedPids = new Set<number>();
  /** Who has taken over the children of an actor that is no longer known. */
  private readonly heirs = new Map<number, number>();
  private lastOrder = 0;
  /** Names outlive actors, for the trace. */
  private names = new Map<number, string>();

  clear(): void {
    this.nodes.clear();
    this.names.clear();
    this.lossy = false;
    this.flights = [];
    this.endedPids.clear();
    this.heirs.clear();
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
    // Texts are decoded when they are asked for: only where they are needed.
    const { kind, pid, other } = event;
    const node = pid === 0 ? null : this.get(pid);
    if (node !== null && event.line > 0) {
      node.file = event.file;
      node.line = event.line;
    }
    switch (kind) {
      case 'spawn':
        this.spawn(other, pid, event.text);
        break;
      case 'exit':
        if (node !== null) this.end(node, other !== 0, event.text, now);
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
        if (node === null) break;
        this.setState(node, event.value === 1 ? 'receiving' : 'waiting');
        // Who waits for a message has mostly received all that it had; counting has gone wrong by now.
        if (this.lossy && event.value === 1) node.mailbox = 0;
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
        if (node !== null) node.monitors = withOne(node.monitors, other);
        this.ties += 1;
        break;
      case 'demonitor':
        if (node !== null) node.monitors = without(node.monitors, other);
        this.ties += 1;
        break;
      case 'down':
        if (node !== null) node.monitors = without(node.monitors, other);
        this.fly(other, pid, 'signal');
        this.arrive(pid, 1);
        this.ties += 1;
        break;
      case 'register':
        if (node !== null) this.setName(node, event.text);
        break;
      case 'unregister':
        if (node !== null && node.name === event.text) node.name = '';
        break;
      case 'supervise':
        this.supervise(pid, other, event.text);
        break;
      case 'restart':
        this.restart(pid, other, event.value, event.text, now);
        break;
      case 'exception':
        break;
    }
  }

  /** What is known now, for `correct`. */
  mark(): number {
    return this.lastOrder;
  }

  /** Takes over what the engine found by looking: all actors that lived since `mark`. */
  correct(facts: readonly ActorFacts[], now: number, mark = this.lastOrder): void {
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
      if (node.endedAt === 0 && node.born <= mark && !live.has(node.pid)) this.end(node, false, '', now);
    }
  }

  /** Live actors first, each group by pid. */
  list(): ActorNode[] {
    const live: ActorNode[] = [];
    const ended: ActorNode[] = [];
    let last = 0;
    let sorted = true;
    for (const node of this.nodes.values()) {
      (node.endedAt > 0 ? ended : live).push(node);
      sorted &&= node.pid > last;
      last = node.pid;
    }
    if (!sorted) for (const group of [live, ended]) group.sort((x, y) => x.pid - y.pid);
    return [...live, ...ended];
  }

  /** Who stands above an actor: its supervisor, else who started it, else that one's heir; 0 for nobody. */
  parentOf(node: ActorNode): number {
    if (node.supervisor !== 0 && node.supervisor !== node.pid && this.nodes.has(node.supervisor))
      return node.supervisor;
    while (node.parent !== 0 && !this.nodes.has(node.parent)) node.parent = this.heirs.get(node.parent) ?? 0;
    return node.parent;
  }

  /** Children by parent, each in their order; under 0 those that have none. */
  families(): Map<number, ActorNode[]> {
    const families = new Map<number, ActorNode[]>();
    const unordered = new Set<ActorNode[]>();
    for (const node of this.nodes.values()) {
      const parent = this.parentOf(node);
      const family = families.get(parent);
      if (family === undefined) families.set(parent, [node]);
      else {
        if ((family.at(-1)?.order ?? 0) > node.order) unordered.add(family);
        family.push(node);
      }
    }
    for (const family of unordered) family.sort((x, y) => x.order - y.order);
    return families;
  }

  get live(): number {
    return this.nodes.size - this.endedPids.size;
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
      links: NOBODY,
      monitors: NOBODY,
      restarts: 0,
      sent: 0,
      received: 0,
      runs: '',
      reason: '',
      file: '',
      line: 0,
      endedAt: 0,
      restartedAt: 0,
      order: ++this.lastOrder,
      born: this.lastOrder,
      kids: 0,
      shownAs: pid,
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
    this.get(parent).kids += 1;
    this.shape += 1;
  }

  private end(node: ActorNode, abnormal: boolean, reason: string, now: number): void {
    if (node.endedAt > 0) return;
    node.state = abnormal && reason !== 'shutdown' ? 'crashed' : 'ended';
    node.reason = reason;
    node.endedAt = Math.max(now, 1);
    node.mailbox = 0;
    for (const pid of node.links) {
      const other = this.nodes.get(pid);
      if (other !== undefined) other.links = without(other.links, node.pid);
    }
    node.links = NOBODY;
    node.monitors = NOBODY;
    this.ended += 1;
    this.ties += 1;
    this.endedPids.add(node.pid);
    for (const pid of this.endedPids) {
      if (this.endedPids.size <= MAX_ENDED) break;
      // The first actor holds the picture together.
      if (pid !== FIRST) this.remove(pid);
    }
  }

  private remove(pid: number): void {
    const node = this.nodes.get(pid);
    this.endedPids.delete(pid);
    if (node === undefined) return;
    this.nodes.delete(pid);
    const parent = this.nodes.get(node.parent);
    if (parent !== undefined) parent.kids -= 1;
    // Whoever was started by it goes to its parent, so that nobody is left hanging in the air.
    if (node.kids > 0) {
      this.heirs.set(pid, node.parent);
      if (parent !== undefined) parent.kids += node.kids;
    }
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
      one.links = withOne(one.links, to);
      two.links = withOne(two.links, from);
    } else {
      one.links = without(one.links, to);
      two.links = without(two.links, from);
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
    node.order = before.order;
    this.shape += 1;
    this.remove(old);
  }
}

/** Most actors have no links: those share one empty set. Others own theirs, which then changes in place. */
function withOne(set: ReadonlySet<number>, pid: number): ReadonlySet<number> {
  const own = set === NOBODY ? new Set<number>() : (set as Set<number>);
  return own.add(pid);
}

function without(set: ReadonlySet<number>, pid: number): ReadonlySet<number> {
  if (set === NOBODY) return set;
  (set as Set<number>).delete(pid);
  return set;
}
