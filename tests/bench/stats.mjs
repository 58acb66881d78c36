// SPDX-License-Identifier: MIT
// The few figures that a benchmark needs, over samples of one run.

export const best = (samples) => Math.min(...samples);

export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Where the median of what the samples are drawn from lies, whatever their distribution: below `low` with a
 * probability of at most `risk`, and above `high` likewise. Undefined when there are too few to say.
 */
export function medianBounds(samples, risk = 0.05) {
  const sorted = [...samples].sort((a, b) => a - b);
  const n = sorted.length;
  // How probably at most k of n samples lie below the median.
  let k = -1;
  for (let choose = 1, sum = 2 ** -n; sum <= risk && k < n; sum += choose * 2 ** -n) {
    k++;
    choose = (choose * (n - k)) / (k + 1);
  }
  return k < 0 ? undefined : { low: sorted[k], high: sorted[n - 1 - k] };
}

/** How far the samples lie apart, as a part of their median: half of largest minus smallest. */
export function spread(samples) {
  return samples.length < 2 ? 0 : (Math.max(...samples) - Math.min(...samples)) / 2 / median(samples);
}

export function geometricMean(values) {
  return values.length === 0
    ? undefined
    : Math.exp(values.reduce((sum, x) => sum + Math.log(x), 0) / values.length);
}

/**
 * Our samples against a peer's of the same rounds: the ratio of the best ones, the median of the rounds'
 * ratios, and the spread of these. Rounds alternate, so both sides of a round met the same load.
 */
export function compare(ours, theirs) {
  const rounds = Math.min(ours.length, theirs.length);
  const ratios = Array.from({ length: rounds }, (_, i) => ours[i] / theirs[i]);
  return { ratio: best(ours) / best(theirs), median: median(ratios), spread: spread(ratios) };
}
