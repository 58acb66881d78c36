// SPDX-License-Identifier: MIT
// The programs of tests/bench in Lisp against the same by hand in .ttvm: the same output, and at most 15 %
// more instructions. Smaller numbers than there, since instructions are counted, not time.

import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { smallSource } from '../bench/small.mjs';
import { ROOT, folderOf, run } from './ttvm.mjs';

const MOST = 1.15;
const PROGRAMS = ['fib', 'loop_sum', 'sieve', 'nbody', 'string_build', 'list_ops'];

for (const name of PROGRAMS)
  test(`${name}: instructions of the Lisp program`, async (t) => {
    const cwd = folderOf(t, { 'a.ttvm': smallSource(name, 'ttvm'), 'a.lisp': smallSource(name, 'lisp') });
    const measure = async (file) => {
      const { stdout, stderr } = await run(['--no-smp', '--profile', '--no-table', file], { cwd });
      return { stdout, count: Number(/(\d+) instructions/.exec(stderr)?.[1]) };
    };
    const [hand, lisp] = [await measure('a.ttvm'), await measure('a.lisp')];
    assert.equal(lisp.stdout, hand.stdout);
    assert.ok(lisp.count / hand.count <= MOST, `${lisp.count} instructions, by hand ${hand.count}`);
  });

// What is one operation for programs by hand is one for Lisp, too: instructions alone do not tell.
for (const name of ['loop_sum', 'sieve', 'nbody'])
  test(`${name}: the ends of the loops of the Lisp program`, async () => {
    const loops = async (extension) => {
      const file = path.join(ROOT, 'tests/bench', `${name}.${extension}`);
      const { stdout } = await run(['disasm', '--ir', file]);
      return [...stdout.matchAll(/^ +LOOP/gm)].length;
    };
    const hand = await loops('ttvm');
    assert.ok(hand > 0);
    assert.ok((await loops('lisp')) >= hand, `by hand ${hand}`);
  });
