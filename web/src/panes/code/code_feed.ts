// SPDX-License-Identifier: MIT
/** Keeps the code of the file on show up to date while a view wants it: one question at a time, the newest state. */
import type { Diagnostic } from '../../../../wasm-glue/ts/index.ts';
import type { App } from '../../app/app.ts';
import { messageOf } from '../../app/runner.ts';
import { CodeColumns } from '../../model/code_columns.ts';
import { engineFiles, isSource } from '../../model/program.ts';
import { activeFile } from '../editor.ts';
import type { OptimizerReport } from '../../../../wasm-glue/ts/index.ts';

const IDLE_MS = 250;

export interface CodeState {
  readonly file: string;
  /** What `columns` were made of. */
  readonly source: string;
  /** Of the newest text that could be compiled; `null` before there was one. */
  readonly columns: CodeColumns | null;
  readonly report: OptimizerReport | null;
  /** Why `columns` is older than the text. */
  readonly problem: Diagnostic | string | null;
  /** Whether an answer is on its way. */
  readonly busy: boolean;
}

export class CodeFeed {
  state: CodeState = { file: '', source: '', columns: null, report: null, problem: null, busy: false };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  /** Something changed since the question under way. */
  private stale = true;
  private wanted = false;
  private fromOptimized = true;

  constructor(
    private readonly app: App,
    private readonly onChange: () => void,
  ) {
    app.store.subscribe((state, before) => {
      const others = state.program !== before.program || state.active !== before.active;
      if (others || state.results !== before.results) this.soon();
      if (state.engine.kind === 'ready' && before.engine.kind !== 'ready') this.soon(0);
    });
  }

  /** Whether the register code is to be made of the optimized code. */
  get optimizes(): boolean {
    return this.fromOptimized;
  }

  setOptimizes(on: boolean): void {
    if (on === this.fromOptimized) return;
    this.fromOptimized = on;
    this.soon(0);
  }

  /** Nothing is asked while nobody looks. */
  want(wanted: boolean): void {
    this.wanted = wanted;
    if (wanted && this.stale) this.soon(0);
  }

  private soon(ms = IDLE_MS): void {
    this.stale = true;
    clearTimeout(this.timer);
    if (!this.wanted || this.asking) return;
    if (this.app.store.state.engine.kind === 'ready') this.timer = setTimeout(() => void this.ask(), ms);
  }

  private async ask(): Promise<void> {
    const { store, runner } = this.app;
    const { program, results } = store.state;
    const { file } = activeFile(store.state);
    this.stale = false;
    if (typeof file.content !== 'string' || !isSource(file.name)) {
      this.set({
        file: file.name,
        source: '',
        columns: null,
        report: null,
        problem: 'This file is not a program.',
        busy: false,
      });
      return;
    }
    const same = file.name === this.state.file;
    const { name } = file;
    if (!same) this.set({ file: name, source: '', columns: null, report: null, problem: null, busy: true });
    else this.set({ ...this.state, busy: true });
    this.asking = true;
    try {
      const engine = await runner.engine();
      const files = { ...engineFiles(program), ...engineFiles({ files: results, main: '' }) };
      const answer = await engine.code(files, file.name, { optimized: this.fromOptimized, registers: true });
      if ('diagnostics' in answer) {
        const problem =
          answer.diagnostics.find((one) => one.severity === 'error') ?? 'It cannot be compiled.';
        this.set({ ...this.state, problem, busy: false });
      } else {
        const columns = new CodeColumns(file.content, answer);
        const report = answer.optimized?.report ?? null;
        this.set({ file: name, source: file.content, columns, report, problem: null, busy: false });
      }
    } catch (error) {
      this.set({ ...this.state, problem: messageOf(error), busy: false });
    } finally {
      this.asking = false;
      if (this.stale) this.soon();
    }
  }

  private set(state: CodeState): void {
    this.state = state;
    this.onChange();
  }
}
