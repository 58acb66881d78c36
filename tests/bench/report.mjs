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

/** The summary of one race: our figures, and the ratio to each peer. */
export function summarize(program, result, ours, peerIds) {
  const mine = figures(result, ours, program.figure);
  const row = { name: program.name, figure: program.figure, rounds: mine.length, problems: result.problems };
  if (mine.length === 0) return { ...row, ratios: {} };
  const ratios = {};
  for (const id of peerIds) {
    const theirs = figures(result, id, program.figure);
    if (theirs.length > 0) ratios[id] = compare(mine, theirs);
  }
  const peak = Object.fromEntries(
    Object.keys(result.samples).map((id) => [id, best(figures(result, id, 'peak'))]),
  );
  const bests = Object.fromEntries(
    Object.keys(result.samples).map((id) => [id, best(figures(result, id, program.figure))]),
  );
  return { ...row, bests, best: best(mine), median: median(mine), spread: spread(mine), peak, ratios };
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

/** What the baseline keeps of a run. */
export function toBaseline(rows, bytes, ours, old) {
  const programs = {};
  for (const row of rows.filter((row) => row.best !== undefined)) {
    const ratios = Object.entries(row.ratios).map(([id, { ratio }]) => [id, Number(ratio.toFixed(3))]);
    programs[row.name] = {
      ratios: Object.fromEntries(ratios),
      peakMb: Number((row.peak[ours] / MB).toFixed(1)),
    };
  }
  return {
    tolerance: old?.tolerance ?? { user: 0.25, wall: 0.6, memory: 0.3 },
    programs: { ...old?.programs, ...programs },
    ...((bytes[ours] ?? old?.actorBytes) ? { actorBytes: bytes[ours] ?? old.actorBytes } : {}),
  };
}

/**
 * Lines on what differs from the baseline by more than its tolerance. A program's time is judged by the
 * geometric mean, over the peers in both, of how its ratios changed. On a `busy` machine wall times tell how many
 * processors were free, and are not judged.
 */
export function changes(rows, bytes, ours, baseline, { busy = false } = {}) {
  const worse = [];
  const better = [];
  const judge = (what, now, then, tolerance, show) => {
    const text = `${what}: ${show(then)} → ${show(now)} (${now > then ? '+' : ''}${Math.round((now / then - 1) * 100)}%)`;
    if (now > then * (1 + tolerance)) worse.push(text);
    if (now < then / (1 + tolerance)) better.push(text);
  };
  for (const row of rows) {
    const old = baseline.programs[row.name];
    if (!old || row.best === undefined) continue;
    const common = Object.keys(old.ratios).filter((id) => row.ratios[id]);
    const mean = (of) => geometricMean(common.map(of));
    if (common.length > 0 && !(busy && row.figure === 'wall')) {
      const show = (x) => x.toFixed(2);
      judge(
        `${row.name}, ratio to ${common.join(', ')}`,
        mean((id) => row.ratios[id].ratio),
        mean((id) => old.ratios[id]),
        baseline.tolerance[row.figure],
        show,
      );
    }
    judge(`${row.name}, peak MB`, row.peak[ours] / MB, old.peakMb, baseline.tolerance.memory, (x) =>
      x.toFixed(1),
    );
  }
  if (bytes[ours] && baseline.actorBytes)
    judge('bytes for a live actor', bytes[ours], baseline.actorBytes, baseline.tolerance.memory, String);
  return { worse, better };
}
