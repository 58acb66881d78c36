// SPDX-License-Identifier: MIT
/**
 * Cooked-mode line editing for standard input: what a terminal driver does between the keyboard
 * and the program. Takes the raw text of key presses and pastes, tells what to echo and what to
 * send. Escape sequences (cursor keys, replies of the terminal to queries) are never input.
 */
export interface LineEdit {
  /** To be written to the terminal. */
  echo: string;
  /** Text for the program: whole lines, or a part of one flushed by Ctrl+D. */
  input: string;
  /** Ctrl+D on an empty line. */
  end: boolean;
  /** Ctrl+C. */
  interrupt: boolean;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export class LineEditor {
  private line = '';

  get pending(): string {
    return this.line;
  }

  reset(): void {
    this.line = '';
  }

  feed(data: string): LineEdit {
    const edit: LineEdit = { echo: '', input: '', end: false, interrupt: false };
    const text = withoutEscapes(data).replaceAll('\r\n', '\r');
    for (const character of text) this.take(character, edit);
    return edit;
  }

  private take(character: string, edit: LineEdit): void {
    switch (character) {
      case '\r':
      case '\n':
        edit.input += this.line + '\n';
        edit.echo += '\r\n';
        this.line = '';
        return;
      case '\u007f':
      case '\b':
        this.eraseLast(edit);
        return;
      case '\u0015':
        while (this.line !== '') this.eraseLast(edit);
        return;
      case '\u0017':
        while (this.line.endsWith(' ')) this.eraseLast(edit);
        while (this.line !== '' && !this.line.endsWith(' ')) this.eraseLast(edit);
        return;
      case '\u0004':
        if (this.line === '') edit.end = true;
        edit.input += this.line;
        this.line = '';
        return;
      case '\u0003':
        edit.echo += '^C\r\n';
        edit.interrupt = true;
        this.line = '';
        return;
      default:
        if (character !== '\t' && character < ' ') return;
        this.line += character;
        edit.echo += character;
    }
  }

  private eraseLast(edit: LineEdit): void {
    const last = [...segmenter.segment(this.line)].at(-1)?.segment;
    if (last === undefined) return;
    this.line = this.line.slice(0, -last.length);
    const width = last === '\t' ? 1 : columnsOf(last);
    edit.echo += '\b \b'.repeat(width);
  }
}

/** Terminal columns of one grapheme: 2 for East Asian wide characters and emoji. */
export function columnsOf(grapheme: string): number {
  return /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
    grapheme,
  )
    ? 2
    : 1;
}

function withoutEscapes(data: string): string {
  return data
    .replace(/\u001b\[200~|\u001b\[201~/g, '')
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|O.|.|$)/gs, '');
}
