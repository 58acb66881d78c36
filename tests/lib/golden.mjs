// SPDX-License-Identifier: MIT
// Golden tests: what a tool of `ttvm` prints for an input, compared with the file beside it. No comments in
// the input count; `--update` writes the files anew (then read the difference before committing it).
//
// tests/golden/<kind>/NAME.ttvm (or .lisp) and NAME.out:
//   asm     `disasm` of the source
//   disasm  `compile` to an image, then `disasm` of the image; and its text assembles to the same image
//   lisp    NAME.lisp: `compile-lisp`; and its text assembles to the same code
//   ir      `disasm --ir` of the source
//   diag    `check` of the source: messages and exit status
//   opt     `optimize`: the report, the text, whether it is optimized any further, and that both print the same
//   trace   `--trace --no-smp`: standard output, then the trace

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diffLines } from './expectations.mjs';
import { listFiles } from './programs.mjs';
import { cleanEnvironment, runCommand, withCopy } from './run_program.mjs';

const section = (name, text) =>
  text === '' ? '' : `--- ${name}\n${text.endsWith('\n') ? text : `${text}\n`}`;
const status = (run) => (run.timedOut ? '--- ran out of time\n' : `--- status ${run.signal ?? run.status}\n`);
const whole = (run) => section('stdout', run.stdout) + section('stderr', run.stderr) + status(run);

/** kind → (run: (args) => result, file name, folder) → text of the .out file */
const KINDS = {
  asm: async (run, file) => whole(await run(['disasm', file])),
  ir: async (run, file) => whole(await run(['disasm', '--ir', file])),
  diag: async (run, file) => whole(await run(['check', file])),
  lisp: async (run, file) => {
    const listed = await run(['compile-lisp', file, 'listed.ttvm']);
    if (listed.status !== 0) return whole(listed);
    const text = await run(['compile-lisp', file, '-']);
    const [direct, again] = [await run(['disasm', file]), await run(['disasm', 'listed.ttvm'])];
    const same = stripComments(direct.stdout) === stripComments(again.stdout);
    return (
      whole(text) + (same ? '--- reads back the same\n' : section('reads back differently', again.stdout))
    );
  },
  trace: async (run, file) => whole(await run(['--trace', '--no-smp', file])),
  opt: async (run, file, folder) => {
    const report = await run(['optimize', file, 'once.ttvm']);
    if (report.status !== 0) return whole(report);
    const text = readFileSync(path.join(folder, 'once.ttvm'), 'utf8');
    const again = await run(['optimize', 'once.ttvm', 'twice.ttvm']);
    const [before, after] = [await run([file]), await run(['once.ttvm'])];
    const same = before.stdout === after.stdout && before.status === after.status;
    return (
      section('report', report.stdout) +
      section('text', text) +
      section('stdout', before.stdout) +
      (again.stdout.endsWith('rounds: 0\n') ? '' : section('optimized further', again.stdout)) +
      (same ? '--- does the same\n' : section('does something else', after.stdout))
    );
  },
  disasm: async (run, file, folder) => {
    const compiled = await run(['compile', file, 'one.ttb']);
    if (compiled.status !== 0) return whole(compiled);
    const text = await run(['disasm', 'one.ttb']);
    if (text.status !== 0) return whole(text);
    // The same file name, since images hold it.
    writeFileSync(path.join(folder, file), text.stdout);
    const again = await run(['compile', file, 'two.ttb']);
    if (again.status !== 0) return whole(again);
    const second = await run(['disasm', 'two.ttb']);
    const same = stripComments(second.stdout) === stripComments(text.stdout);
    return (
      whole(text) + (same ? '--- reads back the same\n' : section('reads back differently', second.stdout))
    );
  },
};

/** Comments of a disassembly tell source lines, which differ once it has been read back. */
const stripComments = (text) => text.replace(/[ \t]*;.*$/gm, '');

export function collectGolden(root) {
  return Object.keys(KINDS).flatMap((kind) =>
    listFiles(path.join(root, 'tests/golden', kind), /\.(ttvm|lisp)$/).map((file) => ({
      kind,
      file,
      name: path.relative(root, file).replaceAll('\\', '/'),
      out: file.replace(/\.(ttvm|lisp)$/, '.out'),
    })),
  );
}

/** Lines that say what differs; none when it is as before (or has been updated). */
export async function runGolden(binary, { kind, file, out }, { timeout, update }) {
  const got = await withCopy(null, async (cwd) => {
    const name = path.basename(file);
    writeFileSync(path.join(cwd, name), readFileSync(file));
    const run = (args) => runCommand(binary, args, { cwd, env: cleanEnvironment(), timeout });
    return KINDS[kind](run, name, cwd);
  });
  if (update) {
    writeFileSync(out, got);
    return [];
  }
  if (!existsSync(out)) return [`${path.basename(out)} is missing: run with --update`];
  const expected = readFileSync(out, 'utf8');
  if (expected === got) return [];
  return [
    'differs (- golden, + got):',
    ...diffLines(expected.split('\n'), got.split('\n')).map((line) => `  ${line}`),
  ];
}
