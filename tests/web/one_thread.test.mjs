// SPDX-License-Identifier: MIT
// Where threads cannot be had the page works with one, and says why.

import assert from 'node:assert/strict';
import { byId, output, pageTest, runByButton, setProgram } from './lib/browser.mjs';

const PROGRAM =
  'MAKE_FUNCTION worker\nSPAWN\nPOP\nRECEIVE\nPRINT\nHALT\nLABEL worker\nPUSH_STR "from an actor"\nSEND 1\n';

async function runsWithOne(page, why) {
  await setProgram(page, PROGRAM);
  await runByButton(page, 'finished');
  assert.equal(await output(page), 'from an actor\n');
  assert.equal((await byId(page, 'schedulers').textContent()).trim(), '1 scheduler');
  await byId(page, 'schedulers').click();
  await page.getByRole('dialog', { name: 'Schedulers' }).getByText(why).waitFor();
}

pageTest(
  'without a service worker and headers',
  { headers: false, profile: { serviceWorkers: 'block' }, allowed: [/blocked by Playwright/] },
  async ({ page, open }) => {
    await open();
    assert.equal(await page.evaluate(() => crossOriginIsolated), false);
    await runsWithOne(page, /not cross-origin isolated/);
  },
);

pageTest('when the address asks for it', {}, async ({ page, open }) => {
  await open('?threads=0');
  await runsWithOne(page, /asked for in the address/);
});

pageTest('threads are used where they can be had', {}, async ({ page, open }) => {
  await open();
  await page.evaluate(() => {
    globalThis.ttvmPlayground.options = { workers: 2 };
  });
  await setProgram(page, PROGRAM);
  await runByButton(page, 'finished');
  assert.equal((await byId(page, 'schedulers').textContent()).trim(), '2 schedulers');
});
