// SPDX-License-Identifier: MIT
/** What is known of one actor or of a folded family, and what can be done to it. */
import { html, nothing, render } from 'lit';
import type { TemplateResult } from 'lit';
import type { ActorFrame, ActorInfo, ActorVariable } from '../../../../wasm-glue/ts/index.ts';
import type { App } from '../../app/app.ts';
import type { ActorGraph, ActorNode } from '../../model/actor_graph.ts';
import type { Group } from '../../model/actor_groups.ts';
import { icon } from '../../widgets/icons.ts';
import { labelOf } from './graph_painter.ts';
import type { GraphView } from './graph_view.ts';

/** While the program runs, an actor is looked at this often at most. */
const LOOK_MS = 400;

export class Inspector {
  readonly element = document.createElement('section');
  /** A pid; below 0 the item of a group; 0 for nothing. */
  private pid = 0;
  private info: ActorInfo | null = null;
  private asked = 0;
  private asking = false;

  constructor(
    private readonly app: App,
    private readonly graph: ActorGraph,
    private readonly view: GraphView,
    private readonly choose: (id: number) => void,
  ) {
    this.element.className = 'inspector';
    this.element.dataset['testid'] = 'inspector';
    this.element.hidden = true;
  }

  show(pid: number): void {
    if (pid !== this.pid) this.info = null;
    this.pid = pid;
    this.asked = 0;
    this.element.hidden = pid === 0;
    this.element.setAttribute('aria-label', pid < 0 ? 'Folded actors' : `Actor ${this.graph.nameOf(pid)}`);
    this.update();
  }

  focus(): void {
    this.element.querySelector<HTMLElement>('button')?.focus();
  }

  /** Draws what is known now, and asks the engine for more. */
  update(): void {
    if (this.pid === 0) return;
    this.draw();
    const now = performance.now();
    if (this.pid < 0 || this.asking || now - this.asked < LOOK_MS) return;
    this.asked = now;
    void this.look(this.pid);
  }

  private async look(pid: number): Promise<void> {
    this.asking = true;
    try {
      const info = await this.app.runner.inspect(pid);
      if (pid === this.pid && (info !== null || this.app.runner.busy)) this.info = info;
    } finally {
      this.asking = false;
    }
    if (pid === this.pid) this.draw();
    else this.update();
  }

  private draw(): void {
    const item = this.view.item(this.pid);
    if (item !== null && item.group !== null) {
      render(this.group(item.group, labelOf(item, this.graph)), this.element);
      return;
    }
    const node = this.graph.nodes.get(this.pid);
    render(
      node === undefined
        ? html`<header class="inspector-head">
            <h3>Actor #${this.pid}</h3>
            ${this.closeButton()}
          </header>`
        : this.body(node),
      this.element,
    );
  }

  private group(group: Group, label: string): TemplateResult {
    const states = Object.entries(group.states).filter(([, count]) => count > 0);
    return html`<header class="inspector-head">
        <h3>${group.count.toLocaleString('en')} × ${label}</h3>
        <span class="push"></span>
        <button
          type="button"
          class="button small"
          data-testid="unfold"
          @click=${() => {
            this.view.fold(group.parent, false);
            this.choose(group.parent);
          }}
        >
          Unfold
        </button>
        ${this.closeButton()}
      </header>
      <div class="inspector-body">
        <dl class="facts">
          ${group.parent === 0 ? nothing : this.fact('Children of', this.actors([group.parent]))}
          ${states.map(([state, count]) =>
            this.fact(
              state.charAt(0).toUpperCase() + state.slice(1),
              html`<span class="state-dot" data-state=${state}></span> ${count.toLocaleString('en')}`,
            ),
          )}
          ${this.fact('Mailboxes', `${group.mailbox.toLocaleString('en')} messages waiting`)}
        </dl>
      </div>`;
  }

  /** For an actor with children: folds or unfolds them in the picture. */
  private foldButton(pid: number): TemplateResult | typeof nothing {
    const folded = this.view.isFolded(pid);
    if (folded === null) return nothing;
    return html`<button
      type="button"
      class="button small"
      data-testid="fold"
      aria-label=${folded ? 'Unfold its children' : 'Fold its children'}
      title=${folded ? 'Unfold its children' : 'Fold its children'}
      @click=${() => this.view.fold(pid, !folded)}
    >
      ${folded ? 'Unfold' : 'Fold'}
    </button>`;
  }

  private body(node: ActorNode): TemplateResult {
    const { info } = this;
    const live = node.endedAt === 0 && this.app.runner.busy;
    const state = node.endedAt > 0 ? node.state : (info?.state ?? node.state);
    const title = this.graph.nameOf(node.pid);
    return html`<header class="inspector-head">
        <span class="state-dot" data-state=${state}></span>
        <h3>
          ${title}${title === `#${node.pid}` ? nothing : html` <span class="about">#${node.pid}</span>`}
        </h3>
        <span class="state-word">${state}</span>
        <span class="push"></span>
        ${this.foldButton(node.pid)}
        <button
          type="button"
          class="button small danger"
          data-testid="kill"
          ?disabled=${!live}
          @click=${() => this.app.runner.kill(node.pid)}
        >
          Kill
        </button>
        ${this.closeButton()}
      </header>
      <div class="inspector-body">
        ${info?.waits ? html`<p class="waits">Waits for ${info.waits}</p>` : nothing}
        ${node.reason !== '' ? html`<p class="waits">Ended: <span class="mono">${node.reason}</span></p>` : nothing}
        <dl class="facts">
          ${this.fact('Line', this.place(info?.file ?? node.file, info?.line ?? node.line))}
          ${this.fact('Mailbox', String(info?.mailbox ?? node.mailbox))}
          ${this.fact('Messages', `${node.sent.toLocaleString('en')} sent, ${node.received.toLocaleString('en')} received`)}
          ${node.parent === 0 ? nothing : this.fact('Started by', this.actors([node.parent]))}
          ${node.supervisor === 0 ? nothing : this.fact('Supervisor', this.actors([node.supervisor]))}
          ${node.restarts === 0 ? nothing : this.fact('Restarts', String(node.restarts))}
          ${node.links.size === 0 ? nothing : this.fact('Links', this.actors([...node.links]))}
          ${node.monitors.size === 0 ? nothing : this.fact('Watches', this.actors([...node.monitors]))}
          ${info === null ? nothing : this.more(info)}
        </dl>
        ${info === null ? nothing : this.insides(info)} ${live ? this.sendForm(node.pid) : nothing}
      </div>`;
  }

  private more(info: ActorInfo): TemplateResult {
    return html`${this.fact('Instructions', info.instructions.toLocaleString('en'))}
    ${info.heapBytes === 0 ? nothing : this.fact('Memory', `${info.heapBytes.toLocaleString('en')} bytes`)}
    ${info.watchers.length === 0 ? nothing : this.fact('Watched by', this.actors(info.watchers))}
    ${info.trapsExits ? this.fact('Exits', 'arrive as messages') : nothing}
    ${info.strategy === null ? nothing : this.fact('Strategy', info.strategy)}`;
  }

  private insides(info: ActorInfo): TemplateResult {
    return html`${
      info.messages.length === 0
        ? nothing
        : html`<h4>Messages waiting</h4>
            <ol class="messages">
              ${info.messages.map((message) => html`<li class="mono">${message}</li>`)}
            </ol>`
    }
    ${info.frames.map((frame) => this.frame(frame))}
    ${
      info.globals.length === 0
        ? nothing
        : html`<h4>Module</h4>
            ${variables(info.globals)}`
    }
    ${
      info.children.length === 0
        ? nothing
        : html`<h4>Children</h4>
            <ul class="children">
              ${info.children.map(
                (child) =>
                  html`<li>
                    ${this.actors([child.pid])} ${child.id}
                    <span class="about">${child.policy}, ${child.state}, ${child.restarts} restarts</span>
                  </li>`,
              )}
            </ul>`
    }`;
  }

  private frame(frame: ActorFrame): TemplateResult {
    return html`<h4><span class="mono">${frame.function}</span> ${this.place(frame.file, frame.line)}</h4>
      ${variables(frame.variables)}
      ${
        frame.operands.length === 0
          ? nothing
          : html`<p class="operands mono"><span class="about">stack</span> ${frame.operands.join('  ')}</p>`
      }`;
  }

  private fact(name: string, value: TemplateResult | string): TemplateResult {
    return html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  }

  private place(file: string, line: number): TemplateResult | string {
    if (line === 0) return '–';
    const known = this.app.store.state.program.files.some((one) => one.name === file);
    const text = `${file}:${line}`;
    if (!known) return text;
    return html`<button
      type="button"
      class="link mono"
      @click=${() => this.app.events.emit('reveal', { file, line, column: 1, focus: true })}
    >
      ${text}
    </button>`;
  }

  private actors(pids: readonly number[]): TemplateResult {
    return html`${pids
      .slice(0, 24)
      .map(
        (pid) =>
          html`<button type="button" class="chip" @click=${() => this.choose(pid)}>
            ${this.graph.nameOf(pid)}
          </button>`,
      )}${pids.length > 24 ? html` and ${pids.length - 24} more` : nothing}`;
  }

  private sendForm(pid: number): TemplateResult {
    return html`<form
      class="send-form"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const field = this.element.querySelector<HTMLInputElement>('.send-form input');
        if (field === null) return;
        this.app.runner.send(pid, field.value);
        field.value = '';
      }}
    >
      <input
        class="field"
        data-testid="send-text"
        aria-label="Text to send to this actor"
        placeholder="Send it a text"
      />
      <button type="submit" class="button small" data-testid="send">Send</button>
    </form>`;
  }

  private closeButton(): TemplateResult {
    return html`<button
      type="button"
      class="button quiet square small"
      aria-label="Close the inspector"
      title="Close"
      @click=${() => this.choose(0)}
    >
      ${icon('close')}
    </button>`;
  }
}

function variables(list: readonly ActorVariable[]): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing;
  return html`<dl class="variables mono">
    ${list.map(
      ({ name, value }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
