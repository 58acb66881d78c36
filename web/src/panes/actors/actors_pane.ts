// SPDX-License-Identifier: MIT
/** The live graph of actors, its text alternative, and the inspector. */
import type { App } from '../../app/app.ts';
import type { State } from '../../app/store.ts';
import type { ActorGraph, ActorNode } from '../../model/actor_graph.ts';
import { VirtualGrid } from '../../widgets/virtual_grid.ts';
import { Pane } from '../pane.ts';
import { labelOf } from './graph_painter.ts';
import { GraphView } from './graph_view.ts';
import { Inspector } from './inspector.ts';

/** Readers of the screen are told this often at most. */
const TELL_MS = 2500;
const LIST_MS = 200;
/** The list is made anew in at most one part in so many of the time. */
const LIST_SHARE = 15;

/** What the picture's lines mean. */
const LINES: readonly string[] = ['supervises', 'linked', 'watches'];

/** What an empty view says. */
export function hintFor({ status }: State, what: string): string {
  const ran = status !== 'idle' && status !== 'checking';
  return ran
    ? `Run it again: ${what} are recorded while a view is open.`
    : `Run a program: its ${what} appear here.`;
}

export class ActorsPane extends Pane {
  readonly name = 'actors';
  readonly title = 'Actors';
  readonly view: GraphView;
  readonly list: VirtualGrid;
  private readonly inspector: Inspector;
  /** Events that were lost: the picture may be behind. */
  private readonly note = document.createElement('p');
  private readonly legend = document.createElement('div');
  /** Explanations of lines, shown when there are such. */
  private readonly lines = new Map<string, HTMLElement>();
  private readonly stage = document.createElement('div');
  private readonly hint = document.createElement('p');
  private readonly told = document.createElement('div');
  private rows: ActorNode[] = [];
  private listedAt = 0;
  private listCost = 0;
  private toldAt = 0;
  private asList = false;
  private chosen = 0;

  constructor(
    app: App,
    private readonly graph: ActorGraph,
  ) {
    super(app);
    this.view = new GraphView(graph, {
      choose: (id) => this.choose(id),
      open: () => this.inspector.focus(),
      folded: () => this.inspector.update(),
    });
    this.list = new VirtualGrid({
      label: 'Actors',
      testId: 'actor-list',
      columns: [
        { title: 'Actor', className: 'col-actor' },
        { title: 'State', className: 'col-state' },
        { title: 'Mailbox', className: 'col-number' },
        { title: 'Restarts', className: 'col-number' },
        { title: 'Line', className: 'col-line' },
      ],
      count: () => this.rows.length,
      fill: (index, cells, row) => this.fill(this.rows[index], cells, row),
      onChoose: (index) => this.choose(this.rows[index]?.pid ?? 0),
      onOpen: (index) => this.reveal(this.rows[index]),
    });
    this.inspector = new Inspector(app, graph, this.view, (id) => this.choose(id));
  }

  get listShown(): boolean {
    return this.asList;
  }

  showList(asList: boolean): void {
    this.asList = asList;
    this.list.element.hidden = !asList;
    this.view.canvas.hidden = asList;
    this.legend.hidden = asList;
    this.changed(true);
  }

  override focus(): void {
    if (this.asList) this.list.focus();
    else this.view.canvas.focus();
  }

  /** A pid, or an item of the picture; 0 for nothing. */
  choose(id: number): void {
    this.chosen = id;
    const node = this.graph.nodes.get(id);
    // In a folded family its group is marked.
    this.view.choose(node?.shownAs ?? id);
    this.inspector.show(id);
    this.list.choose(id <= 0 ? -1 : this.rows.findIndex((one) => one.pid === id), this.asList);
    const item = this.view.item(id);
    if (node !== undefined) this.tell(`${this.graph.nameOf(id)}, ${node.state}, ${node.mailbox} waiting`);
    else if (item !== null && item.group !== null)
      this.tell(
        `${item.group.count.toLocaleString('en')} folded ${labelOf(item, this.graph)}. Enter unfolds them.`,
      );
  }

  /** A run begins. */
  clear(): void {
    this.view.clear();
    this.choose(0);
    this.changed(true);
  }

  /** Events of the run that were lost. */
  missed(count: number): void {
    this.note.hidden = count === 0;
    if (count > 0) this.note.textContent = `${count.toLocaleString('en')} events missed`;
  }

  /** Events came in. `now`: at once, also what is otherwise slowed down. */
  changed(now = false): void {
    const time = performance.now();
    this.hint.hidden = this.graph.nodes.size > 0;
    this.hint.textContent = hintFor(this.app.store.state, 'actors');
    if (!this.asList) this.view.refresh();
    if (now || time - this.listedAt > Math.max(LIST_MS, this.listCost * LIST_SHARE)) {
      this.listedAt = time;
      if (this.asList) this.rows = this.graph.list();
      this.list.refresh();
      this.inspector.update();
      const { lineKinds } = this.view;
      for (const [line, item] of this.lines) item.hidden = lineKinds[line] !== true;
      this.view.canvas.setAttribute(
        'aria-label',
        `${this.graph.live.toLocaleString('en')} live actors. Arrow keys choose one, Enter opens it, Space folds or unfolds its children, plus and minus zoom. The list has the same as text.`,
      );
      this.listCost = performance.now() - time;
    }
    if (time - this.toldAt > TELL_MS && this.graph.nodes.size > 0) {
      this.toldAt = time;
      const { live, ended, messages } = this.graph;
      this.tell(`${live} actors live, ${ended} ended, ${messages} messages sent`);
    }
  }

  protected create(host: HTMLElement): void {
    this.stage.className = 'actor-stage';
    this.legend.className = 'graph-legend';
    this.note.className = 'graph-note';
    this.note.dataset['testid'] = 'dropped-events';
    this.note.title = 'They came faster than they could be taken. Once a second the picture is put right.';
    this.note.hidden = true;
    const explain = (className: string, key: string, text: string): HTMLElement => {
      const item = document.createElement('span');
      const sample = document.createElement('span');
      sample.className = className;
      sample.dataset[key] = text;
      item.append(sample, text);
      this.legend.append(item);
      return item;
    };
    for (const state of ['running', 'ready', 'receiving', 'waiting', 'crashed'])
      explain('state-dot', 'state', state);
    for (const line of LINES) this.lines.set(line, explain('line-sample', 'line', line));
    explain('state-dot message-dot', 'message', 'message');
    this.hint.className = 'view-hint';
    this.told.className = 'visually-hidden';
    this.told.setAttribute('role', 'status');
    this.list.element.hidden = true;
    this.stage.append(this.view.canvas, this.list.element, this.hint, this.note);
    host.append(this.stage, this.legend, this.inspector.element, this.told);
    this.changed(true);
  }

  protected update(state: State, before: State | null): void {
    if (state.theme !== before?.theme) this.view.recolour();
    if (state.status !== before?.status) this.changed(true);
  }

  private tell(text: string): void {
    this.told.textContent = text;
  }

  private reveal(node: ActorNode | undefined): void {
    if (node === undefined || node.line === 0) return;
    this.app.events.emit('reveal', { file: node.file, line: node.line, column: 1, focus: true });
  }

  private fill(node: ActorNode | undefined, cells: readonly HTMLElement[], row: HTMLElement): void {
    if (node === undefined) return;
    const name = this.graph.nameOf(node.pid);
    const texts = [
      name === `#${node.pid}` ? name : `${name}  #${node.pid}`,
      node.reason !== '' && node.state === 'crashed' ? `crashed: ${node.reason}` : node.state,
      node.mailbox.toLocaleString('en'),
      node.restarts === 0 ? '' : String(node.restarts),
      node.line === 0 ? '' : `${node.file}:${node.line}`,
    ];
    cells.forEach((cell, i) => {
      cell.textContent = texts[i] ?? '';
    });
    row.dataset['state'] = node.state;
    row.classList.toggle('chosen', node.pid === this.chosen);
  }
}
