// SPDX-License-Identifier: MIT
/** The checker's findings as squiggles, and its suggestions as quick fixes. */
import * as monaco from 'monaco-editor/editor';
import type { Diagnostic } from '../../../wasm-glue/ts/index.ts';

const OWNER = 'ttvm-check';

export function setMarkers(model: monaco.editor.ITextModel, list: readonly Diagnostic[]): void {
  monaco.editor.setModelMarkers(model, OWNER, list.map(toMarker));
}

function toMarker(one: Diagnostic): monaco.editor.IMarkerData {
  return {
    startLineNumber: one.line,
    startColumn: one.column,
    endLineNumber: one.line,
    endColumn: Math.max(one.endColumn, one.column + 1),
    severity: one.severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
    message: one.suggestion === undefined ? one.message : `${one.message} (did you mean ${one.suggestion}?)`,
    source: 'ttvm',
  };
}

export function registerQuickFixes(languages: readonly string[], known: () => readonly Diagnostic[]): void {
  for (const language of languages) {
    monaco.languages.registerCodeActionProvider(language, {
      provideCodeActions(model, range, context) {
        const actions = context.markers.flatMap((marker): monaco.languages.CodeAction[] => {
          const found = known().find(
            (one) =>
              one.line === marker.startLineNumber &&
              one.column === marker.startColumn &&
              marker.message.startsWith(one.message),
          );
          if (found?.suggestion === undefined) return [];
          const where = new monaco.Range(found.line, found.column, found.line, found.endColumn);
          if (!monaco.Range.areIntersectingOrTouching(where, range)) return [];
          return [
            {
              title: `Change to “${found.suggestion}”`,
              kind: 'quickfix',
              isPreferred: true,
              diagnostics: [marker],
              edit: {
                edits: [
                  {
                    resource: model.uri,
                    versionId: model.getVersionId(),
                    textEdit: { range: where, text: found.suggestion },
                  },
                ],
              },
            },
          ];
        });
        return { actions, dispose: () => undefined };
      },
    });
  }
}
