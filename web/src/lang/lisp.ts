// SPDX-License-Identifier: MIT
/** Monaco's knowledge of `.lisp`: colours, brackets, completion of forms and of the file's own names. */
import * as monaco from 'monaco-editor/editor';
import { LISP_NAMES, findLispName } from './lisp_forms.ts';

const ID = 'lisp';

export function registerLisp(): void {
  monaco.languages.register({ id: ID, extensions: ['.lisp'], aliases: ['TinyTot Lisp'] });
  monaco.languages.setLanguageConfiguration(ID, {
    comments: { lineComment: ';', blockComment: ['#|', '|#'] },
    brackets: [
      ['(', ')'],
      ['[', ']'],
      ['{', '}'],
    ],
    autoClosingPairs: [
      { open: '(', close: ')' },
      { open: '[', close: ']' },
      { open: '{', close: '}' },
      { open: '"', close: '"', notIn: ['string', 'comment'] },
    ],
    wordPattern: /[^\s()[\]{}"';`,]+/,
  });
  monaco.languages.setMonarchTokensProvider(ID, {
    defaultToken: '',
    forms: LISP_NAMES.filter((one) => one.kind === 'form').map((one) => one.name),
    actors: LISP_NAMES.filter((one) => one.kind === 'actor').map((one) => one.name),
    brackets: [
      { open: '(', close: ')', token: 'bracket' },
      { open: '[', close: ']', token: 'bracket' },
      { open: '{', close: '}', token: 'bracket' },
    ],
    tokenizer: {
      root: [
        [/#\|/, 'comment', '@comment'],
        [/;.*$/, 'comment'],
        [/"/, 'string', '@string'],
        [
          /(\()(\s*)([^\s()[\]{}"';`,]+)/,
          [
            '@brackets',
            '',
            {
              cases: {
                '@forms': 'control',
                '@actors': 'actor',
                '[-+]?\\d.*': 'number',
                '@default': 'instruction',
              },
            },
          ],
        ],
        [/[()[\]{}]/, '@brackets'],
        [/[-+]?\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?(?=[\s()[\]{};]|$)/i, 'number'],
        [/(?:#t|#f|null)(?=[\s()[\]{};]|$)/, 'constant'],
        [/['`,]@?/, 'control'],
        [/[^\s()[\]{}"';`,]+/, { cases: { '@forms': 'control', '@default': 'name' } }],
      ],
      string: [
        [/[^"\\]+/, 'string'],
        [/\\./, 'string'],
        [/"/, 'string', '@pop'],
      ],
      comment: [
        [/\|#/, 'comment', '@pop'],
        [/[^|#]+|[|#]/, 'comment'],
      ],
    },
  });
  monaco.languages.registerCompletionItemProvider(ID, { provideCompletionItems: complete });
  monaco.languages.registerHoverProvider(ID, { provideHover: hover });
  monaco.languages.registerDocumentSymbolProvider(ID, { provideDocumentSymbols: outline });
  monaco.languages.registerDefinitionProvider(ID, { provideDefinition: definition });
}

function complete(
  model: monaco.editor.ITextModel,
  position: monaco.Position,
): monaco.languages.CompletionList {
  const word = model.getWordUntilPosition(position);
  const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn);
  const { CompletionItemKind } = monaco.languages;
  const known = LISP_NAMES.map((one) => ({
    label: { label: one.name, description: one.shape },
    kind: one.kind === 'form' ? CompletionItemKind.Keyword : CompletionItemKind.Function,
    insertText: one.name,
    documentation: one.doc,
    range,
  }));
  const own = [...new Set(definitions(model.getValue()).map((one) => one.name))].map((name) => ({
    label: name,
    kind: CompletionItemKind.Function,
    insertText: name,
    range,
  }));
  return { suggestions: [...own, ...known] };
}

function hover(model: monaco.editor.ITextModel, position: monaco.Position): monaco.languages.Hover | null {
  const word = model.getWordAtPosition(position)?.word;
  const known = word === undefined ? undefined : findLispName(word);
  return known === undefined ? null : { contents: [{ value: `\`${known.shape}\`\n\n${known.doc}` }] };
}

interface Definition {
  name: string;
  line: number;
  column: number;
}

function definitions(text: string): Definition[] {
  const found: Definition[] = [];
  text.split('\n').forEach((content, i) => {
    for (const match of content.matchAll(/(\((?:define|define-macro)\s+\(?\s*)([^\s()[\]{}"';`,]+)/g)) {
      found.push({ name: match[2] ?? '', line: i + 1, column: match.index + (match[1] ?? '').length + 1 });
    }
  });
  return found;
}

function rangeOf(one: Definition): monaco.Range {
  return new monaco.Range(one.line, one.column, one.line, one.column + one.name.length);
}

function outline(model: monaco.editor.ITextModel): monaco.languages.DocumentSymbol[] {
  return definitions(model.getValue()).map((one) => ({
    name: one.name,
    detail: '',
    kind: monaco.languages.SymbolKind.Function,
    tags: [],
    range: rangeOf(one),
    selectionRange: rangeOf(one),
  }));
}

function definition(model: monaco.editor.ITextModel, position: monaco.Position): monaco.languages.Location[] {
  const word = model.getWordAtPosition(position)?.word;
  return definitions(model.getValue())
    .filter((one) => one.name === word)
    .map((one) => ({ uri: model.uri, range: rangeOf(one) }));
}
