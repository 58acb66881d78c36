// SPDX-License-Identifier: MIT
/**
 * Draws actors, groups, ties and messages under way. All drawing is in pixels of the screen, so that sprites are
 * copied as they are; the caller says where everything is.
 */
import type { ActorGraph, ActorNode, NodeState } from '../../model/actor_graph.ts';
import type { Group, Item, Picture } from '../../model/actor_groups.ts';
import { colourToken } from '../../styles/colours.ts';
import { Sprites } from './sprites.ts';

export interface Body {
  x: number;
  y: number;
  /** Where it goes, `x` and `y` being where it is. */
  toX: number;
  toY: number;
  radius: number;
}

/** A message on its way between two items; within a group both are the same. */
export interface Dot {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly signal: boolean;
}

export interface Scene {
  readonly graph: ActorGraph;
  readonly picture: Picture;
  readonly bodies: ReadonlyMap<number, Body>;
  readonly dots: readonly Dot[];
  /** Pixels of the screen: extent, and how many of them each unit of the picture has. */
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly ratio: number;
  /** The point of the picture that is in the middle. */
  readonly centreX: number;
  readonly centreY: number;
  readonly chosen: number;
  readonly hovered: number;
  readonly now: number;
  /** Nothing moves by itself. */
  readonly still: boolean;
}

interface Colours {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly faint: string;
  readonly ground: string;
  readonly surface: string;
  readonly accent: string;
  readonly message: string;
  readonly onMessage: string;
  readonly signal: string;
  readonly focus: string;
  readonly states: Record<NodeState, string>;
}

interface Tie {
  readonly from: number;
  readonly to: number;
}

export const FLIGHT_MS = 520;
const FADE_MS = 900;
const PULSE_MS = 1400;
/** Radius on the screen, in CSS pixels, from which a node has a border, a number. */
const DETAILED = 6;
const NUMBERED = 12;
const LABELLED = 8;
/** Radius in the picture from which a node has its name below it: crowds have no room for that. */
const NAMED = 16;
/** With more messages under way than this, their ways are not drawn. */
const MANY_DOTS = 150;
const FONT = 'system-ui, "Segoe UI", "Liberation Sans", sans-serif';
/** Round a group, beginning at the top. */
const RING: readonly NodeState[] = ['running', 'ready', 'waiting', 'receiving'];

export class GraphPainter {
  private readonly sprites = new Sprites();
  private colours: Colours | null = null;
  private ratio = 0;
  private tiesOf: readonly unknown[] = [];
  private supervises = false;
  private links: readonly Tie[] = [];
  private monitors: readonly Tie[] = [];
  /** Rectangles of labels drawn in this frame: the next one must not lie on them. */
  private labels: { x: number; y: number; width: number; height: number }[] = [];

  constructor(private readonly context: CanvasRenderingContext2D) {}

  /** The style sheet's colours may have changed. */
  recolour(): void {
    this.colours = null;
    this.sprites.clear();
  }

  /** Which kinds of lines the last picture had. */
  get lineKinds(): { readonly supervises: boolean; readonly linked: boolean; readonly watches: boolean } {
    return {
      supervises: this.supervises,
      linked: this.links.length > 0,
      watches: this.monitors.length > 0,
    };
  }

  /** True while something on the picture changes by itself. */
  paint(scene: Scene): boolean {
    const { context } = this;
    if (scene.ratio !== this.ratio) this.sprites.clear();
    this.ratio = scene.ratio;
    this.colours ??= readColours();
    const { colours } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, scene.width, scene.height);
    this.findTies(scene);
    this.drawEdges(scene, colours);
    this.drawDots(scene, colours);
    this.labels = [];
    let changing = false;
    const labelled: Item[] = [];
    for (const [id, body] of scene.bodies) {
      const item = scene.picture.items.get(id);
      if (item === undefined || !this.inSight(scene, body)) continue;
      if (item.group !== null) this.drawGroup(scene, colours, body, item.group);
      else if (item.node !== null) changing = this.drawNode(scene, colours, body, item.node) || changing;
      if (body.radius >= NAMED || scene.scale > 2 * scene.ratio) labelled.push(item);
    }
    // Where there is no room for all labels, those that say most are drawn.
    const weight = (item: Item): number =>
      (item.id === scene.chosen || item.id === scene.hovered ? 8 : 0) +
      (item.node === null || item.node.name !== '' ? 4 : 0) +
      (item.node !== null && item.node.kids > 0 ? 2 : 0) +
      Number(item.node?.endedAt === 0);
    for (const item of labelled.sort((x, y) => weight(y) - weight(x))) this.drawLabel(scene, colours, item);
    this.drawChosen(scene, colours);
    return changing;
  }

  private x(scene: Scene, x: number): number {
    return (x - scene.centreX) * scene.scale + scene.width / 2;
  }

  private y(scene: Scene, y: number): number {
    return (y - scene.centreY) * scene.scale + scene.height / 2;
  }

  private inSight(scene: Scene, body: Body): boolean {
    const edge = (body.radius + 30) * scene.scale;
    const x = this.x(scene, body.x);
    const y = this.y(scene, body.y);
    return x > -edge && y > -edge && x < scene.width + edge && y < scene.height + edge;
  }

  /** Links and monitors between items; looked for only when they, or the items, have changed. */
  private findTies({ graph, picture }: Scene): void {
    const key = [graph.ties, graph.shape, picture];
    if (key.every((part, i) => part === this.tiesOf[i])) return;
    this.tiesOf = key;
    const links = new Map<string, Tie>();
    const monitors = new Map<string, Tie>();
    for (const { node } of picture.items.values()) {
      if (node === null) continue;
      for (const pid of node.links) {
        const to = graph.nodes.get(pid)?.shownAs;
        // Supervision is drawn already, and always goes with a link.
        if (to === undefined || to === node.pid || node.supervisor === to) continue;
        if (graph.nodes.get(pid)?.supervisor === node.pid) continue;
        const [low, high] = to < node.pid ? [to, node.pid] : [node.pid, to];
        links.set(`${low} ${high}`, { from: low, to: high });
      }
      for (const pid of node.monitors) {
        const to = graph.nodes.get(pid)?.shownAs;
        if (to !== undefined && to !== node.pid) monitors.set(`${node.pid} ${to}`, { from: node.pid, to });
      }
    }
    this.links = [...links.values()];
    this.monitors = [...monitors.values()];
  }

  private drawEdges(scene: Scene, colours: Colours): void {
    const born: Tie[] = [];
    const supervised: Tie[] = [];
    for (const { id, parent, node, group } of scene.picture.items.values()) {
      if (parent === 0) continue;
      const below = node === null ? group?.supervised === true : node.supervisor === parent;
      (below ? supervised : born).push({ from: parent, to: id });
    }
    this.supervises = supervised.length > 0;
    const crowd = born.length > 200;
    this.lines(scene, born, colours.line, crowd ? 0.6 : 1.2, [], crowd ? 0.14 : 0.5);
    this.lines(scene, supervised, colours.accent, 2, []);
    this.lines(scene, this.links, colours.line, 1.8, [7, 5]);
    this.lines(scene, this.monitors, colours.line, 1.8, [1.5, 4]);
  }

  private lines(
    scene: Scene,
    ties: readonly Tie[],
    colour: string,
    width: number,
    dash: readonly number[],
    alpha = 1,
  ): void {
    if (ties.length === 0) return;
    const { context } = this;
    context.strokeStyle = colour;
    context.globalAlpha = alpha;
    context.lineWidth = width * scene.ratio;
    context.setLineDash(dash.map((length) => length * scene.ratio));
    context.beginPath();
    for (const { from, to } of ties) {
      const one = scene.bodies.get(from);
      const two = scene.bodies.get(to);
      if (one === undefined || two === undefined) continue;
      context.moveTo(this.x(scene, one.x), this.y(scene, one.y));
      context.lineTo(this.x(scene, two.x), this.y(scene, two.y));
    }
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  private drawDots(scene: Scene, colours: Colours): void {
    const { now, dots, still } = scene;
    const under = dots.filter((dot) => now >= dot.start && now < dot.start + FLIGHT_MS);
    // The way is shown, too: alone where nothing may move.
    if (under.length <= MANY_DOTS || still) {
      const ways = under.slice(0, MANY_DOTS);
      const alpha = still ? 0.9 : 0.3;
      const of = (signal: boolean): Dot[] => ways.filter((dot) => dot.signal === signal);
      this.lines(scene, of(false), colours.message, 1.6, [], alpha);
      this.lines(scene, of(true), colours.signal, 1.6, [], alpha);
    }
    if (still) return;
    const size = Math.min(Math.max(4.2 * scene.ratio, 3 * scene.scale), 7 * scene.ratio);
    const images = [colours.message, colours.signal].map((colour) => this.disc(colour, size));
    for (const dot of under) {
      const from = scene.bodies.get(dot.from);
      const to = scene.bodies.get(dot.to);
      const image = images[Number(dot.signal)];
      if (from === undefined || to === undefined || !image) continue;
      const part = (now - dot.start) / FLIGHT_MS;
      const eased = part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2;
      let x = from.x + (to.x - from.x) * eased;
      let y = from.y + (to.y - from.y) * eased;
      if (from === to) {
        // Among the actors of a group: round it.
        const angle = ((dot.start / 97) % 6.283) + eased * 2.4;
        x += Math.cos(angle) * (from.radius + 9);
        y += Math.sin(angle) * (from.radius + 9);
      }
      this.put(image, this.x(scene, x), this.y(scene, y));
    }
  }

  private drawNode(scene: Scene, colours: Colours, body: Body, node: ActorNode): boolean {
    const x = this.x(scene, body.x);
    const y = this.y(scene, body.y);
    const radius = Math.max(body.radius * scene.scale, 1.5);
    const gone = node.endedAt > 0;
    if (radius < DETAILED * scene.ratio) {
      this.put(
        this.disc(gone && node.state === 'ended' ? colours.faint : colours.states[node.state], radius),
        x,
        y,
      );
      return false;
    }
    this.put(this.badge(colours, node.state, radius, gone), x, y);
    const pulsing = this.drawPulse(scene, colours, x, y, radius, node);
    if (radius >= NUMBERED * scene.ratio) {
      const text = node.restarts > 0 ? `↻${node.restarts}` : String(node.pid);
      const size = Math.round(radius * (text.length > 4 ? 0.46 : 0.62));
      const ink = gone && node.state === 'ended' ? colours.muted : colours.ink;
      this.put(this.sprites.text(text, `600 ${size}px ${FONT}`, size, ink, ''), x, y);
    }
    if (node.mailbox > 0) this.drawCount(scene, colours, x + radius * 0.75, y - radius * 0.75, node.mailbox);
    return ((gone && scene.now - node.endedAt < FADE_MS) || pulsing) && !scene.still;
  }

  /** A stack of actors; the ring shows how many are in which state. */
  private drawGroup(scene: Scene, colours: Colours, body: Body, group: Group): void {
    const { context } = this;
    const x = this.x(scene, body.x);
    const y = this.y(scene, body.y);
    const radius = body.radius * scene.scale;
    const line = Math.max(3 * scene.ratio, radius * 0.13);
    context.strokeStyle = colours.line;
    context.lineWidth = Math.max(scene.ratio, line * 0.3);
    for (const behind of [0.3, 0.15]) {
      context.globalAlpha = 0.75 - behind;
      context.fillStyle = colours.surface;
      circle(context, x + radius * behind, y - radius * behind, radius);
      context.fill();
      context.stroke();
    }
    context.globalAlpha = 1;
    circle(context, x, y, radius);
    context.fill();
    context.lineWidth = line;
    context.strokeStyle = colours.faint;
    circle(context, x, y, radius - line / 2);
    context.stroke();
    let angle = -Math.PI / 2;
    for (const state of RING) {
      const share = (group.states[state] / Math.max(group.count, 1)) * 2 * Math.PI;
      if (share <= 0) continue;
      context.strokeStyle = colours.states[state];
      context.beginPath();
      context.arc(x, y, radius - line / 2, angle, angle + share);
      context.stroke();
      angle += share;
    }
    const text = short(group.count);
    const size = Math.round(radius * (text.length > 4 ? 0.44 : 0.54));
    if (radius > 10 * scene.ratio)
      this.put(this.sprites.text(text, `650 ${size}px ${FONT}`, size, colours.ink, ''), x, y);
    if (group.mailbox > 0)
      this.drawCount(scene, colours, x + radius * 0.72, y - radius * 0.72, group.mailbox);
  }

  /** A ring that grows where a supervisor has filled the place anew. */
  private drawPulse(
    scene: Scene,
    colours: Colours,
    x: number,
    y: number,
    radius: number,
    node: ActorNode,
  ): boolean {
    if (node.restarts === 0) return false;
    const { context } = this;
    const part = (scene.now - node.restartedAt) / PULSE_MS;
    const on = part < 1 && !scene.still;
    if (on) {
      context.globalAlpha = 1 - part;
      context.strokeStyle = colours.accent;
      context.lineWidth = 3 * scene.ratio;
      circle(context, x, y, radius + (3 + part * 20) * scene.ratio);
      context.stroke();
      context.globalAlpha = 1;
    }
    return on;
  }

  private drawLabel(scene: Scene, colours: Colours, item: Item): void {
    const body = scene.bodies.get(item.id);
    if (body === undefined) return;
    const radius = body.radius * scene.scale;
    const marked = item.id === scene.chosen || item.id === scene.hovered;
    if (radius < LABELLED * scene.ratio && !marked) return;
    const name = labelOf(item, scene.graph);
    if (name === '') return;
    const size = Math.round(Math.min(Math.max(12 * scene.scale, 11 * scene.ratio), 15 * scene.ratio));
    const ink = item.node?.state === 'ended' ? colours.muted : colours.ink;
    const label = name.length > 20 && !marked ? `${name.slice(0, 19)}…` : name;
    const sprite = this.sprites.text(label, `500 ${size}px ${FONT}`, size, ink, colours.ground);
    if (sprite === null) return;
    const x = this.x(scene, body.x);
    const y = this.y(scene, body.y) + radius + size * 0.95;
    const box = { x: x - sprite.width / 2, y: y - size * 0.6, width: sprite.width, height: size * 1.2 };
    const covered = this.labels.some(
      (one) =>
        one.x < box.x + box.width &&
        box.x < one.x + one.width &&
        one.y < box.y + box.height &&
        box.y < one.y + one.height,
    );
    if (covered) return;
    this.labels.push(box);
    this.put(sprite, x, y);
  }

  private drawChosen(scene: Scene, colours: Colours): void {
    const { context } = this;
    for (const [id, colour, width] of [
      [scene.hovered, colours.line, 1.5],
      [scene.chosen, colours.focus, 2.5],
    ] as const) {
      const body = scene.bodies.get(id);
      if (body === undefined) continue;
      context.lineWidth = width * scene.ratio;
      context.strokeStyle = colour;
      circle(
        context,
        this.x(scene, body.x),
        this.y(scene, body.y),
        body.radius * scene.scale + 5 * scene.ratio,
      );
      context.stroke();
    }
  }

  private drawCount(scene: Scene, colours: Colours, x: number, y: number, count: number): void {
    const { ratio } = scene;
    const text = short(count);
    const width = (12 + text.length * 6.5) * ratio;
    const height = 18 * ratio;
    const sprite = this.sprites.get(`count ${text}`, width + 4 * ratio, height + 4 * ratio, (context) => {
      context.fillStyle = colours.message;
      context.beginPath();
      context.roundRect(-width / 2, -height / 2, width, height, height / 2);
      context.fill();
      context.strokeStyle = colours.ground;
      context.lineWidth = 2 * ratio;
      context.stroke();
      context.font = `700 ${11 * ratio}px ${FONT}`;
      context.fillStyle = colours.onMessage;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillText(text, 0, 0.5 * ratio);
    });
    this.put(sprite, x, y);
  }

  private disc(colour: string, radius: number): ReturnType<Sprites['get']> {
    const size = Math.max(Math.round(radius * 2), 2);
    return this.sprites.get(`disc ${colour} ${size}`, size + 2, size + 2, (context) => {
      context.fillStyle = colour;
      circle(context, 0, 0, size / 2);
      context.fill();
    });
  }

  private badge(
    colours: Colours,
    state: NodeState,
    exact: number,
    gone: boolean,
  ): ReturnType<Sprites['get']> {
    const radius = Math.round(exact * 2) / 2;
    const colour = colours.states[state];
    return this.sprites.get(`badge ${state} ${gone} ${radius}`, radius * 2 + 6, radius * 2 + 6, (context) => {
      circle(context, 0, 0, radius);
      context.fillStyle = colours.surface;
      context.fill();
      context.fillStyle = colour;
      context.globalAlpha = state === 'running' || state === 'crashed' ? 0.32 : 0.14;
      context.fill();
      context.globalAlpha = state === 'ended' ? 0.5 : 1;
      context.strokeStyle = colour;
      context.lineWidth = Math.min(3 * this.ratio, Math.max(1.5 * this.ratio, radius * 0.12));
      if (gone) context.setLineDash([4 * this.ratio, 4 * this.ratio]);
      context.stroke();
    });
  }

  private put(sprite: ReturnType<Sprites['get']>, x: number, y: number): void {
    if (sprite === null) return;
    this.context.drawImage(sprite.image, Math.round(x - sprite.width / 2), Math.round(y - sprite.height / 2));
  }
}

/** What is written below an item, and said of it. */
export function labelOf({ node, group }: Item, graph: ActorGraph): string {
  if (node !== null) {
    const name = graph.nameOf(node.pid);
    return name.startsWith('#') ? node.runs : name;
  }
  return group === null || group.label === '' ? 'actors' : group.label;
}

function short(count: number): string {
  if (count < 10_000) return count.toLocaleString('en');
  return count < 1_000_000 ? `${Math.floor(count / 1000)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

function circle(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, Math.max(radius, 0), 0, 2 * Math.PI);
}

function readColours(): Colours {
  return {
    ink: colourToken('ink'),
    muted: colourToken('muted'),
    line: colourToken('border-strong'),
    faint: colourToken('border'),
    ground: colourToken('output-bg'),
    surface: colourToken('surface'),
    accent: colourToken('accent'),
    message: colourToken('amber'),
    onMessage: '#17120a',
    signal: colourToken('error'),
    focus: colourToken('focus'),
    states: {
      running: colourToken('accent'),
      ready: colourToken('blue'),
      receiving: colourToken('border-strong'),
      waiting: colourToken('tok-control'),
      ended: colourToken('border-strong'),
      crashed: colourToken('error'),
    },
  };
}
