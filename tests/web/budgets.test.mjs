// SPDX-License-Identifier: MIT
// What the page may cost: time to code, output and full editor; its policy; what it asks the network for.

import assert from 'node:assert/strict';
import { byId, pageTest, runByButton, setProgram, waitForStatus } from './lib/browser.mjs';

/** Milliseconds from navigation, on a slow shared machine; a desktop needs a third. */
const BUDGET = { code: 2500, output: 5000, editor: 8000 };

pageTest('code, output and the full editor are there in time', {}, async ({ page, url, t }) => {
  const begin = Date.now();
  await page.goto(url, { waitUntil: 'commit' });
  const since = async (locator) => {
    await locator.first().waitFor();
    return Date.now() - begin;
  };
  const code = await since(page.locator('.plain-editor .line'));
  const shown = await since(page.locator('.xterm-rows').getByText(/\w/));
  const editor = await since(page.locator('.monaco-editor .view-line'));
  t.diagnostic(`code ${code} ms, output ${shown} ms, full editor ${editor} ms`);
  assert.ok(code < BUDGET.code, `code after ${code} ms`);
  assert.ok(shown < BUDGET.output, `output after ${shown} ms`);
  assert.ok(editor < BUDGET.editor, `full editor after ${editor} ms`);
});

pageTest('nothing is asked of any other site', {}, async ({ page, open, url }) => {
  const foreign = [];
  page.on('request', (request) => {
    const to = new URL(request.url());
    if (/^https?:$/.test(to.protocol) && to.origin !== new URL(url).origin) foreign.push(to.href);
  });
  await open();
  await byId(page, 'share').click();
  await page.waitForTimeout(500);
  assert.deepEqual(foreign, []);
});

for (const file of ['', 'embed.html']) {
  pageTest(
    `the policy of ${file || 'the page'} forbids eval, inline script and foreign script`,
    { allowed: [/Content Security Policy|unsafe-eval|violates/i] },
    async ({ page, url }) => {
      await page.goto(url + file);
      const result = await page.evaluate(async () => {
        // In a task of its own: what the driver evaluates itself is exempt from the policy.
        const evaluated = await new Promise((resolve) =>
          setTimeout(() => {
            try {
              resolve(globalThis.eval('1 + 1'));
            } catch (error) {
              resolve(error.name);
            }
          }),
        );
        const inline = document.createElement('script');
        inline.textContent = 'globalThis.inlineRan = true';
        document.body.append(inline);
        const foreign = document.createElement('script');
        const refused = new Promise((resolve) => (foreign.onerror = () => resolve('refused')));
        foreign.src = 'http://127.0.0.1:9/x.js';
        document.body.append(foreign);
        return { evaluated, inline: globalThis.inlineRan === true, foreign: await refused };
      });
      assert.deepEqual(result, { evaluated: 'EvalError', inline: false, foreign: 'refused' });
    },
  );
}

pageTest('a limit ends the run with a way to allow more', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, 'LABEL a\nJMP a\n');
  await page.evaluate(() => {
    globalThis.ttvmPlayground.options = { limits: { timeMs: 400 } };
  });
  await runByButton(page, 'failed');
  await byId(page, 'notices').getByRole('button', { name: 'Allow more' }).click();
  await page.getByRole('dialog', { name: 'Options' }).waitFor();
  await byId(page, 'option-timeMs').fill('');
  await page.getByRole('button', { name: 'Done' }).click();
  await byId(page, 'run').click();
  await waitForStatus(page, 'running');
  await page.waitForTimeout(700);
  await byId(page, 'stop').click();
  await waitForStatus(page, 'stopped');
});
