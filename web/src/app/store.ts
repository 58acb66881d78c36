// SPDX-License-Identifier: MIT
/** The one state of the page. Parts read it, subscribe to it, and change it only through `update`. */
import type {
  Capability,
  Diagnostic,
  EngineInfo,
  NetworkQuestion,
  RunOptions,
  RunReason,
} from '../../../wasm-glue/ts/index.ts';
import { DEFAULT_OPTIONS, makeProgram } from '../model/program.ts';
import type { Program, SourceFile } from '../model/program.ts';
import type { SourceAddress } from '../model/source_address.ts';

/** Words that automation reads; they outlive redesigns. */
export type Status =
  'idle' | 'checking' | 'running' | 'paused' | 'stopped' | 'finished' | 'failed' | 'deadlock';

export interface RunSummary {
  readonly status: number;
  readonly reason: RunReason;
  readonly schedulers: number;
  readonly instructions: number;
}

export type EngineState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly info: EngineInfo }
  | { readonly kind: 'failed'; readonly message: string };

export type Theme = 'auto' | 'light' | 'dark' | 'contrast';
export type EditorKind = 'auto' | 'full' | 'plain';
export type OutputMode = 'terminal' | 'text';
/** What the third place of the page shows. */
export type ViewName = 'actors' | 'trace' | 'code' | 'profile';
export type DialogName =
  | 'options'
  | 'share'
  | 'examples'
  | 'commands'
  | 'history'
  | 'new-file'
  | 'rename'
  | 'help'
  | 'schedulers'
  | 'network'
  | 'source';

/** In percent; see `State`. */
export const USUAL_SPLIT = 56;
export const USUAL_VIEW_SPLIT = 64;

export interface NoticeAction {
  readonly label: string;
  run(): void;
}

export interface Notice {
  readonly id: number;
  readonly kind: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly actions: readonly NoticeAction[];
}

export interface State {
  readonly program: Program;
  readonly active: string;
  readonly options: RunOptions;
  readonly status: Status;
  readonly engine: EngineState;
  readonly summary: RunSummary | null;
  /** `performance.now()` of the run's begin; milliseconds it took once it has ended. */
  readonly runStarted: number | null;
  readonly runTook: number | null;
  readonly waitingForInput: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Files that runs of this program wrote (model/written.ts). */
  readonly results: readonly SourceFile[];
  readonly droppedOutput: number;
  readonly theme: Theme;
  readonly editorKind: EditorKind;
  readonly outputMode: OutputMode;
  /** Percent of the width that the editor has, on wide screens. */
  readonly split: number;
  /** Percent of the width, or of the height where it is below, that editor and output have beside a view. */
  readonly viewSplit: number;
  /** The pane that narrow screens show. */
  readonly pane: string;
  readonly view: ViewName | null;
  /** Instructions a second, `null` for as many as there can be. */
  readonly speed: number | null;
  readonly dialog: DialogName | null;
  /** What a program waits for the user to decide. */
  readonly networkQuestion: NetworkQuestion | null;
  /** The address of a program that is to be opened, if the user agrees. */
  readonly source: SourceAddress | null;
  /** What programs may not do on this page. */
  readonly denied: readonly Capability[];
  readonly notices: readonly Notice[];
}

export function initialState(): State {
  const program = makeProgram([]);
  return {
    program,
    active: program.main,
    options: DEFAULT_OPTIONS,
    status: 'idle',
    engine: { kind: 'waiting' },
    summary: null,
    runStarted: null,
    runTook: null,
    waitingForInput: false,
    diagnostics: [],
    results: [],
    droppedOutput: 0,
    theme: 'auto',
    editorKind: 'auto',
    outputMode: 'terminal',
    split: USUAL_SPLIT,
    viewSplit: USUAL_VIEW_SPLIT,
    pane: 'editor',
    view: null,
    speed: null,
    dialog: null,
    networkQuestion: null,
    source: null,
    denied: [],
    notices: [],
  };
}

export type Listener = (state: State, before: State) => void;

export class Store {
  private current = initialState();
  private readonly listeners = new Set<Listener>();

  get state(): State {
    return this.current;
  }

  update(patch: Partial<State>): void {
    const before = this.current;
    const next = { ...before, ...patch };
    if ((Object.keys(patch) as (keyof State)[]).every((key) => Object.is(next[key], before[key]))) return;
    this.current = next;
    for (const listener of [...this.listeners]) listener(this.current, before);
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
