// SPDX-License-Identifier: MIT
// The services that JavaScript carries out, one by one: what they answer, what they refuse, what they leave behind.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import { delay } from './lib/engines.mjs';
import { makeServices } from './lib/services.mjs';

const encode = (text) => new TextEncoder().encode(text);
const raises = (promise, kind, message) =>
  assert.rejects(promise, (error) => {
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, message);
    return true;
  });

describe('formats', () => {
  const { call } = makeServices();
  const samples = { empty: '', text: 'hällo '.repeat(5000), one: 'x', long: 'y'.repeat(300_000) };

  for (const [name, text] of Object.entries(samples)) {
    test(`zlib reads what COMPRESS writes, and the other way round: ${name}`, async () => {
      const bytes = encode(text);
      assert.deepEqual(inflateSync(await call('COMPRESS', bytes)).toString(), text);
      for (const level of [0, 1, 9])
        assert.equal(await call('DECOMPRESS', new Uint8Array(deflateSync(bytes, { level }))), text);
    });
  }

  test('DECOMPRESS refuses every truncation and every changed byte', async () => {
    const good = new Uint8Array(deflateSync(encode('some text, some text, some more text')));
    for (let i = 0; i < good.length; i++) {
      await raises(call('DECOMPRESS', good.slice(0, i)), 'DataError', /./);
      const bad = good.slice();
      bad[i] ^= 0x55;
      await raises(call('DECOMPRESS', bad), 'DataError', /./);
    }
    await raises(call('DECOMPRESS', new Uint8Array([...good, 0])), 'DataError', /./);
  });

  test('a decompression bomb ends with HeapExceeded', async () => {
    const bomb = new Uint8Array(deflateSync(new Uint8Array(100 << 20), { level: 9 }));
    await raises(call('DECOMPRESS', bomb), 'HeapExceeded', /when decompressed/);
  });

  test('HASH is SHA-256', async () => {
    assert.equal(
      await call('HASH', 'abc'),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    assert.equal(
      await call('HASH', new Uint8Array(0)),
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  test('DECRYPT gives back what ENCRYPT took, never twice the same', async () => {
    const sealed = await call('ENCRYPT', 'secret ü', 'pass');
    assert.equal(Buffer.from(sealed.slice(0, 4)).toString(), 'TTE1');
    assert.notDeepEqual(sealed, await call('ENCRYPT', 'secret ü', 'pass'));
    assert.equal(await call('DECRYPT', sealed, 'pass'), 'secret ü');
  });

  test('a wrong passphrase, a truncation and a changed byte raise DataError without the secret', async () => {
    const sealed = await call('ENCRYPT', 'secret', 'pass');
    await raises(call('DECRYPT', sealed, 'PASS'), 'DataError', /^(?!.*PASS)/);
    for (const i of [0, 5, 9, 14, 30, 53, sealed.length - 1]) {
      const bad = sealed.slice();
      bad[i] ^= 1;
      await raises(call('DECRYPT', bad, 'pass'), 'DataError', /^(?!.*secret)/);
    }
    for (const length of [0, 10, 52, sealed.length - 1])
      await raises(call('DECRYPT', sealed.slice(0, length), 'pass'), 'DataError', /./);
  });

  test('a header that asks for too much is refused before any work', async () => {
    const sealed = await call('ENCRYPT', 'x', 'p');
    new DataView(sealed.buffer, sealed.byteOffset).setUint32(8, 0xffffffff, true);
    await raises(call('DECRYPT', sealed, 'p'), 'DataError', /not encrypted data/);
  });
});

describe('loopback', () => {
  test('a connection carries bytes both ways, in order, up to the end', async () => {
    const { call } = makeServices();
    const listener = await call('TCP_LISTEN', null, 0n);
    const port = await call('TCP_PORT', listener);
    const client = await call('TCP_CONNECT', 'localhost', port);
    const server = await call('TCP_ACCEPT', listener);
    assert.equal(await call('TCP_SEND', client, 'ping'), 4n);
    assert.equal(await call('TCP_RECV', server, 2n), 'pi');
    assert.equal(await call('TCP_RECV', server, 100n), 'ng');
    await call('TCP_SEND', server, new Uint8Array([255, 0]));
    assert.deepEqual(await call('TCP_RECV', client, 100n), new Uint8Array([255, 0]));
    await call('TCP_SEND', client, 'last');
    await call('CLOSE', client);
    assert.equal(await call('TCP_RECV', server, 100n), 'last');
    assert.equal(await call('TCP_RECV', server, 100n), null);
    await raises(call('TCP_SEND', server, 'x'), 'NetworkError', /Broken pipe/);
    await raises(call('TCP_RECV', client, 1n), 'NetworkError', /^Connection\(\d+\) is closed$/);
    await call('CLOSE', client);
  });

  test('a sender that is far ahead waits for the receiver, and nothing is lost', async () => {
    const { call } = makeServices();
    const listener = await call('TCP_LISTEN', null, 8080n);
    const client = await call('TCP_CONNECT', '127.0.0.1', 8080n);
    const server = await call('TCP_ACCEPT', listener);
    let sent = false;
    const sending = call('TCP_SEND', client, 'z'.repeat(1 << 20)).then((n) => {
      sent = true;
      return n;
    });
    await delay(5);
    assert.equal(sent, false);
    let got = 0;
    while (got < 1 << 20) got += (await call('TCP_RECV', server, 50_000n)).length;
    assert.equal(await sending, BigInt(1 << 20));
  });

  test('waiting readers and acceptors are served in order; closing raises for them', async () => {
    const { call } = makeServices();
    const listener = await call('TCP_LISTEN', null, 0n);
    const waiting = [call('TCP_ACCEPT', listener), call('TCP_ACCEPT', listener)];
    const port = await call('TCP_PORT', listener);
    const client = await call('TCP_CONNECT', '127.0.0.1', port);
    const server = await waiting[0];
    const reads = [call('TCP_RECV', server, 1n), call('TCP_RECV', server, 1n)];
    await call('TCP_SEND', client, 'ab');
    assert.deepEqual(await Promise.all(reads), ['a', 'b']);
    const last = call('TCP_RECV', server, 1n);
    await call('CLOSE', server);
    await raises(last, 'NetworkError', /is closed/);
    await call('CLOSE', listener);
    await raises(waiting[1], 'NetworkError', /is closed/);
  });

  test('refused, taken and foreign addresses', async () => {
    const { call } = makeServices();
    await raises(call('TCP_CONNECT', '127.0.0.1', 9n), 'NetworkError', /Connection refused/);
    await call('TCP_LISTEN', null, 80n);
    await raises(call('TCP_LISTEN', null, 80n), 'NetworkError', /Address already in use/);
    await raises(
      call('TCP_CONNECT', 'example.org', 80n),
      'UnsupportedOperation',
      /sockets to other machines/,
    );
    await raises(call('DNS_RESOLVE', 'example.org'), 'UnsupportedOperation', /look up names/);
    assert.equal(await call('DNS_RESOLVE', 'localhost'), '127.0.0.1');
    await raises(call('EXEC', '/bin/echo', [], false), 'UnsupportedOperation', /other programs/);
  });

  test('datagrams keep their borders, are cut to size, and may go to nobody', async () => {
    const { call } = makeServices();
    const a = await call('UDP_BIND', null, 0n);
    const b = await call('UDP_BIND', null, 5353n);
    await call('UDP_SEND', a, '127.0.0.1', 5353n, 'one');
    await call('UDP_SEND', a, '127.0.0.1', 5353n, 'second');
    const first = await call('UDP_RECV', b, 100n);
    assert.deepEqual([first.data, first.sender_host], ['one', '127.0.0.1']);
    assert.equal(first.sender_port, await call('TCP_PORT', a));
    assert.equal((await call('UDP_RECV', b, 3n)).data, 'sec');
    assert.equal(await call('UDP_SEND', a, '127.0.0.1', 1n, 'lost'), 4n);
    await raises(call('UDP_SEND', a, '127.0.0.1', 5353n, 'x'.repeat(65_508)), 'NetworkError', /too long/);
  });

  test('a handle of the wrong kind is a TypeMismatch that names both', async () => {
    const { call } = makeServices();
    const socket = await call('UDP_BIND', null, 0n);
    await raises(call('TCP_RECV', socket, 1n), 'TypeMismatch', /^a TCP connection but got a UDP socket$/);
    await raises(
      call('DB_QUERY', socket, 'SELECT 1', []),
      'TypeMismatch',
      /^a database but got a UDP socket$/,
    );
  });

  test("an actor's handles are closed with it, and what others wait for on them fails", async () => {
    const { call, start, services } = makeServices();
    const socket = await start('UDP_BIND', [null, 7n], { owner: 5 }).answer;
    const waiting = call('UDP_RECV', socket, 10n);
    services.actorEnded(5);
    await raises(waiting, 'NetworkError', /is closed/);
    await call('UDP_BIND', null, 7n);
  });

  test('there is an end to handles', async () => {
    const { call } = makeServices();
    const opened = [];
    const opening = (async () => {
      for (;;) opened.push(await call('STREAM_MEMORY'));
    })();
    await raises(opening, 'HandlesExceeded', /--max-handles/);
    await call('STREAM_CLOSE', opened[0]);
    await call('STREAM_MEMORY');
  });

  test('what a cancelled call opens is closed again', async () => {
    const { call, start, services } = makeServices();
    const { id } = start('TCP_LISTEN', [null, 99n]);
    services.cancel(id);
    await delay(1);
    await call('TCP_LISTEN', null, 99n);
    services.dispose();
    assert.equal(services.pending, 0);
  });
});

describe('streams', () => {
  test('memory: what was written, in order, once', async () => {
    const { call } = makeServices();
    const stream = await call('STREAM_MEMORY');
    assert.equal(await call('STREAM_READ', stream, 5n), null);
    await call('STREAM_WRITE', stream, 'hello ');
    await call('STREAM_WRITE', stream, 'world');
    assert.equal(await call('STREAM_READ', stream, 8n), 'hello wo');
    assert.equal(await call('STREAM_READ', stream, 8n), 'rld');
    assert.equal(await call('STREAM_READ', stream, 8n), null);
    assert.equal(await call('STREAM_CLOSE', stream), true);
    assert.equal(await call('STREAM_CLOSE', stream), true);
    await raises(call('STREAM_READ', stream, 1n), 'FileError', /^Stream\(\d+\) is closed$/);
  });

  test('files: written and read piece by piece', async () => {
    const { call, open, files } = makeServices();
    const out = await open('STREAM_OPEN_WRITE', 'a.txt');
    await call('STREAM_WRITE', out, 'abc');
    await call('STREAM_WRITE', out, 'def');
    assert.equal(Buffer.from(files.files.get('a.txt')).toString(), 'abcdef');
    await raises(call('STREAM_READ', out, 1n), 'FileError', /for writing/);
    const from = await open('STREAM_OPEN_READ', 'a.txt');
    assert.equal(await call('STREAM_READ', from, 4n), 'abcd');
    assert.equal(await call('STREAM_READ', from, 4n), 'ef');
    assert.equal(await call('STREAM_READ', from, 4n), null);
    await raises(open('STREAM_OPEN_READ', 'no.txt'), 'FileError', /No such file/);
  });
});

describe('databases', () => {
  test('statements, parameters and every type of value', async () => {
    const { call } = makeServices();
    const db = await call('DB_CONNECT', ':memory:');
    await call('DB_EXEC', db, 'CREATE TABLE t (a, b); -- two\n INSERT INTO t VALUES (1, 2); ', []);
    assert.equal(await call('DB_EXEC', db, 'INSERT INTO t VALUES (?, ?)', [null, 'ü']), 1n);
    assert.equal(await call('DB_EXEC', db, 'INSERT INTO t VALUES (?, ?)', [2n ** 62n, 1.5]), 1n);
    assert.equal(
      await call('DB_EXEC', db, 'INSERT INTO t VALUES (?, ?)', [true, new Uint8Array([0, 255])]),
      1n,
    );
    assert.equal(await call('DB_EXEC', db, 'INSERT INTO t VALUES (?, ?)', [new Uint8Array(0), '']), 1n);
    assert.deepEqual(await call('DB_QUERY', db, 'SELECT * FROM t', []), {
      rows: 5n,
      columns: ['a', 'b'],
      data: [
        [1n, 2n],
        [null, 'ü'],
        [2n ** 62n, 1.5],
        [1n, new Uint8Array([0, 255])],
        [new Uint8Array(0), ''],
      ],
    });
    assert.equal(await call('DB_EXEC', db, 'DELETE FROM t', []), 5n);
  });

  test('what is wrong is a DatabaseError in the words of SQLite', async () => {
    const { call } = makeServices();
    const db = await call('DB_CONNECT', ':memory:');
    await raises(call('DB_EXEC', db, 'CREATE TABEL t (a)', []), 'DatabaseError', /syntax error/);
    await raises(
      call('DB_QUERY', db, 'SELECT * FROM nowhere', []),
      'DatabaseError',
      /no such table: nowhere/,
    );
    await raises(call('DB_QUERY', db, 'SELECT ?', []), 'DatabaseError', /parameters/);
    await raises(call('DB_QUERY', db, 'SELECT 1; SELECT 2', []), 'DatabaseError', /a query is one statement/);
    await call('CLOSE', db);
    await raises(call('DB_QUERY', db, 'SELECT 1', []), 'DatabaseError', /^Connection\(\d+\) is closed$/);
  });

  test('a database is a file of the run: written, opened again, shared by two connections', async () => {
    const { call, files } = makeServices();
    const one = await call('DB_CONNECT', 'notes.db');
    await call('DB_EXEC', one, 'CREATE TABLE n (t TEXT)', []);
    await call('DB_EXEC', one, 'INSERT INTO n VALUES (?)', ['first']);
    const two = await call('DB_CONNECT', 'notes.db');
    assert.deepEqual((await call('DB_QUERY', two, 'SELECT t FROM n', [])).data, [['first']]);
    await call('DB_EXEC', one, 'BEGIN IMMEDIATE', []);
    await raises(call('DB_EXEC', two, 'INSERT INTO n VALUES (1)', []), 'DatabaseError', /locked/);
    await call('DB_EXEC', one, "INSERT INTO n VALUES ('gone')", []);
    await call('CLOSE', one);
    assert.deepEqual((await call('DB_QUERY', two, 'SELECT count(*) FROM n', [])).data, [[1n]]);
    await call('CLOSE', two);
    assert.deepEqual([...files.files.keys()], ['notes.db']);
    assert.equal(Buffer.from(files.files.get('notes.db').slice(0, 15)).toString(), 'SQLite format 3');
  });

  test('a file that is no database, and large sorted results', async () => {
    const { call, files } = makeServices();
    files.write('text.txt', 0, encode('this is not a database at all, it is only text'.repeat(20)));
    const bad = await call('DB_CONNECT', 'text.txt');
    await raises(call('DB_QUERY', bad, 'SELECT * FROM sqlite_master', []), 'DatabaseError', /not a database/);
    const db = await call('DB_CONNECT', ':memory:');
    const sql =
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT i, hex(randomblob(20)) FROM n ORDER BY 2';
    assert.equal((await call('DB_QUERY', db, sql, [])).rows, 50_000n);
  });
});

describe('HTTP', () => {
  let server;
  let origin;
  const seen = [];
  before(async () => {
    server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      if (request.url === '/redirect') return response.writeHead(302, { Location: '/there' }).end();
      if (request.url === '/hang') return undefined;
      if (request.url === '/large') {
        response.writeHead(200);
        const more = () => {
          while (response.write('x'.repeat(1 << 16)));
          response.once('drain', more);
        };
        return more();
      }
      response.writeHead(request.url === '/missing' ? 404 : 200, { 'X-Two': ['a', 'b'] });
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => response.end(`${request.headers['x-mine'] ?? ''}${body}`));
      return undefined;
    });
    // 127.0.0.1 is the network inside the run; another address of this machine stands for another site.
    await new Promise((resolve) => server.listen(0, '127.0.0.2', resolve));
    origin = `http://127.0.0.2:${server.address().port}`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const request = ({ call }, method, path, { headers = new Map(), body = null, timeout = null } = {}) =>
    call('HTTP_REQUEST', method, origin + path, headers, body, timeout);
  const open = () => makeServices({ network: () => ({ allowed: true, advice: '' }) });

  test('nothing is sent before consent; a refusal says what to do', async () => {
    const closed = makeServices({ network: () => ({ allowed: false, advice: 'say yes' }) });
    seen.length = 0;
    await raises(
      request(closed, 'GET', '/'),
      'PermissionDenied',
      /http:\/\/127\.0\.0\.2:\d+ was refused: say yes/,
    );
    assert.deepEqual(seen, []);
    assert.deepEqual(closed.asked, [{ origin, method: 'GET', redirect: false }]);
  });

  test('method, headers, body, status', async () => {
    const all = open();
    const headers = new Map([['X-Mine', 'yes ']]);
    const answer = await request(all, 'POST', '/echo', { headers, body: 'hä' });
    assert.equal(answer.status, 200n);
    assert.equal(answer.body, 'yes hä'.replace('yes ', 'yes'));
    assert.equal(answer.headers['x-two'], 'a, b');
    assert.equal((await request(all, 'GET', '/missing')).status, 404n);
  });

  test('a redirect needs a consent of its own; a POST is not repeated', async () => {
    const all = open();
    seen.length = 0;
    assert.equal((await request(all, 'GET', '/redirect')).status, 200n);
    assert.deepEqual(
      all.asked.map(({ redirect }) => redirect),
      [false, true],
    );
    await raises(request(all, 'POST', '/redirect', { body: 'x' }), 'NetworkError', /POST with a redirect/);
  });

  test('time-outs, floods, refused connections, bad requests', async () => {
    const all = open();
    await raises(request(all, 'GET', '/hang', { timeout: 50n }), 'Timeout', /within 50 ms/);
    await raises(request(all, 'GET', '/large'), 'HeapExceeded', /more than/);
    await raises(
      all.call('HTTP_REQUEST', 'GET', 'http://127.0.0.2:47/', new Map(), null, null),
      'NetworkError',
      /Connection refused/,
    );
    await raises(
      all.call('HTTP_REQUEST', 'GET', 'nonsense', new Map(), null, null),
      'NetworkError',
      /address/,
    );
    await raises(all.call('HTTP_REQUEST', 'GET', 'ftp://x/', new Map(), null, null), 'NetworkError', /ftp/);
    const split = new Map([['A', 'b\r\nC: d']]);
    await raises(request(all, 'GET', '/', { headers: split }), 'BadArgument', /line end/);
    await raises(request(all, 'G T', '/'), 'BadArgument', /method/);
  });

  /** A server of the program: accepts once and answers with these bytes. */
  async function answering(bytes, { split = bytes.length } = {}) {
    const made = makeServices();
    const listener = await made.call('TCP_LISTEN', null, 0n);
    const port = await made.call('TCP_PORT', listener);
    let heard = '';
    const serving = (async () => {
      const connection = await made.call('TCP_ACCEPT', listener);
      heard = await made.call('TCP_RECV', connection, 10_000n);
      for (let at = 0; at < bytes.length; at += split)
        await made.call('TCP_SEND', connection, bytes.slice(at, at + split));
      await made.call('CLOSE', connection);
    })();
    const answer = made
      .call('HTTP_REQUEST', 'GET', `http://localhost:${port}/a?b=c`, new Map([['X-A', '1']]), null, null)
      .finally(() => serving.catch(() => undefined));
    return { answer, made, port, heard: () => heard };
  }

  for (const [name, text, body] of [
    ['by length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'hello'],
    ['to the end', 'HTTP/1.0 200\r\n\r\nhello', 'hello'],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n',
      'hello',
    ],
    ['after a hint', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', ''],
    ['bare line ends', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nhi', 'hi'],
  ]) {
    for (const split of [1, 1000]) {
      test(`from a server of the program, ${name}, ${split} bytes at a time`, async () => {
        const { answer, made, port, heard } = await answering(text, { split });
        assert.equal((await answer).body, body);
        assert.equal(
          heard(),
          `GET /a?b=c HTTP/1.1\r\nHost: localhost:${port}\r\nAccept: */*\r\nX-A: 1\r\nConnection: close\r\n\r\n`,
        );
        assert.deepEqual(made.asked, []);
      });
    }
  }

  for (const [name, text] of [
    ['nothing', ''],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['a bad header', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
    ['a cut head', 'HTTP/1.1 200 OK\r\nA: b\r\n'],
    ['a cut body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'],
    ['a bad length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'],
    ['a bad chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    ['a cut chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe'],
  ]) {
    test(`a malformed answer raises NetworkError: ${name}`, async () => {
      const { answer } = await answering(text);
      await raises(answer, 'NetworkError', /malformed|closed|empty/);
    });
  }
});
