// SPDX-License-Identifier: MIT
// A profile as rows and as a flame graph.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from './lib/model.mjs';

let model;
before(async () => {
  model = (await loadModel()).profile_table;
});

const figures = (calls, own, all) => ({
  calls,
  ownInstructions: own,
  allInstructions: all,
  ownNs: own * 10,
  allNs: all * 10,
});
const named = (name, ...rest) => ({ name, file: 'main.ttvm', line: 1, ...figures(...rest) });

/** main calls f and g, f calls g; an actor runs g by itself. */
const PROFILE = {
  ns: 1000,
  instructions: 100,
  functions: [named('g', 4, 60, 60), named('<main>', 1, 30, 80), named('f', 1, 10, 30)],
  paths: [
    { parent: -1, function: 1, calls: 1, ownInstructions: 30, ownNs: 300 },
    { parent: 0, function: 2, calls: 1, ownInstructions: 10, ownNs: 100 },
    { parent: 1, function: 0, calls: 2, ownInstructions: 20, ownNs: 200 },
    { parent: 0, function: 0, calls: 1, ownInstructions: 20, ownNs: 200 },
    { parent: -1, function: 0, calls: 1, ownInstructions: 20, ownNs: 200 },
  ],
  actors: [
    {
      pid: 1,
      function: 1,
      ns: 800,
      instructions: 80,
      functions: [
        { function: 1, ...figures(1, 30, 80) },
        { function: 2, ...figures(1, 10, 30) },
        { function: 0, ...figures(3, 40, 40) },
      ],
    },
    { pid: 2, function: 0, ns: 200, instructions: 20, functions: [{ function: 0, ...figures(1, 20, 20) }] },
  ],
  moreActors: 0,
  leaves: [],
  spanNs: 2000,
  schedulers: [
    { slices: 9, steals: 0, ns: 800, instructions: 80 },
    { slices: 3, steals: 1, ns: 200, instructions: 20 },
  ],
};

describe('schedulers of a profile', () => {
  test('how busy each was, when several were', () => {
    assert.deepEqual(model.schedulerRows(PROFILE), [
      { number: 1, busy: 0.4, slices: 9, steals: 0, waitNs: 1200 },
      { number: 2, busy: 0.1, slices: 3, steals: 1, waitNs: 1800 },
    ]);
    const idle = { slices: 0, steals: 0, ns: 0, instructions: 0 };
    assert.deepEqual(model.schedulerRows({ ...PROFILE, schedulers: PROFILE.schedulers.slice(0, 1) }), []);
    assert.deepEqual(model.schedulerRows({ ...PROFILE, schedulers: [idle, PROFILE.schedulers[1]] }), []);
    assert.deepEqual(model.schedulerRows({ ...PROFILE, spanNs: 0, schedulers: [] }), []);
  });
});

describe('rows of a profile', () => {
  test('of all actors and of one, by instructions and by time', () => {
    const all = model.profileRows(PROFILE, 'instructions', null);
    assert.deepEqual(
      all.map(({ name, calls, own, all: whole, average, share }) => [
        name,
        calls,
        own,
        whole,
        average,
        share,
      ]),
      [
        ['g', 4, 60, 60, 15, 0.6],
        ['<main>', 1, 30, 80, 80, 0.3],
        ['f', 1, 10, 30, 30, 0.1],
      ],
    );
    const [row] = model.profileRows(PROFILE, 'time', 2);
    assert.deepEqual([row.name, row.own, row.share], ['g', 200, 1]);
    assert.deepEqual(model.profileRows(PROFILE, 'time', 3), []);
  });

  test('sorted by every column', () => {
    const rows = model.profileRows(PROFILE, 'instructions', null);
    const by = (sort) => model.sortRows(rows, sort).map(({ name }) => name);
    assert.deepEqual(by('own'), ['g', '<main>', 'f']);
    assert.deepEqual(by('all'), ['<main>', 'g', 'f']);
    assert.deepEqual(by('calls'), ['g', '<main>', 'f']);
    assert.deepEqual(by('average'), ['<main>', 'f', 'g']);
    assert.deepEqual(by('name'), ['<main>', 'f', 'g']);
  });

  test('a function that was never called, in a run that did nothing', () => {
    const empty = { ...PROFILE, ns: 0, instructions: 0, functions: [named('f', 0, 0, 0)] };
    const [row] = model.profileRows(empty, 'instructions', null);
    assert.deepEqual([row.average, row.share], [0, 0]);
  });
});

describe('flame graph', () => {
  test('a bar is as wide as its part, and stands on its caller', () => {
    const root = model.flameTree(PROFILE, 'instructions');
    assert.equal(root.total, 100);
    const bars = model
      .flameBars(root)
      .map(({ node, level, left, width }) => [
        node.name,
        level,
        Math.round(left * 100),
        Math.round(width * 100),
      ]);
    assert.deepEqual(bars, [
      ['all', 0, 0, 100],
      ['<main>', 1, 0, 80],
      ['f', 2, 0, 30],
      ['g', 3, 0, 20],
      ['g', 2, 30, 20],
      ['g', 1, 80, 20],
    ]);
  });

  test('one bar over the whole width keeps the way to it', () => {
    const root = model.flameTree(PROFILE, 'time');
    const f = root.children[0].children[0];
    const bars = model
      .flameBars(f)
      .map(({ node, level, width }) => [node.name, level, Math.round(width * 100)]);
    assert.deepEqual(bars, [
      ['all', 0, 100],
      ['<main>', 1, 100],
      ['f', 2, 100],
      ['g', 3, 67],
    ]);
  });

  test('bars that nobody could see are left out', () => {
    const paths = [{ parent: -1, function: 1, calls: 1, ownInstructions: 1e6, ownNs: 1 }];
    for (let i = 0; i < 50_000; i++)
      paths.push({ parent: 0, function: 0, calls: 1, ownInstructions: 1, ownNs: 1 });
    const root = model.flameTree({ ...PROFILE, paths }, 'instructions');
    assert.equal(root.total, 1_050_000);
    assert.equal(model.flameBars(root).length, 2);
  });
});

test('figures as people read them', () => {
  assert.equal(model.formatCount(1234), '1,234');
  assert.equal(model.formatCount(12_345_678), '12.35 M');
  assert.equal(model.formatTime(950), '950 ns');
  assert.equal(model.formatTime(12_345), '12.3 µs');
  assert.equal(model.formatTime(4_560_000), '4.56 ms');
  assert.equal(model.formatTime(61_000_000_000), '61 s');
});
