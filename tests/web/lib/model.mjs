// SPDX-License-Identifier: MIT
// The page's model, compiled for Node: it is pure, so its tests need no browser.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { ROOT } from '../../tools/steps.mjs';

const MODULES = [
  'actor_graph',
  'actor_groups',
  'actor_layout',
  'ansi',
  'base64url',
  'code_columns',
  'fuzzy',
  'highlight',
  'history',
  'line_editor',
  'outline',
  'output_log',
  'profile_table',
  'program',
  'share_codec',
  'source_address',
  'source_links',
  'trace_filter',
  'trace_store',
  'trace_text',
  'written',
];

/** Module name → its exports. */
export async function loadModel() {
  const outDir = path.join(ROOT, 'build/web-model');
  mkdirSync(outDir, { recursive: true });
  await build({
    configFile: false,
    root: path.join(ROOT, 'web'),
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      target: 'es2022',
      lib: {
        entry: Object.fromEntries(MODULES.map((name) => [name, path.join(ROOT, `web/src/model/${name}.ts`)])),
        formats: ['es'],
        fileName: (_format, name) => `${name}.mjs`,
      },
    },
  });
  const loaded = MODULES.map(async (name) => [
    name,
    await import(pathToFileURL(path.join(outDir, `${name}.mjs`)).href),
  ]);
  return Object.fromEntries(await Promise.all(loaded));
}
