// SPDX-License-Identifier: MIT
// Tables for people, and what has become worse since the baseline.

import { bold, dim, green, red, yellow } from '../tools/steps.mjs';
import { best, compare, geometricMean, median, spread } from './stats.mjs';

const MB = 1e6;
const NAME_WIDTH = 22;
const CELL_WIDTH = 16;

export const figures = (result, id, figure) => (result.samples[id] ?? []).map((sample) => sample[figure]);

const seconds = (x) => (x < 0.0995 ? `${(x * 1000).toFixed(1)} ms` : `${x.toFixed(2)} s`);
const percent = (x) => `±${Math.round(x * 100)}%`;

function paintRatio(ratio, text) {
  return ratio <= 1 ? green(text) : ratio <= 2 ? text : yellow(text);
}

/**
 * The summary of one race: our figures, the ratio to each of `others`, and those of our `engines` to the peers
 * among them, which the baseline keeps.
 */
export function summarize(program, result, ours, others, engines = []) {
  const mine = figures(result, ours, program.figure);
  const row = { name: program.name, figure: program.figure, rounds: mine.length, problems: result.problems };
  if (mine.length === 0) return { ...row, ratios: {} };
  const ratios = {};
  for (const id of others) {
    const theirs = figures(result, id, program.figure);
    if (theirs.length > 0) ratios[id] = compare(mine, theirs);
  }
  const toPeers = (samples) =>
    Object.fromEntries(
      others
        .filter((id) => !engines.includes(id))
        .map((id) => [id, figures(result, id, program.figure)])
        .filter(([, theirs]) => theirs.length > 0)
        .map(([id, theirs]) => [id, compare(samples, theirs).ratio]),
    );
  const versus = { [ours]: toPeers(mine) };
  for (const engine of engines) {
    const samples = figures(result, engine, program.figure);
    if (samples.length > 0) versus[engine] = toPeers(samples);
  }
  const peak = Object.fromEntries(
    Object.keys(result.samples).map((id) => [id, best(figures(result, id, 'peak'))]),
  );
  const bests = Object.fromEntries(
    Object.keys(result.samples).map((id) => [id, best(figures(result, id, program.figure))]),
  );
  return {
    ...row,
    bests,
    best: best(mine),
    median: median(mine),
    spread: spread(mine),
    peak,
    ratios,
    versus,
  };
}

export function printHeader(peerIds) {
  const cells = ['best', 'median', 'peak', ...peerIds.map((id) => `to ${id}`)];
  console.log(
    bold(`${'program'.padEnd(NAME_WIDTH)}${cells.map((cell) => cell.padStart(CELL_WIDTH)).join('')}`),
  );
}

export function printRow(row, ours, peerIds) {
  const unit = row.figure === 'wall' ? ' wall' : '';
  const cells = [];
  if (row.best === undefined) {
    cells.push(red((row.problems[ours] ?? 'not run').padStart(CELL_WIDTH * 2)), ''.padStart(CELL_WIDTH));
  } else {
    cells.push(seconds(row.best).padStart(CELL_WIDTH));
    cells.push(`${seconds(row.median)} ${percent(row.spread)}`.padStart(CELL_WIDTH));
    cells.push(`${(row.peak[ours] / MB).toFixed(1)} MB`.padStart(CELL_WIDTH));
  }
  for (const id of peerIds) {
    const ratio = row.ratios[id];
    const text = ratio
      ? `${ratio.ratio.toFixed(2)} ${percent(ratio.spread)}`
      : row.problems[id]
        ? 'failed'
        : '–';
    cells.push(ratio ? paintRatio(ratio.ratio, text.padStart(CELL_WIDTH)) : dim(text.padStart(CELL_WIDTH)));
  }
  console.log(`${(row.name + unit).padEnd(NAME_WIDTH)}${cells.join('')}`);
}

export function printMeans(rows, peerIds) {
  const cells = peerIds.map((id) => {
    const mean = geometricMean(rows.filter((row) => row.ratios[id]).map((row) => row.ratios[id].ratio));
    return (mean === undefined ? '–' : mean.toFixed(2)).padStart(CELL_WIDTH);
  });
  console.log(bold(`${'geometric mean'.padEnd(NAME_WIDTH + 3 * CELL_WIDTH)}${cells.join('')}`));
}

/** Bytes for one live actor: what a program with many takes more than one that does nothing. */
export function actorBytes(live, liveRow, helloRow) {
  if (!liveRow?.peak || !helloRow?.peak) return {};
  const ids = Object.keys(liveRow.peak).filter((id) => helloRow.peak[id] !== undefined);
  return Object.fromEntries(ids.map((id) => [id, Math.round((liveRow.peak[id] - helloRow.peak[id]) / live)]));
}

export function printGrowth(row) {
  const name = row.name.padEnd(NAME_WIDTH);
  if (row.problem) return console.log(`${name}${red(row.problem)}`);
  const paint = row.steep ? red : green;
  const figuresText = [
    `n = ${row.n}`,
    seconds(row.small),
    seconds(row.large),
    `${(row.peak / MB).toFixed(0)} MB`,
  ];
  console.log(
    `${name}${figuresText.map((cell) => cell.padStart(CELL_WIDTH)).join('')}${paint(row.ratio.toFixed(1).padStart(CELL_WIDTH))}`,
  );
}

const rounded = (values) =>
  Object.fromEntries(Object.entries(values).map(([id, x]) => [id, Number(x.toFixed(3))]));

/** How much worse may be noise: of processor time, wall time, memory, time in WebAssembly, bytes of a `.wasm`. */
const TOLERANCE = { cpu: 0.25, wall: 0.6, memory: 0.3, wasm: 0.25, size: 0.02 };

/** What the baseline keeps of a run; what the run did not measure stays. */
export function toBaseline({ rows, bytes, wasm = {}, sizes = {} }, ours, old) {
  const programs = {};
  for (const row of rows.filter((row) => row.best !== undefined)) {
    const engines = Object.entries(row.versus).map(([id, ratios]) => [id, rounded(ratios)]);
    programs[row.name] = {
      engines: Object.fromEntries(engines),
      peakMb: Number((row.peak[ours] / MB).toFixed(1)),
    };
  }
  const inWasm = Object.fromEntries(Object.entries(wasm).map(([name, ratios]) => [name, rounded(ratios)]));
  return {
    tolerance: { ...TOLERANCE, ...old?.tolerance },
    programs: { ...old?.programs, ...programs },
    wasm: { ...old?.wasm, ...inWasm },
    sizes: { ...old?.sizes, ...sizes },
    ...((bytes[ours] ?? old?.actorBytes) ? { actorBytes: bytes[ours] ?? old.actorBytes } : {}),
  };
}

/**
 * Lines on what differs from the baseline by more than its tolerance. The time of a program in an engine is judged
 * by the geometric mean, over the peers in both, of how its ratios changed. On a `busy` machine wall times tell
 * how many processors were free, and are not judged.
 */
export function changes({ rows, bytes, wasm = {}, sizes = {} }, ours, baseline, { busy = false } = {}) {
  const worse = [];
  const better = [];
  const judge = (what, now, then, tolerance, show = (x) => x.toFixed(2)) => {
    const text = `${what}: ${show(then)} → ${show(now)} (${now > then ? '+' : ''}${Math.round((now / then - 1) * 100)}%)`;
    if (now > then * (1 + tolerance)) worse.push(text);
    if (now < then / (1 + tolerance)) better.push(text);
  };
  const judgeRatios = (what, now, then, tolerance) => {
    const common = Object.keys(then).filter((id) => now[id] > 0);
    const mean = (ratios) => geometricMean(common.map((id) => ratios[id]));
    if (common.length > 0) judge(`${what} to ${common.join(', ')}`, mean(now), mean(then), tolerance);
  };
  for (const row of rows) {
    const old = baseline.programs[row.name];
    if (!old || row.best === undefined) continue;
    for (const [engine, ratios] of Object.entries(old.engines))
      if (row.versus[engine] && !(busy && row.figure === 'wall'))
        judgeRatios(`${row.name}, ${engine}`, row.versus[engine], ratios, baseline.tolerance[row.figure]);
    judge(`${row.name}, peak MB`, row.peak[ours] / MB, old.peakMb, baseline.tolerance.memory, (x) =>
      x.toFixed(1),
    );
  }
  for (const [name, ratios] of Object.entries(wasm))
    for (const [pair, ratio] of Object.entries(ratios))
      if (baseline.wasm?.[name]?.[pair])
        judge(`${name} in WebAssembly, ${pair}`, ratio, baseline.wasm[name][pair], baseline.tolerance.wasm);
  for (const [name, size] of Object.entries(sizes))
    if (baseline.sizes?.[name])
      judge(`${name}, bytes by brotli`, size, baseline.sizes[name], baseline.tolerance.size, String);
  if (bytes[ours] && baseline.actorBytes)
    judge('bytes for a live actor', bytes[ours], baseline.actorBytes, baseline.tolerance.memory, String);
  return { worse, better };
}
