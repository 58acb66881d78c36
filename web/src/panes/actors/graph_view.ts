// SPDX-License-Identifier: MIT
/**
 * The picture of the actors on a canvas. It draws only when something moved or changed. Small nodes
 * are drawn in one path for each state, so that thousands cost little.
 */
import type { ActorGraph, ActorNode, NodeState } from '../../model/actor_graph.ts';
import { layoutActors } from '../../model/actor_layout.ts';
import type { Layout, Place } from '../../model/actor_layout.ts';
import { colourToken } from '../../styles/colours.ts';

interface Body extends Place {
  /** Where it goes, `x` and `y` being where it is. */
  toX: number;
  toY: number;
  born: number;
}

interface Dot {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly signal: boolean;
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
  readonly signal: string;
  readonly focus: string;
  readonly states: Record<NodeState, string>;
}

const FLIGHT_MS = 520;
/** Messages of one batch leave over this time, so that a burst can be followed. */
const SPREAD_MS = 650;
const MAX_DOTS = 700;
const FADE_MS = 900;
const PULSE_MS = 1400;
/** Radius on the screen, in pixels, from which a node has a border, a label, a badge. */
const DETAILED = 7;
const LABELLED = 12;
/** Radius in the picture from which a node has its name below it: crowds have no room for that. */
const NAMED = 16;
const STATES: readonly NodeState[] = ['ended', 'receiving', 'waiting', 'ready', 'running', 'crashed'];

export interface GraphEvents {
  choose(pid: number): void;
  open(pid: number): void;
}

export class GraphView {
  readonly canvas = document.createElement('canvas');
  private readonly context = this.canvas.getContext('2d');
  private readonly bodies = new Map<number, Body>();
  private layout: Layout = { places: new Map(), width: 1, height: 1, left: 0 };
  private dots: Dot[] = [];
  private colours: Colours | null = null;
  private shape = -1;
  private laidOutAt = 0;
  private scheduled = 0;
  private scale = 1;
  private centreX = 0;
  private centreY = 0;
  /** The user has moved the picture; until `fit` it stays as it is. */
  private moved = false;
  private chosenPid = 0;
  private hovered = 0;
  private lastFrame = 0;
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly resize = new ResizeObserver(() => this.refresh());
  /** Frames drawn and the time spent in them, for tests of the budget. */
  readonly cost = { frames: 0, ms: 0 };

  constructor(
    private readonly graph: ActorGraph,
    private readonly events: GraphEvents,
  ) {
    const { canvas } = this;
    canvas.className = 'graph';
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-roledescription', 'graph of actors');
    canvas.addEventListener('pointerdown', (event) => this.grab(event));
    canvas.addEventListener('pointermove', (event) => this.hover(event));
    canvas.addEventListener('dblclick', () => this.fit());
    canvas.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    canvas.addEventListener('keydown', (event) => this.press(event));
    this.resize.observe(canvas);
  }

  dispose(): void {
    this.resize.disconnect();
    cancelAnimationFrame(this.scheduled);
  }

  /** Actors that the picture leaves out. */
  get left(): number {
    return this.layout.left;
  }

  choose(pid: number): void {
    this.chosenPid = pid;
    this.refresh();
  }

  /** The style sheet's colours may have changed. */
  recolour(): void {
    this.colours = null;
    this.refresh();
  }

  clear(): void {
    this.bodies.clear();
    this.dots = [];
    this.shape = -1;
    this.moved = false;
    this.refresh();
  }

  fit(): void {
    this.moved = false;
    this.refresh();
  }

  refresh(): void {
    if (this.scheduled === 0) this.scheduled = requestAnimationFrame((now) => this.frame(now));
  }

  private frame(now: number): void {
    this.scheduled = 0;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const { context } = this;
    if (context === null || width === 0 || height === 0) return;
    const begin = performance.now();
    const ratio = Math.min(devicePixelRatio || 1, 2);
    if (
      this.canvas.width !== Math.round(width * ratio) ||
      this.canvas.height !== Math.round(height * ratio)
    ) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const elapsed = Math.min(now - this.lastFrame, 250);
    this.lastFrame = now;
    this.depart(now);
    const walking = this.move(now, elapsed);
    const moving = this.frameView(width, height, elapsed) || walking;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.translate(width / 2, height / 2);
    context.scale(this.scale, this.scale);
    context.translate(-this.centreX, -this.centreY);
    const changing = this.draw(context, now);
    this.cost.frames += 1;
    this.cost.ms += performance.now() - begin;
    if (moving || changing || this.dots.length > 0) this.refresh();
  }

  /** New messages become dots; too many at once are thinned out evenly. */
  private depart(now: number): void {
    const { flights } = this.graph.takeFlights();
    const room = Math.max(0, MAX_DOTS - this.dots.length);
    const step = Math.max(1, Math.ceil(flights.length / Math.max(room, 1)));
    const spread = Math.min(SPREAD_MS, flights.length * 60);
    for (let i = 0; i < flights.length && room > 0; i += step) {
      const flight = flights[i];
      if (flight === undefined || !this.bodies.has(flight.to)) continue;
      const start = now + (spread * i) / flights.length;
      this.dots.push({ from: flight.from, to: flight.to, start, signal: flight.kind === 'signal' });
    }
    this.dots = this.dots.filter((dot) => now < dot.start + FLIGHT_MS);
  }

  /** Layout when the tree changed, then one step towards it. True while somebody is under way. */
  private move(now: number, elapsed: number): boolean {
    const { graph, bodies } = this;
    // A run that starts thousands of actors need not be laid out anew for each of them.
    const patience = bodies.size > 300 ? 250 : 60;
    let waiting = false;
    if (graph.shape !== this.shape) {
      waiting = now - this.laidOutAt < patience;
      if (!waiting) this.layOut(now);
    }
    const step = this.still.matches ? 1 : 1 - Math.exp(-elapsed / 90);
    let moving = waiting;
    for (const body of bodies.values()) {
      const x = body.toX - body.x;
      const y = body.toY - body.y;
      if (Math.abs(x) + Math.abs(y) < 0.3) {
        body.x = body.toX;
        body.y = body.toY;
        continue;
      }
      body.x += x * step;
      body.y += y * step;
      moving = true;
    }
    return moving;
  }

  private layOut(now: number): void {
    this.shape = this.graph.shape;
    this.laidOutAt = now;
    this.layout = layoutActors(this.graph);
    for (const pid of [...this.bodies.keys()]) if (!this.layout.places.has(pid)) this.bodies.delete(pid);
    for (const [pid, place] of this.layout.places) {
      const body = this.bodies.get(pid);
      if (body !== undefined) {
        body.toX = place.x;
        body.toY = place.y;
        body.radius = place.radius;
        continue;
      }
      // It comes out of whoever started it.
      const parent = this.bodies.get(this.graph.nodes.get(pid)?.parent ?? 0);
      const { x, y } = this.still.matches ? place : (parent ?? place);
      this.bodies.set(pid, { x, y, toX: place.x, toY: place.y, radius: place.radius, born: now });
    }
  }

  /** Brings everything into sight, gently. */
  private frameView(width: number, height: number, elapsed: number): boolean {
    if (this.moved) return false;
    const { layout } = this;
    const fits = Math.min((width - 24) / (2 * layout.width), (height - 40) / (2 * layout.height));
    const scale = Math.min(1.3, Math.max(0.04, fits));
    const step = this.still.matches || this.bodies.size === 0 ? 1 : 1 - Math.exp(-elapsed / 120);
    const before = this.scale;
    this.scale += (scale - this.scale) * step;
    this.centreX -= this.centreX * step;
    this.centreY -= this.centreY * step;
    if (Math.abs(scale - this.scale) < 0.002 && Math.abs(this.centreX) + Math.abs(this.centreY) < 0.5) {
      this.scale = scale;
      this.centreX = 0;
      this.centreY = 0;
    }
    return before !== this.scale;
  }

  /** True while something on the picture changes by itself. */
  private draw(context: CanvasRenderingContext2D, now: number): boolean {
    this.colours ??= readColours();
    const { colours, scale } = this;
    this.drawEdges(context, colours);
    this.drawDots(context, colours, now);
    let changing = false;
    const large: { node: ActorNode; body: Body }[] = [];
    const small = new Map<NodeState, Body[]>();
    for (const [pid, body] of this.bodies) {
      const node = this.graph.nodes.get(pid);
      if (node === undefined) continue;
      if (body.radius * scale >= DETAILED) large.push({ node, body });
      else {
        const list = small.get(node.state);
        if (list === undefined) small.set(node.state, [body]);
        else list.push(body);
      }
    }
    for (const state of STATES) {
      const colour = state === 'ended' ? colours.faint : colours.states[state];
      this.drawSmall(context, colour, small.get(state) ?? []);
    }
    for (const { node, body } of large)
      changing = this.drawNode(context, colours, node, body, now) || changing;
    const chosen = this.bodies.get(this.chosenPid);
    if (chosen !== undefined) {
      context.lineWidth = 2.5 / scale;
      context.strokeStyle = colours.focus;
      circle(context, chosen.x, chosen.y, chosen.radius + 5 / scale);
      context.stroke();
    }
    return changing;
  }

  private drawEdges(context: CanvasRenderingContext2D, colours: Colours): void {
    const { scale, bodies, graph } = this;
    const path = (lines: [Body, Body][], style: string, width: number, dash: number[], alpha = 1): void => {
      if (lines.length === 0) return;
      context.strokeStyle = style;
      context.globalAlpha = alpha;
      context.lineWidth = width / scale;
      context.setLineDash(dash.map((length) => length / scale));
      context.beginPath();
      for (const [from, to] of lines) {
        context.moveTo(from.x, from.y);
        context.lineTo(to.x, to.y);
      }
      context.stroke();
      context.setLineDash([]);
      context.globalAlpha = 1;
    };
    const born: [Body, Body][] = [];
    const supervised: [Body, Body][] = [];
    const linked: [Body, Body][] = [];
    const watched: [Body, Body][] = [];
    for (const [pid, body] of bodies) {
      const node = graph.nodes.get(pid);
      if (node === undefined) continue;
      const supervisor = bodies.get(node.supervisor);
      const parent = bodies.get(node.parent);
      if (supervisor !== undefined) supervised.push([supervisor, body]);
      else if (parent !== undefined) born.push([parent, body]);
      for (const other of node.links) {
        const to = other > pid ? bodies.get(other) : undefined;
        if (to !== undefined) linked.push([body, to]);
      }
      for (const other of node.monitors) {
        const to = bodies.get(other);
        if (to !== undefined) watched.push([body, to]);
      }
    }
    path(born, colours.line, born.length > 200 ? 0.5 : 1.2, [], born.length > 200 ? 0.16 : 0.5);
    path(supervised, colours.accent, 2, []);
    path(linked, colours.line, 1.8, [7, 5]);
    path(watched, colours.line, 1.8, [1.5, 4]);
  }

  private drawDots(context: CanvasRenderingContext2D, colours: Colours, now: number): void {
    const { scale, bodies } = this;
    const size = Math.min(Math.max(4.2 / scale, 3), 12);
    for (const signal of [false, true]) {
      const lines: [Body, Body][] = [];
      context.fillStyle = signal ? colours.signal : colours.message;
      context.beginPath();
      for (const dot of this.dots) {
        const from = bodies.get(dot.from);
        const to = bodies.get(dot.to);
        if (dot.signal !== signal || from === undefined || to === undefined || now < dot.start) continue;
        lines.push([from, to]);
        if (this.still.matches) continue;
        const part = Math.min((now - dot.start) / FLIGHT_MS, 1);
        const eased = part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2;
        const x = from.x + (to.x - from.x) * eased;
        const y = from.y + (to.y - from.y) * eased;
        context.moveTo(x + size, y);
        context.arc(x, y, size, 0, 2 * Math.PI);
      }
      // The way is shown, too: alone where nothing may move.
      context.globalAlpha = this.still.matches ? 0.9 : 0.28;
      context.strokeStyle = context.fillStyle;
      context.lineWidth = 1.6 / scale;
      const dots = new Path2D();
      for (const [from, to] of lines) {
        dots.moveTo(from.x, from.y);
        dots.lineTo(to.x, to.y);
      }
      context.stroke(dots);
      context.globalAlpha = 1;
      context.fill();
    }
  }

  private drawSmall(context: CanvasRenderingContext2D, colour: string, bodies: readonly Body[]): void {
    if (bodies.length === 0) return;
    context.fillStyle = colour;
    context.beginPath();
    for (const { x, y, radius } of bodies) {
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.fill();
  }

  private drawNode(
    context: CanvasRenderingContext2D,
    colours: Colours,
    node: ActorNode,
    body: Body,
    now: number,
  ): boolean {
    const { scale } = this;
    const { x, y, radius } = body;
    const colour = colours.states[node.state];
    const gone = node.endedAt > 0;
    const fading = gone && now - node.endedAt < FADE_MS;
    context.fillStyle = colours.surface;
    circle(context, x, y, radius);
    context.fill();
    context.fillStyle = colour;
    context.globalAlpha *= node.state === 'running' || node.state === 'crashed' ? 0.32 : 0.14;
    context.fill();
    context.globalAlpha = node.state === 'ended' ? 0.5 : 1;
    context.strokeStyle = colour;
    context.lineWidth = Math.min(3, Math.max(1.5 / scale, radius * 0.12));
    if (gone) context.setLineDash([4, 4]);
    context.stroke();
    context.setLineDash([]);
    const pulsing = this.drawPulse(context, colours, node, body, now);
    if (radius * scale >= LABELLED) this.drawLabel(context, colours, node, body);
    context.globalAlpha = 1;
    if (node.mailbox > 0)
      this.drawBadge(context, colours, x + radius * 0.75, y - radius * 0.75, node.mailbox);
    return (fading || pulsing) && !this.still.matches;
  }

  /** A ring that grows where a supervisor has filled the place anew. */
  private drawPulse(
    context: CanvasRenderingContext2D,
    colours: Colours,
    node: ActorNode,
    { x, y, radius }: Body,
    now: number,
  ): boolean {
    if (node.restarts === 0) return false;
    const part = (now - node.restartedAt) / PULSE_MS;
    const on = part < 1 && !this.still.matches;
    if (on) {
      context.globalAlpha = 1 - part;
      context.strokeStyle = colours.accent;
      context.lineWidth = 3;
      circle(context, x, y, radius + 3 + part * 20);
      context.stroke();
      context.globalAlpha = 1;
    }
    return on;
  }

  private drawLabel(
    context: CanvasRenderingContext2D,
    colours: Colours,
    node: ActorNode,
    { x, y, radius }: Body,
  ): void {
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = colours.ink;
    context.font = `600 ${radius * 0.62}px ${FONT}`;
    context.fillText(node.restarts > 0 ? `↻${node.restarts}` : `${node.pid}`, x, y + 0.5);
    const known = this.graph.nameOf(node.pid);
    const name = known.startsWith('#') ? node.runs : known;
    if (name === '' || (radius < NAMED && this.scale < 2)) return;
    context.font = `500 ${Math.max(12, 11 / this.scale)}px ${FONT}`;
    const label = name.length > 18 ? `${name.slice(0, 17)}…` : name;
    const under = y + radius + Math.max(11, 10 / this.scale);
    context.lineWidth = 4;
    context.lineJoin = 'round';
    context.strokeStyle = colours.ground;
    context.strokeText(label, x, under);
    context.fillStyle = node.endedAt > 0 ? colours.muted : colours.ink;
    context.fillText(label, x, under);
  }

  private drawBadge(
    context: CanvasRenderingContext2D,
    colours: Colours,
    x: number,
    y: number,
    count: number,
  ): void {
    const text = count > 999 ? `${Math.floor(count / 1000)}k` : String(count);
    context.font = `700 11px ${FONT}`;
    const width = Math.max(18, context.measureText(text).width + 10);
    context.fillStyle = colours.message;
    context.beginPath();
    context.roundRect(x - width / 2, y - 9, width, 18, 9);
    context.fill();
    context.strokeStyle = colours.ground;
    context.lineWidth = 2;
    context.stroke();
    context.fillStyle = '#17120a';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(text, x, y + 0.5);
  }

  /** Actor at a point of the canvas, 0 for none. */
  private at(event: MouseEvent): number {
    const box = this.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left - box.width / 2) / this.scale + this.centreX;
    const y = (event.clientY - box.top - box.height / 2) / this.scale + this.centreY;
    let best = 0;
    let nearest = Infinity;
    for (const [pid, body] of this.bodies) {
      const distance = Math.hypot(body.x - x, body.y - y) - Math.max(body.radius, 8 / this.scale);
      if (distance <= 0 && distance < nearest) {
        nearest = distance;
        best = pid;
      }
    }
    return best;
  }

  /** Where an actor is on the page, for tests and tips. */
  pointOf(pid: number): { x: number; y: number } | null {
    const body = this.bodies.get(pid);
    if (body === undefined) return null;
    const box = this.canvas.getBoundingClientRect();
    return {
      x: box.left + box.width / 2 + (body.x - this.centreX) * this.scale,
      y: box.top + box.height / 2 + (body.y - this.centreY) * this.scale,
    };
  }

  private grab(event: PointerEvent): void {
    if (event.button !== 0) return;
    const pid = this.at(event);
    if (pid !== 0) {
      this.events.choose(pid);
      return;
    }
    const { canvas } = this;
    canvas.setPointerCapture(event.pointerId);
    let { clientX, clientY } = event;
    const drag = (moved: PointerEvent): void => {
      this.moved = true;
      this.centreX -= (moved.clientX - clientX) / this.scale;
      this.centreY -= (moved.clientY - clientY) / this.scale;
      ({ clientX, clientY } = moved);
      this.refresh();
    };
    const end = (): void => {
      canvas.removeEventListener('pointermove', drag);
      canvas.removeEventListener('lostpointercapture', end);
    };
    canvas.addEventListener('pointermove', drag);
    canvas.addEventListener('lostpointercapture', end);
  }

  private hover(event: PointerEvent): void {
    const pid = this.at(event);
    if (pid === this.hovered) return;
    this.hovered = pid;
    this.canvas.style.cursor = pid === 0 ? 'grab' : 'pointer';
    const node = this.graph.nodes.get(pid);
    this.canvas.title = node === undefined ? '' : `${this.graph.nameOf(pid)}: ${node.state}`;
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const box = this.canvas.getBoundingClientRect();
    const x = event.clientX - box.left - box.width / 2;
    const y = event.clientY - box.top - box.height / 2;
    this.zoom(Math.exp(-event.deltaY / 400), x, y);
  }

  private zoom(factor: number, x: number, y: number): void {
    const scale = Math.min(4, Math.max(0.03, this.scale * factor));
    this.moved = true;
    this.centreX += x / this.scale - x / scale;
    this.centreY += y / this.scale - y / scale;
    this.scale = scale;
    this.refresh();
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const directions: Record<string, readonly [number, number]> = {
      ArrowRight: [1, 0],
      ArrowLeft: [-1, 0],
      ArrowDown: [0, 1],
      ArrowUp: [0, -1],
    };
    const direction = directions[event.key];
    if (direction !== undefined) {
      const next = this.neighbour(direction[0], direction[1]);
      if (next !== 0) this.events.choose(next);
    } else if (event.key === 'Enter' && this.chosenPid !== 0) this.events.open(this.chosenPid);
    else if (event.key === '+' || event.key === '=') this.zoom(1.25, 0, 0);
    else if (event.key === '-') this.zoom(0.8, 0, 0);
    else if (event.key === '0') this.fit();
    else return;
    event.preventDefault();
  }

  /** The nearest actor that lies in a direction; the first one when none is chosen. */
  private neighbour(dx: number, dy: number): number {
    const from = this.bodies.get(this.chosenPid);
    if (from === undefined) return this.bodies.keys().next().value ?? 0;
    let best = 0;
    let least = Infinity;
    for (const [pid, body] of this.bodies) {
      const x = body.x - from.x;
      const y = body.y - from.y;
      const along = x * dx + y * dy;
      const aside = Math.abs(x * dy - y * dx);
      if (pid === this.chosenPid || along <= 0.5 || aside > along * 2) continue;
      const cost = along + aside * 2;
      if (cost < least) {
        least = cost;
        best = pid;
      }
    }
    return best;
  }
}

const FONT = 'system-ui, "Segoe UI", "Liberation Sans", sans-serif';

function circle(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
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
    signal: colourToken('error'),
    focus: colourToken('focus'),
    states: {
      running: colourToken('accent'),
      ready: colourToken('blue'),
      receiving: colourToken('border-strong'),
      waiting: colourToken('amber'),
      ended: colourToken('border-strong'),
      crashed: colourToken('error'),
    },
  };
}
