// SPDX-License-Identifier: MIT
/**
 * The reference pages that the core writes as Markdown (build/generated), as pages of the site: reference/NAME.html.
 * They need no script but the one that sets the colours.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { headText } from './head.mjs';

const PAGES = { instructions: 'Instructions', lisp: 'Lisp' };

const escaped = (text) =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]);

/** Code between back quotes, the rest as it is. */
const inline = (text) =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (/^`.*`$/.test(part) ? `<code>${escaped(part.slice(1, -1))}</code>` : escaped(part)))
    .join('');

const cells = (row) =>
  row
    .replace(/^\s*\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => inline(cell.trim().replaceAll('\\|', '|')));

const tableRow = (tag, row) =>
  `<tr>${cells(row)
    .map((cell) => (cell === '' ? '<td></td>' : `<${tag}>${cell}</${tag}>`))
    .join('')}</tr>`;

/** Headings, paragraphs and tables: what the core's generators write. */
export function toHtml(markdown) {
  return markdown
    .split(/\n{2,}/)
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const heading = /^(#{1,3}) (.*)$/.exec(block.trim());
      if (heading) return `<h${heading[1].length}>${inline(heading[2])}</h${heading[1].length}>`;
      const lines = block.trim().split('\n');
      if (!lines[0].startsWith('|')) return `<p>${inline(lines.join(' '))}</p>`;
      const [first, , ...rows] = lines;
      const body = rows.map((row) => tableRow('td', row)).join('\n');
      return `<table>\n<thead>${tableRow('th', first)}</thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
    })
    .join('\n');
}

function page(name, markdown) {
  const links = Object.entries(PAGES).map(([other, title]) =>
    other === name ? `<b>${title}</b>` : `<a href="./${other}.html">${title}</a>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
${headText('../')}
<title>${PAGES[name]}: TinyTotVM reference</title>
<script src="../theme.js"></script>
<link rel="stylesheet" href="./reference.css" />
</head>
<body>
<nav aria-label="Reference"><a href="../">Playground</a> ${links.join(' ')}</nav>
<main>
${toHtml(markdown)}
</main>
</body>
</html>
`;
}

/** File name → text. */
function files(generated, styles) {
  const made = new Map();
  const missing = [];
  for (const name of Object.keys(PAGES)) {
    const source = join(generated, `${name}.md`);
    if (existsSync(source)) made.set(`reference/${name}.html`, page(name, readFileSync(source, 'utf8')));
    else missing.push(source);
  }
  made.set('reference/reference.css', styles.map((file) => readFileSync(file, 'utf8')).join('\n'));
  return { made, missing };
}

export function reference(buildFolder, styleFolder) {
  const styles = ['tokens.css', 'reference.css'].map((name) => join(styleFolder, name));
  const all = () => files(join(buildFolder, 'generated'), styles);
  return {
    name: 'ttvm-reference',
    generateBundle() {
      const { made, missing } = all();
      if (missing.length > 0) this.error(`${missing.join(', ')} missing: npm run build tables`);
      for (const [fileName, source] of made) this.emitFile({ type: 'asset', fileName, source });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = (request.url ?? '').slice(1).replace(/\?.*$/, '');
        const text = name.startsWith('reference/') ? all().made.get(name) : undefined;
        if (text === undefined) return next();
        response.setHeader('Content-Type', name.endsWith('.css') ? 'text/css' : 'text/html; charset=utf-8');
        response.end(text);
      });
    },
  };
}
