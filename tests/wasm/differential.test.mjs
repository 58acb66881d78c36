// SPDX-License-Identifier: MIT
// Random programs (tests/fuzz/programs) on wasm, in both engines and optimized, against what the native stack engine says
// they do: output, errors with their lines, status. FUZZ_PROGRAMS=N for more of them, FUZZ_FROM=SEED for others,
// FUZZ_MUTATE=1 for such that nobody would write.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BUILD } from '../tools/steps.mjs';
import { BUILDS, startEngine, startProgram } from './lib/engines.mjs';

const DIFFERENTIAL = path.join(BUILD, 'native/bin/differential');
const COUNT = Number(process.env.FUZZ_PROGRAMS ?? 200);
const MUTATE = process.env.FUZZ_MUTATE ? ['--mutate'] : [];
const FROM = Number(process.env.FUZZ_FROM ?? 1);

/** Programs with what the native build makes of them: `SEED STATUS SOURCE OUT ERR\n`, lengths in bytes, then the texts. */
async function* nativePrograms(optimize) {
  const args = [
    '--emit',
    String(COUNT),
    '--from',
    String(FROM),
    ...(optimize ? ['--optimize'] : []),
    ...MUTATE,
  ];
  const child = spawn(DIFFERENTIAL, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let rest = Buffer.alloc(0);
  for await (const chunk of child.stdout) {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const end = rest.indexOf(10);
      if (end < 0) break;
      const [seed, status, ...lengths] = rest.subarray(0, end).toString().split(' ').map(Number);
      const total = lengths.reduce((sum, length) => sum + length, 0);
      if (rest.length < end + 1 + total) break;
      let at = end + 1;
      const [source, out, err] = lengths.map((length) => rest.subarray(at, (at += length)).toString());
      rest = rest.subarray(at);
      yield { seed, status, source, out, err };
    }
  }
  assert.equal(rest.length, 0, 'the last program is whole');
}

/** The files of a program: each begins behind a line `; file: NAME`; the first one is run. */
function filesOf(source) {
  const [first, ...parts] = source.split(/^; file: (.+)\n/m);
  const files = first === '' ? {} : { 'fuzz.ttvm': first };
  for (let i = 0; i < parts.length; i += 2) files[parts[i]] = parts[i + 1];
  return files;
}

/** Interpreted code is the same on both builds; code that is generated is not. */
const WAYS = [
  ['plain', 'wasm-st', {}],
  ['optimized', 'wasm-st', { optimize: true }],
  ['register code, interpreted', 'wasm-st', { engine: 'register', generateCode: false }],
  ['generated code', 'wasm-st', { engine: 'register' }],
  ['generated code', 'wasm-mt', { engine: 'register' }],
  ['generated code, optimized', 'wasm-st', { engine: 'register', optimize: true }],
];

for (const [title, mode, how] of WAYS)
  describe(`random programs do on ${mode} what they do natively`, { skip: !existsSync(DIFFERENTIAL) }, () => {
    let engine;
    before(async () => {
      engine = await startEngine(BUILDS.find((build) => build.mode === mode));
    });
    after(() => engine.dispose());

    test(title, async () => {
      let compared = 0;
      for await (const { seed, status, source, out, err } of nativePrograms(how.optimize)) {
        const files = filesOf(source);
        const program = startProgram(engine, source, {
          main: Object.keys(files)[0],
          files,
          deterministic: true,
          virtualTime: true,
          ...how,
        });
        program.run.endInput();
        const result = await program.run.done;
        assert.deepEqual(
          { out: program.out, err: program.err, status: result.status },
          { out, err, status },
          `seed ${seed}`,
        );
        compared++;
      }
      assert.ok(compared > COUNT / 4, `${compared} of ${COUNT} programs were compared`);
    });
  });
