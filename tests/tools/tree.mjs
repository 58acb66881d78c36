// SPDX-License-Identifier: MIT
// A tree of files for the time of one test.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Makes a folder with the given files, runs `check` on it and removes it. */
export function withTree(files, check) {
  const root = mkdtempSync(path.join(tmpdir(), 'ttvm-tree-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(root, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return check(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
