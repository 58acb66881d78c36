// SPDX-License-Identifier: MIT
// First visits: isolation on hosts that send no headers, sub-folders, the first example, offline.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../tools/static_server.mjs';
import {
  SITE,
  byId,
  newProfile,
  openPlayground,
  output,
  pageTest,
  status,
  untilReady,
} from './lib/browser.mjs';

for (const prefix of ['/', '/some/where/']) {
  pageTest(
    `a first visit ends isolated without headers, under ${prefix}`,
    { headers: false, prefix },
    async ({ page, open }) => {
      await open();
      assert.equal(await page.evaluate(() => crossOriginIsolated), true);
      assert.match(await byId(page, 'schedulers').textContent(), /\d+ scheduler/);
      const threads = await page.evaluate(() => globalThis.ttvmPlayground.options.deterministic);
      assert.equal(threads, false);
      await page.reload();
      await untilReady(page);
      assert.equal(await page.evaluate(() => crossOriginIsolated), true, 'isolation survives a reload');
    },
  );
}

pageTest('a server with isolation headers needs no reload', {}, async ({ page, open }) => {
  let loads = 0;
  page.on('domcontentloaded', () => loads++);
  await open();
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);
  assert.equal(loads, 1);
});

pageTest('the first visit shows a program with its output', { headers: false }, async ({ page, open }) => {
  await open();
  assert.notEqual(await output(page), '', 'the first example has run');
  assert.match(await status(page), /^(finished|running)$/);
  const shown = await page.locator('.xterm-rows').innerText();
  assert.ok(shown.trim().length > 0, 'the terminal shows it');
});

pageTest('the source is on show before the full editor has loaded', {}, async ({ page, url }) => {
  await page.route(/monaco_surface/, () => undefined);
  await page.goto(url, { waitUntil: 'commit' });
  await page.locator('.plain-editor .line').first().waitFor();
  assert.ok((await page.locator('.plain-editor .tok-mnemonic').count()) > 0, 'and coloured');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

/** The full editor's own worker has loaded: begun, it must not be cut off, or the editor complains. */
async function editorWorker(page) {
  const isEditors = (worker) => /editor\.worker/.test(worker.url());
  const worker = page.workers().find(isEditors) ?? (await page.waitForEvent('worker', isEditors));
  await worker.evaluate(() => 0);
}

test('the page works without a network after its first visit', { timeout: 90_000 }, async () => {
  const server = await serve({ root: SITE, headers: false });
  const { context, complaints } = await newProfile();
  try {
    const page = await context.newPage();
    await openPlayground(page, server.url);
    await page.waitForFunction(async () => {
      // Each file that the service worker knows of: a part that is missing shows only where it is needed.
      const worker = await (await fetch('sw.js')).text();
      const files = JSON.parse(/^const FILES = (\[.*\]);$/m.exec(worker)[1]);
      const cached = await Promise.all(files.map((name) => caches.match(new URL(name, location.href))));
      return files.length > 20 && cached.every(Boolean);
    });
    await editorWorker(page);
    await server.close();
    await page.reload();
    await untilReady(page);
    await editorWorker(page);
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    const result = await page.evaluate(async () => {
      globalThis.ttvmPlayground.files = { 'main.ttvm': 'PUSH_STR "no network"\nPRINT\n' };
      const summary = await globalThis.ttvmPlayground.run();
      return { ...summary, output: globalThis.ttvmPlayground.output };
    });
    assert.equal(result.reason, 'finished');
    assert.equal(result.output, 'no network\n');
    assert.deepEqual(
      complaints.filter((text) => !/ERR_CONNECTION_REFUSED|Failed to fetch/.test(text)),
      [],
    );
  } finally {
    await context.close();
    await server.close().catch(() => undefined);
  }
});
