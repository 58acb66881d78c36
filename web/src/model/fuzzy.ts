// SPDX-License-Identifier: MIT
/** Rank of `text` for a typed `query`: higher is better, `null` means that it does not match. */
export function fuzzyScore(query: string, text: string): number | null {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return 0;
  const within = text.toLowerCase();
  const direct = within.indexOf(wanted);
  if (direct >= 0) return 1000 - direct - (direct > 0 && /\w/.test(within[direct - 1] ?? '') ? 200 : 0);
  let at = 0;
  let score = 0;
  for (const character of wanted.replace(/\s+/g, '')) {
    const found = within.indexOf(character, at);
    if (found < 0) return null;
    score += found === at ? 4 : /\W/.test(within[found - 1] ?? ' ') ? 3 : 1;
    at = found + 1;
  }
  return score;
}
