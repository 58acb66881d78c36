// SPDX-License-Identifier: MIT
/** The core's formatter as the editor's: whole documents, and the indentation of a new line of Lisp. */
import * as monaco from 'monaco-editor/editor';

/** What `ttvm fmt` makes of a text; rejects when the engine cannot be asked. */
export type Format = (file: string, text: string) => Promise<string>;

const FILES: Readonly<Record<string, string>> = { ttvm: 'a.ttvm', lisp: 'a.lisp' };

/** Where a line would begin that comes after this text. */
async function indentAfter(format: Format, before: string): Promise<string> {
  const formatted = await format('a.lisp', `${before}\n_`);
  const last = formatted.trimEnd().split('\n').at(-1) ?? '';
  return /^ */.exec(last)?.[0] ?? '';
}

export function registerFormatters(current: () => Format | null): void {
  for (const [language, file] of Object.entries(FILES)) {
    monaco.languages.registerDocumentFormattingEditProvider(language, {
      async provideDocumentFormattingEdits(model) {
        const text = (await current()?.(file, model.getValue())) ?? model.getValue();
        return text === model.getValue() ? [] : [{ range: model.getFullModelRange(), text }];
      },
    });
  }
  monaco.languages.registerOnTypeFormattingEditProvider('lisp', {
    autoFormatTriggerCharacters: ['\n'],
    async provideOnTypeFormattingEdits(model, position) {
      const format = current();
      if (format === null) return [];
      const line = position.lineNumber;
      const before = model.getValueInRange(
        new monaco.Range(1, 1, line - 1, model.getLineMaxColumn(line - 1)),
      );
      const indent = await indentAfter(format, before);
      const found = /^\s*/.exec(model.getLineContent(line))?.[0] ?? '';
      if (found === indent) return [];
      return [{ range: new monaco.Range(line, 1, line, found.length + 1), text: indent }];
    },
  });
}
