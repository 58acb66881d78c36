// SPDX-License-Identifier: MIT
/**
 * The examples of the gallery, read from the `examples` folder at build time.
 *  virtual:examples        the list: id, group, title, description, files
 *  virtual:example-sources id → file name → text, loaded when an example is opened
 *  virtual:first-example   the one that a first visit shows, with its text
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';

const NAMES = ['virtual:examples', 'virtual:example-sources', 'virtual:first-example'];
/** Which example greets a first visit: the first of these that exists. */
const FIRST = ['coffee_shop_demo', 'showcase', 'hello'];
const SOURCE = /\.(?:ttvm|lisp)$/;

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(folder, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    )
    .sort();
}

/**
 * The comments before the first instruction: `title:`, `tags:`, then prose. The licence, drawings (indented
 * lines) and what tests expect are not for the gallery. `module:` marks files that are only imported.
 */
export function describe(text, id) {
  const about = { title: '', tags: [], prose: [], run: {}, module: false };
  let leading = true;
  for (const raw of text.split(/\r?\n/)) {
    const comment = /^\s*;+ ?(.*)$/.exec(raw);
    if (!comment) {
      if (raw.trim() !== '') leading = false;
      continue;
    }
    const [, name, value = ''] = /^\s*([a-z]+(?:-[a-z]+)*)(?::\s*(.*)|\s*)$/.exec(comment[1]) ?? [];
    if (comment[1].startsWith('SPDX-')) continue;
    if (name === 'title') about.title = value.trim();
    else if (name === 'tags')
      about.tags = value
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean);
    else if (name === 'module') about.module = true;
    else if (name === 'args') about.run.args = splitWords(value);
    else if (name === 'env') about.run.env = { ...about.run.env, ...readVariable(value) };
    else if (name === 'options') Object.assign(about.run, readOptions(splitWords(value)));
    else if (!EXPECTATION.test(name ?? '') && leading && !/^ {3,}/.test(comment[1]))
      about.prose.push(comment[1].trim());
  }
  const prose = about.prose
    .join('\n')
    .replace(/^Look at:[^]*$/m, '')
    .trim();
  const words = posix.basename(id).replace(/_/g, ' ');
  const [first = '', ...rest] = prose.split('\n');
  return {
    title: about.title || sentence(first.replace(/[.:]$/, '') || words),
    description: (about.title ? prose : rest.join('\n')).replace(/\s+/g, ' ').trim(),
    tags: about.tags,
    run: about.run,
    module: about.module,
  };
}

const EXPECTATION = /^(?:expect.*|exit|stdin.*|modes|timeout|skip)$/;

/** Words separated by blanks; "a b" is one word. */
function splitWords(text) {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
}

function readVariable(text) {
  const at = text.indexOf('=');
  return at < 1 ? {} : { [text.slice(0, at)]: text.slice(at + 1) };
}

/** What the command line's options of an example mean on the page. */
function readOptions(words) {
  const options = {};
  words.forEach((word, i) => {
    if (word === '--seed') options.seed = Number(words[i + 1]);
    if (word === '--virtual-time') options.virtualTime = true;
    if (word === '--no-smp') options.deterministic = true;
    if (word === '--workers') options.workers = Number(words[i + 1]);
    if (word === '--gc' && words[i + 1] === 'no-gc') options.gc = 'no-gc';
  });
  return options;
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** IMPORT of a module, and SPAWN of a text, which may name a file. */
const NEEDS = /(?:^\s*\(?import\s+"?|^\s*PUSH_STR\s+"(?=[^"\n]*"\s*\n\s*SPAWN)|\(spawn\s+")([^"\s;)]+)"?/gim;

/** Files that an example needs: what it imports or spawns beside itself, transitively. */
function companions(folder, id) {
  const files = new Map();
  const visit = (path) => {
    if (files.has(path)) return;
    const text = readFileSync(join(folder, path), 'utf8');
    files.set(path, text);
    for (const match of text.matchAll(NEEDS)) {
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
  const entries = [];
  for (const path of listFiles(folder).filter((name) => SOURCE.test(name))) {
    const files = companions(folder, path);
    const id = path.replace(SOURCE, '');
    const about = describe(files.get(path), id);
    if (about.module) continue;
    const base = path.includes('/') ? `${posix.dirname(path)}/` : '';
    // Files outside the example's own folder are found in the engine's copy of the examples.
    const within = [...files].filter(([name]) => name.startsWith(base));
    entries.push({
      id,
      path,
      group: base === '' ? 'Start here' : sentence(base.slice(0, -1).replace(/[_/]/g, ' ')),
      language: path.endsWith('.lisp') ? 'lisp' : 'ttvm',
      main: path.slice(base.length),
      title: about.title,
      description: about.description,
      tags: about.tags,
      run: about.run,
      sources: Object.fromEntries(within.map(([name, text]) => [name.slice(base.length), text])),
    });
  }
  const first = (entry) => Number(!entry.tags.includes('start here'));
  return entries.sort(
    (a, b) =>
      Number(a.group !== 'Start here') - Number(b.group !== 'Start here') ||
      a.group.localeCompare(b.group, 'en') ||
      first(a) - first(b) ||
      a.title.localeCompare(b.title, 'en'),
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
        const list = found.map(({ sources, path: _path, ...entry }) => ({
          ...entry,
          files: Object.keys(sources),
        }));
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
