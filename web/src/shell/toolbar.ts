// SPDX-License-Identifier: MIT
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { keyLabel } from '../app/commands.ts';
import type { State, Theme, ViewName } from '../app/store.ts';
import { VIEWS } from '../panes/registry.ts';
import { AppElement } from '../widgets/app_element.ts';
import { icon, logo } from '../widgets/icons.ts';
import type { IconName } from '../widgets/icons.ts';

const THEMES: readonly { theme: Theme; icon: IconName; label: string }[] = [
  { theme: 'auto', icon: 'auto', label: 'as the system' },
  { theme: 'light', icon: 'sun', label: 'light' },
  { theme: 'dark', icon: 'moon', label: 'dark' },
  { theme: 'contrast', icon: 'contrast', label: 'high contrast' },
];

export function nextTheme(theme: Theme): Theme {
  const at = THEMES.findIndex((one) => one.theme === theme);
  return THEMES[(at + 1) % THEMES.length]?.theme ?? 'auto';
}

export class Toolbar extends AppElement {
  protected override watches(state: State, before: State): boolean {
    return (
      state.status !== before.status ||
      state.theme !== before.theme ||
      state.runStarted !== before.runStarted ||
      state.view !== before.view
    );
  }

  protected override render(): TemplateResult {
    const { commands, runner } = this.app;
    const { theme } = this.state;
    const look = THEMES.find((one) => one.theme === theme) ?? THEMES[0];
    const busy = runner.busy;
    const hint = (id: string): string => keyLabel(commands.keysOf(id));
    return html`<header class="toolbar">
      <a class="brand" href="./" aria-label="TinyTotVM playground">
        ${logo()}<span class="brand-name">TinyTot<b>VM</b></span>
      </a>
      <div class="toolbar-group">
        <button
          type="button"
          class="button run"
          data-testid="run"
          title=${`Run the program (${hint('run')})`}
          @click=${() => commands.run('run')}
        >
          ${icon('run')}<span>Run</span><kbd>${hint('run')}</kbd>
        </button>
        <button
          type="button"
          class="button stop"
          data-testid="stop"
          title=${`Stop the program (${hint('stop')})`}
          ?disabled=${!busy}
          @click=${() => commands.run('stop')}
        >
          ${icon('stop')}<span>Stop</span>
        </button>
      </div>
      <div
        class="toolbar-group view-toggles push"
        role="group"
        aria-label="Views"
        ?hidden=${VIEWS.length === 0}
      >
        ${VIEWS.map(({ name, title }) => this.toggle(name, title))}
      </div>
      <nav class="toolbar-group ${VIEWS.length === 0 ? 'push' : ''}" aria-label="Program">
        ${this.button('examples', 'book', 'Examples', 'examples')}
        ${this.button('options', 'sliders', 'Options', 'options')}
        ${this.button('share', 'share', 'Share', 'share')}
      </nav>
      <div class="toolbar-group">
        <button
          type="button"
          class="button quiet square"
          data-testid="theme"
          title=${`Colours: ${look?.label}`}
          aria-label=${`Colours: ${look?.label}. Change`}
          @click=${() => commands.run('theme')}
        >
          ${icon(look?.icon ?? 'auto')}
        </button>
        <button
          type="button"
          class="button quiet square"
          title="All commands (F1)"
          aria-label="All commands"
          data-testid="commands"
          @click=${() => commands.run('commands')}
        >
          ${icon('menu')}
        </button>
      </div>
    </header>`;
  }

  private toggle(name: ViewName, label: string): TemplateResult {
    return html`<button
      type="button"
      class="button quiet"
      data-testid=${name}
      aria-pressed=${this.state.view === name}
      title=${label}
      @click=${() => this.app.commands.run(`view.${name}`)}
    >
      ${icon(name)}<span>${label}</span>
    </button>`;
  }

  private button(testId: string, name: IconName, label: string, command: string): TemplateResult {
    return html`<button
      type="button"
      class="button quiet"
      data-testid=${testId}
      aria-haspopup="dialog"
      title=${label}
      @click=${() => this.app.commands.run(command)}
    >
      ${icon(name)}<span>${label}</span>
    </button>`;
  }
}

customElements.define('tt-toolbar', Toolbar);
