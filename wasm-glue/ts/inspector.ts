// SPDX-License-Identifier: MIT
/**
 * Looking at the actors of a run and acting on them. That is possible only while everything stands still, so a
 * running program is paused for it, and goes on afterwards unless the page has paused it.
 */
import type { WorkerPort } from './environment.js';
import { ACTORS_PER_ANSWER, type ToWorker } from './protocol.js';
import type { Session } from './session.js';

export type Question = Extract<
  ToWorker,
  { type: 'pause' | 'kill' | 'send' | 'inspect' | 'actors' | 'profile' }
>;

/** How often to look whether the last scheduler has stopped: a slice takes well below a millisecond. */
const POLL_MS = 1;

export class Inspector {
  /** Set when the program runs or was refused; what is asked before waits. */
  started = false;
  /** By the page. */
  private paused = false;
  private over = false;
  private questions: Question[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly session: Session,
    private readonly run: number,
    private readonly port: WorkerPort,
    private readonly guard: (work: () => void) => void,
  ) {}

  ask(question: Question): void {
    this.questions.push(question);
    if (this.timer === undefined) this.answer();
  }

  resume(): void {
    this.paused = false;
    if (this.questions.length === 0 && !this.over) this.session.resume();
  }

  /** The run has ended; its actors stay as they are. */
  ended(): void {
    this.over = this.started = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.answer();
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private answer(): void {
    this.timer = undefined;
    if (this.questions.length === 0) return;
    if (!this.over) this.session.pause();
    if (!this.started || !this.session.stands) {
      this.timer = setTimeout(() => this.guard(() => this.answer()), POLL_MS);
      return;
    }
    for (const question of this.questions) this.answerOne(question);
    this.questions = [];
    if (!this.paused && !this.over) this.session.resume();
  }

  private answerOne(question: Question): void {
    const { run, request } = { run: this.run, request: question.request };
    if (question.type === 'profile') {
      this.port.post({ type: 'profiled', run, request, profile: this.session.profile() });
      return;
    }
    const act = !this.over;
    if (question.type === 'pause') this.paused = act;
    if (question.type === 'kill' && act) this.session.kill(question.pid);
    if (question.type === 'send' && act) this.session.send(question.pid, question.text);
    const actor = question.type === 'inspect' ? this.session.inspect(question.pid) : null;
    const actors = question.type === 'actors' ? this.session.actors(question.after, ACTORS_PER_ANSWER) : [];
    this.port.post({ type: 'looked', run, request, actor, actors });
  }
}
