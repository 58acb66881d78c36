// SPDX-License-Identifier: MIT
// The file system in memory: what the page gives, what the engine brings along, what the program leaves behind.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BUILDS, runProgram, startEngine } from './lib/engines.mjs';

const text = (bytes) => bytes && new TextDecoder().decode(bytes);
const changes = ({ changedFiles }) =>
  Object.fromEntries(Object.entries(changedFiles).map(([name, bytes]) => [name, text(bytes)]));

for (const build of BUILDS) {
  describe(build.mode, () => {
    let engine;
    before(async () => {
      engine = await startEngine(build);
    });
    after(() => engine.dispose());

    test('the program finds what it was given, text or bytes, in folders too', async () => {
      const { out } = await runProgram(
        engine,
        'PUSH_STR "data/a.txt"\nREAD_FILE\nPRINT\nPUSH_STR "raw.bin"\nREAD_BYTES\nPRINT\nPUSH_STR "data"\nLIST_DIR\nPRINT',
        { files: { 'data/a.txt': 'hällo', 'data/b.txt': '', 'raw.bin': new Uint8Array([0, 255, 7]) } },
      );
      assert.equal(out, 'hällo\nBytes(3)\n[a.txt, b.txt]\n');
    });

    test('changed, created and removed files are in the result, others are not', async () => {
      const { result } = await runProgram(
        engine,
        [
          'PUSH_STR "new"\nPUSH_STR "data/made.txt"\nWRITE_FILE',
          'PUSH_STR "!"\nPUSH_STR "kept.txt"\nAPPEND_FILE',
          'PUSH_STR "x"\nPUSH_STR "scratch"\nWRITE_FILE\nPUSH_STR "scratch"\nDELETE_FILE',
          'PUSH_STR "gone.txt"\nDELETE_FILE',
        ].join('\n'),
        { files: { 'kept.txt': 'kept', 'gone.txt': 'gone', 'data/same.txt': 'same' } },
      );
      assert.equal(result.reason, 'finished');
      assert.deepEqual(changes(result), { 'data/made.txt': 'new', 'kept.txt': 'kept!', 'gone.txt': null });
    });

    test('a file that is not there raises FileError with the reason', async () => {
      const { out } = await runProgram(
        engine,
        'TRY\nPUSH_STR "no.txt"\nREAD_FILE\nCATCH e\nLOAD e\nGET_FIELD kind\nPRINT\nLOAD e\nGET_FIELD message\nPRINT\nEND_TRY',
      );
      assert.equal(out, 'FileError\nFile operation failed on no.txt: No such file or directory\n');
    });

    test('every run begins with a fresh file system', async () => {
      await runProgram(engine, 'PUSH_STR "x"\nPUSH_STR "left.txt"\nWRITE_FILE');
      const { out } = await runProgram(engine, 'PUSH_STR "left.txt"\nFILE_EXISTS\nPRINT');
      assert.equal(out, 'false\n');
    });

    test('modules import each other; environment and arguments arrive', async () => {
      const { out, err } = await runProgram(
        engine,
        'IMPORT "lib/two"\nLOAD answer\nPRINT\nPUSH_STR "WHO"\nGET_ENV\nPRINT\nGET_ARGS\nPRINT',
        {
          files: { 'lib/two.ttvm': 'PUSH_INT 42\nSTORE answer\nEXPORT answer' },
          env: { WHO: 'wörld' },
          args: ['a b', 'ü'],
        },
      );
      assert.equal(err, '');
      assert.equal(out, '42\nwörld\n[main.ttvm, a b, ü]\n');
    });

    test('nothing is there but what was given', async () => {
      const { out } = await runProgram(
        engine,
        'PUSH_STR "examples"\nFILE_EXISTS\nPRINT\nPUSH_STR ""\nLIST_DIR\nPRINT',
      );
      assert.equal(out, 'false\n[main.ttvm]\n');
    });

    test('a name that cannot be a file is refused with a message', async () => {
      const { err, result } = await runProgram(engine, 'HALT', { files: { '../out': 'x' } });
      assert.equal(result.status, 1);
      assert.equal(result.reason, 'failed');
      assert.match(err, /\.\.\/out/);
    });
  });
}
