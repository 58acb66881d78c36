// SPDX-License-Identifier: MIT
import { tokenize } from '../model/highlight.ts';
import type { TokenLine } from '../model/highlight.ts';
import type { Language } from '../model/program.ts';

/** Longer texts are shown without colours: colouring happens at every key press. */
const MAX_COLOURED = 200_000;

/** Fills `host` with one `div.line` a line. Text only ever becomes text nodes. */
export function showHighlighted(host: HTMLElement, text: string, language: Language): void {
  const lines = tokenize(text, text.length > MAX_COLOURED ? 'text' : language);
  const fragment = document.createDocumentFragment();
  for (const line of lines) fragment.append(lineElement(line));
  host.replaceChildren(fragment);
}

function lineElement(tokens: TokenLine): HTMLElement {
  const line = document.createElement('div');
  line.className = 'line';
  for (const { kind, text } of tokens) {
    if (kind === 'text') {
      line.append(text);
      continue;
    }
    const span = document.createElement('span');
    span.className = `tok-${kind}`;
    span.textContent = text;
    line.append(span);
  }
  if (tokens.length === 0) line.append('\n');
  return line;
}
