// SPDX-License-Identifier: MIT
/** Registers for intervals, by linear scan: who begins first gets one first, and the cheapest interval gives its own up. */

export interface Interval {
  readonly cell: number;
  /** Nodes, both included. */
  readonly first: number;
  readonly last: number;
  /** What a register saves. */
  readonly weight: number;
}

/**
 * The register of each interval, 0 … registers - 1, or null: its cell stays in memory. No two that share a node
 * share a register. The same intervals in any order get the same registers.
 */
export function allocate(intervals: readonly Interval[], registers: number): Map<Interval, number | null> {
  const result = new Map<Interval, number | null>();
  const free = Array.from({ length: registers }, (_none, i) => registers - 1 - i);
  let active: Interval[] = [];
  const order = [...intervals].sort((a, b) => a.first - b.first || a.last - b.last || a.cell - b.cell);
  for (const interval of order) {
    const ended = active.filter(({ last }) => last < interval.first);
    active = active.filter(({ last }) => last >= interval.first);
    for (const old of ended) {
      const register = result.get(old);
      if (register !== null && register !== undefined) free.push(register);
    }
    const register = free.pop();
    if (register !== undefined) {
      result.set(interval, register);
      active.push(interval);
      continue;
    }
    const cheapest = active.reduce<Interval>(
      (least, each) => (each.weight < least.weight ? each : least),
      interval,
    );
    if (cheapest === interval) {
      result.set(interval, null);
      continue;
    }
    result.set(interval, result.get(cheapest) ?? null);
    result.set(cheapest, null);
    active = active.filter((each) => each !== cheapest);
    active.push(interval);
  }
  return result;
}
