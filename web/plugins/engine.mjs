// SPDX-License-Identifier: MIT
/**
 * Puts the engine's built files beside the site, untouched by the bundler, in a folder named by
 * their content, so that they may be cached for ever. `virtual:engine` tells that folder.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const VIRTUAL = 'virtual:engine';
const ENGINE_FILE = /^ttvm-(?:mt|st)(?:\.worker)?\.(?:mjs|js|wasm)$/;
const TYPES = { mjs: 'text/javascript', js: 'text/javascript', wasm: 'application/wasm' };

function readEngine(buildFolder) {
  const files = new Map();
  for (const folder of ['wasm-mt', 'wasm-st']) {
    const path = join(buildFolder, folder);
    if (!existsSync(path)) continue;
    for (const name of readdirSync(path)
      .filter((one) => ENGINE_FILE.test(one))
      .sort()) {
      files.set(name, readFileSync(join(path, name)));
    }
  }
  const hash = createHash('sha256');
  for (const [name, bytes] of files) hash.update(name).update('\0').update(bytes);
  return { files, folder: `engine/${hash.digest('hex').slice(0, 12)}/` };
}

export function engine(buildFolder) {
  let found;
  let building = false;
  return {
    name: 'ttvm-engine',
    configResolved(config) {
      building = config.command === 'build';
    },
    buildStart() {
      found = readEngine(buildFolder);
      for (const needed of ['ttvm-mt.mjs', 'ttvm-mt.wasm', 'ttvm-st.mjs', 'ttvm-st.wasm']) {
        if (found.files.has(needed)) continue;
        const message = `${needed} is missing under ${buildFolder}: build the wasm engine first (npm run build wasm)`;
        if (building) this.error(message);
        else this.warn(message);
      }
    },
    resolveId(id) {
      return id === VIRTUAL ? `\0${VIRTUAL}` : null;
    },
    load(id) {
      return id === `\0${VIRTUAL}` ? `export const ENGINE_FOLDER = ${JSON.stringify(found.folder)};` : null;
    },
    generateBundle() {
      for (const [name, source] of found.files) {
        this.emitFile({ type: 'asset', fileName: found.folder + name, source });
      }
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const match = /^\/engine\/[0-9a-f]+\/([\w.-]+)(?:\?|$)/.exec(request.url ?? '');
        const bytes = match && found?.files.get(match[1]);
        if (!bytes) return next();
        response.setHeader('Content-Type', TYPES[match[1].split('.').at(-1)]);
        response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
        response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
        response.end(bytes);
      });
    },
  };
}
