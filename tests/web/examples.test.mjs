// SPDX-License-Identifier: MIT
// The gallery, and the programs that issue and README speak of, on several schedulers.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { judgeRun, parseExpectations, runsIn } from '../lib/expectations.mjs';
import { ROOT } from '../tools/steps.mjs';
import { byId, output, pageTest, runByButton, setProgram } from './lib/browser.mjs';

async function openExample(page, id) {
  await byId(page, 'examples').click();
  await page.locator(`[data-example="${id}"]`).click();
  await page.waitForFunction(() => document.querySelector('dialog[open]') === null);
}

pageTest('the gallery lists the examples and finds them by words', {}, async ({ page, open }) => {
  await open();
  await byId(page, 'examples').click();
  const count = await page.locator('[data-example]').count();
  assert.ok(count >= 35, `${count} examples`);
  for (const name of ['showcase', 'coffee_shop_demo', 'closure_test', 'exception_test']) {
    assert.equal(await page.locator(`[data-example="${name}"]`).count(), 1, name);
  }
  await page.getByRole('searchbox', { name: 'Search the examples' }).fill('coffee');
  const found = await page.locator('[data-example]').count();
  assert.ok(found >= 1 && found < count, `${found} of ${count}`);
});

pageTest('the coffee shop runs on two schedulers', {}, async ({ page, open }) => {
  await open();
  await openExample(page, 'coffee_shop_demo');
  await page.evaluate(() => {
    globalThis.ttvmPlayground.options = { workers: 2 };
  });
  await runByButton(page, 'finished');
  assert.equal((await byId(page, 'schedulers').textContent()).trim(), '2 schedulers');
  assert.match(await output(page), /coffee|latte|cappuccino|espresso/i);
});

const RING = `; A thousand actors in a ring: a number goes round once and comes back one larger for each.
SELF
STORE next
PUSH_INT 1000
STORE n
LABEL build
LOAD next
STORE target
CAPTURE target
MAKE_LAMBDA node
SPAWN
STORE next
LOAD n
PUSH_INT 1
SUB
DUP
STORE n
JNZ build
LOAD next
PUSH_INT 0
SEND
RECEIVE
PRINT
HALT
LABEL node
RECEIVE
PUSH_INT 1
ADD
STORE value
LOAD target
LOAD value
SEND
RET
`;

pageTest('a ring of 1,000 actors runs on two schedulers', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, RING);
  await page.evaluate(() => {
    globalThis.ttvmPlayground.options = { workers: 2 };
  });
  await runByButton(page, 'finished');
  assert.equal(await output(page), '1000\n');
  assert.equal((await byId(page, 'schedulers').textContent()).trim(), '2 schedulers');
});

pageTest('what one example needs is not left to the next', {}, async ({ page, open }) => {
  await open();
  const options = () => page.evaluate(() => globalThis.ttvmPlayground.options);
  await page.evaluate(() => {
    globalThis.ttvmPlayground.options = { workers: 3 };
  });
  await openExample(page, 'actors/seeds');
  assert.equal((await options()).seed, 7);
  await openExample(page, 'supervision/one_for_all');
  assert.deepEqual([(await options()).seed, (await options()).virtualTime], [null, true]);
  await openExample(page, 'actors/builtin_workers');
  const { seed, virtualTime, workers } = await options();
  assert.deepEqual([seed, virtualTime, workers], [null, false, 3], 'what the user chose stays');
  await runByButton(page, 'finished');
  assert.equal(await output(page), 'the file greeter.ttvm greets Ada\nSpawned process: no_such_worker\n');
});

pageTest('examples run one after the other', { timeout: 180_000 }, async ({ page, open }) => {
  await open();
  await byId(page, 'examples').click();
  const ids = await page
    .locator('[data-example]')
    .evaluateAll((items) =>
      items.map((item) => [item.dataset.example, item.querySelector('.example-file').textContent]),
    );
  await page.keyboard.press('Escape');
  const bad = [];
  for (const [id, file] of ids.filter((_, i) => i % 4 === 0)) {
    const expected = parseExpectations(readFileSync(path.join(ROOT, 'examples', file), 'utf8'));
    // Standard error is joined to the output here; those examples are judged by the other suites.
    if (!runsIn(expected, 'wasm-mt') || expected.errors.length > 0) continue;
    await openExample(page, id);
    const result = await page.evaluate(async (stdin) => {
      const playground = globalThis.ttvmPlayground;
      const run = playground.run();
      playground.input(stdin);
      playground.endInput();
      const { status } = await run;
      return { status, stdout: playground.output };
    }, expected.stdin);
    bad.push(...judgeRun(expected, { ...result, stderr: '' }).map((problem) => `${id}: ${problem}`));
  }
  assert.deepEqual(bad, []);
});

pageTest(
  'the picture of the page for the README',
  { profile: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' } },
  async ({ page, open }) => {
    await open();
    await openExample(page, 'coffee_shop_demo');
    await runByButton(page, 'finished');
    await page.waitForTimeout(400);
    const folder = path.join(ROOT, 'build/screenshots');
    mkdirSync(folder, { recursive: true });
    const picture = await page.screenshot({ path: path.join(folder, 'page.png') });
    assert.ok(picture.length > 20_000);
  },
);
