// SPDX-License-Identifier: MIT
// Expectation comments of test programs and examples: reading them, and judging a run by them.
// What they mean is said in tests/README.md; the native `ttvm test-all` reads the same comments.

const NAMES = new Set([
  'title',
  'tags',
  'module',
  'expect',
  'expect-empty',
  'expect-unordered',
  'expect-error',
  'exit',
  'args',
  'stdin',
  'stdin-part',
  'env',
  'options',
  'modes',
  'timeout',
  'no-stress',
]);
const NATIVE = ['smp', 'no-smp', 'image', 'opt', 'ir', 'ir-no-smp', 'ir-opt'];
const WASM = ['wasm-mt', 'wasm-st'];
/** Names a `modes:` comment may hold, and the modes each stands for. */
export const MODE_GROUPS = {
  native: NATIVE,
  wasm: WASM,
  ...Object.fromEntries([...NATIVE, ...WASM].map((mode) => [mode, [mode]])),
};

/**
 * @typedef {object} Expectations
 * @property {string} title        of an example, else ''
 * @property {string[]} tags
 * @property {string | undefined} module  set when the file is only imported or spawned, never run itself
 * @property {{ordered: boolean, lines: string[]}[]} output  groups of lines of standard output, in order
 * @property {string[]} errors     texts that standard error contains, in this order; none: it is empty
 * @property {number} exit
 * @property {string[]} args
 * @property {string} stdin
 * @property {Record<string, string>} env
 * @property {string[]} options
 * @property {string[] | undefined} modes  the only modes it runs in; undefined: all
 * @property {number | undefined} timeout  seconds
 * @property {boolean} stress     whether it may run in the mode `stress`
 * @property {string[]} problems   what is wrong with the comments themselves
 */

/** Words separated by blanks; "a b" is one word. */
function splitWords(text) {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
}

function addOutput(output, ordered, line) {
  const last = output.at(-1);
  if (last && last.ordered === ordered) last.lines.push(line);
  else output.push({ ordered, lines: [line] });
}

function parseModes(text, problem) {
  const [, words, reason] = /^([^(]*)(\(.+\))?\s*$/.exec(text) ?? [];
  if (!reason) problem('modes: needs a reason in parentheses');
  const names = splitWords(words ?? '');
  for (const name of names) if (!(name in MODE_GROUPS)) problem(`modes: '${name}' is no mode`);
  return [...new Set(names.flatMap((name) => MODE_GROUPS[name] ?? []))];
}

/** @param {string} source @returns {Expectations} */
export function parseExpectations(source) {
  const result = {
    title: '',
    tags: [],
    module: undefined,
    output: [],
    errors: [],
    exit: 0,
    args: [],
    stdin: '',
    env: {},
    options: [],
    modes: undefined,
    timeout: undefined,
    stress: true,
    problems: [],
  };
  let empty = false;
  source.split('\n').forEach((raw, index) => {
    const match = /^[ \t]*;+[ \t]*([a-z]+(?:-[a-z]+)*)(?::[ ]?(.*)|[ \t]*)$/.exec(raw.replace(/\r$/, ''));
    if (!match) return;
    const [, name, verbatim = ''] = match;
    const problem = (text) => result.problems.push(`line ${index + 1}: ${text}`);
    if (!NAMES.has(name)) {
      if (name.startsWith('expect')) problem(`unknown comment '${name}'`);
      return;
    }
    const hasColon = raw.includes(`${name}:`);
    if (!hasColon) {
      if (name === 'expect-empty') empty = true;
      else if (name.startsWith('expect')) problem(`'${name}' needs a colon`);
      return;
    }
    const text = verbatim.trim();
    if (name === 'expect') addOutput(result.output, true, verbatim);
    else if (name === 'expect-unordered') addOutput(result.output, false, verbatim);
    else if (name === 'expect-empty') empty = true;
    else if (name === 'expect-error') result.errors.push(verbatim);
    else if (name === 'stdin') result.stdin += `${verbatim}\n`;
    else if (name === 'stdin-part') result.stdin += verbatim;
    else if (name === 'args') result.args.push(...splitWords(text));
    else if (name === 'options') result.options.push(...splitWords(text));
    else if (name === 'tags')
      result.tags.push(
        ...text
          .split(',')
          .map((tag) => tag.trim())
          .filter(Boolean),
      );
    else if (name === 'title') result.title = text;
    else if (name === 'module') result.module = text;
    else if (name === 'no-stress') result.stress = false;
    else if (name === 'modes') result.modes = parseModes(text, problem);
    else if (name === 'env') {
      const at = text.indexOf('=');
      if (at < 1) problem('env: expects NAME=value');
      else result.env[text.slice(0, at)] = text.slice(at + 1);
    } else {
      const number = Number(text);
      if (!/^\d+$/.test(text)) problem(`${name}: expects a number`);
      else if (name === 'exit') result.exit = number;
      else result.timeout = number;
    }
  });
  if (empty && result.output.length > 0) result.problems.push('expect-empty stands beside expected lines');
  if (result.module === undefined && !empty && result.output.length === 0 && result.errors.length === 0)
    result.problems.push('nothing is expected: no expect, expect-unordered, expect-empty or expect-error');
  return result;
}

/** The modes that are `no-smp` made hard. */
export const isStress = (mode) => ['stress', 'steps', 'ir-stress'].includes(mode);

/** Whether the program is to run in a mode ('smp', 'no-smp', 'wasm-mt', …). */
export function runsIn(expectations, mode) {
  if (isStress(mode)) return expectations.stress && runsIn(expectations, 'no-smp');
  return (
    expectations.module === undefined &&
    (expectations.modes === undefined || expectations.modes.includes(mode))
  );
}

function toLines(text) {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** Lines of `actual` in the order in which `groups` would have them, as far as they match. */
function align(groups, actual) {
  const expected = [];
  const aligned = [...actual];
  for (const { ordered, lines } of groups) {
    const at = expected.length;
    expected.push(...lines);
    if (ordered) continue;
    const rest = aligned.slice(at, at + lines.length);
    const sorted = [];
    const missing = [];
    for (const line of lines) {
      const found = rest.indexOf(line);
      if (found >= 0) sorted.push(...rest.splice(found, 1));
      else missing.push(line);
    }
    if (missing.length === 0) aligned.splice(at, sorted.length, ...sorted);
  }
  return { expected, aligned };
}

const DIFF_LIMIT = 400;

/** Lines marked ' ', '-' (expected only) and '+' (got only), by longest common subsequence. */
export function diffLines(expected, actual) {
  const a = expected.slice(0, DIFF_LIMIT);
  const b = actual.slice(0, DIFF_LIMIT);
  const lengths = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i][j] =
        a[i] === b[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
  const out = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(`  ${a[i++]}`);
      j++;
    } else if (i < a.length && (j >= b.length || lengths[i + 1][j] >= lengths[i][j + 1]))
      out.push(`- ${a[i++]}`);
    else out.push(`+ ${b[j++]}`);
  }
  if (expected.length > DIFF_LIMIT || actual.length > DIFF_LIMIT)
    out.push('  … (longer than the comparison shows)');
  return out;
}

/**
 * What a finished run got wrong, as lines for people; none when it passed.
 * @param {Expectations} expectations
 * @param {{stdout: string, stderr: string, status: number | null, signal?: string | null, timedOut?: boolean}} run
 * @returns {string[]}
 */
export function judgeRun(expectations, { stdout, stderr, status, signal = null, timedOut = false }) {
  const wrong = [];
  if (timedOut) wrong.push('ran out of time');
  const { expected, aligned } = align(expectations.output, toLines(stdout));
  if (expected.length !== aligned.length || expected.some((line, index) => line !== aligned[index]))
    wrong.push(
      'standard output differs (- expected, + got):',
      ...diffLines(expected, aligned).map((line) => `  ${line}`),
    );
  let from = 0;
  let errorsRight = true;
  for (const text of expectations.errors) {
    const at = stderr.indexOf(text, from);
    if (at < 0) {
      wrong.push(`standard error lacks ${from > 0 ? 'at this place ' : ''}'${text}'`);
      errorsRight = false;
      break;
    }
    from = at + text.length;
  }
  if (expectations.errors.length === 0 && stderr !== '') {
    wrong.push('standard error is not empty');
    errorsRight = false;
  }
  if (!timedOut && (signal || status !== expectations.exit))
    wrong.push(
      `ended with ${signal ? `signal ${signal}` : `status ${status}`}, expected status ${expectations.exit}`,
    );
  if (stderr !== '' && (!errorsRight || wrong.length > 0))
    wrong.push(
      'standard error was:',
      ...toLines(stderr.slice(0, 8000))
        .slice(0, 40)
        .map((line) => `  ${line}`),
    );
  return wrong;
}
