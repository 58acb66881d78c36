// SPDX-License-Identifier: MIT
/**
 * Small tokenizers for static code: the first paint, the plain editor and embeds, where the full
 * editor is not (or not yet) loaded. They colour; they do not judge: any word in mnemonic
 * position counts as one.
 */
import { LISP_ACTOR_NAMES, LISP_FORM_NAMES } from '../../../build/generated/lisp_names.ts';
import type { Language } from './program.ts';

export type TokenKind =
  | 'text'
  | 'comment'
  | 'string'
  | 'number'
  | 'constant'
  | 'mnemonic'
  | 'control'
  | 'actor'
  | 'label'
  | 'name'
  | 'bracket';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

export type TokenLine = readonly Token[];

const CONTROL =
  /^(?:JMP|JZ|JNZ|CALL\w*|TAIL_CALL\w*|RET|HALT|TRY|CATCH|END_TRY|THROW|MAKE_FUNCTION|MAKE_LAMBDA|CAPTURE|IMPORT|EXPORT)$/i;
const ACTOR =
  /^(?:SPAWN\w*|SEND\w*|RECEIVE\w*|SELF|YIELD|REGISTER|UNREGISTER|WHEREIS|LINK|UNLINK|MONITOR|DEMONITOR|TRAP_EXIT|EXIT_\w+|MAILBOX_\w+|PROCESS\w*|START_?SUPERVISOR|SUPERVISE_\w+|RESTART_CHILD|STOP_CHILD|CHILDREN|RUN_SUPERVISOR)$/i;
const TAKES_LABEL =
  /^(?:JMP|JZ|JNZ|CALL|TAIL_CALL|TRY|MAKE_FUNCTION|MAKE_LAMBDA|RECEIVE_TIMEOUT|JMP_ADDR|JZ_ADDR|CALL_ADDR)$/i;

const LISP_FORMS = new Set(LISP_FORM_NAMES);
const LISP_ACTORS = new Set(LISP_ACTOR_NAMES);

export function tokenize(text: string, language: Language): TokenLine[] {
  if (language === 'lisp') return tokenizeLisp(text);
  const lines = text.split(/\r\n|\n|\r/);
  return language === 'ttvm'
    ? lines.map(tokenizeTtvmLine)
    : lines.map((line) => [{ kind: 'text', text: line }]);
}

export function mnemonicKind(mnemonic: string): TokenKind {
  return /^LABEL$/i.test(mnemonic) || CONTROL.test(mnemonic)
    ? 'control'
    : ACTOR.test(mnemonic)
      ? 'actor'
      : 'mnemonic';
}

function tokenizeTtvmLine(line: string): TokenLine {
  const tokens: Token[] = [];
  const head = /^(\s*)([A-Za-z_][A-Za-z0-9_]*)?/.exec(line);
  const indent = head?.[1] ?? '';
  const mnemonic = head?.[2] ?? '';
  if (indent !== '') tokens.push({ kind: 'text', text: indent });
  if (mnemonic !== '') tokens.push({ kind: mnemonicKind(mnemonic), text: mnemonic });
  const rest = line.slice(indent.length + mnemonic.length);
  if (/^PUSH_STR$/i.test(mnemonic) && /^\s+[^\s";]/.test(rest)) {
    const bare = /^[^;]*/.exec(rest)?.[0] ?? '';
    tokens.push({ kind: 'string', text: bare });
    if (bare.length < rest.length) tokens.push({ kind: 'comment', text: rest.slice(bare.length) });
    return tokens;
  }
  const expectsLabel = /^LABEL$/i.test(mnemonic) || TAKES_LABEL.test(mnemonic);
  let first = true;
  for (const match of rest.matchAll(/(\s+)|(;.*)|("(?:[^"\\]|\\.)*"?)|([^\s;"]+)/g)) {
    const word = match[4];
    if (match[1] !== undefined) tokens.push({ kind: 'text', text: match[1] });
    else if (match[2] !== undefined) tokens.push({ kind: 'comment', text: match[2] });
    else if (match[3] !== undefined)
      tokens.push({ kind: first && expectsLabel ? 'label' : 'string', text: match[3] });
    else if (word !== undefined) tokens.push({ kind: operandKind(word, first && expectsLabel), text: word });
    if (match[1] === undefined) first = false;
  }
  return tokens;
}

function operandKind(word: string, label: boolean): TokenKind {
  if (/^[-+]?(?:\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?|0x[0-9a-f]+|inf|nan)$/i.test(word)) return 'number';
  if (label) return 'label';
  return /^(?:true|false|null)$/i.test(word) ? 'constant' : 'name';
}

function tokenizeLisp(text: string): TokenLine[] {
  const lines: Token[][] = [[]];
  const pattern =
    /(#\|[\s\S]*?(?:\|#|$))|(;.*)|("(?:[^"\\]|\\[\s\S])*"?)|([()[\]{}'`,@])|(\s+)|([^\s()[\]{}"';`,]+)/g;
  let afterOpen = false;
  for (const match of text.matchAll(pattern)) {
    const kind: TokenKind =
      match[1] !== undefined || match[2] !== undefined
        ? 'comment'
        : match[3] !== undefined
          ? 'string'
          : match[4] !== undefined
            ? 'bracket'
            : match[5] !== undefined
              ? 'text'
              : lispWordKind(match[0], afterOpen);
    match[0].split(/\r\n|\n|\r/).forEach((part, i) => {
      if (i > 0) lines.push([]);
      if (part !== '') lines.at(-1)?.push({ kind, text: part });
    });
    if (match[5] === undefined) afterOpen = match[4] === '(' || match[4] === '[';
  }
  return lines;
}

function lispWordKind(word: string, afterOpen: boolean): TokenKind {
  if (/^[-+]?\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?$/i.test(word)) return 'number';
  if (/^(?:#t|#f|null)$/.test(word)) return 'constant';
  if (LISP_ACTORS.has(word)) return afterOpen ? 'actor' : 'name';
  if (LISP_FORMS.has(word)) return 'control';
  return afterOpen ? 'mnemonic' : 'name';
}
