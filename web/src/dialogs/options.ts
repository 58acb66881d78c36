// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Capability, Limits, RunOptions } from '../../../wasm-glue/ts/index.ts';
import { CAPABILITIES } from '../app/app.ts';
import type { EditorKind, State, Theme } from '../app/store.ts';
import { DEFAULT_OPTIONS } from '../model/program.ts';
import { AppDialog } from '../widgets/dialog.ts';

const MIB = 1024 * 1024;

interface NumberField {
  readonly label: string;
  readonly name: keyof Limits;
  readonly unit: string;
  /** What one unit of the field is in the option. */
  readonly scale: number;
  readonly usual: string;
}

const LIMITS: readonly NumberField[] = [
  { label: 'Memory of all actors', name: 'heapBytes', unit: 'MiB', scale: MIB, usual: '192' },
  { label: 'Memory of one actor', name: 'actorHeapBytes', unit: 'MiB', scale: MIB, usual: 'no own limit' },
  { label: 'Calls deep', name: 'callDepth', unit: 'frames', scale: 1, usual: 'as natively' },
  { label: 'Instructions', name: 'instructions', unit: '', scale: 1, usual: 'unlimited' },
  { label: 'Time', name: 'timeMs', unit: 's', scale: 1000, usual: 'unlimited' },
  { label: 'Open connections, streams', name: 'handles', unit: '', scale: 1, usual: '4,096' },
  { label: 'Messages in a mailbox', name: 'mailbox', unit: '', scale: 1, usual: 'as natively' },
];

export class OptionsDialog extends AppDialog {
  protected readonly dialogName = 'options' as const;
  protected readonly heading = 'Options';

  protected override watches(state: State, before: State): boolean {
    return super.watches(state, before) || state.options !== before.options || state.denied !== before.denied;
  }

  protected content(): TemplateResult {
    const { options, engine } = this.state;
    const most = engine.kind === 'ready' ? engine.info.maxSchedulers : 64;
    return html`<div class="form">
      <fieldset>
        <legend>Scheduling</legend>
        ${this.check('deterministic', 'Deterministic', 'One scheduler; the same interleaving every time.')}
        ${this.check('virtualTime', 'Virtual time', 'Time jumps when every actor waits: no real waiting.')}
        <div class="row">
          ${this.number(
            'Schedulers',
            'option-workers',
            options.workers,
            'one for each core but one',
            1,
            most,
            (value) => this.set({ workers: value }),
          )}
          ${this.number('Seed', 'option-seed', options.seed, 'none', 0, Number.MAX_SAFE_INTEGER, (value) =>
            this.set({ seed: value }),
          )}
        </div>
      </fieldset>
      <fieldset>
        <legend>Engine</legend>
        <div class="row">
          <label class="labelled"
            ><span>Interpreter</span>
            <select
              class="field"
              data-testid="option-engine"
              @change=${(event: Event) =>
                this.set({
                  engine: (event.target as HTMLSelectElement).value === 'register' ? 'register' : 'stack',
                })}
            >
              <option value="stack" ?selected=${options.engine === 'stack'}>stack</option>
              <option value="register" ?selected=${options.engine === 'register'}>register</option>
            </select></label
          >
          <label class="labelled"
            ><span>Garbage collector</span>
            <select
              class="field"
              data-testid="option-gc"
              @change=${(event: Event) =>
                this.set({
                  gc: (event.target as HTMLSelectElement).value === 'no-gc' ? 'no-gc' : 'mark-sweep',
                })}
            >
              <option value="mark-sweep" ?selected=${options.gc === 'mark-sweep'}>mark and sweep</option>
              <option value="no-gc" ?selected=${options.gc === 'no-gc'}>none</option>
            </select></label
          >
        </div>
        ${this.check('optimize', 'Optimize', 'The program runs in fewer instructions; traces show those.')}
        ${this.check('trace', 'Trace instructions', 'Every instruction is printed as it runs.')}
      </fieldset>
      <fieldset>
        <legend>Limits</legend>
        <div class="row thirds">${LIMITS.map((field) => this.limit(field))}</div>
      </fieldset>
      <fieldset>
        <legend>Program</legend>
        <label class="labelled"
          ><span>Arguments, one a line</span>
          <textarea
            class="field mono"
            rows="2"
            spellcheck="false"
            data-testid="option-args"
            .value=${options.args.join('\n')}
            @change=${(event: Event) => this.set({ args: linesOf(event) })}
          ></textarea>
        </label>
        <label class="labelled"
          ><span>Environment, NAME=value, one a line</span>
          <textarea
            class="field mono"
            rows="2"
            spellcheck="false"
            data-testid="option-env"
            .value=${Object.entries(options.env)
              .map(([name, value]) => `${name}=${value}`)
              .join('\n')}
            @change=${(event: Event) => this.set({ env: readEnvironment(linesOf(event)) })}
          ></textarea>
        </label>
      </fieldset>
      <fieldset>
        <legend>What programs may do</legend>
        <div class="row">
          ${CAPABILITIES.map(
            ([name, label]) =>
              html`<label class="check"
                ><input
                  type="checkbox"
                  data-testid=${`allow-${name}`}
                  .checked=${!this.state.denied.includes(name)}
                  @change=${(event: Event) => this.allow(name, (event.target as HTMLInputElement).checked)}
                /><span>${label}</span></label
              >`,
          )}
        </div>
        ${
          this.app.consent.allowedSites.length === 0
            ? nothing
            : html`<p class="about">
                Allowed until you leave: ${this.app.consent.allowedSites.join(', ')}
                <button
                  type="button"
                  class="button quiet small"
                  data-testid="forget-sites"
                  @click=${() => {
                    this.app.consent.forgetSites();
                    this.requestUpdate();
                  }}
                >
                  Ask again
                </button>
              </p>`
        }
      </fieldset>
      <fieldset>
        <legend>This page</legend>
        <div class="row">
          ${this.select<Theme>(
            'Colours',
            'option-theme',
            this.state.theme,
            [
              ['auto', 'as the system'],
              ['light', 'light'],
              ['dark', 'dark'],
              ['contrast', 'high contrast'],
            ],
            (theme) => this.app.setTheme(theme),
          )}
          ${this.select<EditorKind>(
            'Editor',
            'option-editor',
            this.state.editorKind,
            [
              ['auto', 'by device'],
              ['full', 'full (Monaco)'],
              ['plain', 'light (text area)'],
            ],
            (kind) => this.app.setEditorKind(kind),
          )}
        </div>
      </fieldset>
      <div class="dialog-actions">
        <button
          type="button"
          class="button quiet"
          @click=${() => this.app.store.update({ options: DEFAULT_OPTIONS })}
        >
          Back to the defaults
        </button>
        <button type="button" class="button primary" @click=${() => this.close()}>Done</button>
      </div>
    </div>`;
  }

  private allow(name: Capability, allowed: boolean): void {
    const others = this.state.denied.filter((one) => one !== name);
    this.app.setDenied(allowed ? others : [...others, name]);
  }

  private set(patch: Partial<RunOptions>): void {
    this.app.store.update({ options: { ...this.state.options, ...patch } });
  }

  private check(
    name: 'optimize' | 'deterministic' | 'virtualTime' | 'trace',
    label: string,
    about: string,
  ): TemplateResult {
    return html`<label class="check"
      ><input
        type="checkbox"
        ?autofocus=${name === 'deterministic'}
        data-testid=${`option-${name}`}
        .checked=${this.state.options[name]}
        @change=${(event: Event) => this.set({ [name]: (event.target as HTMLInputElement).checked })}
      /><span><b>${label}</b> <span class="about">${about}</span></span></label
    >`;
  }

  private number(
    label: string,
    testId: string,
    value: number | null,
    usual: string,
    least: number,
    most: number,
    take: (value: number | null) => void,
  ): TemplateResult {
    return html`<label class="labelled"
      ><span>${label}</span>
      <input
        class="field"
        type="number"
        inputmode="numeric"
        step="1"
        min=${least}
        max=${most}
        placeholder=${usual}
        data-testid=${testId}
        .value=${value === null ? '' : String(value)}
        @change=${(event: Event) => {
          const read = Number((event.target as HTMLInputElement).value);
          const empty = (event.target as HTMLInputElement).value.trim() === '';
          take(empty || !Number.isFinite(read) ? null : Math.min(most, Math.max(least, Math.trunc(read))));
        }}
    /></label>`;
  }

  private limit({ label, name, unit, scale, usual }: NumberField): TemplateResult {
    const value = this.state.options.limits[name];
    return this.number(
      unit === '' ? label : `${label} (${unit})`,
      `option-${name}`,
      value === undefined ? null : value / scale,
      usual,
      0,
      Math.floor(Number.MAX_SAFE_INTEGER / scale),
      (given) => {
        const others = Object.entries(this.state.options.limits).filter(([other]) => other !== name);
        const limits: Limits = Object.fromEntries(others);
        if (given !== null && given !== 0) limits[name] = given * scale;
        this.set({ limits });
      },
    );
  }

  private select<T extends string>(
    label: string,
    testId: string,
    value: T,
    choices: readonly (readonly [T, string])[],
    take: (value: T) => void,
  ): TemplateResult {
    return html`<label class="labelled"
      ><span>${label}</span>
      <select
        class="field"
        data-testid=${testId}
        @change=${(event: Event) => {
          const chosen = choices[(event.target as HTMLSelectElement).selectedIndex];
          if (chosen !== undefined) take(chosen[0]);
        }}
      >
        ${choices.map(([one, text]) => html`<option value=${one} ?selected=${one === value}>${text}</option>`)}
      </select></label
    >`;
  }
}

function linesOf(event: Event): string[] {
  return (event.target as HTMLTextAreaElement).value.split('\n').filter((line) => line !== '');
}

function readEnvironment(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines
      .map((line): [string, string] => {
        const at = line.indexOf('=');
        return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1)];
      })
      .filter(([name]) => name !== ''),
  );
}

customElements.define('tt-options-dialog', OptionsDialog);
