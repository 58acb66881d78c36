// SPDX-License-Identifier: MIT
/** `?src=` of the page's address: where a program is to be had from, and what comes back from there. */
import { isRecord, makeProgram, nameProblem } from './program.ts';
import type { Program, SourceFile } from './program.ts';

export interface SourceAddress {
  /** As the reader knows it. */
  readonly shown: string;
  /** What is really asked for. */
  readonly url: URL;
  /** A gist comes as a list of files, anything else as one file's text. */
  readonly kind: 'file' | 'gist';
}

/** Largest answer that is taken as a program. */
export const MAX_SOURCE_BYTES = 1 << 20;

/**
 * Pages that show a file or a gist are turned into the addresses of their contents; a bare gist id is taken, too.
 * `null`: no address of a program.
 */
export function parseSource(text: string): SourceAddress | null {
  const id = /^[0-9a-f]{20,40}$/.exec(text.trim());
  if (id) return gist(id[0], `https://gist.github.com/${id[0]}`);
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return null;
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  if (url.username !== '' || url.password !== '') return null;
  const parts = url.pathname.split('/').filter((part) => part !== '');
  if (url.hostname === 'gist.github.com') {
    const last = parts.find((part) => /^[0-9a-f]{20,40}$/.test(part));
    return last === undefined ? null : gist(last, url.href);
  }
  if (url.hostname === 'github.com' && parts[2] === 'blob' && parts.length > 4) {
    const [owner = '', repository = '', , ...rest] = parts;
    const raw = new URL(`https://raw.githubusercontent.com/${owner}/${repository}/${rest.join('/')}`);
    return { shown: url.href, url: raw, kind: 'file' };
  }
  return { shown: url.href, url, kind: 'file' };
}

function gist(id: string, shown: string): SourceAddress {
  return { shown, url: new URL(`https://api.github.com/gists/${id}`), kind: 'gist' };
}

/** The program in an answer. Throws with words for the reader. */
export function readSource(address: SourceAddress, text: string): Program {
  if (address.kind === 'gist') return readGist(text);
  const name = decodeURIComponent(address.url.pathname.split('/').at(-1) ?? '');
  const usable = nameProblem(name) === null && /\.(ttvm|lisp)$/i.test(name);
  return makeProgram([{ name: usable ? name : 'main.ttvm', content: text }]);
}

function readGist(text: string): Program {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('The answer is not a gist.');
  }
  const listed = isRecord(value) ? value['files'] : undefined;
  if (!isRecord(listed)) throw new Error('The answer is not a gist.');
  const files: SourceFile[] = [];
  for (const [name, entry] of Object.entries(listed)) {
    if (!isRecord(entry) || typeof entry['content'] !== 'string' || nameProblem(name) !== null) continue;
    if (entry['truncated'] === true) throw new Error(`${name} is too large.`);
    files.push({ name, content: entry['content'] });
  }
  if (files.length === 0) throw new Error('The gist has no file that can be shown.');
  return makeProgram(files);
}
