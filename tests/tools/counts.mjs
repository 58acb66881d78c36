// SPDX-License-Identifier: MIT
// The one line by which every suite reports: `N passed, M failed`.

const COLORS = /\x1b\[[0-9;]*m/g;

/** The last report line of an output, or undefined. @param {string} output */
export function parseCounts(output) {
  const lines = output.replace(COLORS, '').matchAll(/^(\d+) passed, (\d+) failed[ \t]*\r?$/gm);
  let last;
  for (const [, passed, failed] of lines) last = { passed: Number(passed), failed: Number(failed) };
  return last;
}

/**
 * What one finished command of a suite counts for. A command that died, ran out of time, or claims success
 * without a report line is one failure of its own.
 */
export function judge({ code, output, timedOut }) {
  const counts = parseCounts(output);
  if (timedOut)
    return { passed: counts?.passed ?? 0, failed: (counts?.failed ?? 0) + 1, problem: 'ran out of time' };
  if (!counts)
    return { passed: 0, failed: 1, problem: `ended with status ${code} and without a report line` };
  if (code !== 0 && counts.failed === 0)
    return { ...counts, failed: 1, problem: `ended with status ${code}` };
  return counts;
}
