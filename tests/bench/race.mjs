// SPDX-License-Identifier: MIT
// One program by all contenders: first that all print the same, then rounds of A B C A B C.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../tools/steps.mjs';
import { measure } from './measure.mjs';

/** A run that takes longer has lost. Seconds. */
const LONGEST_RUN = 120;

/** Short programs get more rounds, until ours have taken so many seconds together. */
const ENOUGH = 3;
const MOST_ROUNDS = 15;

/** What the program's comments say it prints. */
export function expectedOutput(program) {
  const source = readFileSync(path.join(ROOT, 'tests/bench', `${program.name}.ttvm`), 'utf8');
  const lines = [...source.matchAll(/^; expect: (.*)$/gm)].map((match) => match[1]);
  return `${lines.join('\n')}\n`;
}

function wrong(run, expected) {
  if (run.problem) return run.problem;
  if (run.output === expected) return undefined;
  return `prints ${JSON.stringify(run.output.slice(0, 60))}, not ${JSON.stringify(expected.slice(0, 60))}`;
}

/**
 * @param program a row of PROGRAMS
 * @param contenders ours first
 * @param {{rounds: number, seconds: number}} limits rounds (of short programs more), and about so much time for all
 * @returns {Promise<{name: string, samples: Record<string, object[]>, problems: Record<string, string>}>}
 *   samples by contender, round by round; problems of contenders that are therefore not timed
 */
export async function race(program, contenders, { rounds, seconds }) {
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const expected = expectedOutput(program);
  const problems = {};
  const once = (contender, limit) =>
    measure(contender.command(program), {
      pinned: !program.parallel,
      wallLimit: Math.max(1, Math.min(LONGEST_RUN, limit)),
      cwd: contender.cwd,
    });

  const first = new Map();
  for (const contender of contenders) {
    if (!contender.command(program)) continue;
    const run = await once(contender, seconds - elapsed());
    const problem = wrong(run, expected);
    if (problem) problems[contender.id] = problem;
    else first.set(contender, run);
  }
  const entrants = [...first.keys()];
  const samples = Object.fromEntries(entrants.map(({ id }) => [id, []]));
  const round = entrants.reduce((sum, entrant) => sum + first.get(entrant).wall, 0);
  const ours = entrants.length > 0 && !program.startup ? first.get(entrants[0]).cpu : 0;
  const most = ours > 0 ? Math.max(rounds, Math.min(MOST_ROUNDS, Math.ceil(ENOUGH / ours))) : rounds;
  for (let done = 0; done < most && elapsed() + round <= seconds; done++) {
    for (const entrant of entrants) {
      const run = await once(entrant, LONGEST_RUN);
      const problem = wrong(run, expected);
      if (problem) problems[entrant.id] = problem;
      else samples[entrant.id].push(run);
    }
  }
  // No time for a round: the run that was looked at has to do.
  for (const entrant of entrants) {
    if (samples[entrant.id].length === 0) samples[entrant.id].push(first.get(entrant));
  }
  for (const id of Object.keys(problems)) delete samples[id];
  return { name: program.name, samples, problems };
}
