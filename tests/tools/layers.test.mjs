// SPDX-License-Identifier: MIT
// The layer, size and README checks: they hold for this tree, and they catch trees that break the rules.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkLayers } from './check_layers.mjs';
import { checkReadmes } from './check_readmes.mjs';
import { LIMIT, checkSizes } from './check_sizes.mjs';
import { ROOT } from './steps.mjs';
import { withTree } from './tree.mjs';

const problemsOf = (files) => withTree(files, (root) => checkLayers(root).problems);

describe('layers of C', () => {
  test('this tree keeps the rule', () => {
    const { problems, files } = checkLayers(ROOT);
    assert.deepEqual(problems, []);
    assert.ok(files > 0, 'no source file was looked at');
  });

  test('a lower level, the own folder and system headers are fine', () => {
    const problems = problemsOf({
      'core/value/value.h': '#include "base/vec.h"\n#include <stdio.h>\n',
      'core/base/vec.h': '',
      'core/heap/heap.c': '#include "heap/heap.h"\n#include "gc.h"\n# include "value/value.h"\n',
      'core/heap/heap.h': '',
      'core/heap/gc.h': '',
      'core/vm/vm.c': '#include "tinytot/tt.h"\n#include "heap/heap.h"\n',
      'core/include/tinytot/tt.h': '',
      'wasm-glue/glue.c': '#include "tinytot/tt.h"\n#include "vm/vm.h"\n',
      'core/vm/vm.h': '',
    });
    assert.deepEqual(problems, []);
  });

  test('a higher level is caught', () => {
    const problems = problemsOf({ 'core/value/value.c': '#include "heap/heap.h"\n', 'core/heap/heap.h': '' });
    assert.equal(problems.length, 1);
    assert.match(
      problems[0],
      /core\/value\/value\.c: value\/ \(level 1\) includes "heap\/heap\.h" of level 2/,
    );
  });

  test('a neighbour of the same level is caught, also through a relative path', () => {
    const problems = problemsOf({
      'core/asm/asm.c': '#include "../verify/verify.h"\n',
      'core/verify/verify.h': '',
    });
    assert.equal(problems.length, 1);
  });

  test('port may include the listed headers of base and no others', () => {
    const allowed = problemsOf({
      'core/port/lock.h': '#include "base/config.h"\n',
      'core/base/config.h': '',
    });
    assert.deepEqual(allowed, []);
    const refused = problemsOf({ 'core/port/lock.h': '#include "base/vec.h"\n', 'core/base/vec.h': '' });
    assert.equal(refused.length, 1);
    const reversed = problemsOf({ 'core/base/alloc.c': '#include "port/lock.h"\n', 'core/port/lock.h': '' });
    assert.equal(reversed.length, 1);
  });

  test("another folder's private header is caught, one's own is fine", () => {
    const files = { 'core/heap/heap_internal.h': '', 'core/heap/gc.c': '#include "heap/heap_internal.h"\n' };
    assert.deepEqual(problemsOf(files), []);
    const problems = problemsOf({ ...files, 'core/vm/vm.c': '#include "heap/heap_internal.h"\n' });
    assert.equal(problems.length, 1);
    assert.match(problems[0], /private to heap/);
  });

  test('a folder without a level is caught', () => {
    assert.equal(problemsOf({ 'core/newcomer/a.c': 'int x;\n' }).length, 1);
    assert.equal(
      problemsOf({ 'core/vm/vm.c': '#include "newcomer/a.h"\n', 'core/newcomer/a.h': '' }).length,
      2,
    );
  });
});

describe('layers of TypeScript', () => {
  const engine = { 'wasm-glue/ts/index.ts': '', 'wasm-glue/ts/client.ts': '' };

  test('the engine entry is fine, with or without extension and in dynamic imports', () => {
    const text = `import { createEngine } from '../../../wasm-glue/ts/index.ts';
import type { Engine } from '../../../wasm-glue/ts/index.js';
const late = import('../../../wasm-glue/ts/index.ts');
import '../styles/tokens.css';
`;
    assert.deepEqual(problemsOf({ ...engine, 'web/src/app/store.ts': text }), []);
  });

  test('any other file of the engine is caught', () => {
    for (const text of [
      "import { Client } from '../../../wasm-glue/ts/client.ts';\n",
      "export * from '../../../wasm-glue/ts/client';\n",
      "import '../../../wasm-glue/ts/client.ts';\n",
      "import {\n  Client,\n} from '../../../wasm-glue/ts/client.ts';\n",
      "const x = await import('../../../wasm-glue/ts/client.ts');\n",
      "import { x } from '/wasm-glue/ts/client.ts';\n",
      "import url from '../../../wasm-glue/ts/client.ts?worker&url';\n",
    ]) {
      assert.equal(problemsOf({ ...engine, 'web/src/app/store.ts': text }).length, 1, text);
    }
  });

  test('web/src/model stands alone', () => {
    const inside =
      "import { a } from './other.ts';\nimport type { E } from '../../../wasm-glue/ts/index.ts';\n";
    assert.deepEqual(problemsOf({ ...engine, 'web/src/model/a.ts': inside }), []);
    for (const text of ["import { html } from 'lit';\n", "import { store } from '../app/store.ts';\n"]) {
      assert.equal(problemsOf({ ...engine, 'web/src/model/a.ts': text }).length, 1, text);
    }
  });
});

describe('sizes', () => {
  test(`no file of this tree is longer than ${LIMIT} lines`, () => {
    assert.deepEqual(checkSizes(ROOT).tooLarge, []);
  });

  test('a long file is caught, a long table is not', () => {
    const text = 'x\n'.repeat(LIMIT + 1);
    const { tooLarge } = withTree(
      { 'core/vm/vm.c': text, 'core/bytecode/opcodes.def': text, 'core/vm/ok.c': 'x\n'.repeat(LIMIT) },
      checkSizes,
    );
    assert.deepEqual(tooLarge, [{ file: 'core/vm/vm.c', lines: LIMIT + 1 }]);
  });
});

describe('READMEs', () => {
  test('every file of this tree is named in one', () => {
    const { problems, files } = checkReadmes(ROOT);
    assert.deepEqual(problems, []);
    assert.ok(files > 500, `${files} files were looked at`);
  });

  test('a file counts by name, stem, pattern or folder, and in the nearest README only', () => {
    const { problems } = withTree(
      {
        'core/README.md': '`lost.c`',
        'core/vm/README.md': 'The VM: `vm.[ch]`, `sem_*.c`, `*.def`, `host/`, and parse.c.',
        'core/vm/vm.c': '',
        'core/vm/vm.h': '',
        'core/vm/sem_list.c': '',
        'core/vm/host/deep/file.c': '',
        'core/vm/lost.c': '',
        'core/vm/parse.c': '',
        'core/vm/rows.def': '',
        'std/note.mjs': '',
      },
      checkReadmes,
    );
    assert.deepEqual(problems, [
      'core/vm/lost.c is not in core/vm/README.md',
      'core/vm/parse.c is not in core/vm/README.md',
      'core/vm/rows.def is not in core/vm/README.md',
      'std/note.mjs is not in README.md',
    ]);
  });
});
