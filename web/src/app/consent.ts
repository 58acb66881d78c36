// SPDX-License-Identifier: MIT
/**
 * Whether a program may talk to another site: asked once for each site, one question at a time. An answer holds for
 * the run, or until the page is closed; nothing is kept on the device.
 */
import type { NetworkQuestion } from '../../../wasm-glue/ts/index.ts';
import type { NetworkGate } from './runner.ts';
import type { Store } from './store.ts';

export type Choice = 'deny' | 'run' | 'page';

interface Waiting {
  readonly question: NetworkQuestion;
  readonly answers: ((allowed: boolean) => void)[];
}

export class Consent implements NetworkGate {
  private readonly forPage = new Set<string>();
  private readonly forRun = new Map<string, boolean>();
  private queue: Waiting[] = [];

  constructor(
    private readonly store: Store,
    /** The first question of the queue changed: shows it, or nothing. */
    private readonly show: (question: NetworkQuestion | null) => void,
  ) {}

  /** Sites that are allowed until the page is closed. */
  get allowedSites(): readonly string[] {
    return [...this.forPage].filter((key) => !key.includes(' '));
  }

  forgetSites(): void {
    this.forPage.clear();
  }

  /** A run begins or ends: its answers are forgotten, and what is still asked is refused. */
  reset(): void {
    this.forRun.clear();
    const { queue } = this;
    this.queue = [];
    for (const { answers } of queue) for (const answer of answers) answer(false);
    if (queue.length > 0) this.show(null);
  }

  ask(question: NetworkQuestion): boolean | Promise<boolean> {
    if (this.store.state.denied.includes('net')) return false;
    const key = keyOf(question);
    if (this.forPage.has(key)) return true;
    const known = this.forRun.get(key);
    if (known !== undefined) return known;
    return new Promise((resolve) => {
      const same = this.queue.find((one) => keyOf(one.question) === key);
      if (same) same.answers.push(resolve);
      else {
        this.queue.push({ question, answers: [resolve] });
        if (this.queue.length === 1) this.show(question);
      }
    });
  }

  /** The answer to the question on show. */
  choose(choice: Choice): void {
    const first = this.queue.shift();
    if (!first) return;
    const key = keyOf(first.question);
    if (choice === 'page') this.forPage.add(key);
    else this.forRun.set(key, choice === 'run');
    this.show(this.queue[0]?.question ?? null);
    for (const answer of first.answers) answer(choice !== 'deny');
  }
}

/** A redirect is a question of its own: it may lead anywhere. */
function keyOf({ origin, redirect }: NetworkQuestion): string {
  return redirect ? `${origin} redirect` : origin;
}

/** The question in words, the same on the page and in frames. */
export function wordsFor({ origin, method, redirect }: NetworkQuestion): { heading: string; text: string } {
  return redirect
    ? {
        heading: 'Follow a redirect to an unknown site?',
        text: `${origin} answered that what was asked for is somewhere else. Browsers do not tell where before they have gone there.`,
      }
    : {
        heading: 'Let the program talk to another site?',
        text: `It wants to send a ${method} request to ${origin}. The site will see your network address and whatever the program sends: its files, its arguments, what you type into it. No cookies or passwords of yours go along.`,
      };
}

export const CHOICES: readonly (readonly [Choice, string])[] = [
  ['deny', 'Deny'],
  ['run', 'Allow for this run'],
  ['page', 'Allow until I leave'],
];
