// SPDX-License-Identifier: MIT
// The build menu's own parts: steps, stamps, locks, counting, the static server.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { judge, parseCounts } from './counts.mjs';
import { countJunit } from './ctest.mjs';
import { ISOLATION_HEADERS, serve } from './static_server.mjs';
import { StepError, hashInputs, must, run, withLock } from './steps.mjs';

describe('steps', () => {
  test('a failing command is an error that carries its whole output', async () => {
    const program = "console.log('to stdout'); console.error('to stderr'); process.exit(7)";
    await assert.rejects(must(process.execPath, ['-e', program]), (error) => {
      assert.ok(error instanceof StepError);
      assert.match(error.message, /status 7/);
      assert.match(error.log, /to stdout/);
      assert.match(error.log, /to stderr/);
      return true;
    });
  });

  test('a missing program is an error that names it', async () => {
    await assert.rejects(run('no-such-program-here', []), /no-such-program-here/);
  });

  test('a command that hangs is stopped with its children', async () => {
    const { timedOut, ms } = await run('sh', ['-c', 'sleep 60 & sleep 60'], { timeout: 300 });
    assert.equal(timedOut, true);
    assert.ok(ms < 10_000);
  });

  test('the hash of inputs changes with content, names and extra texts', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'ttvm-hash-'));
    try {
      writeFileSync(path.join(root, 'a'), '1');
      const first = hashInputs([root], ['x']);
      assert.equal(hashInputs([root], ['x']), first);
      assert.notEqual(hashInputs([root], ['y']), first);
      writeFileSync(path.join(root, 'a'), '2');
      const second = hashInputs([root], ['x']);
      assert.notEqual(second, first);
      writeFileSync(path.join(root, 'b'), '');
      assert.notEqual(hashInputs([root], ['x']), second);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  test('a lock keeps other processes out and is freed when its holder dies', async () => {
    const name = `test-${process.pid}`;
    const steps = new URL('./steps.mjs', import.meta.url).href;
    const holder = `import { withLock } from ${JSON.stringify(steps)};
      await withLock(${JSON.stringify(name)}, async () => { process.kill(process.pid, 'SIGKILL'); });`;
    await run(process.execPath, ['--input-type=module', '-e', holder]);
    let inside = false;
    await withLock(name, () => {
      inside = true;
    });
    assert.equal(inside, true, 'the lock of a dead process is taken over');

    const second = `import { withLock } from ${JSON.stringify(steps)};
      await withLock(${JSON.stringify(name)}, () => console.log('in', Date.now()));`;
    let leftAt = 0;
    const other = await withLock(name, async () => {
      const running = run(process.execPath, ['--input-type=module', '-e', second]);
      await new Promise((resolve) => setTimeout(resolve, 700));
      leftAt = Date.now();
      return { running };
    });
    const { output } = await other.running;
    const enteredAt = Number(/in (\d+)/.exec(output)?.[1]);
    assert.ok(enteredAt >= leftAt, `entered ${leftAt - enteredAt} ms too early`);
  });
});

describe('counting', () => {
  test('the last report line of an output counts, colours and all', () => {
    assert.deepEqual(parseCounts('1 passed, 0 failed\nmore\n12 passed, 3 failed\n'), {
      passed: 12,
      failed: 3,
    });
    assert.deepEqual(parseCounts('\x1b[32m5 passed, 0 failed\x1b[0m\r\n'), { passed: 5, failed: 0 });
    assert.equal(parseCounts('about 5 passed, 0 failed'), undefined);
    assert.equal(parseCounts(''), undefined);
  });

  test('a suite that dies, hangs or stays silent is a failure', () => {
    assert.equal(judge({ code: 0, output: '3 passed, 0 failed\n' }).failed, 0);
    assert.equal(judge({ code: 0, output: 'all fine\n' }).failed, 1);
    assert.equal(judge({ code: 139, output: '3 passed, 0 failed\n' }).failed, 1);
    assert.equal(judge({ code: 1, output: '3 passed, 2 failed\n' }).failed, 2);
    assert.equal(judge({ code: 0, output: '3 passed, 0 failed\n', timedOut: true }).failed, 1);
  });

  test("CTest's report: programs that count checks, programs that do not, crashes", () => {
    const testcase = (status, output) =>
      `<testcase name="t" status="${status}"><system-out>${output}</system-out></testcase>\n`;
    assert.deepEqual(countJunit(testcase('run', '9 passed, 0 failed\n')), { passed: 9, failed: 0 });
    assert.deepEqual(countJunit(testcase('run', 'quiet')), { passed: 1, failed: 0 });
    assert.deepEqual(countJunit(testcase('fail', 'segmentation fault')), { passed: 0, failed: 1 });
    assert.deepEqual(countJunit(testcase('fail', '4 passed, 2 failed\n')), { passed: 4, failed: 2 });
    assert.deepEqual(countJunit(testcase('fail', '4 passed, 0 failed\n')), { passed: 4, failed: 1 });
    assert.deepEqual(countJunit(testcase('notrun', '')), { passed: 0, failed: 1 });
  });
});

describe('static server', () => {
  let folder;
  let isolated;
  let plain;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'ttvm-serve-'));
    mkdirSync(path.join(folder, 'site/sub'), { recursive: true });
    writeFileSync(path.join(folder, 'secret.txt'), 'secret');
    writeFileSync(path.join(folder, 'site/index.html'), '<p>home');
    writeFileSync(path.join(folder, 'site/sub/index.html'), '<p>sub');
    writeFileSync(path.join(folder, 'site/data.wasm'), '0123456789');
    symlinkSync(path.join(folder, 'secret.txt'), path.join(folder, 'site/link.txt'));
    isolated = await serve({ root: path.join(folder, 'site') });
    plain = await serve({ root: path.join(folder, 'site'), headers: false, prefix: 'deep/er' });
  });

  after(async () => {
    await isolated.close();
    await plain.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sends the path as it is: fetch() would tidy it up first. */
  const rawGet = (server, target) =>
    new Promise((resolve, reject) => {
      const request = http.get({ host: '127.0.0.1', port: server.port, path: target }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      });
      request.on('error', reject);
    });

  test('files have their type, the isolation headers and a validator', async () => {
    const response = await fetch(isolated.url);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '<p>home');
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
    for (const [name, value] of Object.entries(ISOLATION_HEADERS))
      assert.equal(response.headers.get(name), value);
    const again = await rawGet(isolated, '/data.wasm');
    assert.equal(again.headers['content-type'], 'application/wasm');
    const cached = await fetch(`${isolated.url}data.wasm`, {
      headers: { 'If-None-Match': again.headers.etag },
    });
    assert.equal(cached.status, 304);
  });

  test('without headers it is a plain static host, in any sub-folder', async () => {
    const response = await fetch(`${plain.url}sub/`);
    assert.equal(await response.text(), '<p>sub');
    for (const name of Object.keys(ISOLATION_HEADERS)) assert.equal(response.headers.get(name), null);
    assert.equal((await fetch(`${plain.origin}/index.html`)).status, 404);
  });

  test('nothing outside the folder can be had', async () => {
    for (const target of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/sub/..%2f..%2fsecret.txt',
      '/..%5csecret.txt',
      '/link.txt',
      '/%00',
      '/%zz',
      '//secret.txt',
    ]) {
      const { status, body } = await rawGet(isolated, target);
      assert.equal(status, 404, target);
      assert.ok(!body.includes('secret'), target);
    }
  });

  test('a folder without its final slash leads to the one with it, on this server only', async () => {
    const { status, headers } = await rawGet(isolated, '/sub');
    assert.equal(status, 301);
    assert.equal(headers.location, '/sub/');
  });

  test('ranges and methods', async () => {
    const range = (value) => fetch(`${isolated.url}data.wasm`, { headers: { Range: value } });
    const middle = await range('bytes=2-4');
    assert.equal(middle.status, 206);
    assert.equal(await middle.text(), '234');
    assert.equal(middle.headers.get('content-range'), 'bytes 2-4/10');
    assert.equal(await (await range('bytes=-3')).text(), '789');
    assert.equal((await range('bytes=10-')).status, 416);
    const head = await fetch(`${isolated.url}data.wasm`, { method: 'HEAD' });
    assert.equal(head.headers.get('content-length'), '10');
    assert.equal((await fetch(isolated.url, { method: 'POST' })).status, 405);
  });

  test('a taken port leads to the next one', async () => {
    const next = await serve({ root: folder, port: isolated.port, attempts: 50 });
    assert.notEqual(next.port, isolated.port);
    await next.close();
    await assert.rejects(serve({ root: folder, port: isolated.port }), { code: 'EADDRINUSE' });
  });
});
