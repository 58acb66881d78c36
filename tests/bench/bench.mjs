// SPDX-License-Identifier: MIT
// `npm run bench [-- OPTIONS NAMES…]`: see README.md. The native release has been built.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BUILD, ROOT, StepError, bold, dim, formatTime, green, main, red, yellow } from '../tools/steps.mjs';
import { ENGINES, PEER_IDS, findPeers, ttvm } from './contenders.mjs';
import { LIMIT, growth, startup } from './growth.mjs';
import { buildMeasure } from './measure.mjs';
import { GROWTH, PROGRAMS } from './programs.mjs';
import { optimizedToPlain, printOptimized } from './optimized.mjs';
import { longestPause } from './pause.mjs';
import { race } from './race.mjs';
import {
  actorBytes,
  changes,
  printGrowth,
  printHeader,
  printMeans,
  printRow,
  summarize,
  toBaseline,
} from './report.mjs';
import { COMPARED, printTargets, targets } from './targets.mjs';
import { hasWasmBuild, printWasmHeader, printWasmRow, raceInNode, wasmRatios, wasmSizes } from './wasm.mjs';

const OURS = 'ttvm';
const RESULTS = path.join(BUILD, 'bench/results.json');
const BASELINE = path.join(ROOT, 'tests/bench/baseline.json');

const USAGE = `usage: npm run bench -- [OPTIONS] [NAMES…]
  --quick            some programs against Lua only; less than a minute
  --rounds N         rounds of each program at most (5)
  --budget SECONDS   for everything together (900); programs that get no time are left out
  --peers A,B        of: ${PEER_IDS.join(' ')} ('none' for none)
  --engines A,B      of: ${Object.keys(ENGINES).join(' ')} (all; 'none' for the stack engine alone)
  --no-wasm          without the engines in WebAssembly under Node
  --binary FILE      the ttvm to measure (build/native/bin/ttvm)
  --against FILE     another ttvm as one more peer
  --no-growth        without the growth programs      --growth  only those
  --update           writes tests/bench/baseline.json
  --list             names all programs
NAMES are those of programs and growth programs; all when left out.`;

function readOptions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      budget: { type: 'string' },
      peers: { type: 'string' },
      engines: { type: 'string' },
      'no-wasm': { type: 'boolean', default: false },
      binary: { type: 'string', default: path.join(BUILD, 'native/bin/ttvm') },
      against: { type: 'string' },
      growth: { type: 'boolean', default: false },
      'no-growth': { type: 'boolean', default: false },
      update: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name, fallback) => {
    const value = Number(values[name] ?? fallback);
    if (!(value > 0)) throw new StepError(`--${name} takes a number above 0`);
    return value;
  };
  const peers =
    values.peers === 'none' ? [] : (values.peers?.split(',') ?? (values.quick ? ['lua5.4'] : PEER_IDS));
  const unknownPeer = peers.find((id) => !PEER_IDS.includes(id));
  if (unknownPeer) throw new StepError(`unknown peer '${unknownPeer}'; there are: ${PEER_IDS.join(' ')}`);
  const engines =
    values.engines === 'none'
      ? []
      : (values.engines?.split(',') ?? (values.quick ? ['register'] : Object.keys(ENGINES)));
  const unknownEngine = engines.find((id) => !ENGINES[id]);
  if (unknownEngine)
    throw new StepError(`unknown engine '${unknownEngine}'; there are: ${Object.keys(ENGINES).join(' ')}`);
  const known = [...PROGRAMS, ...GROWTH].map(({ name }) => name);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown) throw new StepError(`no benchmark '${unknown}'; there are: ${known.join(' ')}`);
  return {
    ...values,
    names: positionals,
    peers,
    engines,
    rounds: number('rounds', values.quick ? 2 : 5),
    budget: number('budget', values.quick ? 50 : 900),
  };
}

function choose(options) {
  const named = ({ name }) => options.names.includes(name);
  if (options.names.length > 0) return { programs: PROGRAMS.filter(named), grown: GROWTH.filter(named) };
  return {
    programs: options.growth ? [] : PROGRAMS.filter(({ quick }) => quick || !options.quick),
    grown: options['no-growth'] ? [] : GROWTH,
  };
}

/** Time for one of `count` things that are still to be done, of what is left. */
class Budget {
  constructor(total) {
    this.end = performance.now() + total * 1000;
  }

  left() {
    return Math.max(0, (this.end - performance.now()) / 1000);
  }
}

async function runPrograms(programs, contenders, options, budget) {
  const peerIds = contenders.slice(1).map(({ id }) => id);
  const rows = [];
  const results = [];
  const chosen = [];
  const leftOut = [];
  printHeader(peerIds);
  for (const [i, program] of programs.entries()) {
    if (budget.left() < 1) {
      leftOut.push(program.name);
      continue;
    }
    // Start-up takes no time but is noisy: many rounds; of short programs race() makes more by itself.
    const rounds = program.startup ? 6 * options.rounds : options.rounds;
    const limits = { rounds, seconds: budget.left() / (programs.length - i) };
    const result = await race(program, contenders, limits);
    const row = summarize(program, result, OURS, peerIds, options.engines);
    printRow(row, OURS, peerIds);
    rows.push(row);
    results.push(result);
    chosen.push(program);
  }
  const optimized = results.map((result, i) => optimizedToPlain(chosen[i], result));
  const compared = programs.filter(({ startup }) => !startup).map(({ name }) => name);
  printMeans(
    rows.filter(({ name }) => compared.includes(name)),
    peerIds,
  );
  printOptimized(optimized);
  return { rows, results, optimized, leftOut };
}

/** The compared programs on engines in WebAssembly, and how long the first output takes. */
async function runWasm(programs, options, budget) {
  if (options['no-wasm'] || options.quick) return { results: [] };
  const wanted = programs.filter(({ name, startup }) => startup || COMPARED.includes(name));
  if (wanted.length === 0) return { results: [] };
  if (!hasWasmBuild()) {
    console.log(yellow('\nWebAssembly: not built, left out (npm run build wasm)'));
    return { results: [] };
  }
  const results = [];
  let first;
  printWasmHeader();
  for (const [i, program] of wanted.entries()) {
    const limits = {
      rounds: program.startup ? 3 * options.rounds : options.rounds,
      seconds: budget.left() / (wanted.length - i),
    };
    const result = await raceInNode(program, limits);
    if (program.startup) first = Math.min(...(result.samples.stack ?? []).map((sample) => sample.first));
    else printWasmRow(result);
    results.push(result);
  }
  return { results, first };
}

async function runGrowth(grown, options, budget) {
  const base = await startup(options.binary);
  console.log(bold(`\ngrowth: time at n and at 10n, ratio (linear: about 10; flagged above ${LIMIT})`));
  const rows = [];
  const leftOut = [];
  for (const [i, row] of grown.entries()) {
    if (budget.left() < 1) {
      leftOut.push(row.name);
      continue;
    }
    const limits = { rounds: options.rounds, seconds: budget.left() / (grown.length - i) };
    const result = await growth(options.binary, row, base, limits);
    printGrowth(result);
    rows.push(result);
  }
  return { rows, leftOut };
}

const readBaseline = () => (existsSync(BASELINE) ? JSON.parse(readFileSync(BASELINE, 'utf8')) : undefined);

function printChanges({ worse, better }, busy) {
  if (busy) console.log(dim('other programs are running: wall times are not compared with the baseline'));
  for (const line of better) console.log(`${green('better')} ${line}`);
  for (const line of worse) console.log(`${red('worse')}  ${line}`);
  if (better.length + worse.length === 0)
    console.log(dim('nothing differs from the baseline by more than its tolerance'));
}

main(import.meta, async (args) => {
  const options = readOptions(args);
  if (options.help) return console.log(USAGE);
  if (options.list) return console.log([...PROGRAMS, ...GROWTH].map(({ name }) => name).join('\n'));
  const { programs, grown } = choose(options);
  mkdirSync(path.dirname(RESULTS), { recursive: true });
  await buildMeasure();
  const { peers, absent } = programs.length > 0 ? await findPeers(options.peers) : { peers: [], absent: [] };
  const contenders = [ttvm(OURS, path.resolve(options.binary))];
  for (const id of options.engines) contenders.push(ttvm(id, path.resolve(options.binary), ENGINES[id]));
  if (options.against) contenders.push(ttvm('against', path.resolve(options.against)));
  contenders.push(...peers);

  const versions = {};
  for (const contender of contenders) versions[contender.id] = await contender.version();
  const load = loadavg()[0];
  const busy = load > 1;
  console.log(
    dim(
      Object.entries(versions)
        .map(([id, version]) => `${id}: ${version}`)
        .join('\n'),
    ),
  );
  for (const id of absent) console.log(yellow(`${id}: not installed, left out`));
  console.log(
    dim(
      `${cpus().length} cores, load ${load.toFixed(1)}${busy ? ': shared, expect noise; targets and wall times are not judged' : ''}`,
    ),
  );
  console.log(
    dim('CPU seconds of the best round; ratios are ours / theirs, below 1 is faster; ± of the rounds\n'),
  );

  // The growth programs get a third of the time, and WebAssembly a quarter of the rest.
  const budget = new Budget(options.budget);
  const forPrograms = new Budget(
    (grown.length > 0 && programs.length > 0 ? (options.budget * 2) / 3 : options.budget) *
      (options['no-wasm'] || options.quick ? 1 : 0.75),
  );
  const raced =
    programs.length > 0
      ? await runPrograms(programs, contenders, options, forPrograms)
      : { rows: [], results: [], optimized: [], leftOut: [] };
  const inWasm = await runWasm(programs, options, new Budget(options.budget / 6));
  const live = PROGRAMS.find((program) => program.live);
  const rowOf = (name) => raced.rows.find((row) => row.name === name);
  const bytes = actorBytes(live.live, rowOf(live.name), rowOf('hello'));
  if (bytes[OURS] !== undefined)
    console.log(
      `bytes for a live actor: ${Object.entries(bytes)
        .filter(([id]) => id !== 'c')
        .map(([id, n]) => `${id} ${n}`)
        .join(', ')}`,
    );
  const grownUp = grown.length > 0 ? await runGrowth(grown, options, budget) : { rows: [], leftOut: [] };

  const sizes = options.quick ? {} : wasmSizes();
  const reached = targets({
    rows: raced.rows,
    wasm: inWasm.results,
    growth: grownUp.rows,
    sizes,
    optimized: raced.optimized,
    first: inWasm.first,
    pause: options.names.length === 0 && !options.quick ? await longestPause(options.binary) : undefined,
  });
  if (options.names.length === 0) printTargets(reached);

  const leftOut = [...raced.leftOut, ...grownUp.leftOut];
  if (leftOut.length > 0) console.log(yellow(`\nno time was left for: ${leftOut.join(' ')} (--budget)`));
  const peerIds = peers.map(({ id }) => id);
  const wrong = [];
  for (const { name, problems } of raced.rows)
    for (const [id, text] of Object.entries(problems)) {
      const line = `${name}, ${id}: ${text}`;
      // A peer that is too slow for the budget says nothing about us.
      if (text === 'out of time' && peerIds.includes(id)) console.log(yellow(line));
      else wrong.push(line);
    }
  for (const { name, problems } of inWasm.results)
    wrong.push(...Object.entries(problems).map(([id, text]) => `${name}, ${id} in WebAssembly: ${text}`));
  for (const text of wrong) console.log(red(text));
  const steep = grownUp.rows.filter((row) => row.steep || row.problem);
  if (steep.length > 0) console.log(red(`not linear: ${steep.map(({ name }) => name).join(' ')}`));

  const baseline = readBaseline();
  console.log('');
  const kept = {
    rows: raced.rows,
    bytes,
    wasm: wasmRatios(inWasm.results, (name) => rowOf(name)?.bests ?? {}),
    sizes,
  };
  const found = baseline ? changes(kept, OURS, baseline, { busy }) : { worse: [], better: [] };
  if (baseline && raced.rows.length > 0) printChanges(found, busy);
  const machine = {
    cores: cpus().length,
    model: cpus()[0]?.model,
    loadBefore: load,
    loadAfter: loadavg()[0],
  };
  const summary = {
    rows: raced.rows,
    wasm: inWasm.results,
    optimized: raced.optimized,
    targets: reached,
    actorBytes: bytes,
    growth: grownUp.rows,
    leftOut,
    changes: found,
  };
  writeFileSync(
    RESULTS,
    `${JSON.stringify({ date: new Date().toISOString(), machine, versions, ...summary, samples: raced.results }, null, 1)}\n`,
  );
  if (options.update) {
    writeFileSync(BASELINE, `${JSON.stringify(toBaseline(kept, OURS, baseline), null, 2)}\n`);
    console.log(`baseline written: ${path.relative(ROOT, BASELINE)}`);
  }
  console.log(dim(`all samples: ${path.relative(ROOT, RESULTS)}; ${formatTime(performance.now())}`));
  const missed = busy || options.names.length > 0 ? [] : reached.filter(({ holds }) => holds === false);
  if (missed.length > 0) console.log(red(`not reached: ${missed.map(({ what }) => what).join('; ')}`));
  if (wrong.length + steep.length + missed.length > 0 || (found.worse.length > 0 && !options.update))
    process.exitCode = 1;
});
