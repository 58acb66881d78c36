// SPDX-License-Identifier: MIT
/** Modules that the build makes; see `web/plugins`. */
declare module 'virtual:engine' {
  /** Folder of the engine's files relative to the page, ending in `/`. */
  export const ENGINE_FOLDER: string;
}

declare module 'virtual:examples' {
  export interface Example {
    readonly id: string;
    readonly group: string;
    readonly title: string;
    readonly description: string;
    readonly language: 'ttvm' | 'lisp';
    readonly main: string;
    readonly files: readonly string[];
    readonly tags: readonly string[];
    /** Options, arguments and environment that the example asks for. */
    readonly run: Readonly<Record<string, unknown>>;
  }
  export const EXAMPLES: readonly Example[];
}

declare module 'virtual:example-sources' {
  export const SOURCES: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

declare module 'virtual:first-example' {
  export const FIRST_EXAMPLE: {
    readonly id: string;
    readonly main: string;
    readonly files: Readonly<Record<string, string>>;
  } | null;
}

declare module 'monaco-editor/features/register.all';
