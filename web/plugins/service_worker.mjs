// SPDX-License-Identifier: MIT
/** Emits sw.js at the site's root, with the list of the site's files and an id made from them. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function serviceWorker(source) {
  return {
    name: 'ttvm-service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const text = readFileSync(source, 'utf8');
      const hash = createHash('sha256').update(text);
      const files = Object.keys(bundle).sort();
      for (const name of files) {
        const part = bundle[name];
        hash.update(name).update(part.type === 'chunk' ? part.code : part.source);
      }
      const plain = readdirSync(join(dirname(source), 'public')).sort();
      for (const name of plain) hash.update(name).update(readFileSync(join(dirname(source), 'public', name)));
      // Source maps are for developers.
      const cached = [...files, ...plain].filter((name) => !name.endsWith('.map'));
      this.emitFile({
        type: 'asset',
        fileName: 'sw.js',
        source: text
          .replace("'@BUILD@'", JSON.stringify(hash.digest('hex').slice(0, 12)))
          .replace("['@FILES@']", JSON.stringify(cached)),
      });
    },
  };
}
