// SPDX-License-Identifier: MIT
// Finds an Emscripten to use, or makes a private one under build/toolchain.
//
// Order: `emcc` ≥ 3.1.58 on PATH, then $EMSDK, then (Debian and Ubuntu) the distribution's own newer
// packages, unpacked below build/toolchain and never installed: they bring their own C library, reached
// through small start scripts, so the system's libraries stay as they are.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { APT_OPTIONS, installPackages, isDebianLike } from './packages.mjs';
import {
  BUILD,
  ROOT,
  StepError,
  hashInputs,
  must,
  readStamp,
  run,
  step,
  which,
  withLock,
  writeStamp,
} from './steps.mjs';

export const MIN_EMSCRIPTEN = [3, 1, 58];
const TOOLCHAIN = path.join(BUILD, 'toolchain');
const PRIVATE_ROOT = path.join(TOOLCHAIN, 'usr/share/emscripten');
const PRIVATE_CONFIG = path.join(TOOLCHAIN, 'emconfig.py');

/** Raise when the layout made below changes: older private tool chains are then made anew. */
const RECIPE = 'recipe 2';

/** Suites that carry a new enough Emscripten, newest-proven first, per distribution. */
const SUITES = {
  debian: { suites: ['trixie'], components: 'main', keyring: 'debian-archive-keyring.gpg' },
  ubuntu: {
    suites: ['questing', 'resolute', 'plucky'],
    components: 'main universe',
    keyring: 'ubuntu-archive-keyring.gpg',
  },
};

const MANUAL = `no Emscripten ${MIN_EMSCRIPTEN.join('.')} or newer was found. Install the Emscripten SDK and run, in its folder:

    ./emsdk install latest
    ./emsdk activate latest

then 'source ./emsdk_env.sh' (it puts emcc on PATH) and run this again.`;

const isAtLeast = (have, want) => {
  for (let i = 0; i < want.length; i++) {
    if (have[i] !== want[i]) return have[i] > want[i];
  }
  return true;
};

/** The version an emcc reports, or undefined when it does not run. Remembered per file date. */
async function readVersion(emcc, env = {}) {
  const info = statSync(emcc);
  const id = `emcc-${hashInputs([], [emcc]).slice(0, 16)}`;
  const key = `${info.mtimeMs} ${info.size}`;
  const known = readStamp(id)?.split('\n');
  if (known?.[0] === key && known[1]) return known[1].split('.').map(Number);
  const { code, output } = await run(emcc, ['--version'], { env });
  const match = /^emcc .*?(\d+)\.(\d+)\.(\d+)/m.exec(output);
  if (code !== 0 || !match) return undefined;
  const version = match.slice(1, 4).map(Number);
  writeStamp(id, `${key}\n${version.join('.')}`);
  return version;
}

/** @returns {Promise<{root: string, env: Record<string, string>, version: number[]} | undefined>} */
async function findExisting() {
  const candidates = [];
  const onPath = which('emcc');
  if (onPath) candidates.push(onPath);
  if (process.env.EMSDK) candidates.push(path.join(process.env.EMSDK, 'upstream/emscripten/emcc'));
  for (const emcc of candidates) {
    if (!existsSync(emcc)) continue;
    const version = await readVersion(emcc);
    if (!version || !isAtLeast(version, MIN_EMSCRIPTEN)) continue;
    const roots = [path.dirname(emcc), '/usr/share/emscripten', '/usr/lib/emscripten'];
    const folder = roots.find((place) =>
      existsSync(path.join(place, 'cmake/Modules/Platform/Emscripten.cmake')),
    );
    if (folder) return { root: folder, env: {}, version };
  }
  return undefined;
}

function readOsId() {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    const id = /^ID="?([\w-]+)"?/m.exec(text)?.[1] ?? '';
    const like = /^ID_LIKE="?([^"\n]+)"?/m.exec(text)?.[1] ?? '';
    return [id, ...like.split(/\s+/)].find((name) => name in SUITES);
  } catch {
    return undefined;
  }
}

/** The archive this system already uses, from deb822 or one-line source files. */
function readArchiveUri(osId) {
  const files = [`/etc/apt/sources.list.d/${osId}.sources`, '/etc/apt/sources.list'];
  const folder = '/etc/apt/sources.list.d';
  if (existsSync(folder)) {
    files.push(
      ...readdirSync(folder)
        .filter((name) => /\.(sources|list)$/.test(name))
        .map((name) => path.join(folder, name)),
    );
  }
  for (const file of files) {
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    const found = /^URIs:\s*(\S+)/m.exec(text)?.[1] ?? /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/m.exec(text)?.[1];
    // A security-only archive does not carry the other suites.
    if (found && !/security/.test(found)) return found;
  }
  return undefined;
}

/** apt options that use only our own source file and our own state, so the system's lists stay untouched. */
function aptOptions(apt) {
  return [
    ...['-o', 'Dir::Etc::sourcelist=/dev/null', '-o', `Dir::Etc::sourceparts=${apt}/etc`],
    ...['-o', `Dir::State=${apt}/state`, '-o', `Dir::Cache=${apt}/cache`, '-o', 'APT::Sandbox::User=root'],
    ...APT_OPTIONS,
  ];
}

async function downloadPackages(apt, osId, uri) {
  const { suites, components, keyring } = SUITES[osId];
  const options = aptOptions(apt);
  const debs = path.join(apt, 'deb');
  const names = ['emscripten', 'binaryen', 'libc6', 'libstdc++6', 'libgcc-s1'];
  let lastLog = '';
  for (const suite of suites) {
    writeFileSync(
      path.join(apt, 'etc/private.sources'),
      `Types: deb\nURIs: ${uri}\nSuites: ${suite}\nComponents: ${components}\nSigned-By: /usr/share/keyrings/${keyring}\n`,
    );
    const update = await run('apt-get', [...options, '-qq', '--error-on=any', 'update']);
    lastLog = update.output;
    if (update.code !== 0) continue;
    const about = await run('apt-cache', [...options, 'show', 'emscripten']);
    const version = /^Version: (\d+)\.(\d+)\.(\d+)/m.exec(about.output)?.slice(1).map(Number);
    const llvm = /^Depends:.*\bclang-(\d+)\b/m.exec(about.output)?.[1];
    if (!version || !llvm || !isAtLeast(version, MIN_EMSCRIPTEN)) continue;
    await must('apt-get', [...options, '-qq', 'download', ...names], { cwd: debs });
    return { llvm };
  }
  throw new StepError(
    `the archive of this system offers no Emscripten that can be used.\n${MANUAL}`,
    lastLog,
  );
}

function findLoader(folder) {
  const name = readdirSync(folder).find((entry) => /^ld-linux.*\.so\.\d+$/.test(entry));
  if (!name) throw new StepError(`no program loader in ${folder}`);
  return path.join(folder, name);
}

/** Start scripts for binaryen's programs: each runs with the unpacked C library instead of the system's. */
function writeStartScripts() {
  const libraryRoot = path.join(TOOLCHAIN, 'usr/lib');
  const triplet = readdirSync(libraryRoot).find((name) => /-linux-gnu/.test(name));
  if (!triplet) throw new StepError(`no C library was unpacked below ${libraryRoot}`);
  const libraries = path.join(libraryRoot, triplet);
  const loader = findLoader(libraries);
  const bin = path.join(TOOLCHAIN, 'binaryen/bin');
  mkdirSync(bin, { recursive: true });
  const programs = readdirSync(path.join(TOOLCHAIN, 'usr/bin')).filter((name) => name.startsWith('wasm'));
  for (const name of programs) {
    const text = `#!/bin/sh\nexec '${loader}' --library-path '${libraries}' '${TOOLCHAIN}/usr/bin/${name}' "$@"\n`;
    writeFileSync(path.join(bin, name), text, { mode: 0o755 });
  }
}

/** Emscripten's own settings. FROZEN_CACHE: the packages ship every system library it may use. */
function writeConfig(llvm, llvmRoot) {
  writeFileSync(
    PRIVATE_CONFIG,
    [
      `LLVM_ROOT = '${llvmRoot}'`,
      `BINARYEN_ROOT = '${TOOLCHAIN}/binaryen'`,
      `NODE_JS = '${process.execPath}'`,
      'FROZEN_CACHE = True',
      `LLVM_ADD_VERSION = '${llvm}'`,
      `CLANG_ADD_VERSION = '${llvm}'`,
      '',
    ].join('\n'),
  );
}

/** Link-time-optimization and position-independent copies of the system libraries: 1.2 GB we never use. */
function dropUnusedCaches() {
  const sysroot = path.join(PRIVATE_ROOT, 'cache/sysroot/lib/wasm32-emscripten');
  for (const name of ['lto', 'lto-pic', 'pic'])
    rmSync(path.join(sysroot, name), { recursive: true, force: true });
}

/** Emscripten's optimizer parses JavaScript with acorn; ours comes from npm, at the version in the lock. */
function copyAcorn() {
  const modules = path.join(PRIVATE_ROOT, 'node_modules');
  rmSync(path.join(modules, 'acorn'), { recursive: true, force: true });
  mkdirSync(modules, { recursive: true });
  cpSync(path.join(ROOT, 'node_modules/acorn'), path.join(modules, 'acorn'), { recursive: true });
}

/** The compiler that Emscripten drives; installed as ordinary packages, beside any other version. */
const llvmNeeds = (llvm) =>
  [
    { what: `clang ${llvm} (for WebAssembly)`, package: `clang-${llvm}`, program: `clang-${llvm}` },
    { what: `lld ${llvm} (for WebAssembly)`, package: `lld-${llvm}`, program: `wasm-ld-${llvm}` },
    { what: `llvm ${llvm} (for WebAssembly)`, package: `llvm-${llvm}`, program: `llvm-ar-${llvm}` },
  ].map((need) => ({ ...need, present: () => which(need.program) !== undefined }));

/** What the proven private Emscripten asks for; another suite's may ask for another version later. */
const EXPECTED_LLVM = '19';

/**
 * Packages that Emscripten will need here, for one message that names all that is missing: none when an
 * `emcc` of the system's own serves.
 */
export async function findEmscriptenNeeds() {
  if ((await findExisting()) || !readOsId() || !isDebianLike()) return [];
  let llvm = EXPECTED_LLVM;
  if (existsSync(PRIVATE_CONFIG)) {
    llvm = /^LLVM_ADD_VERSION = '(\d+)'/m.exec(readFileSync(PRIVATE_CONFIG, 'utf8'))?.[1] ?? llvm;
  }
  return llvmNeeds(llvm);
}

async function makePrivate(osId) {
  const uri = readArchiveUri(osId);
  if (!uri) throw new StepError(`no archive address in /etc/apt to take Emscripten from.\n${MANUAL}`);
  const apt = path.join(TOOLCHAIN, '.apt');
  rmSync(TOOLCHAIN, { recursive: true, force: true });
  for (const name of ['etc', 'state/lists/partial', 'cache/archives/partial', 'deb']) {
    mkdirSync(path.join(apt, name), { recursive: true });
  }
  const { llvm } = await step('private Emscripten: download packages', () =>
    downloadPackages(apt, osId, uri),
  );
  await installPackages(llvmNeeds(llvm).filter((need) => !need.present()));
  await step('private Emscripten: unpack and configure', async () => {
    const debs = path.join(apt, 'deb');
    for (const name of readdirSync(debs)) await must('dpkg-deb', ['-x', path.join(debs, name), TOOLCHAIN]);
    const clang = which(`clang-${llvm}`);
    if (!clang) throw new StepError(`clang-${llvm} is still missing after its installation`);
    writeStartScripts();
    writeConfig(llvm, path.dirname(clang));
    dropUnusedCaches();
    copyAcorn();
    // Emscripten's scripts are CommonJS; without this they would inherit our "type": "module".
    writeFileSync(path.join(TOOLCHAIN, 'package.json'), '{}\n');
    rmSync(apt, { recursive: true, force: true });
    // So that plain `ninja -C build/wasm-mt` finds the settings without any environment.
    const settings = path.join(PRIVATE_ROOT, '.emscripten');
    rmSync(settings, { force: true });
    symlinkSync(PRIVATE_CONFIG, settings);
  });
  await step('private Emscripten: try it', () =>
    tryCompile(path.join(PRIVATE_ROOT, 'emcc'), { EM_CONFIG: PRIVATE_CONFIG }),
  );
}

/** Links one small optimized module, with threads, and runs it: proves the parts fit together. */
async function tryCompile(emcc, env) {
  const folder = path.join(TOOLCHAIN, 'trial');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'trial.c'), 'int answer(int x) { return x * 2 + 1; }\n');
  const settings = [
    '-sMODULARIZE',
    '-sEXPORT_ES6',
    '-sENVIRONMENT=node',
    '-sSTRICT',
    '-sEXPORTED_FUNCTIONS=_answer',
  ];
  await must(emcc, ['-O2', '-pthread', 'trial.c', '--no-entry', '-o', 'trial.mjs', ...settings], {
    cwd: folder,
    env,
  });
  const program =
    "const m = await (await import('./trial.mjs')).default(); if (m._answer(20) !== 41) throw 1; process.exit(0);";
  await must(process.execPath, ['--input-type=module', '-e', program], { cwd: folder });
  rmSync(folder, { recursive: true, force: true });
}

/** Environment under which CMake presets and Ninja use this Emscripten; also written for shells. */
function describe({ root: folder, env, version }) {
  const found = {
    root: folder,
    version: version.join('.'),
    env: { ...env, TTVM_EMSCRIPTEN_CMAKE: path.join(folder, 'cmake/Modules/Platform/Emscripten.cmake') },
  };
  const text = Object.entries(found.env)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');
  const file = path.join(BUILD, 'emscripten.env');
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    mkdirSync(BUILD, { recursive: true });
    writeFileSync(file, text);
  }
  return found;
}

/**
 * The Emscripten to build with; makes the private one when there is no other.
 * @returns {Promise<{root: string, version: string, env: Record<string, string>}>}
 */
export async function ensureEmscripten() {
  const existing = await findExisting();
  if (existing) return describe(existing);
  const osId = readOsId();
  if (!osId || !isDebianLike()) throw new StepError(MANUAL);
  const emcc = path.join(PRIVATE_ROOT, 'emcc');
  const env = { EM_CONFIG: PRIVATE_CONFIG };
  const key = `${RECIPE}\n${TOOLCHAIN}\n${process.execPath}`;
  await withLock('toolchain', async () => {
    if (readStamp('toolchain') === key && existsSync(emcc) && existsSync(PRIVATE_CONFIG)) return;
    await makePrivate(osId);
    writeStamp('toolchain', key);
  });
  const version = await readVersion(emcc, env);
  if (!version)
    throw new StepError(
      `the private Emscripten under ${TOOLCHAIN} does not run; 'npm run clean -- --all' makes it anew next time`,
    );
  return describe({ root: PRIVATE_ROOT, env, version });
}
