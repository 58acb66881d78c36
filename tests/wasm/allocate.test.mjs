// SPDX-License-Identifier: MIT
// Registers of generated code: allocation by linear scan, on intervals made at random and on ones made by hand.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allocate } from '../../build/wasm-glue-js/codegen/allocate.js';

/** Numbers from 0 to 1, the same ones each time. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function someIntervals(next, count) {
  return Array.from({ length: count }, (_none, cell) => {
    const first = 1 + Math.floor(next() * 40);
    return {
      cell,
      first,
      last: first + Math.floor(next() * 12),
      weight: 1 + Math.floor(next() * 100),
    };
  });
}

const meets = (a, b) => a.first <= b.last && b.first <= a.last;

/** How many intervals there are at once at most. */
const pressure = (intervals) =>
  Math.max(
    ...intervals.map(
      ({ first }) => intervals.filter((each) => each.first <= first && first <= each.last).length,
    ),
  );

describe('allocation of registers', () => {
  const cases = Array.from({ length: 60 }, (_none, seed) => {
    const next = numbers(seed + 1);
    return { intervals: someIntervals(next, 5 + (seed % 40)), registers: 1 + (seed % 9) };
  });

  test('no two intervals that meet share a register, and there are no more registers than allowed', () => {
    for (const { intervals, registers } of cases) {
      const result = allocate(intervals, registers);
      assert.equal(result.size, intervals.length);
      const placed = intervals.filter((each) => result.get(each) !== null);
      assert.ok(placed.length > 0);
      for (const a of placed) {
        assert.ok(result.get(a) >= 0 && result.get(a) < registers);
        for (const b of placed)
          if (a !== b && meets(a, b))
            assert.notEqual(result.get(a), result.get(b), `${a.cell} and ${b.cell}`);
      }
    }
  });

  test('nothing is spilled while there are enough registers', () => {
    for (const { intervals } of cases) {
      const result = allocate(intervals, pressure(intervals));
      for (const each of intervals) assert.notEqual(result.get(each), null);
    }
  });

  test('what is spilled is among the cheapest where it meets others', () => {
    for (const { intervals, registers } of cases) {
      const result = allocate(intervals, registers);
      for (const spilled of intervals.filter((each) => result.get(each) === null)) {
        const rivals = intervals.filter((each) => each !== spilled && meets(each, spilled));
        assert.ok(rivals.length >= registers, 'there was a reason');
        // As many as there are registers are there at once with it and at least as heavy.
        assert.ok(rivals.filter(({ weight }) => weight >= spilled.weight).length >= registers);
      }
    }
  });

  test('the cheapest gives way, whether it comes first or last', () => {
    const cheap = { cell: 0, first: 1, last: 9, weight: 1 };
    const dear = { cell: 1, first: 2, last: 8, weight: 80 };
    const middling = { cell: 2, first: 3, last: 7, weight: 10 };
    const two = allocate([cheap, dear, middling], 2);
    assert.equal(two.get(cheap), null);
    assert.notEqual(two.get(dear), null);
    assert.notEqual(two.get(middling), null);
    const one = allocate([cheap, dear, middling], 1);
    assert.deepEqual([one.get(cheap), one.get(dear), one.get(middling)], [null, 0, null]);
    assert.deepEqual([...allocate([cheap, dear], 0).values()], [null, null]);
  });

  test('the order in which intervals are given does not matter', () => {
    for (const { intervals, registers } of cases) {
      const result = allocate(intervals, registers);
      const reversed = allocate([...intervals].reverse(), registers);
      for (const each of intervals) assert.equal(reversed.get(each), result.get(each));
    }
  });

  test('registers are used again', () => {
    const apart = Array.from({ length: 20 }, (_none, i) => ({
      cell: i,
      first: 2 * i,
      last: 2 * i + 1,
      weight: 1,
    }));
    assert.deepEqual(new Set(allocate(apart, 3).values()), new Set([0]));
  });
});
