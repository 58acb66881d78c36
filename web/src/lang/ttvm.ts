// SPDX-License-Identifier: MIT
/** Monaco's knowledge of `.ttvm`: colours, completion, hover, labels, outline, folding, rename. */
import * as monaco from 'monaco-editor/editor';
import { mnemonicKind } from '../model/highlight.ts';
import { commentAbove, labelMentions } from '../model/outline.ts';
import type { LabelMention } from '../model/outline.ts';
import {
  BUILTINS,
  INSTRUCTIONS,
  describeBuiltin,
  describeInstruction,
  findBuiltin,
  findInstruction,
  spellings,
} from './tables.ts';

const ID = 'ttvm';
const LABEL_AT_END =
  /^\s*(?:JMP|JZ|JNZ|CALL|TAIL_CALL|TRY|MAKE_FUNCTION|MAKE_LAMBDA|RECEIVE_TIMEOUT)\s+\S*$/i;
const VARIABLE_AT_END = /^\s*(?:LOAD|STORE|STORE_GLOBAL|DELETE|CAPTURE|EXPORT|LOAD_VAR|STORE_VAR)\s+\S*$/i;

export function registerTtvm(): void {
  monaco.languages.register({ id: ID, extensions: ['.ttvm'], aliases: ['TinyTotVM'] });
  monaco.languages.setLanguageConfiguration(ID, {
    comments: { lineComment: ';' },
    autoClosingPairs: [{ open: '"', close: '"', notIn: ['string', 'comment'] }],
    surroundingPairs: [{ open: '"', close: '"' }],
    wordPattern: /[A-Za-z0-9_.?!*-]+/,
    onEnterRules: [{ beforeText: /^\s*;.*\S/, action: { indentAction: monaco.languages.IndentAction.None } }],
  });
  monaco.languages.setMonarchTokensProvider(ID, tokens());
  monaco.languages.registerCompletionItemProvider(ID, { provideCompletionItems: complete });
  monaco.languages.registerHoverProvider(ID, { provideHover: hover });
  monaco.languages.registerDefinitionProvider(ID, {
    provideDefinition: (model, position) => places(model, position, (one) => one.definition),
  });
  monaco.languages.registerReferenceProvider(ID, {
    provideReferences: (model, position) => places(model, position, () => true),
  });
  monaco.languages.registerRenameProvider(ID, {
    provideRenameEdits: rename,
    resolveRenameLocation: renameAt,
  });
  monaco.languages.registerDocumentSymbolProvider(ID, { provideDocumentSymbols: outline });
  monaco.languages.registerFoldingRangeProvider(ID, { provideFoldingRanges: fold });
}

function tokens(): monaco.languages.IMonarchLanguage {
  const all = spellings();
  const ofKind = (kind: string): string[] => all.filter((text) => mnemonicKind(text) === kind);
  return {
    ignoreCase: true,
    defaultToken: '',
    control: [...ofKind('control'), 'LABEL'],
    actor: ofKind('actor'),
    instruction: ofKind('mnemonic'),
    tokenizer: {
      root: [
        [
          /^(\s*)(LABEL|JMP|JZ|JNZ|CALL|TAIL_?CALL|TRY|MAKE_?FUNCTION|MAKE_?LAMBDA)(\s+)([^\s;"]+)/,
          ['', 'control', '', 'label'],
        ],
        [/^(\s*)(RECEIVE_?TIMEOUT)(\s+)([^\s;"]+)/, ['', 'actor', '', 'label']],
        [/^(\s*)(PUSH_?STR)(\s+)([^\s";][^;]*)/, ['', 'instruction', '', 'string']],
        [
          /^(\s*)([a-z_]\w*)/,
          [
            '',
            {
              cases: {
                '@control': 'control',
                '@actor': 'actor',
                '@instruction': 'instruction',
                '@default': 'name',
              },
            },
          ],
        ],
        [/;.*$/, 'comment'],
        [/"(?:[^"\\]|\\.)*"/, 'string'],
        [/"(?:[^"\\]|\\.)*$/, 'string.invalid'],
        [/[-+]?(?:0x[0-9a-f]+|\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?)(?=[\s;,]|$)/, 'number'],
        [/(?:true|false|null|inf|nan)(?=[\s;,]|$)/, 'constant'],
        [/[^\s;",]+/, 'name'],
      ],
    },
  };
}

function complete(
  model: monaco.editor.ITextModel,
  position: monaco.Position,
): monaco.languages.CompletionList {
  const before = model.getLineContent(position.lineNumber).slice(0, position.column - 1);
  const word = model.getWordUntilPosition(position);
  const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn);
  const { CompletionItemKind } = monaco.languages;
  if (/^\s*\S*$/.test(before)) {
    const list = INSTRUCTIONS.map((instruction) => ({
      label: { label: instruction.mnemonic, description: instruction.picture },
      kind: CompletionItemKind.Keyword,
      insertText: instruction.operands === '' ? instruction.mnemonic : `${instruction.mnemonic} `,
      documentation: { value: describeInstruction(instruction) },
      range,
    }));
    return { suggestions: [...list, labelDirective(range)] };
  }
  if (/^\s*BUILTIN\s+\S*$/i.test(before)) {
    return {
      suggestions: BUILTINS.map((builtin) => ({
        label: { label: builtin.name, description: builtin.signature },
        kind: CompletionItemKind.Function,
        insertText: builtin.name,
        documentation: { value: describeBuiltin(builtin) },
        range,
      })),
    };
  }
  const names = LABEL_AT_END.test(before)
    ? labelMentions(model.getValue())
        .filter((one) => one.definition)
        .map((one) => one.name)
    : VARIABLE_AT_END.test(before)
      ? variables(model.getValue())
      : [];
  const kind = LABEL_AT_END.test(before) ? CompletionItemKind.Reference : CompletionItemKind.Variable;
  return { suggestions: [...new Set(names)].map((name) => ({ label: name, kind, insertText: name, range })) };
}

function labelDirective(range: monaco.Range): monaco.languages.CompletionItem {
  return {
    label: { label: 'LABEL', description: 'names the next instruction' },
    kind: monaco.languages.CompletionItemKind.Keyword,
    insertText: 'LABEL ',
    documentation: { value: 'Marks the next instruction; takes no slot.' },
    range,
  };
}

function variables(text: string): string[] {
  const names = new Set<string>();
  for (const match of text.matchAll(/^\s*(?:STORE|STORE_GLOBAL|STORE_VAR)\s+([^\s;"]+)/gim))
    names.add(match[1] ?? '');
  for (const match of text.matchAll(/^\s*(?:CALL|MAKE_FUNCTION|MAKE_LAMBDA)\s+\S+\s+([^;\n]+)/gim)) {
    for (const name of (match[1] ?? '').trim().split(/[\s,]+/)) names.add(name);
  }
  return [...names].filter((name) => name !== '');
}

function hover(model: monaco.editor.ITextModel, position: monaco.Position): monaco.languages.Hover | null {
  const line = model.getLineContent(position.lineNumber);
  const first = /^(\s*)([A-Za-z_]\w*)/.exec(line);
  if (first !== null) {
    const start = (first[1] ?? '').length + 1;
    const mnemonic = first[2] ?? '';
    const end = start + mnemonic.length;
    if (position.column >= start && position.column <= end) {
      const found = findInstruction(mnemonic);
      const range = new monaco.Range(position.lineNumber, start, position.lineNumber, end);
      return found === undefined ? null : { range, contents: [{ value: describeInstruction(found) }] };
    }
    if (/^BUILTIN$/i.test(mnemonic)) {
      const word = model.getWordAtPosition(position);
      const found = word === null ? undefined : findBuiltin(word.word);
      return found === undefined ? null : { contents: [{ value: describeBuiltin(found) }] };
    }
  }
  const mention = mentionAt(model, position);
  const defined = labelMentions(model.getValue()).find((one) => one.definition && one.name === mention?.name);
  if (mention === undefined || defined === undefined) return null;
  const about = commentAbove(model.getLinesContent(), defined.line);
  const contents = [{ value: `Label **${defined.name}**, line ${defined.line}` }];
  if (about !== '') contents.push({ value: about });
  return { range: rangeOf(mention), contents };
}

function rangeOf(one: LabelMention): monaco.Range {
  return new monaco.Range(one.line, one.column, one.line, one.endColumn);
}

function mentionAt(model: monaco.editor.ITextModel, position: monaco.Position): LabelMention | undefined {
  return labelMentions(model.getValue()).find((one) => rangeOf(one).containsPosition(position));
}

function places(
  model: monaco.editor.ITextModel,
  position: monaco.Position,
  wanted: (one: LabelMention) => boolean,
): monaco.languages.Location[] {
  const mention = mentionAt(model, position);
  if (mention === undefined) return [];
  return labelMentions(model.getValue())
    .filter((one) => one.name === mention.name && wanted(one))
    .map((one) => ({ uri: model.uri, range: rangeOf(one) }));
}

function renameAt(
  model: monaco.editor.ITextModel,
  position: monaco.Position,
): monaco.languages.RenameLocation & monaco.languages.Rejection {
  const mention = mentionAt(model, position);
  if (mention === undefined) {
    return { range: new monaco.Range(1, 1, 1, 1), text: '', rejectReason: 'Only labels can be renamed.' };
  }
  return { range: rangeOf(mention), text: mention.name };
}

function rename(
  model: monaco.editor.ITextModel,
  position: monaco.Position,
  newName: string,
): monaco.languages.WorkspaceEdit & monaco.languages.Rejection {
  if (!/^[A-Za-z0-9_.?!*-]+$/.test(newName) || /^\d+$/.test(newName)) {
    return { edits: [], rejectReason: 'Labels are made of letters, digits and _ . - ? ! *' };
  }
  return {
    edits: places(model, position, () => true).map(({ uri, range }) => ({
      resource: uri,
      versionId: model.getVersionId(),
      textEdit: { range, text: newName },
    })),
  };
}

function outline(model: monaco.editor.ITextModel): monaco.languages.DocumentSymbol[] {
  const labels = labelMentions(model.getValue()).filter((one) => one.definition);
  return labels.map((label, i) => {
    const last = (labels[i + 1]?.line ?? model.getLineCount() + 1) - 1;
    return {
      name: label.name,
      detail: '',
      kind: monaco.languages.SymbolKind.Function,
      tags: [],
      range: new monaco.Range(
        label.line,
        1,
        Math.max(label.line, last),
        model.getLineMaxColumn(Math.max(label.line, last)),
      ),
      selectionRange: rangeOf(label),
    };
  });
}

/** A label folds down to the last line that is not blank before the next one; comments fold together. */
function fold(model: monaco.editor.ITextModel): monaco.languages.FoldingRange[] {
  const ranges: monaco.languages.FoldingRange[] = [];
  const lines = model.getLinesContent();
  let label = 0;
  let comment = 0;
  let filled = 0;
  lines.forEach((line, i) => {
    const number = i + 1;
    const isComment = /^\s*;/.test(line);
    if (isComment && comment === 0) comment = number;
    if (!isComment && comment !== 0) {
      if (number - 1 > comment)
        ranges.push({ start: comment, end: number - 1, kind: monaco.languages.FoldingRangeKind.Comment });
      comment = 0;
    }
    if (/^\s*LABEL\b/i.test(line)) {
      if (label !== 0 && filled > label) ranges.push({ start: label, end: filled });
      label = number;
    }
    if (line.trim() !== '' && !isComment) filled = number;
  });
  if (label !== 0 && filled > label) ranges.push({ start: label, end: filled });
  return ranges;
}
