// SPDX-License-Identifier: MIT
// ?src= opens a program of another site, after asking.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before } from 'node:test';
import { byId, pageTest, untilReady } from './lib/browser.mjs';

const heard = [];
let other;
let origin;
before(async () => {
  other = createServer((request, response) => {
    heard.push(request.url);
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (request.url === '/away.ttvm') response.writeHead(302, { Location: '/hello.ttvm' }).end();
    else if (request.url === '/large.ttvm') response.end('x'.repeat(2 << 20));
    else if (request.url === '/missing.ttvm') response.writeHead(404).end();
    else if (request.url === '/raw.ttvm') response.end(Buffer.from([255, 254, 0]));
    else response.end('PUSH_STR "from afar"\nPRINT\n');
  });
  await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
  origin = `http://other.test:${other.address().port}`;
});
after(() => {
  other.close();
  other.closeAllConnections();
});

const files = (page) => page.evaluate(() => globalThis.ttvmPlayground.files);
const where = (name) => `?src=${encodeURIComponent(`${origin}/${name}`)}`;

pageTest(
  'a program of another site is fetched after consent, not run, and kept on reload',
  {},
  async ({ page, open }) => {
    heard.length = 0;
    await open(where('hello.ttvm'));
    await page.getByRole('dialog', { name: 'Open a program from another site?' }).waitFor();
    assert.equal(await byId(page, 'source-address').textContent(), `${origin}/hello.ttvm`);
    assert.deepEqual(heard, []);
    await byId(page, 'source-open').click();
    await page.locator('[data-file="hello.ttvm"]').waitFor();
    assert.deepEqual(heard, ['/hello.ttvm']);
    assert.equal(await byId(page, 'status').textContent(), 'idle');
    const link = await page.evaluate(() => globalThis.ttvmPlayground.link());
    assert.doesNotMatch(link, /src=/);
    await page.waitForTimeout(500);
    await page.reload();
    await untilReady(page);
    assert.equal((await files(page)).main, 'hello.ttvm');
    assert.equal(await byId(page, 'source-open').count(), 0);
    assert.deepEqual(heard, ['/hello.ttvm']);
  },
);

pageTest('a refusal fetches nothing and leaves everything as it was', {}, async ({ page, open }) => {
  heard.length = 0;
  await open(where('hello.ttvm'));
  const had = await files(page);
  await byId(page, 'source-deny').click();
  assert.deepEqual(await files(page), had);
  assert.deepEqual(heard, []);
});

for (const [name, why] of [
  ['away.ttvm', /could not be reached, redirects/],
  ['large.ttvm', /too large/],
  ['missing.ttvm', /status 404/],
  ['raw.ttvm', /not text/],
]) {
  pageTest(
    `what cannot be opened is told: ${name}`,
    { allowed: [/Failed to load|redirect/] },
    async ({ page, open }) => {
      await open(where(name));
      const had = await files(page);
      await byId(page, 'source-open').click();
      await byId(page, 'notices').getByText(why).waitFor();
      assert.deepEqual(await files(page), had);
    },
  );
}

pageTest('an address that is none is told', {}, async ({ page, open }) => {
  await open('?src=javascript:alert(1)');
  await byId(page, 'notices').getByText('is not one of a program').waitFor();
});
