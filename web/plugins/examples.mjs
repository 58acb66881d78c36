// SPDX-License-Identifier: MIT
/**
 * The examples of the gallery, read from the `examples` folder at build time.
 *  virtual:examples        the list: id, group, title, description, files
 *  virtual:example-sources id → file name → text, loaded when an example is opened
 *  virtual:first-example   the one that a first visit shows, with its text
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

const NAMES = ['virtual:examples', 'virtual:example-sources', 'virtual:first-example'];
/** Which example greets a first visit: the first of these that exists. */
const FIRST = ['coffee_shop_demo', 'showcase', 'hello'];
const SOURCE = /\.(?:ttvm|lisp)$/;

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join('/'))
    .sort();
}

/** Leading comments: the first line is the title, the rest up to expectations is the description. */
export function describe(text, id) {
  const lines = [];
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*;+\s?(.*)$/.exec(line);
    if (!match && (line.trim() !== '' || lines.length > 0)) break;
    if (match) lines.push(match[1].trim());
  }
  const usable = [];
  for (const line of lines) {
    if (isExpectation(line)) continue;
    if (/^SPDX-/.test(line)) continue;
    usable.push(line.replace(/^[-=*─═\s]+$/, ''));
  }
  const start = usable.findIndex((line) => line !== '');
  const words = posix.basename(id).replace(/_/g, ' ');
  if (start < 0) return { title: sentence(words), description: '' };
  const rest = usable.slice(start + 1);
  return { title: sentence(usable[start].replace(/[.:]$/, '')), description: rest.join(' ').replace(/\s+/g, ' ').trim() };
}

function isExpectation(line) {
  return /^(?:expect|exit|status|args?|stdin|seed|skip|error|stdout|stderr|options?|flags?|mode)[\w -]*:/i.test(line);
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Files that an example needs: what it imports or spawns beside itself, transitively. */
function companions(folder, id) {
  const files = new Map();
  const visit = (path) => {
    if (files.has(path)) return;
    const text = readFileSync(join(folder, path), 'utf8');
    files.set(path, text);
    for (const match of text.matchAll(/^\s*(?:\(?import|IMPORT)\s+"?([^"\s;)]+)"?/gim)) {
      const base = posix.join(posix.dirname(path), match[1]);
      for (const candidate of [base, `${base}.ttvm`, `${base}.lisp`]) {
        if (SOURCE.test(candidate) && existsSync(join(folder, candidate))) visit(candidate);
      }
    }
  };
  visit(id);
  return files;
}

function readExamples(folder) {
  const manifest = readManifest(folder);
  const entries = [];
  const imported = new Set();
  for (const path of listFiles(folder).filter((name) => SOURCE.test(name))) {
    const files = companions(folder, path);
    for (const other of files.keys()) if (other !== path) imported.add(other);
    const id = path.replace(SOURCE, '');
    const base = dirname(path) === '.' ? '' : `${posix.dirname(path)}/`;
    const within = [...files].filter(([name]) => name.startsWith(base));
    entries.push({
      id,
      path,
      group: base === '' ? 'Start here' : sentence(base.slice(0, -1).replace(/[_/]/g, ' ')),
      language: path.endsWith('.lisp') ? 'lisp' : 'ttvm',
      main: path.slice(base.length),
      ...describe(files.get(path), id),
      ...manifest.get(path),
      sources: Object.fromEntries(within.map(([name, text]) => [name.slice(base.length), text])),
    });
  }
  // A module that others import is shown with them, not as a program of its own, unless it is titled.
  const modules = /(?:^|\/)(?:modules?|lib)\/|_module\.|_lib\./;
  const shown = entries.filter((entry) => !(imported.has(entry.path) && modules.test(entry.path)));
  return shown.sort(
    (a, b) =>
      Number(a.group !== 'Start here') - Number(b.group !== 'Start here') ||
      a.group.localeCompare(b.group) ||
      a.id.localeCompare(b.id),
  );
}

/** `examples/manifest.json`, when there is one, may give titles, groups and descriptions. */
function readManifest(folder) {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) return new Map();
  const value = JSON.parse(readFileSync(path, 'utf8'));
  const list = Array.isArray(value) ? value : (value.examples ?? []);
  return new Map(
    list
      .filter((entry) => typeof entry?.file === 'string' || typeof entry?.path === 'string')
      .map((entry) => {
        const known = {};
        for (const name of ['title', 'group', 'description']) {
          if (typeof entry[name] === 'string') known[name] = entry[name];
        }
        return [entry.file ?? entry.path, known];
      }),
  );
}

export function examples(folder) {
  let found;
  return {
    name: 'ttvm-examples',
    buildStart() {
      found = readExamples(folder);
      for (const path of listFiles(folder)) this.addWatchFile(join(folder, path));
    },
    resolveId(id) {
      return NAMES.includes(id) ? `\0${id}` : null;
    },
    load(id) {
      if (id === '\0virtual:examples') {
        const list = found.map(({ sources, path: _path, ...entry }) => ({ ...entry, files: Object.keys(sources) }));
        return `export const EXAMPLES = ${JSON.stringify(list)};`;
      }
      if (id === '\0virtual:example-sources') {
        const sources = found.map((entry) => [entry.id, entry.sources]);
        return `export const SOURCES = ${JSON.stringify(Object.fromEntries(sources))};`;
      }
      if (id === '\0virtual:first-example') {
        const first = FIRST.map((name) => found.find((entry) => entry.id === name)).find(Boolean) ?? found[0];
        const value = first ? { id: first.id, main: first.main, files: first.sources } : null;
        return `export const FIRST_EXAMPLE = ${JSON.stringify(value)};`;
      }
      return null;
    },
  };
}
