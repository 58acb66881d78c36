// SPDX-License-Identifier: MIT
/** Asks the core's own checker about the sources while the user types; only the newest answer counts. */
import type { Diagnostic } from '../../../wasm-glue/ts/index.ts';
import { engineFiles, isSource } from '../model/program.ts';
import type { Program } from '../model/program.ts';
import type { Runner } from './runner.ts';
import type { Store } from './store.ts';

const IDLE_MS = 200;

export class Checker {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private generation = 0;
  private checked: Program | null = null;

  constructor(
    private readonly store: Store,
    private readonly runner: Runner,
  ) {
    store.subscribe((state, before) => {
      if (state.program !== before.program) this.soon();
      if (state.engine.kind === 'ready' && before.engine.kind !== 'ready') this.soon();
    });
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.generation += 1;
    if (this.store.state.engine.kind !== 'ready') return;
    this.timer = setTimeout(() => void this.check(), IDLE_MS);
  }

  private async check(): Promise<void> {
    const generation = this.generation;
    const { program, status } = this.store.state;
    if (this.checked === program) return;
    if (status === 'idle') this.store.update({ status: 'checking' });
    const quiet = (): void => {
      if (this.store.state.status === 'checking' && this.store.state.runStarted === null) {
        this.store.update({ status: 'idle' });
      }
    };
    try {
      const engine = await this.runner.engine();
      const files = engineFiles(program);
      const found: Diagnostic[] = [];
      for (const file of program.files.filter(
        (one) => isSource(one.name) && typeof one.content === 'string',
      )) {
        found.push(...(await engine.check(files, file.name)));
        if (generation !== this.generation) return;
      }
      this.checked = program;
      this.store.update({ diagnostics: unique(found) });
    } catch {
      // The engine said so where it failed; old squiggles are better than none.
    } finally {
      quiet();
    }
  }
}

/** A file that two others import is reported once. */
function unique(list: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return list.filter((one) => {
    const key = `${one.file}:${one.line}:${one.column}:${one.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
