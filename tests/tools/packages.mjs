// SPDX-License-Identifier: MIT
// What must be on the machine before the first build: one table of tools and libraries, how to see that
// each is there, its Debian/Ubuntu package, and which goals need it.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { StepError, hashInputs, must, readStamp, run, step, which, withLock, writeStamp } from './steps.mjs';

/** Goals grow: `build` is enough for `npm start`; `test`, `check` and `fuzz` need more. */
export const GOALS = ['build', 'test', 'check', 'fuzz', 'protocols'];

const hasProgram = (name) => () => which(name) !== undefined;
const hasFile =
  (...files) =>
  () =>
    files.some((file) => existsSync(file));

async function hasLibrary(name) {
  if (!which('pkg-config')) return false;
  return (await run('pkg-config', ['--exists', name])).code === 0;
}

/** Debian 12's; what CMakeLists.txt asks for. */
export const MIN_CMAKE = [3, 25];

/**
 * Each need: `what` a person calls it, `package` on Debian and Ubuntu, `goals` that use it, `present()`.
 * clang/lld/llvm for WebAssembly are not here: emscripten.mjs asks for the version its own copy wants.
 */
export const NEEDS = [
  {
    what: 'cmake ≥ 3.25',
    package: 'cmake',
    goals: ['build', 'test', 'check', 'fuzz', 'protocols'],
    present: hasProgram('cmake'),
  },
  {
    what: 'ninja',
    package: 'ninja-build',
    goals: ['build', 'test', 'check', 'fuzz'],
    present: hasProgram('ninja'),
  },
  {
    what: 'gcc ≥ 12 (or clang ≥ 14 through CC)',
    package: 'gcc',
    goals: ['build', 'test', 'check', 'protocols'],
    present: hasProgram(process.env.CC ?? 'gcc'),
  },
  {
    what: 'the C library headers',
    package: 'libc6-dev',
    goals: ['build', 'test', 'check', 'fuzz', 'protocols'],
    present: hasFile('/usr/include/stdio.h', '/usr/local/include/stdio.h'),
  },
  {
    what: 'pkg-config',
    package: 'pkg-config',
    goals: ['build', 'test', 'check', 'fuzz'],
    present: hasProgram('pkg-config'),
  },
  {
    what: 'libuv (headers)',
    package: 'libuv1-dev',
    goals: ['build', 'test', 'check', 'fuzz'],
    present: () => hasLibrary('libuv'),
  },
  {
    what: 'libcurl (headers)',
    package: 'libcurl4-openssl-dev',
    goals: ['build', 'test', 'check', 'fuzz'],
    present: () => hasLibrary('libcurl'),
  },
  {
    what: 'libsodium (headers)',
    package: 'libsodium-dev',
    goals: ['build', 'test', 'check', 'fuzz'],
    present: () => hasLibrary('libsodium'),
  },
  {
    what: 'zlib (headers)',
    package: 'zlib1g-dev',
    goals: ['build', 'test', 'check', 'fuzz'],
    present: () => hasLibrary('zlib'),
  },
  {
    what: 'SQLite (headers)',
    package: 'libsqlite3-dev',
    goals: ['build', 'test', 'check', 'fuzz'],
    present: () => hasLibrary('sqlite3'),
  },
  {
    what: 'mimalloc (headers)',
    package: 'libmimalloc-dev',
    goals: ['build', 'test', 'check'],
    present: hasFile('/usr/include/mimalloc.h', '/usr/local/include/mimalloc.h'),
  },
  {
    what: 'python3 (Emscripten runs on it)',
    package: 'python3',
    goals: ['build', 'test'],
    present: hasProgram('python3'),
  },
  { what: 'Chromium', package: 'chromium', goals: ['test'], present: () => findChromium() !== undefined },
  {
    what: 'a font for Chromium',
    package: 'fonts-dejavu-core',
    goals: ['test'],
    present: hasFile('/usr/share/fonts/truetype', '/usr/share/fonts/TTF', '/usr/share/fonts/dejavu'),
  },
  {
    what: 'clang-format 14',
    package: 'clang-format-14',
    goals: ['check'],
    present: hasProgram('clang-format-14'),
  },
  { what: 'clang-tidy 14', package: 'clang-tidy-14', goals: ['check'], present: hasProgram('clang-tidy-14') },
  { what: 'spin (model checker)', package: 'spin', goals: ['protocols'], present: hasProgram('spin') },
  { what: 'clang 19', package: 'clang-19', goals: ['check', 'fuzz'], present: hasProgram('clang-19') },
  {
    what: "clang 19's sanitizer run-time",
    package: 'libclang-rt-19-dev',
    goals: ['fuzz'],
    present: hasFile('/usr/lib/llvm-19/lib/clang/19/lib/linux', '/usr/lib/clang/19/lib/linux'),
  },
];

/** The browser the page's tests drive: $CHROMIUM, else the first known name on PATH. */
export function findChromium() {
  const wanted = process.env.CHROMIUM;
  if (wanted) return existsSync(wanted) ? wanted : which(wanted);
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const found = which(name);
    if (found) return found;
  }
  return undefined;
}

export const isDebianLike = () => which('apt-get') !== undefined && which('dpkg') !== undefined;
const isRoot = () => process.getuid?.() === 0;

/** Options for every apt-get call: no questions, and wait for another package manager to finish. */
export const APT_OPTIONS = ['-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=2'];
const APT_ENV = { DEBIAN_FRONTEND: 'noninteractive' };

/** Brings the package lists up to date, once per set-up run and at most every ten minutes. */
async function updateLists() {
  const stampAge = Date.now() - Number(readStamp('apt-update') ?? 0);
  if (stampAge < 10 * 60 * 1000) return;
  await step('apt-get update', () => must('apt-get', [...APT_OPTIONS, 'update'], { env: APT_ENV }));
  writeStamp('apt-update', String(Date.now()));
}

/**
 * Makes sure of system packages: installs the missing ones as root, else stops with the exact command.
 * @param {{what: string, package: string}[]} missing
 */
export async function installPackages(missing) {
  if (missing.length === 0) return;
  const names = [...new Set(missing.map((need) => need.package))];
  const lines = missing.map((need) => `missing: ${need.what} (package ${need.package})`).join('\n');
  if (!isDebianLike()) {
    throw new StepError(
      `${lines}\nThis system has no apt-get: install these with its own package manager, then run this again.`,
    );
  }
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (!isRoot()) throw new StepError(`${lines}\nInstall them, then run this again:\n\n    sudo ${command}\n`);
  await withLock('apt', async () => {
    await updateLists();
    await step(`apt-get install ${names.join(' ')}`, () =>
      must('apt-get', [...APT_OPTIONS, 'install', '-y', '--no-install-recommends', ...names], {
        env: APT_ENV,
      }),
    );
  });
}

function parseVersion(text) {
  const match = /(\d+)\.(\d+)/.exec(text);
  return match ? [Number(match[1]), Number(match[2])] : [0, 0];
}

const isOlder = (have, want) => have[0] < want[0] || (have[0] === want[0] && have[1] < want[1]);

/** Compilers and CMake that are there but too old: one line each. */
async function findTooOld() {
  const lines = [];
  const cmake = parseVersion(await must('cmake', ['--version']));
  if (isOlder(cmake, MIN_CMAKE))
    lines.push(`too old: cmake ${cmake.join('.')} (needs ${MIN_CMAKE.join('.')} or newer)`);
  const compiler = process.env.CC ?? 'gcc';
  const about = await must(compiler, ['--version']);
  const isClang = /clang/i.test(about);
  const [major] = parseVersion(await must(compiler, isClang ? ['--version'] : ['-dumpfullversion']));
  const least = isClang ? 14 : 12;
  if (major < least)
    lines.push(
      `too old: ${compiler} ${major} (needs ${isClang ? 'clang' : 'gcc'} ${least} or newer; set CC to a newer one)`,
    );
  return lines;
}

/** Everything in NEEDS for the goal, and `more`; quick when a former run has seen it all. */
export async function ensurePackages(goal, more = []) {
  const needs = [...NEEDS.filter((need) => need.goals.includes(goal)), ...more];
  const missing = [];
  for (const need of needs) {
    if (!(await need.present())) missing.push(need);
  }
  await installPackages(missing);
  const key = hashInputs([], [process.env.PATH ?? '', process.env.CC ?? '', String(availableParallelism())]);
  if (missing.length > 0 || readStamp('tool-versions') !== key) {
    const tooOld = await findTooOld();
    if (tooOld.length > 0) throw new StepError(tooOld.join('\n'));
    writeStamp('tool-versions', key);
  }
}
