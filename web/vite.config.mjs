// SPDX-License-Identifier: MIT
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { engine } from './plugins/engine.mjs';
import { examples } from './plugins/examples.mjs';
import { head } from './plugins/head.mjs';
import { reference } from './plugins/reference.mjs';
import { serviceWorker } from './plugins/service_worker.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Document-Isolation-Policy': 'isolate-and-require-corp',
};

export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [
    head(),
    examples(here('../examples')),
    engine(here('../build')),
    reference(here('../build'), here('src/styles')),
    serviceWorker(here('sw.js')),
  ],
  server: { host: '127.0.0.1', headers: isolation, fs: { allow: [here('..')] } },
  preview: { host: '127.0.0.1', headers: isolation },
  worker: { format: 'es' },
  // It finds its .wasm beside its own file, which a copy in the dependency cache would not have.
  optimizeDeps: { exclude: ['@sqlite.org/sqlite-wasm'] },
  resolve: {
    alias: {
      // The package's entry also brings a worker of its own with a second copy of everything.
      '@sqlite.org/sqlite-wasm': here(
        '../node_modules/@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm/sqlite3-bundler-friendly.mjs',
      ),
    },
  },
  build: {
    target: 'es2022',
    outDir: here('../build/site'),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // The full editor is one large chunk by nature and is loaded after the first paint.
    chunkSizeWarningLimit: 6000,
    rolldownOptions: {
      input: { index: here('index.html'), embed: here('embed.html') },
      // The tables' texts are for the full editor; left alone they, and what they are imported with, would
      // join what embeds load, too.
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'client', test: /wasm-glue[\\/]ts[\\/]/, priority: 1 },
            { name: 'tables', test: /tables\.(?:ts|json)$/, priority: 2 },
          ],
        },
      },
    },
  },
});
