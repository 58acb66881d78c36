// SPDX-License-Identifier: MIT
// A law of the standard library: whoever passes a value of the wrong type is told so in the function's own name,
// unless its comment says that it takes everything.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { readModule } from '../tools/gen_std_docs.mjs';
import { ROOT, folderOf, run } from './ttvm.mjs';

const FOLDER = path.join(ROOT, 'std');
const MODULES = readdirSync(FOLDER, { recursive: true })
  .filter((file) => file.endsWith('.ttvm') && !file.startsWith('workers') && file !== 'prelude.ttvm')
  .map((file) => readModule(file.slice(0, -'.ttvm'.length), readFileSync(path.join(FOLDER, file), 'utf8')));

/** Functions that are told about wrong types by the instruction below them, whose name the message has. */
const BY_INSTRUCTION = {
  tcp_listen: 'TCP_LISTEN',
  udp_bind: 'UDP_BIND',
  compress: 'COMPRESS',
  hash: 'HASH',
  json_stringify: 'JSON_STRINGIFY',
};

test('wrong types raise TypeMismatch in the name of the function', async (t) => {
  const functions = MODULES.flatMap((module) => module.functions).filter((f) =>
    /TypeMismatch/.test(f.errors),
  );
  assert.ok(functions.length > 120, 'the comments are read');
  const source = [
    'IMPORT "std/prelude"',
    // No function takes a Ref, and none can make anything of it.
    'SELF\nMONITOR\nSTORE wrong',
    ...functions.flatMap((f) => [
      'TRY',
      ...f.parameters.map(() => 'LOAD wrong'),
      `LOAD ${f.name}`,
      `CALL_FUNCTION ${f.parameters.length}`,
      'POP\nPUSH_STR "nothing"\nPRINT',
      'CATCH e',
      'LOAD e\nGET_FIELD kind\nPUSH_STR ": "\nCONCAT\nLOAD e\nCONCAT\nPRINT',
      'END_TRY',
    ]),
  ].join('\n');
  const cwd = folderOf(t, { 'a.ttvm': source });
  const { stdout, stderr } = await run(['a.ttvm'], { cwd });
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, functions.length, stderr);
  functions.forEach((f, i) => {
    const name = BY_INSTRUCTION[f.name] ?? f.name;
    assert.match(lines[i], new RegExp(`^TypeMismatch: ${name} expects .* but got Ref$`), f.signature);
  });
});

test('a folder of TTVM_PATH comes before the library inside the program, module by module', async (t) => {
  const cwd = folderOf(t, {
    'a.ttvm': [
      'IMPORT "std/list"',
      'IMPORT "std/actor"',
      'LOAD length',
      'PRINT',
      'PUSH_INT 4\nMAKE_LIST 1',
      'LOAD cast',
      'PRINT',
      'MAKE_FUNCTION same x',
      'LOAD parallel_map',
      'CALL_FUNCTION 2',
      'PRINT',
      'HALT',
      'LABEL same',
      'LOAD x',
      'RET',
    ].join('\n'),
    'lib/std/list.ttvm': 'PUSH_STR "another list"\nSTORE length\nEXPORT length\n',
    'lib/std/actor.ttvm':
      'IMPORT "std/actor/parallel"\nEXPORT parallel_map\nPUSH_STR "another actor"\nSTORE cast\nEXPORT cast\n',
  });
  const { status, stdout, stderr } = await run(['a.ttvm'], { cwd, env: { TTVM_PATH: `${cwd}/lib` } });
  assert.deepEqual([status, stdout], [0, 'another list\nanother actor\n[4]\n'], stderr);
});
