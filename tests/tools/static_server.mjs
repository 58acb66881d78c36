// SPDX-License-Identifier: MIT
// A small static file server on 127.0.0.1 for `npm start` and for the browser tests.

import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

/** Makes a page cross-origin isolated at top level and in frames (see web/README.md), on every response. */
export const ISOLATION_HEADERS = Object.freeze({
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Document-Isolation-Policy': 'isolate-and-require-corp',
});

const MIME_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.lisp': 'text/plain; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttb': 'application/octet-stream',
  '.ttf': 'font/ttf',
  '.ttvm': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** Decoded path segments of a request below `prefix`; undefined when the path must not be served. */
function parsePath(url, prefix) {
  let pathname;
  try {
    pathname = decodeURIComponent(url.replace(/[?#].*$/, ''));
  } catch {
    return undefined;
  }
  if (!pathname.startsWith(prefix)) return undefined;
  const segments = pathname.slice(prefix.length).split('/');
  // Only the last may be empty (a folder); `..`, a backslash or a NUL, encoded or not, is never a name of ours.
  if (segments.at(-1) === '') segments.pop();
  if (segments.some((name) => name === '' || name === '..' || name === '.' || /[\\\0]/.test(name)))
    return undefined;
  return segments;
}

/** `bytes=a-b`, `bytes=a-`, `bytes=-n` → [first, last]; undefined = whole file; null = cannot be met. */
function parseRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const first = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const last = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return first > last || first >= size ? null : [first, last];
}

async function findFile(rootReal, segments) {
  const wanted = path.join(rootReal, ...segments);
  const real = await realpath(wanted);
  // A symbolic link inside the root must not lead out of it.
  if (real !== rootReal && !real.startsWith(rootReal + path.sep))
    throw Object.assign(new Error('outside'), { code: 'ENOENT' });
  const info = await stat(real);
  return { real, info };
}

async function respond(request, response, rootReal, prefix, headers) {
  const send = (status, extra, body) => {
    response.writeHead(status, { ...headers, ...extra });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const refuse = (status, text, extra = {}) =>
    send(status, { 'Content-Type': 'text/plain; charset=utf-8', ...extra }, `${text}\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(405, 'method not allowed', { Allow: 'GET, HEAD' });
  const segments = parsePath(request.url ?? '/', prefix);
  if (!segments) return refuse(404, 'not found');
  let file;
  try {
    file = await findFile(rootReal, segments);
    if (file.info.isDirectory()) {
      const [, pathname = '/', search = ''] = /^([^?#]*)(\?[^#]*)?/.exec(request.url ?? '/') ?? [];
      // Relative links need the final slash. parsePath let one leading slash through: never another host.
      if (!pathname.endsWith('/')) return refuse(301, 'moved', { Location: `${pathname}/${search}` });
      file = await findFile(rootReal, [...segments, 'index.html']);
    }
  } catch {
    return refuse(404, 'not found');
  }
  const { real, info } = file;
  if (!info.isFile()) return refuse(404, 'not found');
  const etag = `"${info.size.toString(36)}-${Math.trunc(info.mtimeMs).toString(36)}"`;
  const about = {
    'Content-Type': MIME_TYPES[path.extname(real).toLowerCase()] ?? 'application/octet-stream',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-cache',
    'Accept-Ranges': 'bytes',
    ETag: etag,
  };
  if (request.headers['if-none-match'] === etag) return send(304, about);
  const range = parseRange(request.headers.range, info.size);
  if (range === null)
    return refuse(416, 'range not satisfiable', { 'Content-Range': `bytes */${info.size}` });
  const [first, last] = range ?? [0, info.size - 1];
  if (range) about['Content-Range'] = `bytes ${first}-${last}/${info.size}`;
  response.writeHead(range ? 206 : 200, { ...headers, ...about, 'Content-Length': last - first + 1 });
  if (request.method === 'HEAD' || info.size === 0) return response.end();
  const stream = createReadStream(real, { start: first, end: last });
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

function listen(server, port, host) {
  return new Promise((resolve, reject) => {
    const onError = (error) => {
      server.removeListener('listening', onListening);
      reject(error);
    };
    const onListening = () => {
      server.removeListener('error', onError);
      resolve();
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen(port, host);
  });
}

/**
 * Serves the folder `root` until `close()`.
 * @param {object} options
 * @param {string} options.root folder; symbolic links that lead out of it are not followed
 * @param {Record<string, string> | boolean} [options.headers] headers for every response; true (default) =
 *   ISOLATION_HEADERS, false = none, as a plain static host does
 * @param {number} [options.port] 0 (default) = any free port
 * @param {number} [options.attempts] how many ports to try from `port` upwards when taken
 * @param {string} [options.prefix] sub-folder under which the site appears, such as '/some/where/'
 * @param {string} [options.host] loopback name only
 * @returns {Promise<{url: string, origin: string, port: number, close: () => Promise<void>}>}
 */
export async function serve({
  root,
  headers = true,
  port = 0,
  attempts = 1,
  prefix = '/',
  host = '127.0.0.1',
}) {
  const extra = headers === true ? ISOLATION_HEADERS : headers === false ? {} : headers;
  const base = `/${prefix.replace(/^\/+|\/+$/g, '')}/`.replace('//', '/');
  const rootReal = await realpath(root);
  const server = createServer((request, response) => {
    respond(request, response, rootReal, base, extra).catch(() => {
      if (!response.headersSent) response.writeHead(500, extra);
      response.end();
    });
  });
  for (let attempt = 0; ; attempt++) {
    try {
      await listen(server, port === 0 ? 0 : port + attempt, host);
      break;
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || attempt + 1 >= attempts) throw error;
    }
  }
  const actual = server.address().port;
  const origin = `http://${host}:${actual}`;
  return {
    url: origin + base,
    origin,
    port: actual,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
