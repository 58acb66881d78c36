// SPDX-License-Identifier: MIT
/** Brings the figures of the run to a view while it is open: when the run pauses or ends, and now and then while it goes on. */
import type { Profile } from '../../../../wasm-glue/ts/index.ts';
import type { App } from '../../app/app.ts';
import type { State, ViewName } from '../../app/store.ts';

/** While a program runs, its figures are asked for this often at most, */
const REFRESH_MS = 700;
/** and so that asking, for which it stands still, takes at most one part in so many of the time. */
const REFRESH_SHARE = 12;

export class ProfileFeed {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts runs: an answer about the run before is of no use. */
  private runs = 0;
  private asking = false;
  private again = false;

  /** `take` gets `null` when a run begins. */
  constructor(
    private readonly app: App,
    private readonly view: ViewName,
    private readonly take: (profile: Profile | null) => void,
  ) {
    app.events.on('runStarted', () => {
      this.runs += 1;
      this.take(null);
    });
  }

  /** To be called whenever the state has changed. */
  update(state: State, before: State | null): void {
    if (state.view !== this.view) return;
    if (state.status !== before?.status || state.view !== before.view) this.soon(0);
  }

  private soon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), ms);
  }

  private async ask(): Promise<void> {
    this.again = this.asking;
    if (this.asking) return;
    this.asking = true;
    const { runs } = this;
    const begin = performance.now();
    const profile = await this.app.runner.profile();
    this.asking = false;
    const cost = performance.now() - begin;
    if (runs === this.runs && profile !== null) this.take(profile);
    const { view, status } = this.app.store.state;
    if (view !== this.view) return;
    if (this.again) this.soon(0);
    else if (status === 'running') this.soon(Math.max(REFRESH_MS, cost * REFRESH_SHARE));
  }
}
