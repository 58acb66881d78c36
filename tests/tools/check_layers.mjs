// SPDX-License-Identifier: MIT
// Holds the layer rule: a folder of core/ includes only itself and folders of a lower level, private
// headers stay in their folder, web/ sees one file of wasm-glue, and web/src/model sees no other part of
// the page. `node tests/tools/check_layers.mjs [root]`

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, green, listFiles, main, red } from './steps.mjs';

/** Folder of core/ → level. A new folder must be entered here, with a thought about its place. */
export const LEVELS = Object.freeze({
  base: 0,
  port: 0,
  value: 1,
  trace: 1,
  heap: 2,
  bytecode: 2,
  host: 2,
  format: 3,
  module: 3,
  asm: 4,
  lisp: 4,
  verify: 4,
  opt: 4,
  ir: 4,
  actor: 4,
  exec: 5,
  sched: 6,
  prof: 6,
  vm: 7,
  cli: 8,
  'wasm-glue': 8,
});

/** Same-level includes that are allowed, because these headers know nothing of threads or platforms. */
export const EXCEPTIONS = Object.freeze({
  port: ['base/config.h', 'base/assert.h', 'base/result.h', 'base/alloc.h'],
});

const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm;
const PRIVATE = /_internal\.h$/;

/** The only public header's folder; anybody may include it. */
const PUBLIC_FOLDER = 'include';

function folderOfFile(file, root) {
  const relative = path.relative(root, file).split(path.sep);
  if (relative[0] === 'wasm-glue') return 'wasm-glue';
  return relative[0] === 'core' && relative.length > 2 ? relative[1] : undefined;
}

/** Where an include leads: 'folder/file' below core/, or undefined for headers that are not ours. */
function resolveInclude(name, file, root) {
  if (name.startsWith('tinytot/')) return `${PUBLIC_FOLDER}/${name}`;
  const beside = path.resolve(path.dirname(file), name);
  const core = path.join(root, 'core');
  if (existsSync(path.join(core, name)) || !existsSync(beside)) return path.posix.normalize(name);
  if (beside.startsWith(core + path.sep)) return path.relative(core, beside).split(path.sep).join('/');
  return undefined;
}

/** Problems of one C file, as lines for people. */
function checkCFile(file, root) {
  const folder = folderOfFile(file, root);
  const shown = path.relative(root, file);
  if (folder === undefined || folder === PUBLIC_FOLDER) return [];
  if (!(folder in LEVELS))
    return [`${shown}: folder '${folder}' has no level; enter it in tests/tools/check_layers.mjs`];
  const problems = [];
  for (const [, name] of readFileSync(file, 'utf8').matchAll(INCLUDE)) {
    const target = resolveInclude(name, file, root);
    if (target === undefined) continue;
    const wanted = target.includes('/') ? target.slice(0, target.indexOf('/')) : undefined;
    if (wanted === undefined || wanted === folder || wanted === PUBLIC_FOLDER) continue;
    if (!(wanted in LEVELS)) {
      // Generated headers live in build/generated/<name>; a folder of core/ that has no level is an error.
      if (existsSync(path.join(root, 'core', wanted)))
        problems.push(`${shown}: includes "${name}" of a folder without a level`);
      continue;
    }
    if (PRIVATE.test(target)) problems.push(`${shown}: includes "${name}", which is private to ${wanted}/`);
    if (LEVELS[wanted] >= LEVELS[folder] && !(EXCEPTIONS[folder] ?? []).includes(target)) {
      problems.push(
        `${shown}: ${folder}/ (level ${LEVELS[folder]}) includes "${name}" of level ${LEVELS[wanted]}`,
      );
    }
  }
  return problems;
}

const IMPORT =
  /(?:^|[^\w$.])(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|[^\w$.])import\s*\(?\s*(?:\/\*.*?\*\/\s*)?['"]([^'"]+)['"]/gm;

/** web/ reaches the engine through this file alone. */
const ENGINE_ENTRY = 'wasm-glue/ts/index.ts';
/** Data of the core, made by its build, that web/src/model may read without the engine's interface around it. */
const MODEL_DATA = new Set(['build/generated/lisp_names.ts']);

function checkTsFile(file, root) {
  const shown = path.relative(root, file).split(path.sep).join('/');
  const problems = [];
  const inModel = shown.startsWith('web/src/model/');
  for (const [, from, bare] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const name = (from ?? bare ?? '').replace(/\?.*$/, '');
    const target = name.startsWith('.')
      ? path
          .relative(root, path.resolve(path.dirname(file), name))
          .split(path.sep)
          .join('/')
      : name;
    const engine = /(?:^|\/)wasm-glue(?:\/|$)/.test(target);
    const entry = target.replace(/\.(?:js|ts)$/, '') === ENGINE_ENTRY.replace(/\.ts$/, '');
    if (engine && !entry) problems.push(`${shown}: imports '${name}'; web/ may import only ${ENGINE_ENTRY}`);
    if (inModel && !engine && !MODEL_DATA.has(target) && !target.startsWith('web/src/model/')) {
      problems.push(`${shown}: imports '${name}'; web/src/model/ stands alone`);
    }
  }
  return problems;
}

/** All problems below `root`. @returns {{problems: string[], files: number}} */
export function checkLayers(root) {
  const problems = [];
  const isC = (file) => /\.(?:c|h|def)$/.test(file);
  const isTs = (file) => /\.(?:ts|mts|tsx|js|mjs)$/.test(file);
  const cFiles = listFiles([path.join(root, 'core'), path.join(root, 'wasm-glue')], isC);
  for (const file of cFiles) problems.push(...checkCFile(file, root));
  const tsFiles = listFiles([path.join(root, 'web/src')], isTs);
  for (const file of tsFiles) problems.push(...checkTsFile(file, root));
  return { problems, files: cFiles.length + tsFiles.length };
}

main(import.meta, (args) => {
  const { problems, files } = checkLayers(path.resolve(args[0] ?? ROOT));
  for (const problem of problems) console.error(red(problem));
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`layers: ${files} files, ${green('no problem')}`);
});
