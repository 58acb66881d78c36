// SPDX-License-Identifier: MIT
/**
 * The user's files: changing them, replacing the whole program, and never losing one. Every
 * replacement keeps what it replaced, for Undo and in the local history.
 */
import type { RunOptions } from '../../../wasm-glue/ts/index.ts';
import {
  MAX_STORED_LENGTH,
  addSnapshot,
  parseSnapshots,
  serializeSnapshots,
  snapshotFromJson,
  snapshotToJson,
} from '../model/history.ts';
import type { Snapshot } from '../model/history.ts';
import {
  findFile,
  isSource,
  makeProgram,
  nameProblem,
  sameProgram,
  withFile,
  withRenamed,
  withoutFile,
} from '../model/program.ts';
import type { Program, SourceFile } from '../model/program.ts';
import type { Events } from './events.ts';
import type { Store } from './store.ts';
import { readStored, writeStored } from './storage.ts';
import { WrittenStore, newWorkspace } from './written_store.ts';

const MAX_UNDO = 20;
const SAVE_DELAY_MS = 250;
const SAVE_LARGE_DELAY_MS = 2000;
const SNAPSHOT_EVERY_MS = 120_000;
/** Characters. Longer programs are kept by WrittenStore: writing to local storage holds the page up. */
const MAX_LOCAL_LENGTH = 1_000_000;
/** Characters of history that are not given up for the sake of the present program. */
const MIN_HISTORY_LENGTH = 20_000;

interface Kept {
  readonly program: Program;
  readonly active: string;
  readonly options: RunOptions;
  readonly results: readonly SourceFile[];
  readonly workspace: string;
}

export class Project {
  private undoStack: Kept[] = [];
  private redoStack: Kept[] = [];
  private snapshots: Snapshot[];
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  /** Fragment that the program came from, so that a reload keeps the edits made since. */
  private link = '';
  /** Something changed since the page was loaded; before that there is nothing to save. */
  private dirty = false;
  private warned = false;
  private switching = false;
  /** The program is kept by WrittenStore. */
  private isLarge = false;
  private saves = 0;
  /** Whose written files `results` are. */
  private workspace = newWorkspace();
  private readonly writtenStore = new WrittenStore((full) => this.cannotKeep(full));

  constructor(
    private readonly store: Store,
    private readonly events: Events,
  ) {
    this.snapshots = parseSnapshots(readStored('local', 'history') ?? '');
    store.subscribe((state, before) => {
      if (
        state.program !== before.program ||
        state.options !== before.options ||
        state.active !== before.active ||
        state.results !== before.results
      ) {
        this.dirty = true;
        this.saveSoon();
      }
      // A switch of workspaces is no change of either.
      if (state.results !== before.results && !this.switching)
        this.writtenStore.save(this.workspace, before.results, state.results);
    });
  }

  /** Brings back what programs wrote before the page was loaded. */
  async loadWritten(): Promise<void> {
    const { workspace } = this;
    const files = await this.writtenStore.load(workspace);
    const { results } = this.store.state;
    if (workspace !== this.workspace || files.length === 0) return;
    this.switching = true;
    this.store.update({
      results: [...files.filter((file) => !results.some((one) => one.name === file.name)), ...results],
    });
    this.switching = false;
  }

  /** Resolves when what programs wrote is kept. */
  written(): Promise<void> {
    return this.writtenStore.settled();
  }

  /** Forgets a file that a program wrote. */
  discard(name: string): void {
    const { results, active, program } = this.store.state;
    this.keep(`Before deleting ${name}`);
    this.store.update({
      results: results.filter((file) => file.name !== name),
      active: active === name ? program.main : active,
    });
  }

  get history(): readonly Snapshot[] {
    return this.snapshots;
  }

  get canUndo(): boolean {
    return this.undoStack.length > 0;
  }

  get canRedo(): boolean {
    return this.redoStack.length > 0;
  }

  setText(name: string, text: string): void {
    const { program } = this.store.state;
    if (findFile(program, name)?.content === text) return;
    this.store.update({ program: withFile(program, name, text) });
  }

  open(name: string): void {
    const { program, results } = this.store.state;
    if (findFile(program, name) === undefined && !results.some((file) => file.name === name)) return;
    this.store.update({ active: name });
  }

  /** Adds or overwrites a file and opens it; answers with what is wrong with the name. */
  add(name: string, content: string | Uint8Array): string | null {
    const problem = nameProblem(name);
    if (problem !== null) return problem;
    const { program, results } = this.store.state;
    this.store.update({
      program: withFile(program, name, content),
      active: name,
      results: results.filter((file) => file.name !== name),
    });
    return null;
  }

  create(name: string): string | null {
    if (findFile(this.store.state.program, name) !== undefined)
      return `There is a file named "${name}" already.`;
    return this.add(name, '');
  }

  rename(from: string, to: string): string | null {
    const problem = nameProblem(to);
    if (problem !== null) return problem;
    const { program, active } = this.store.state;
    if (from === to) return null;
    if (findFile(program, to) !== undefined) return `There is a file named "${to}" already.`;
    this.store.update({ program: withRenamed(program, from, to), active: active === from ? to : active });
    return null;
  }

  remove(name: string): void {
    const { program, active } = this.store.state;
    const index = program.files.findIndex((file) => file.name === name);
    if (index < 0) return;
    this.keep(`Before deleting ${name}`);
    const next = withoutFile(program, name);
    const neighbour = next.files[Math.min(index, next.files.length - 1)]?.name ?? next.main;
    this.store.update({ program: next, active: active === name ? neighbour : active });
  }

  setMain(name: string): void {
    const { program } = this.store.state;
    if (findFile(program, name) !== undefined)
      this.store.update({ program: makeProgram(program.files, name) });
  }

  /** Exchanges everything; what was there can be had back with `undo` and from the history. */
  replace(program: Program, options: RunOptions, reason: string, link = ''): void {
    this.keep(reason);
    this.redoStack = [];
    this.link = link;
    this.show({ program, options, active: program.main, results: [], workspace: newWorkspace() }, reason);
  }

  undo(): boolean {
    const kept = this.undoStack.pop();
    if (kept === undefined) return false;
    this.redoStack.push(this.present());
    this.show(kept, 'undo');
    return true;
  }

  redo(): boolean {
    const kept = this.redoStack.pop();
    if (kept === undefined) return false;
    this.undoStack.push(this.present());
    this.show(kept, 'redo');
    return true;
  }

  /** Notes the present program in the local history. */
  snapshot(reason: string): void {
    const { program, options } = this.store.state;
    if (program.files.every((file) => file.content.length === 0)) return;
    if (this.snapshots[0] !== undefined && sameProgram(this.snapshots[0].program, program)) return;
    this.snapshots = addSnapshot(this.snapshots, { time: Date.now(), reason, program, options });
    for (let most = MAX_STORED_LENGTH; most >= MIN_HISTORY_LENGTH; most /= 2)
      if (writeStored('local', 'history', serializeSnapshots(this.snapshots, most))) return;
  }

  /**
   * The program of the last visit. Edits to an opened link come back only in the same tab. A promise only where the
   * program is kept by WrittenStore.
   */
  restore(link: string): boolean | Promise<boolean> {
    const here = readSession('session');
    const saved = link === '' ? (here ?? readSession('local')) : here?.link === link ? here : null;
    if (saved === null || saved === undefined) return false;
    if (!saved.large) return this.bringBack(saved);
    return this.readLarge(saved).then((found) => found !== null && this.bringBack(found));
  }

  private bringBack(saved: SavedSession): boolean {
    this.link = saved.link;
    if (saved.workspace !== '') this.workspace = saved.workspace;
    this.store.update({
      program: saved.snapshot.program,
      options: saved.snapshot.options,
      active:
        findFile(saved.snapshot.program, saved.active) === undefined
          ? saved.snapshot.program.main
          : saved.active,
    });
    return true;
  }

  private async readLarge({ workspace }: LargeSession): Promise<SavedSession | null> {
    const text = await this.writtenStore.loadProgram(workspace);
    const saved = text === null ? null : parseSession(text);
    if (saved === null || saved.large) return null;
    this.isLarge = true;
    return saved;
  }

  /** Puts the program of the last visit where Undo and the history find it. */
  keepLastVisit(): boolean | Promise<boolean> {
    const saved = readSession('local');
    if (saved === null || !saved.large) return this.showLastVisit(saved);
    return this.readLarge(saved).then((found) => this.showLastVisit(found));
  }

  private showLastVisit(saved: SavedSession | null): boolean {
    if (saved === null || saved.snapshot.program.files.every((file) => file.content.length === 0))
      return false;
    this.store.update({
      program: saved.snapshot.program,
      options: saved.snapshot.options,
      active: saved.snapshot.program.main,
    });
    return true;
  }

  /** What is on show now is what a page load brings anyway. */
  markClean(): void {
    clearTimeout(this.saveTimer);
    this.saveTimer = undefined;
    this.dirty = false;
  }

  save(): void {
    clearTimeout(this.saveTimer);
    this.saveTimer = undefined;
    if (!this.dirty) return;
    this.dirty = false;
    const last = this.snapshots[0]?.time ?? 0;
    if (Date.now() - last > SNAPSHOT_EVERY_MS) this.snapshot('Edited');
    const { program, options, active } = this.store.state;
    const snapshot = snapshotToJson({ time: Date.now(), reason: '', program, options });
    const { link, workspace } = this;
    const text = JSON.stringify({ snapshot, active, link, workspace });
    this.isLarge = text.length > MAX_LOCAL_LENGTH || !writeSession(text);
    const turn = ++this.saves;
    if (!this.isLarge) return;
    // Until it is there, the program saved before is found.
    void this.writtenStore.saveProgram(workspace, text).then((isKept) => {
      if (!isKept || turn !== this.saves) return;
      if (!writeSession(JSON.stringify({ large: true, link, workspace }))) this.cannotKeep(true);
    });
  }

  private cannotKeep(full: boolean): void {
    if (this.warned) return;
    this.warned = true;
    this.events.emit('unsaved', { full });
  }

  /** The program as it is can be had back with `undo` and from the history. */
  beforeChange(reason: string): void {
    this.keep(reason);
  }

  private keep(reason: string): void {
    this.snapshot(reason);
    this.undoStack = [...this.undoStack, this.present()].slice(-MAX_UNDO);
  }

  private present(): Kept {
    const { program, options, active, results } = this.store.state;
    return { program, options, active, results, workspace: this.workspace };
  }

  private show(kept: Kept, reason: string): void {
    const active = findFile(kept.program, kept.active) === undefined ? kept.program.main : kept.active;
    this.workspace = kept.workspace;
    this.switching = true;
    const { program, options, results } = kept;
    this.store.update({ program, options, active, results, diagnostics: [] });
    this.switching = false;
    // Undo may bring back what a deletion has removed from the device as well.
    this.writtenStore.save(this.workspace, [], results);
    this.events.emit('replaced', { reason });
  }

  private saveSoon(): void {
    if (this.saveTimer !== undefined) return;
    this.saveTimer = setTimeout(() => this.save(), this.isLarge ? SAVE_LARGE_DELAY_MS : SAVE_DELAY_MS);
  }
}

interface SavedSession {
  readonly large: false;
  readonly snapshot: Snapshot;
  readonly active: string;
  readonly link: string;
  readonly workspace: string;
}

/** In place of a program that WrittenStore keeps. */
interface LargeSession extends Pick<SavedSession, 'link' | 'workspace'> {
  readonly large: true;
}

/** For this tab and for later ones; both, or the next visit would bring back an older program. */
function writeSession(text: string): boolean {
  const here = writeStored('session', 'session', text);
  return writeStored('local', 'session', text) && here;
}

function readSession(kind: 'local' | 'session'): SavedSession | LargeSession | null {
  const text = readStored(kind, 'session');
  return text === null ? null : parseSession(text);
}

function parseSession(text: string): SavedSession | LargeSession | null {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const link = textOr(value['link']);
    const workspace = textOr(value['workspace']);
    if (value['large'] === true) return { large: true, link, workspace };
    const snapshot = snapshotFromJson(value['snapshot']);
    if (snapshot === null) return null;
    return { large: false, snapshot, active: textOr(value['active']), link, workspace };
  } catch {
    return null;
  }
}

const textOr = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The name a new file gets: `file2.ttvm`, or data when the program has sources enough. */
export function freeName(program: Program): string {
  const lisp = program.main.endsWith('.lisp');
  for (let i = 2; ; i++) {
    const name = `file${i}.${lisp ? 'lisp' : 'ttvm'}`;
    if (findFile(program, name) === undefined && isSource(name)) return name;
  }
}
