// SPDX-License-Identifier: MIT
// The embed page: alone, in a frame of a foreign page without headers, its size before interaction.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { SITE, byId, output, pageTest, waitForStatus } from './lib/browser.mjs';

const SOURCE = '; Says hello\nPUSH_STR "hello from an embed"\nPRINT\n';
const payload = (files) =>
  Buffer.concat([Buffer.from([1]), deflateRawSync(Buffer.from(JSON.stringify({ files })))]).toString(
    'base64url',
  );

const MAX_BYTES = 30 * 1024;

pageTest('before interaction an embed costs at most 30 KB and no engine', {}, async ({ page, url }) => {
  const requests = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  await page.goto(`${url}embed.html#${payload({ 'main.ttvm': SOURCE })}`);
  await page.locator('.plain-colours .tok-mnemonic').first().waitFor();
  await page.waitForTimeout(500);
  assert.ok(!requests.some((name) => /engine|worker|wasm|monaco|terminal/.test(name)), requests.join(' '));
  const sizes = requests.map((name) => gzipSync(readFileSync(path.join(SITE, name))).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(
    total <= MAX_BYTES,
    `${total} bytes: ${requests.map((name, i) => `${name} ${sizes[i]}`).join(', ')}`,
  );
});

pageTest(
  'an embed runs, stops, resets and leads to the playground with the edited code',
  {},
  async ({ page, context, url }) => {
    const address = `${url}embed.html#${payload({ 'main.ttvm': SOURCE })}`;
    await page.goto(address);
    await byId(page, 'run').click();
    await waitForStatus(page, 'finished');
    await page.getByRole('log').getByText('hello from an embed').waitFor();
    assert.equal(await output(page), 'hello from an embed\n');
    const area = page.getByRole('textbox', { name: /^Source of/ });
    await area.fill('LABEL a\nJMP a\n');
    await byId(page, 'run').click();
    await waitForStatus(page, 'running');
    await byId(page, 'stop').click();
    await waitForStatus(page, 'stopped');
    await page.waitForFunction(() =>
      document.querySelector('[data-testid=open-playground]').href.includes('#'),
    );
    const [opened] = await Promise.all([context.waitForEvent('page'), byId(page, 'open-playground').click()]);
    await opened.waitForFunction(() => globalThis.ttvmPlayground !== undefined);
    await opened.evaluate(() => globalThis.ttvmPlayground.ready);
    assert.equal(
      (await opened.evaluate(() => globalThis.ttvmPlayground.files))['main.ttvm'],
      'LABEL a\nJMP a\n',
    );
    await byId(page, 'reset').click();
    assert.equal(await area.inputValue(), SOURCE);
    assert.equal(await byId(page, 'status').textContent(), 'idle');
    assert.equal(page.url(), address, 'the address was never rewritten');
  },
);

const LISP =
  '; Squares\n(define (square x) (* x x))\n(spawn (lambda () (send 1 (map (list 1 2 3) square))))\n(print (receive))\n';

pageTest('an embed shows, colours and runs a Lisp program', {}, async ({ page, url }) => {
  await page.goto(`${url}embed.html#${payload({ 'main.lisp': LISP })}`);
  await page.locator('.plain-colours .tok-control').first().waitFor();
  const coloured = (kind) => page.locator(`.plain-colours .tok-${kind}`).allInnerTexts();
  assert.deepEqual(await coloured('control'), ['define', 'lambda']);
  assert.deepEqual(await coloured('actor'), ['spawn', 'send', 'receive']);
  assert.deepEqual(await coloured('comment'), ['; Squares']);
  await byId(page, 'run').click();
  await waitForStatus(page, 'finished');
  assert.equal(await output(page), '[1, 4, 9]\n');
  const area = page.getByRole('textbox', { name: /^Source of/ });
  await area.fill('(print (+ 1 "x"))\n');
  await byId(page, 'run').click();
  await waitForStatus(page, 'failed');
  assert.match(await output(page), /main\.lisp:1/);
});

pageTest('an embed reads standard input', {}, async ({ page, url }) => {
  await page.goto(`${url}embed.html#${payload({ 'main.ttvm': 'READ_LINE\nPRINT\n' })}`);
  await byId(page, 'run').click();
  await page.getByRole('textbox', { name: 'Standard input' }).fill('typed');
  await page.keyboard.press('Enter');
  await waitForStatus(page, 'finished');
  assert.equal(await output(page), 'typed\n');
});

pageTest('an embed with a damaged link says so', {}, async ({ page, url }) => {
  await page.goto(`${url}embed.html#AAAA`);
  await page.getByRole('alert').getByText(/link/i).waitFor();
});

pageTest(
  'an embed works in a frame of a foreign page that sends no headers',
  { headers: false },
  async ({ page, server }) => {
    // localhost and 127.0.0.1 are different sites.
    const frame = `http://127.0.0.1:${server.port}/embed.html#${payload({ 'main.ttvm': SOURCE })}`;
    const host = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(
        `<!doctype html><link rel="icon" href="data:,"><title>Host</title><iframe src="${frame}" width="700" height="400"></iframe>`,
      );
    });
    await new Promise((resolve) => host.listen(0, 'localhost', resolve));
    try {
      await page.goto(`http://localhost:${host.address().port}/`);
      const inside = page.frameLocator('iframe');
      await inside.locator('.tok-mnemonic').first().waitFor();
      await inside.getByTestId('run').click();
      await inside.getByRole('log').getByText('hello from an embed').waitFor();
      await inside.getByTestId('status').getByText('finished').waitFor();
      const child = page.frames().find((one) => one.url().includes('embed.html'));
      assert.equal(child.url(), frame);
      assert.equal(await child.evaluate(() => crossOriginIsolated), false);
    } finally {
      host.closeAllConnections();
      await new Promise((resolve) => host.close(resolve));
    }
  },
);
