// SPDX-License-Identifier: MIT
// The user's files stay on the device however large they are, and whoever cannot have them kept is told.

import assert from 'node:assert/strict';
import { byId, openPlayground, pageTest, setProgram, untilReady } from './lib/browser.mjs';

const LARGE = 6_000_000;

const files = (page) => page.evaluate(() => globalThis.ttvmPlayground.files);
const stored = (page) => page.evaluate(() => localStorage.getItem('ttvm.session') ?? '');
const untilKept = (page, part) =>
  page.waitForFunction((text) => localStorage.getItem('ttvm.session')?.includes(text), part);

/** Takes what local storage has left but `room` characters. */
const fillStorage = (page, room) =>
  page.evaluate((left) => {
    let size = 0;
    for (let step = 1 << 23; step >= 1; step >>= 1)
      try {
        localStorage.setItem('fill', 'x'.repeat(size + step));
        size += step;
      } catch {
        // Less, then.
      }
    localStorage.setItem('fill', 'x'.repeat(size - left));
  }, room);

pageTest('a large program is kept, for this tab and for others', {}, async ({ page, context, url, open }) => {
  await open();
  await setProgram(page, { main: 'main.ttvm', 'main.ttvm': 'NOP ; mine\n', 'data.txt': 'x'.repeat(LARGE) });
  await untilKept(page, '"large":true');
  assert.ok((await stored(page)).length < 1000);
  await page.reload();
  await untilReady(page);
  assert.equal((await files(page))['data.txt'].length, LARGE);
  // A change is kept, too, and a program that has become small is back where the others are.
  await page.evaluate(() => {
    globalThis.ttvmPlayground.files = { 'main.ttvm': 'NOP ; small again\n' };
  });
  await untilKept(page, 'small again');
  const other = await context.newPage();
  await openPlayground(other, url);
  assert.deepEqual(Object.keys(await files(other)), ['main.ttvm', 'main']);
  assert.match((await files(other))['main.ttvm'], /small again/);
  assert.equal(await page.getByText(/does not let the page keep|no room left/).count(), 0);
});

pageTest('a full local storage costs no work', {}, async ({ page, context, url, open }) => {
  await open();
  await setProgram(page, 'NOP ; first\n');
  await untilKept(page, 'first');
  await fillStorage(page, 100);
  await setProgram(page, `NOP ; second ${'.'.repeat(5000)}\n`);
  await untilKept(page, '"large":true');
  const other = await context.newPage();
  await openPlayground(other, url);
  assert.match((await files(other))['main.ttvm'], /second/);
  assert.equal(await page.getByText(/does not let the page keep|no room left/).count(), 0);
});

pageTest('where nothing can be kept the page says so', {}, async ({ page, open }) => {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('', 'QuotaExceededError');
    };
    indexedDB.open = () => {
      throw new DOMException('', 'SecurityError');
    };
  });
  await open();
  await setProgram(page, 'NOP ; lost\n');
  await byId(page, 'notices')
    .getByText(/does not let the page keep your files/)
    .waitFor();
});
