// SPDX-License-Identifier: MIT
// `node tests/tools/gen_std_docs.mjs`: from the `;;` comments in std/*.ttvm, the tables of std/README.md and
// the programs tests/conformance/std/MODULE/examples.ttvm, which hold every `;; Example:` to its word.
// With --check it writes nothing and fails when a file is stale (tests/tools/std.test.mjs).
//
// A comment stands above its LABEL:
//   ;; name(parameter, …) -> type
//   ;; What it does. Errors: which kinds when.
//   ;; Example: name("text", [1, 2.5], {key: null}, other_function) => what PRINT shows
//   ;; Example: name(1) raises TypeMismatch

import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, green, main, red } from './steps.mjs';

const ORDER = ['math', 'string', 'list', 'object', 'convert', 'io', 'network', 'advanced', 'actor', 'test'];
const START = '<!-- functions: written by tests/tools/gen_std_docs.mjs -->';
const END = '<!-- end of functions -->';

/** What a module's comments say: { name, title, functions: [{ name, parameters, signature, text, examples }], exports }. */
export function readModule(name, source) {
  const lines = source.split('\n');
  const module = { name, title: '', functions: [], exports: [] };
  let comment = [];
  for (const line of lines) {
    if (line.startsWith(`; std/${name}: `)) module.title = line.slice(`; std/${name}: `.length);
    if (line.startsWith('EXPORT ')) module.exports.push(line.slice(7));
    if (line.startsWith(';; ')) {
      comment.push(line.slice(3));
    } else {
      if (comment.length > 0 && line.startsWith('LABEL '))
        module.functions.push(readComment(name, line.slice(6), comment));
      comment = [];
    }
  }
  return module;
}

/** A module with the comments of its parts, std/NAME/*.ttvm, whose functions it exports in its order. */
function readParts(folder, name) {
  const read = (file) => readFileSync(path.join(folder, file), 'utf8');
  const module = readModule(name, read(`${name}.ttvm`));
  if (!existsSync(path.join(folder, name))) return module;
  const parts = readdirSync(path.join(folder, name)).map((file) => readModule(name, read(`${name}/${file}`)));
  const functions = [module, ...parts].flatMap((part) => part.functions);
  return {
    ...module,
    functions: module.exports.flatMap((exported) => functions.filter((f) => f.name === exported)),
  };
}

function readComment(module, label, comment) {
  const [signature, ...rest] = comment;
  const match = /^(\w+)\((.*)\) -> \S+$/.exec(signature ?? '');
  if (match?.[1] !== label)
    throw new Error(`std/${module}: the comment of ${label} starts with '${signature}'`);
  const examples = rest.filter((line) => line.startsWith('Example: ')).map((line) => line.slice(9));
  const text = rest.filter((line) => !line.startsWith('Example: ')).join(' ');
  const [what, errors] = text.split(' Errors: ');
  if (!what || !errors) throw new Error(`std/${module}: ${label} does not say what it does and its errors`);
  return { name: label, parameters: match[2].split(', ').filter(Boolean), signature, what, errors, examples };
}

// ---- examples as programs ----------------------------------------------------------------------------

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)|([A-Za-z_]\w*)|([()[\]{},:]))/y;

function tokenize(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (!match) throw new Error(`cannot read the example '${text}'`);
    tokens.push(match[0].trim());
  }
  return tokens;
}

/** Instructions that leave the expression's value; names of functions used are added to `used`. */
export function compileExpression(text, used) {
  const tokens = tokenize(text);
  const out = [];
  const take = (wanted) => {
    const token = tokens.shift();
    if (token === undefined || (wanted && token !== wanted))
      throw new Error(`expected ${wanted ?? 'more'} in '${text}'`);
    return token;
  };
  const items = (close, one) => {
    let count = 0;
    while (tokens[0] !== close) {
      if (count > 0) take(',');
      one();
      count++;
    }
    take(close);
    return count;
  };
  const expression = () => {
    const token = take();
    if (token.startsWith('"')) out.push(`PUSH_STR ${token}`);
    else if (/^-?\d+$/.test(token)) out.push(`PUSH_INT ${token}`);
    else if (/^-?\d/.test(token)) out.push(`PUSH_FLOAT ${token}`);
    else if (token === '[') out.push(`MAKE_LIST ${items(']', expression)}`);
    else if (token === '{') object();
    else if (['true', 'false', 'null'].includes(token)) out.push(token.toUpperCase());
    else name(token);
  };
  const object = () => {
    out.push('MAKE_OBJECT');
    items('}', () => {
      const key = take();
      take(':');
      expression();
      out.push(`SET_FIELD ${key}`);
    });
  };
  const name = (token) => {
    used.add(token);
    let call = '';
    if (tokens[0] === '(') {
      take('(');
      call = `CALL_FUNCTION ${items(')', expression)}`;
    }
    out.push(`LOAD ${token}`);
    if (call) out.push(call);
  };
  expression();
  if (tokens.length > 0) throw new Error(`'${tokens.join(' ')}' is left over in '${text}'`);
  return out;
}

/** The program that shows a module's examples to be true. */
export function makeProgram(module, moduleOf) {
  const used = new Set();
  const body = [];
  for (const example of module.functions.flatMap((f) => f.examples)) {
    const [, expression, how, result] = /^(.*) (=>|raises) ?(.*)$/.exec(example) ?? [];
    if (!expression) throw new Error(`std/${module.name}: '${example}' has neither => nor raises`);
    const code = compileExpression(expression, used);
    body.push('', `; ${expression}`);
    if (how === '=>') body.push(...code, 'PRINT');
    else
      body.push(
        'TRY',
        ...[...code, 'POP'].map((line) => `    ${line}`),
        'CATCH e',
        '    LOAD e',
        '    GET_FIELD kind',
        '    PRINT',
        'END_TRY',
      );
    body.push(`; expect: ${result}`);
  }
  const imports = new Set(
    [...used].map((name) => {
      const from = moduleOf.get(name);
      if (!from) throw new Error(`std/${module.name}: no module exports ${name}, which an example uses`);
      return from;
    }),
  );
  imports.add(module.name);
  return [
    '; SPDX-License-Identifier: MIT',
    `; The examples of std/${module.name}. Written by tests/tools/gen_std_docs.mjs.`,
    ...ORDER.filter((name) => imports.has(name)).map((name) => `IMPORT "std/${name}"`),
    ...body,
    '',
  ].join('\n');
}

// ---- documentation -----------------------------------------------------------------------------------

const escapeCell = (text) => text.replaceAll('|', '\\|');

function makeTable(module) {
  const constants = module.exports.filter((name) => !module.functions.some((f) => f.name === name));
  const rows = module.functions.map((f) => {
    const example = f.examples[0] ? `\`${escapeCell(f.examples[0])}\`` : '';
    return `| \`${escapeCell(f.signature)}\` | ${escapeCell(f.what)} | ${escapeCell(f.errors)} | ${example} |`;
  });
  return [
    `### std/${module.name}`,
    '',
    module.title +
      (constants.length > 0 ? ` Constants: ${constants.map((name) => `\`${name}\``).join(' ')}.` : ''),
    '',
    '| function | gives | errors | example |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** Path → text of every generated file. */
export function makeFiles(root = ROOT) {
  const folder = path.join(root, 'std');
  const modules = ORDER.map((name) => readParts(folder, name));
  const moduleOf = new Map(
    modules.flatMap((module) => module.exports.map((name) => [name, module.name])).reverse(),
  );
  for (const module of modules) {
    for (const name of module.exports) {
      const isConstant = name === name.toUpperCase() || ['PI', 'E', 'SQRT2', 'timer'].includes(name);
      if (!isConstant && !module.functions.some((f) => f.name === name))
        throw new Error(`std/${module.name}: ${name} has no comment`);
    }
  }
  const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const [before, after] = [readme.indexOf(START), readme.indexOf(END)];
  if (before < 0 || after < 0) throw new Error('std/README.md has lost the marks of its tables');
  const tables = modules.map(makeTable).join('\n');
  const files = new Map([
    ['std/README.md', `${readme.slice(0, before + START.length)}\n\n${tables}\n${readme.slice(after)}`],
  ]);
  for (const module of modules) {
    if (module.functions.some((f) => f.examples.length > 0)) {
      files.set(`tests/conformance/std/${module.name}/examples.ttvm`, makeProgram(module, moduleOf));
    }
  }
  return files;
}

/** The generated files that differ from what is in the tree. */
export function findStale(root = ROOT) {
  const stale = [];
  for (const [name, text] of makeFiles(root)) {
    let have;
    try {
      have = readFileSync(path.join(root, name), 'utf8');
    } catch {
      have = undefined;
    }
    if (have !== text) stale.push([name, text]);
  }
  return stale;
}

main(import.meta, async (args) => {
  const stale = findStale();
  for (const [name, text] of stale) {
    console.log(
      args.includes('--check')
        ? red(`${name} is stale: run node tests/tools/gen_std_docs.mjs`)
        : `writes ${name}`,
    );
    if (args.includes('--check')) continue;
    mkdirSync(path.dirname(path.join(ROOT, name)), { recursive: true });
    writeFileSync(path.join(ROOT, name), text);
  }
  if (stale.length === 0) console.log(green('std: documentation and example programs are up to date'));
  if (stale.length > 0 && args.includes('--check')) process.exitCode = 1;
});
