// SPDX-License-Identifier: MIT
/** Places such as `main.ttvm:12` or `lib/a.lisp:3:7` in a line of output. */
export interface SourceLink {
  /** UTF-16 offsets in the line, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly file: string;
  readonly line: number;
  readonly column: number | null;
}

const PATTERN = /([A-Za-z0-9_][A-Za-z0-9_./-]*\.(?:ttvm|lisp)):(\d{1,7})(?::(\d{1,6}))?/g;

export function findSourceLinks(text: string): SourceLink[] {
  const links: SourceLink[] = [];
  for (const match of text.matchAll(PATTERN)) {
    links.push({
      start: match.index,
      end: match.index + match[0].length,
      file: match[1] ?? '',
      line: Number(match[2]),
      column: match[3] === undefined ? null : Number(match[3]),
    });
  }
  return links;
}
