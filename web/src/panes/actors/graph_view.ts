// SPDX-License-Identifier: MIT
/**
 * The picture of the actors on a canvas: what is on it and where, and how it is moved, by pointer and keyboard.
 * It is drawn only when something moved or changed.
 */
import type { ActorGraph } from '../../model/actor_graph.ts';
import { Folding, groupId } from '../../model/actor_groups.ts';
import type { Item, Picture } from '../../model/actor_groups.ts';
import { layoutActors } from '../../model/actor_layout.ts';
import type { Layout } from '../../model/actor_layout.ts';
import { FLIGHT_MS, GraphPainter, labelOf } from './graph_painter.ts';
import type { Body, Dot } from './graph_painter.ts';

/** Messages of one batch leave over this time, so that a burst can be followed. */
const SPREAD_MS = 650;
const MAX_DOTS = 400;
/** Among the actors of one group: more would be a ring and say nothing. */
const MAX_INSIDE = 16;
/** A new layout comes this long after the last one at the earliest … */
const LAYOUT_MS = 60;
const MANY_LAYOUT_MS = 250;
/** … and takes at most one part in so many of the time. */
const LAYOUT_SHARE = 15;
const COUNT_MS = 200;
/** Where frames take longer than this on average, the picture is drawn in every second one only. */
const SLOW_FRAME_MS = 19;

export interface GraphEvents {
  /** An item of the picture; 0 for none. */
  choose(id: number): void;
  open(id: number): void;
  /** Families were folded or unfolded. */
  folded(): void;
}

export class GraphView {
  readonly canvas = document.createElement('canvas');
  private readonly context = this.canvas.getContext('2d');
  private readonly painter = this.context === null ? null : new GraphPainter(this.context);
  private readonly folding = new Folding();
  private readonly bodies = new Map<number, Body>();
  private picture: Picture = { items: new Map(), supervised: false };
  private layout: Layout = { places: new Map(), width: 1, height: 1 };
  private dots: Dot[] = [];
  private shape = -1;
  private laidOutAt = 0;
  private layoutCost = 0;
  private countedAt = 0;
  private countCost = 0;
  private scheduled = 0;
  private scale = 1;
  private centreX = 0;
  private centreY = 0;
  /** The user has moved the picture; until `fit` it stays as it is. */
  private moved = false;
  private chosenId = 0;
  private hovered = 0;
  private lastFrame = 0;
  /** Milliseconds between frames, averaged while something moves. */
  private pace = 16;
  private lastSeen = 0;
  private skipped = false;
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly resize = new ResizeObserver(() => this.refresh());

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
    canvas.addEventListener('pointerleave', () => this.hoverOver(0));
    canvas.addEventListener('dblclick', (event) => this.doubleClick(event));
    canvas.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    canvas.addEventListener('keydown', (event) => this.press(event));
    this.resize.observe(canvas);
  }

  dispose(): void {
    this.resize.disconnect();
    cancelAnimationFrame(this.scheduled);
  }

  /** Which kinds of lines there are in the picture. */
  get lineKinds(): Readonly<Record<string, boolean>> {
    return this.painter?.lineKinds ?? {};
  }

  item(id: number): Item | null {
    return this.picture.items.get(id) ?? null;
  }

  /** Whether the children of an actor are folded, all or those beyond the notable ones; `null`: it has none. */
  isFolded(pid: number): boolean | null {
    if (this.picture.items.has(groupId(pid))) return true;
    for (const item of this.picture.items.values()) if (item.parent === pid && pid !== 0) return false;
    return null;
  }

  fold(parent: number, folded: boolean): void {
    this.folding.fold(parent, folded);
    this.shape = -1;
    this.laidOutAt = 0;
    this.layoutCost = 0;
    this.layOutIfNeeded(performance.now());
    this.events.folded();
    this.refresh();
  }

  choose(id: number): void {
    this.chosenId = id;
    this.refresh();
  }

  /** The style sheet's colours may have changed. */
  recolour(): void {
    this.painter?.recolour();
    this.refresh();
  }

  clear(): void {
    this.bodies.clear();
    this.folding.clear();
    this.dots = [];
    this.shape = -1;
    this.layoutCost = 0;
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
    if (this.skipFrame(now)) {
      this.refresh();
      return;
    }
    const { canvas, painter } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (painter === null || width === 0 || height === 0) return;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const [fullWidth, fullHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== fullWidth || canvas.height !== fullHeight) {
      canvas.width = fullWidth;
      canvas.height = fullHeight;
    }
    const elapsed = Math.min(now - this.lastFrame, 250);
    this.lastFrame = now;
    const waiting = this.layOutIfNeeded(now);
    this.countIfNeeded(now);
    this.depart(now);
    const walking = this.move(elapsed);
    const moving = this.frameView(width, height, elapsed) || walking;
    const changing = painter.paint({
      graph: this.graph,
      picture: this.picture,
      bodies: this.bodies,
      dots: this.dots,
      width: fullWidth,
      height: fullHeight,
      scale: this.scale * ratio,
      ratio,
      centreX: this.centreX,
      centreY: this.centreY,
      chosen: this.chosenId,
      hovered: this.hovered,
      now,
      still: this.still.matches,
    });
    if (waiting || moving || changing || this.dots.length > 0) this.refresh();
  }

  /** A page that cannot keep up gives its other parts every second frame. */
  private skipFrame(now: number): boolean {
    const gap = now - this.lastSeen;
    this.lastSeen = now;
    if (gap < 100) this.pace += (gap - this.pace) * 0.1;
    this.skipped = !this.skipped && this.pace > SLOW_FRAME_MS;
    return this.skipped;
  }

  /** New messages become dots; too many at once are thinned out evenly. */
  private depart(now: number): void {
    this.dots = this.dots.filter((dot) => now < dot.start + FLIGHT_MS);
    const { flights } = this.graph.takeFlights();
    const room = Math.max(0, MAX_DOTS - this.dots.length);
    const step = Math.max(1, Math.ceil(flights.length / Math.max(room, 1)));
    const spread = Math.min(SPREAD_MS, flights.length * 60);
    const inside = new Map<number, number>();
    for (const { from, to } of this.dots) if (from === to) inside.set(from, (inside.get(from) ?? 0) + 1);
    const itemOf = (pid: number): number => this.graph.nodes.get(pid)?.shownAs ?? 0;
    for (let i = 0; i < flights.length && room > 0; i += step) {
      const flight = flights[i];
      if (flight === undefined) continue;
      const [from, to] = [itemOf(flight.from), itemOf(flight.to)];
      if (!this.bodies.has(from) || !this.bodies.has(to)) continue;
      if (from === to) {
        const count = inside.get(from) ?? 0;
        if (count >= MAX_INSIDE) continue;
        inside.set(from, count + 1);
      }
      const start = now + (spread * i) / flights.length;
      this.dots.push({ from, to, start, signal: flight.kind === 'signal' });
    }
  }

  /** True when a layout is due but has to wait. */
  private layOutIfNeeded(now: number): boolean {
    if (this.graph.shape === this.shape) return false;
    // A run that starts thousands of actors need not be laid out anew for each of them.
    const patience = Math.max(
      this.bodies.size > 300 ? MANY_LAYOUT_MS : LAYOUT_MS,
      this.layoutCost * LAYOUT_SHARE,
    );
    if (now - this.laidOutAt < patience) return true;
    const begin = performance.now();
    this.layOut();
    this.laidOutAt = this.countedAt = now;
    this.layoutCost = performance.now() - begin;
    return false;
  }

  private countIfNeeded(now: number): void {
    if (now - this.countedAt < Math.max(COUNT_MS, this.countCost * LAYOUT_SHARE)) return;
    const begin = performance.now();
    this.folding.count(this.graph);
    this.countedAt = now;
    this.countCost = performance.now() - begin;
  }

  private layOut(): void {
    const { bodies } = this;
    this.shape = this.graph.shape;
    this.picture = this.folding.picture(this.graph);
    this.layout = layoutActors(this.picture);
    const gone = new Map<number, Body>();
    for (const [id, body] of bodies) {
      if (this.layout.places.has(id)) continue;
      gone.set(id, body);
      bodies.delete(id);
    }
    for (const [id, place] of this.layout.places) {
      const body = bodies.get(id);
      if (body !== undefined) {
        body.toX = place.x;
        body.toY = place.y;
        body.radius = place.radius;
        continue;
      }
      // It comes out of the group that it was in, or of whoever started it; a restarted one is in its place at once.
      const item = this.picture.items.get(id);
      const parent = item?.parent ?? 0;
      const source = gone.get(groupId(parent)) ?? bodies.get(parent);
      const restarted = (item?.node?.restarts ?? 0) > 0;
      const { x, y } = this.still.matches || restarted ? place : (source ?? place);
      bodies.set(id, { x, y, toX: place.x, toY: place.y, radius: place.radius });
    }
    if (this.chosenId !== 0 && !bodies.has(this.chosenId) && this.chosenId < 0) this.events.choose(0);
  }

  /** One step towards where everyone belongs. True while somebody is under way. */
  private move(elapsed: number): boolean {
    const step = this.still.matches ? 1 : 1 - Math.exp(-elapsed / 90);
    let moving = false;
    for (const body of this.bodies.values()) {
      const x = body.toX - body.x;
      const y = body.toY - body.y;
      if (x === 0 && y === 0) continue;
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

  /** Brings everything into sight, gently. */
  private frameView(width: number, height: number, elapsed: number): boolean {
    if (this.moved) return false;
    const { layout } = this;
    const fits = Math.min((width - 24) / (2 * layout.width), (height - 52) / (2 * layout.height));
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

  /** Item at a point of the canvas, 0 for none. */
  private at(event: MouseEvent): number {
    const box = this.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left - box.width / 2) / this.scale + this.centreX;
    const y = (event.clientY - box.top - box.height / 2) / this.scale + this.centreY;
    let best = 0;
    let nearest = Infinity;
    for (const [id, body] of this.bodies) {
      const distance = Math.hypot(body.x - x, body.y - y) - Math.max(body.radius, 8 / this.scale);
      if (distance <= 0 && distance < nearest) {
        nearest = distance;
        best = id;
      }
    }
    return best;
  }

  private grab(event: PointerEvent): void {
    if (event.button !== 0) return;
    const id = this.at(event);
    const group = this.item(id)?.group ?? null;
    if (group !== null) {
      this.fold(group.parent, false);
      return;
    }
    if (id !== 0) {
      this.events.choose(id);
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

  private doubleClick(event: MouseEvent): void {
    const id = this.at(event);
    if (id === 0) this.fit();
    else this.toggle(id);
  }

  /** Folds or unfolds the children of an actor; unfolds a group. */
  private toggle(id: number): void {
    const group = this.item(id)?.group ?? null;
    if (group !== null) {
      this.fold(group.parent, false);
      this.events.choose(group.parent);
      return;
    }
    const folded = this.isFolded(id);
    if (folded !== null) this.fold(id, !folded);
  }

  private hover(event: PointerEvent): void {
    this.hoverOver(this.at(event));
  }

  private hoverOver(id: number): void {
    if (id === this.hovered) return;
    this.hovered = id;
    this.canvas.style.cursor = id === 0 ? 'grab' : 'pointer';
    const item = this.item(id);
    this.canvas.title =
      item === null
        ? ''
        : item.group === null
          ? `${this.graph.nameOf(id)}: ${item.node?.state ?? ''}`
          : `${item.group.count.toLocaleString('en')} × ${labelOf(item, this.graph)}: click to unfold`;
    this.refresh();
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
    // What is chosen from is what is there, also when no frame has shown it yet.
    if (this.bodies.size === 0) this.layOutIfNeeded(performance.now());
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
    } else if (event.key === 'Enter' && this.chosenId < 0) this.toggle(this.chosenId);
    else if (event.key === 'Enter' && this.chosenId > 0) this.events.open(this.chosenId);
    else if (event.key === ' ' && this.chosenId !== 0) this.toggle(this.chosenId);
    else if (event.key === '+' || event.key === '=') this.zoom(1.25, 0, 0);
    else if (event.key === '-') this.zoom(0.8, 0, 0);
    else if (event.key === '0') this.fit();
    else return;
    event.preventDefault();
  }

  /** The nearest item that lies in a direction; the first one when none is chosen. */
  private neighbour(dx: number, dy: number): number {
    const from = this.bodies.get(this.chosenId);
    if (from === undefined) return this.bodies.keys().next().value ?? 0;
    let best = 0;
    let least = Infinity;
    for (const [id, body] of this.bodies) {
      const x = body.x - from.x;
      const y = body.y - from.y;
      const along = x * dx + y * dy;
      const aside = Math.abs(x * dy - y * dx);
      if (id === this.chosenId || along <= 0.5 || aside > along * 2) continue;
      const cost = along + aside * 2;
      if (cost < least) {
        least = cost;
        best = id;
      }
    }
    return best;
  }
}
