// SPDX-License-Identifier: MIT
// Files, network, databases and encryption on the page: what people see of them, what is kept, what is asked.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../tools/steps.mjs';
import { serve } from '../tools/static_server.mjs';
import {
  SITE,
  byId,
  newProfile,
  openPlayground,
  output,
  pageTest,
  runByButton,
  setProgram,
  untilReady,
  waitForStatus,
} from './lib/browser.mjs';

const AXE = path.join(ROOT, 'node_modules/axe-core/axe.min.js');

/** Another site, which lets everybody read its answers. `heard` are the requests it got. */
const heard = [];
let other;
let origin;
before(async () => {
  other = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', '*');
    if (request.url === '/away') response.writeHead(302, { Location: '/there' }).end();
    else response.end(`you asked for ${request.url}`);
  });
  await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
  origin = `http://other.test:${other.address().port}`;
});
after(() => {
  other.close();
  other.closeAllConnections();
});

const get = (where) => `PUSH_STR "${origin}${where}"\nHTTP_GET\nPRINT\n`;
const caught = (source) =>
  `TRY\n${source}CATCH e\nLOAD e\nGET_FIELD kind\nPRINT\nLOAD e\nGET_FIELD message\nPRINT\nEND_TRY\n`;
const tab = (page, name) => page.locator(`[data-file="${name}"]`);

pageTest(
  'files that a program writes appear in tabs, are kept, and are there for the next run',
  {},
  async ({ page, open }) => {
    await open();
    await setProgram(page, {
      'main.ttvm':
        'PUSH_STR "once "\nPUSH_STR "log.txt"\nAPPEND_FILE\nPUSH_BYTES "00ff10"\nPUSH_STR "raw.bin"\nWRITE_BYTES\n' +
        'PUSH_STR "log.txt"\nREAD_FILE\nPRINT\n',
    });
    await runByButton(page, 'finished');
    assert.equal(await output(page), 'once \n');
    await tab(page, 'log.txt').waitFor();
    assert.equal(
      await tab(page, 'main.ttvm').getAttribute('aria-selected'),
      'true',
      'no tab steals the focus',
    );
    await runByButton(page, 'finished');
    assert.equal(await output(page), 'once once \n');
    await page.waitForTimeout(600);
    await page.reload();
    await untilReady(page);
    await tab(page, 'log.txt').click();
    await page.locator('.monaco-editor').getByText('once once').waitFor();
    await tab(page, 'raw.bin').click();
    await page.getByText('raw.bin is not text: 3 bytes.').waitFor();
    const downloading = page.waitForEvent('download');
    await byId(page, 'download-file').click();
    const download = await downloading;
    assert.deepEqual([...readFileSync(await download.path())], [0, 255, 16]);
    await byId(page, 'delete-file').click();
    await tab(page, 'raw.bin').waitFor({ state: 'detached' });
    // What a program wrote is no part of a link until the user takes it over.
    const files = () => page.evaluate(() => Object.keys(globalThis.ttvmPlayground.files).sort());
    assert.deepEqual(await files(), ['main', 'main.ttvm']);
    await tab(page, 'log.txt').click();
    await byId(page, 'keep-file').click();
    assert.deepEqual(await files(), ['log.txt', 'main', 'main.ttvm']);
  },
);

pageTest("a program changes the user's own file, and Undo brings it back", {}, async ({ page, open }) => {
  await open();
  await setProgram(page, {
    'main.ttvm': 'PUSH_STR "new"\nPUSH_STR "data.txt"\nWRITE_FILE\n',
    'data.txt': 'old',
  });
  await runByButton(page, 'finished');
  const data = () => page.evaluate(() => globalThis.ttvmPlayground.files['data.txt']);
  assert.equal(await data(), 'new');
  await byId(page, 'notices').getByText('The program changed data.txt.').waitFor();
  await byId(page, 'notices').getByRole('button', { name: 'Undo' }).click();
  assert.equal(await data(), 'old');
});

pageTest('a running program’s files are seen while it runs', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, 'PUSH_STR "early"\nPUSH_STR "early.txt"\nWRITE_FILE\nPUSH_INT 60000\nSLEEP\n');
  await byId(page, 'run').click();
  await tab(page, 'early.txt').waitFor();
  await byId(page, 'stop').click();
  await waitForStatus(page, 'stopped');
});

pageTest('nothing is sent before the reader allows it; denial by keyboard', {}, async ({ page, open }) => {
  await open();
  heard.length = 0;
  await setProgram(page, caught(get('/x')));
  await byId(page, 'run').focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Let the program talk to another site?' });
  await dialog.waitFor();
  assert.equal(await byId(page, 'network-site').textContent(), origin);
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('data-testid')),
    'network-deny',
    'the safe choice has the focus',
  );
  // The page's policy allows scripts of its own origin only: hand the text over instead.
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run('.dialog-network'));
  assert.deepEqual(
    violations.map(({ id }) => id),
    [],
  );
  await page.keyboard.press('Escape');
  await waitForStatus(page, 'finished');
  assert.deepEqual(heard, []);
  assert.equal(
    await output(page),
    `PermissionDenied\nHTTP_GET is not permitted: a request to ${origin} was refused: run again and allow it when asked\n`,
  );
});

pageTest('a choice holds for the run or for the page, and can be taken back', {}, async ({ page, open }) => {
  await open();
  heard.length = 0;
  await setProgram(page, get('/1') + get('/2'));
  await byId(page, 'run').click();
  await byId(page, 'network-run').click();
  await waitForStatus(page, 'finished');
  assert.equal(await output(page), 'you asked for /1\nyou asked for /2\n');
  assert.deepEqual(heard, ['GET /1', 'GET /2']);
  await byId(page, 'run').click();
  await byId(page, 'network-page').click();
  await waitForStatus(page, 'finished');
  await runByButton(page, 'finished');
  assert.equal(heard.length, 6);
  await byId(page, 'options').click();
  await byId(page, 'forget-sites').click();
  await page.getByRole('button', { name: 'Done' }).click();
  await byId(page, 'run').click();
  await byId(page, 'network-deny').click();
  await waitForStatus(page, 'failed');
  assert.equal(heard.length, 6);
});

pageTest('a redirect is asked about once more', {}, async ({ page, open }) => {
  await open();
  heard.length = 0;
  await setProgram(page, get('/away'));
  await byId(page, 'run').click();
  await byId(page, 'network-run').click();
  await page.getByRole('dialog', { name: 'Follow a redirect to an unknown site?' }).waitFor();
  assert.deepEqual(heard, ['GET /away']);
  await byId(page, 'network-run').click();
  await waitForStatus(page, 'finished');
  assert.equal(await output(page), 'you asked for /there\n');
});

pageTest(
  'Stop puts the question away; capabilities of the page refuse without asking',
  {},
  async ({ page, open }) => {
    await open();
    await setProgram(page, get('/x'));
    await byId(page, 'run').click();
    await byId(page, 'network-deny').waitFor();
    await page.evaluate(() => globalThis.ttvmPlayground.stop());
    await waitForStatus(page, 'stopped');
    await byId(page, 'network-deny').waitFor({ state: 'detached' });
    await byId(page, 'options').click();
    await byId(page, 'allow-net').uncheck();
    await byId(page, 'allow-fs-write').uncheck();
    await page.getByRole('button', { name: 'Done' }).click();
    await setProgram(page, caught(get('/x')) + caught('PUSH_STR "x"\nPUSH_STR "y"\nWRITE_FILE\n'));
    await runByButton(page, 'finished');
    assert.match(
      await output(page),
      /^PermissionDenied\n.*--allow-net\nPermissionDenied\n.*--allow-fs-write\n$/,
    );
  },
);

pageTest('an embed asks, too', {}, async ({ page, open, url }) => {
  await open();
  await setProgram(page, caught(get('/embed')));
  const link = await page.evaluate(() => globalThis.ttvmPlayground.link());
  heard.length = 0;
  await page.goto(`${url}embed.html#${link.split('#')[1]}`);
  await byId(page, 'run').click();
  await page.getByRole('dialog', { name: 'Let the program talk to another site?' }).waitFor();
  assert.deepEqual(heard, []);
  await byId(page, 'network-run').click();
  await waitForStatus(page, 'finished');
  assert.equal(await output(page), 'you asked for /embed\n');
});

pageTest(
  'a site that does not answer other sites is explained',
  { allowed: [/CORS|ERR_/] },
  async ({ page, open }) => {
    await open();
    await setProgram(page, caught('PUSH_STR "http://closed.test:47/"\nHTTP_GET\nPRINT\n'));
    await byId(page, 'run').click();
    await byId(page, 'network-run').click();
    await waitForStatus(page, 'finished');
    assert.match(
      await output(page),
      /^NetworkError\nHTTP_GET failed: http:\/\/closed\.test:47 could not be reached/,
    );
  },
);

for (const threads of ['', '?threads=0']) {
  pageTest(`a program serves HTTP to itself without any question ${threads}`, {}, async ({ page, open }) => {
    await open(threads);
    const source = readFileSync(path.join(ROOT, 'tests/conformance/network/http.ttvm'), 'utf8');
    await setProgram(page, source);
    await runByButton(page, 'finished');
    const expected = [...source.matchAll(/^; expect: (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
    assert.equal(await output(page), expected);
  });
}

test(
  'databases and encryption are loaded when first used, and work without a network afterwards',
  { timeout: 120_000 },
  async () => {
    const server = await serve({ root: SITE });
    const { context, complaints } = await newProfile();
    const source = [
      'PUSH_STR "sqlite:notes.db"\nDB_CONNECT\nSTORE db',
      'LOAD db\nPUSH_STR "CREATE TABLE IF NOT EXISTS n (t)"\nDB_EXEC\nPOP',
      'LOAD db\nPUSH_STR "INSERT INTO n VALUES (1)"\nDB_EXEC\nPOP',
      'LOAD db\nPUSH_STR "SELECT count(*) FROM n"\nDB_QUERY\nGET_FIELD data\nPRINT',
      'PUSH_STR "secret"\nPUSH_STR "key"\nENCRYPT\nPUSH_STR "key"\nDECRYPT\nPRINT',
      'PUSH_STR "abc"\nCOMPRESS\nDECOMPRESS\nPRINT',
    ].join('\n');
    try {
      const page = await context.newPage();
      const asked = [];
      page.on('request', (request) => asked.push(request.url()));
      const lazy = () => asked.filter((url) => /sqlite|libsodium|services/.test(url));
      await openPlayground(page, server.url);
      assert.deepEqual(lazy(), []);
      await setProgram(page, source);
      await runByButton(page, 'finished');
      assert.equal(await output(page), '[[1]]\nsecret\nabc\n');
      await page.waitForFunction(async () => {
        const cache = await caches.open((await caches.keys()).find((name) => name.startsWith('ttvm-site-')));
        const urls = (await cache.keys()).map(({ url }) => url);
        return [
          'sqlite3',
          'libsodium',
          'services',
          'browser',
          'editor.worker',
          'embed.html',
          'theme.js',
        ].every((part) => urls.some((url) => url.includes(part)));
      });
      await server.close();
      await page.reload();
      await untilReady(page);
      await runByButton(page, 'finished');
      assert.equal(await output(page), '[[2]]\nsecret\nabc\n', 'the database was kept, too');
      assert.deepEqual(
        complaints.filter((text) => !/ERR_CONNECTION_REFUSED|Failed to fetch/.test(text)),
        [],
      );
    } finally {
      await context.close();
      await server.close().catch(() => undefined);
    }
  },
);
