// SPDX-License-Identifier: MIT
// HTTP natively, against servers of this process: many at once, redirects, what is sent, bodies, TLS, time-outs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import test from 'node:test';
import zlib from 'node:zlib';
import { ROOT, run, folderOf, runSource } from './ttvm.mjs';

/** A server that lasts as long as the test; its port. */
async function serve(t, answer, { create = http.createServer } = {}) {
  const server = create(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return server.address().port;
}

/** A program that asks for `url` and prints the answer, or the kind and message of the exception. */
const asking = (url) => `
TRY
PUSH_STR "${url}"
HTTP_GET
PRINT
CATCH e
LOAD e
GET_FIELD kind
WRITE
PUSH_STR ": "
WRITE
LOAD e
GET_FIELD message
PRINT
END_TRY
`;

/** Fields of an HTTP_REQUEST as instructions; its answer on the stack. */
function request(fields) {
  const lines = ['MAKE_OBJECT'];
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'object') {
      lines.push('MAKE_OBJECT');
      for (const [key, text] of Object.entries(value))
        lines.push(`PUSH_STR ${JSON.stringify(key)}`, `PUSH_STR ${JSON.stringify(text)}`, 'OBJECT_SET');
    } else if (typeof value === 'number') lines.push(`PUSH_INT ${value}`);
    else lines.push(`PUSH_STR ${JSON.stringify(value)}`);
    lines.push(`SET_FIELD ${name}`);
  }
  return [...lines, 'HTTP_REQUEST', ''].join('\n');
}

test('1,000 requests at once from 1,000 actors', async (t) => {
  let most = 0;
  let now = 0;
  const port = await serve(t, (_request, response) => {
    most = Math.max(most, ++now);
    setTimeout(() => {
      now--;
      response.end('x');
    }, 50);
  });
  const source = `
SELF
STORE main
PUSH_INT 0
STORE i
LABEL start
LOAD main
MAKE_FUNCTION ask main
PUSH_INT 1
SPAWN_ARGS
POP
LOAD i
PUSH_INT 1
ADD
STORE i
LOAD i
PUSH_INT 1000
LT
JNZ start
PUSH_INT 0
STORE length
LABEL count
RECEIVE
LEN
LOAD length
ADD
STORE length
LOAD i
PUSH_INT 1
SUB
STORE i
LOAD i
JNZ count
LOAD length
PRINT
HALT
LABEL ask
LOAD main
PUSH_STR "http://127.0.0.1:${port}/"
HTTP_GET
SEND
RET
`;
  const { status, stdout, stderr } = await runSource(t, source, { options: ['--workers', '1'] });
  assert.equal(stderr, '');
  assert.equal(stdout, '1000\n');
  assert.equal(status, 0);
  assert.ok(most > 50, `${most} at a time`);
});

test('what is sent: method, headers, body, and what goes along', async (t) => {
  const seen = [];
  const port = await serve(t, (incoming, response) => {
    const parts = [];
    incoming.on('data', (part) => parts.push(part));
    incoming.on('end', () => {
      seen.push({
        method: incoming.method,
        headers: incoming.headers,
        body: Buffer.concat(parts).toString(),
      });
      response.end();
    });
  });
  const url = `http://127.0.0.1:${port}/`;
  const source =
    request({ url }) +
    request({ url, body: 'grüße' }) +
    request({
      url,
      method: 'PATCH',
      body: '{}',
      headers: { 'Content-Type': 'application/json', 'X-Empty': '' },
    }) +
    request({ url, method: 'DELETE' }) +
    request({ url, method: 'POST', body: '' }) +
    request({ url, method: 'HEAD' });
  const { stderr } = await runSource(t, source);
  assert.equal(stderr, '');
  assert.deepEqual(
    seen.map(({ method, body }) => [method, body]),
    [
      ['GET', ''],
      ['POST', 'grüße'],
      ['PATCH', '{}'],
      ['DELETE', ''],
      ['POST', ''],
      ['HEAD', ''],
    ],
  );
  assert.match(seen[0].headers['user-agent'], /^ttvm\//);
  assert.equal(seen[1].headers['content-type'], 'text/plain;charset=UTF-8');
  assert.equal(seen[1].headers['content-length'], '7');
  assert.equal(seen[1].headers.expect, undefined);
  assert.equal(seen[2].headers['content-type'], 'application/json');
  assert.equal(seen[2].headers['x-empty'], '');
});

test('redirects: followed, POST becomes GET, secrets stay at home, endless ones end', async (t) => {
  const seen = [];
  const other = await serve(t, (incoming, response) => {
    seen.push([incoming.method, incoming.url, incoming.headers.authorization, incoming.headers['x-kept']]);
    response.end('there');
  });
  const port = await serve(t, (incoming, response) => {
    seen.push([incoming.method, incoming.url, incoming.headers.authorization, incoming.headers['x-kept']]);
    const location = { '/near': '/here', '/far': `http://127.0.0.1:${other}/far`, '/loop': '/loop' }[
      incoming.url
    ];
    if (location) response.writeHead(incoming.url === '/near' ? 302 : 307, { location });
    response.end('here');
  });
  const headers = { Authorization: 'secret', 'X-Kept': 'yes' };
  const site = `http://127.0.0.1:${port}`;
  const print = 'GET_FIELD body\nPRINT\n';
  const { stdout } = await runSource(
    t,
    request({ url: `${site}/near`, body: 'x', headers }) +
      print +
      request({ url: `${site}/far`, body: 'x', headers }) +
      print +
      asking(`${site}/loop`),
  );
  assert.equal(stdout, 'here\nthere\nNetworkError: HTTP_GET failed: too many redirects\n');
  assert.deepEqual(seen.slice(0, 4), [
    ['POST', '/near', 'secret', 'yes'],
    ['GET', '/here', 'secret', 'yes'],
    ['POST', '/far', 'secret', 'yes'],
    ['POST', '/far', undefined, 'yes'],
  ]);
  assert.equal(seen.length, 4 + 11);
});

test('--allow-net=HOST:PORT: other ports, other hosts and redirects to them are refused', async (t) => {
  let reached = 0;
  const other = await serve(t, (_incoming, response) => {
    reached++;
    response.end('other');
  });
  const port = await serve(t, (incoming, response) => {
    if (incoming.url === '/away') response.writeHead(302, { location: `http://127.0.0.1:${other}/` });
    response.end('ours');
  });
  const source =
    asking(`http://127.0.0.1:${port}/`) +
    asking(`http://127.0.0.1:${port}/away`) +
    asking(`http://127.0.0.1:${other}/`) +
    asking(`http://localhost:${port}/`) +
    asking(`http://[::1]:${port}/`);
  const options = ['--sandbox', `--allow-net=127.0.0.1:${port}`];
  const { stdout } = await runSource(t, source, { options });
  const refused = (place) => `PermissionDenied: HTTP_GET is not permitted: it needs --allow-net=${place}\n`;
  assert.equal(
    stdout,
    `ours\n${refused(`127.0.0.1:${other}`)}${refused(`127.0.0.1:${other}`)}${refused(`localhost:${port}`)}${refused(`[::1]:${port}`)}`,
  );
  assert.equal(reached, 0);
});

test('bodies: gzip is decoded, bytes are Bytes, what is too large is HeapExceeded', async (t) => {
  const port = await serve(t, (incoming, response) => {
    if (incoming.url === '/gzip') {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(zlib.gzipSync('unpacked'));
    } else if (incoming.url === '/bytes') response.end(Buffer.from([0xff, 0]));
    else response.end(Buffer.alloc(20_000_000, 'x'));
  });
  const site = `http://127.0.0.1:${port}`;
  const source = asking(`${site}/gzip`) + asking(`${site}/bytes`) + asking(`${site}/large`);
  const { stdout } = await runSource(t, source, { options: ['--max-heap', '10M'] });
  assert.equal(stdout, 'unpacked\nBytes(2)\nHeapExceeded: HTTP_GET failed: The answer is too large\n');
});

test('https: certificates that nobody vouches for, and servers that speak no TLS, are refused', async (t) => {
  const fixture = (name) => readFileSync(path.join(ROOT, 'tests/cli/fixtures', name));
  const options = { key: fixture('self_signed.key'), cert: fixture('self_signed.crt') };
  let reached = 0;
  const secure = await serve(t, () => reached++, { create: (answer) => https.createServer(options, answer) });
  const plain = await serve(t, (_incoming, response) => response.end('plain'));
  const { stdout } = await runSource(
    t,
    asking(`https://127.0.0.1:${secure}/`) + asking(`https://127.0.0.1:${plain}/`),
  );
  assert.match(stdout, /^NetworkError: .*certificate.*\nNetworkError: .*\n$/);
  assert.equal(reached, 0);
  const trusting = await serve(t, (_incoming, response) => response.end('secure'), {
    create: (answer) => https.createServer(options, answer),
  });
  const env = { SSL_CERT_FILE: path.join(ROOT, 'tests/cli/fixtures/self_signed.crt') };
  const trusted = await runSource(t, asking(`https://localhost:${trusting}/`), { env });
  assert.equal(trusted.stdout, 'secure\n');
  const elsewhere = await runSource(t, asking(`https://127.0.0.2:${trusting}/`), { env });
  assert.match(elsewhere.stdout, /^NetworkError: /);
});

test('headers and answers that are no HTTP; connections that end early', async (t) => {
  const port = await serve(t, (incoming, response) => {
    if (incoming.url === '/many') {
      for (let i = 0; i < 300; i++) response.setHeader(`x-${i}`, 'y'.repeat(1000));
      response.end();
    } else incoming.socket.destroy();
  });
  const { stdout } = await runSource(
    t,
    asking(`http://127.0.0.1:${port}/many`) + asking(`http://127.0.0.1:${port}/`),
  );
  assert.match(stdout, /^(HeapExceeded|NetworkError): .*\nNetworkError: .*\n$/);
});

test('an actor that is killed while it asks leaves nothing behind', async (t) => {
  let closed;
  const gone = new Promise((resolve) => (closed = resolve));
  const port = await serve(t, (incoming) => incoming.socket.on('close', closed));
  const source = `
MAKE_FUNCTION ask
SPAWN
STORE pid
PUSH_INT 200
SLEEP
LOAD pid
PUSH_STR "kill"
EXIT_SIGNAL
READ_LINE
PRINT
HALT
LABEL ask
PUSH_STR "http://127.0.0.1:${port}/"
HTTP_GET
RET
`;
  const cwd = folderOf(t, { 'main.ttvm': source });
  const { stdout } = await run(['main.ttvm'], {
    cwd,
    use: async (child) => {
      await gone;
      child.stdin.end('closed\n');
    },
  });
  assert.equal(stdout, 'closed\n');
});
