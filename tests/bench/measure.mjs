// SPDX-License-Identifier: MIT
// Runs one command under measure.c and gives its output and figures.

import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { BUILD, ROOT, StepError, must, which } from '../tools/steps.mjs';

const MEASURE = path.join(BUILD, 'bench/measure');
/** The last processor: the first ones take most interrupts. */
const PINNED = cpus().length - 1;

export async function buildMeasure() {
  const cc = which('cc');
  if (!cc) throw new StepError('the benchmark needs a C compiler (cc) for its measuring program');
  mkdirSync(path.dirname(MEASURE), { recursive: true });
  await must(cc, ['-std=gnu11', '-O2', path.join(ROOT, 'tests/bench/measure.c'), '-o', MEASURE]);
}

/**
 * Seconds and bytes of one run. `problem` tells why it does not count, in words.
 * @param {string[]} command
 * @param {{pinned?: boolean, cpuLimit?: number, wallLimit?: number, cwd?: string}} options limits in seconds
 * `cpu` is `user` and `system` together: the kernel knows that exactly, and shares it out to the two by what it meets
 * at its ticks, so for programs that take much memory either of them alone varies by a quarter.
 * @returns {Promise<{cpu: number, user: number, system: number, wall: number, peak: number, output: string,
 *   errors: string, problem?: string}>}
 */
export function measure(command, { pinned = false, cpuLimit = 0, wallLimit = 0, cwd = ROOT } = {}) {
  const options = [
    ...(pinned ? ['-p', String(PINNED)] : []),
    ...(cpuLimit > 0 ? ['-c', String(Math.ceil(cpuLimit))] : []),
    ...(wallLimit > 0 ? ['-w', String(Math.ceil(wallLimit))] : []),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(MEASURE, [...options, ...command], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const texts = ['', '', '', ''];
    for (const fd of [1, 2, 3]) child.stdio[fd].setEncoding('utf8').on('data', (text) => (texts[fd] += text));
    const stop = () => child.kill('SIGTERM');
    process.once('exit', stop);
    child.on('error', (error) => reject(new StepError(`cannot start ${MEASURE}: ${error.message}`)));
    child.on('close', () => {
      process.removeListener('exit', stop);
      const [user, system, wall, peak, how, number] = texts[3].trim().split(' ');
      if (number === undefined) return reject(new StepError(`measuring ${command[0]} failed`, texts[2]));
      let problem;
      if (how === 'signal') problem = number === '9' || number === '24' ? 'out of time' : `signal ${number}`;
      else if (number !== '0') problem = `status ${number}: ${texts[2].trim().split('\n')[0]}`;
      resolve({
        cpu: (Number(user) + Number(system)) / 1e6,
        user: Number(user) / 1e6,
        system: Number(system) / 1e6,
        wall: Number(wall) / 1e6,
        peak: Number(peak),
        output: texts[1],
        errors: texts[2],
        ...(problem ? { problem } : {}),
      });
    });
  });
}
