// SPDX-License-Identifier: MIT
/** Labels and references of a `.ttvm` text: what outline, go-to-definition and references need. */
export interface LabelMention {
  readonly name: string;
  readonly definition: boolean;
  /** 1-based, columns in UTF-16 code units, end exclusive. */
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

const MENTION =
  /^(\s*(LABEL|JMP|JZ|JNZ|CALL|TAIL_CALL|TRY|MAKE_FUNCTION|MAKE_LAMBDA|RECEIVE_TIMEOUT|MAILBOX_PEEK|MAILBOX_WAIT|JMP_ADDR|JZ_ADDR|CALL_ADDR)\s+)("(?:[^"\\]|\\.)*"|[^\s;"]+)/i;
const AFTER = /^(\s*RECEIVE_MATCH\b[^;]*\bAFTER\s+)([^\s;]+)/i;

export function labelMentions(text: string): LabelMention[] {
  const mentions: LabelMention[] = [];
  text.split(/\r\n|\n|\r/).forEach((content, index) => {
    const match = MENTION.exec(content) ?? AFTER.exec(content);
    if (match === null) return;
    const prefix = match[1] ?? '';
    const raw = match.at(-1) ?? '';
    const quoted = raw.startsWith('"');
    const name = quoted ? raw.slice(1, raw.endsWith('"') && raw.length > 1 ? -1 : undefined) : raw;
    if (/^\d+$/.test(name)) return;
    const column = prefix.length + 1 + (quoted ? 1 : 0);
    mentions.push({
      name,
      definition: /^\s*LABEL\b/i.test(content),
      line: index + 1,
      column,
      endColumn: column + name.length,
    });
  });
  return mentions;
}

/** Comment lines directly above a label, without their semicolons: its documentation. */
export function commentAbove(lines: readonly string[], line: number): string {
  const comment: string[] = [];
  for (let i = line - 2; i >= 0; i--) {
    const match = /^\s*;+\s?(.*)$/.exec(lines[i] ?? '');
    if (match === null) break;
    comment.unshift(match[1] ?? '');
  }
  return comment.join('\n').trim();
}
