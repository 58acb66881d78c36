// SPDX-License-Identifier: MIT
/** Everything a user can do, by name: the F1 list, the keyboard and the toolbar share these. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** `Mod` is Cmd on Apple keyboards, Ctrl elsewhere: `Mod+Enter`, `Shift+F6`, `F1`. */
  readonly keys?: string;
  readonly enabled?: () => boolean;
  run(): void;
}

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

export class Commands {
  private readonly known = new Map<string, Command>();
  private readonly sources: (() => readonly Command[])[] = [];

  add(...commands: readonly Command[]): void {
    for (const command of commands) this.known.set(command.id, command);
  }

  /** Commands that exist only at times, such as those of the loaded editor. */
  addSource(source: () => readonly Command[]): void {
    this.sources.push(source);
  }

  all(): Command[] {
    return [...this.known.values(), ...this.sources.flatMap((source) => source())];
  }

  run(id: string): void {
    const command = this.known.get(id);
    if (command !== undefined && command.enabled?.() !== false) command.run();
  }

  keysOf(id: string): string {
    return this.known.get(id)?.keys ?? '';
  }

  /** Runs the command that a key press means; `false` when none. */
  handleKey(event: KeyboardEvent): boolean {
    for (const command of this.known.values()) {
      if (command.keys === undefined || !matches(command.keys, event)) continue;
      if (command.enabled?.() !== false) command.run();
      return true;
    }
    return false;
  }
}

function matches(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  const mod = APPLE ? event.metaKey : event.ctrlKey;
  const otherMod = APPLE ? event.ctrlKey : event.metaKey;
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    mod === parts.includes('Mod') &&
    !otherMod &&
    event.shiftKey === parts.includes('Shift') &&
    event.altKey === parts.includes('Alt')
  );
}

export function keyLabel(keys: string): string {
  if (keys === '') return '';
  if (!APPLE) return keys.replace('Mod', 'Ctrl');
  return keys.replace('Mod+', '⌘').replace('Shift+', '⇧').replace('Alt+', '⌥').replace('Enter', '⏎');
}
