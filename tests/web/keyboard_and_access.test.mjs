// SPDX-License-Identifier: MIT
// Keyboard alone, narrow screens, touch, and what axe finds.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { byId, output, pageTest, setProgram, waitForStatus } from './lib/browser.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Violations in our own markup; Monaco's and xterm's insides are theirs. */
async function violations(page) {
  const has = await page.evaluate(() => 'axe' in globalThis);
  if (!has) {
    // The policy of the page allows scripts of its own origin only: hand the text over instead.
    const { readFile } = await import('node:fs/promises');
    await page.evaluate(await readFile(AXE, 'utf8'));
  }
  return page.evaluate(async () => {
    const result = await globalThis.axe.run(
      { include: [['body']], exclude: [['.monaco-editor'], ['.xterm']] },
      { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
    );
    return result.violations.map(
      (one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 140)).join(' | ')}`,
    );
  });
}

pageTest('everything can be reached by keyboard alone', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, 'PUSH_STR "by key"\nPRINT\n');
  // Into the editor and out of it again.
  await page.keyboard.press('F6');
  await page.waitForFunction(() =>
    document.activeElement?.closest('[data-testid=pane-editor], [data-testid=pane-output]'),
  );
  await page.keyboard.press('F6');
  await page.waitForFunction(
    () => document.activeElement?.closest('.monaco-editor') || document.activeElement?.closest('.xterm'),
  );
  if (await page.evaluate(() => document.activeElement?.closest('.xterm') !== null))
    await page.keyboard.press('F6');
  await page.waitForFunction(() => document.activeElement?.closest('.monaco-editor'));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await page.waitForFunction(() => !document.activeElement?.closest('.monaco-editor'));
  // Run by its button, focused with Tab.
  await page.evaluate(() => document.activeElement?.blur());
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.dataset.testid === 'run')) break;
  }
  await page.keyboard.press('Enter');
  await waitForStatus(page, 'finished');
  assert.equal(await output(page), 'by key\n');
  // The list of commands.
  await page.keyboard.press('F1');
  await page.keyboard.type('options');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Options' }).waitFor();
  await page.keyboard.press('Space');
  assert.equal(
    await page.evaluate(() => globalThis.ttvmPlayground.options.deterministic),
    true,
    'the first field has the focus',
  );
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelector('dialog[open]') === null);
  assert.equal(await page.evaluate(() => document.activeElement?.dataset.testid), 'run', 'focus comes back');
  // The splitter.
  const splitter = page.getByRole('separator');
  const width = Number(await splitter.getAttribute('aria-valuenow'));
  await splitter.focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(Number(await splitter.getAttribute('aria-valuenow')), width + 2);
  // Examples, by search.
  await page.keyboard.press('F1');
  await page.keyboard.type('open an example');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Examples' }).waitFor();
  await page.keyboard.type('coffee');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /coffee/i.test(Object.values(globalThis.ttvmPlayground.files).join('')));
  // Stop by key.
  await setProgram(page, 'LABEL a\nJMP a\n');
  await page.keyboard.press('ControlOrMeta+Enter');
  await waitForStatus(page, 'running');
  await page.keyboard.press('ControlOrMeta+Shift+Enter');
  await waitForStatus(page, 'stopped');
});

for (const scheme of ['light', 'dark']) {
  pageTest(
    `axe finds nothing, ${scheme}`,
    { profile: { colorScheme: scheme }, timeout: 90_000 },
    async ({ page, open }) => {
      await open();
      await setProgram(page, { 'main.ttvm': 'PUSH_STR "x"\nPRNT\n', 'data.txt': 'x' });
      await byId(page, 'problems').waitFor();
      assert.deepEqual(await violations(page), [], 'the page with errors');
      await setProgram(page, 'PUSH_STR "x"\nPRINT\n');
      for (const dialog of ['options', 'share', 'examples', 'new-file', 'commands', 'schedulers']) {
        await byId(page, dialog).click();
        await page.locator('dialog[open]').waitFor();
        await page.waitForTimeout(150);
        assert.deepEqual(await violations(page), [], `dialog ${dialog}`);
        await page.keyboard.press('Escape');
        await page.waitForFunction(() => document.querySelector('dialog[open]') === null);
      }
      await byId(page, 'output-mode').click();
      await byId(page, 'run').click();
      await waitForStatus(page, 'finished');
      assert.deepEqual(await violations(page), [], 'accessible output');
    },
  );
}

pageTest('axe finds nothing in high contrast', {}, async ({ page, open }) => {
  await open();
  for (let i = 0; i < 3; i++) await byId(page, 'theme').click();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'contrast');
  assert.deepEqual(await violations(page), []);
});

pageTest(
  'at 360 px the panes are tabs and nothing overflows',
  { profile: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } },
  async ({ page, open }) => {
    await open();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(wide, 360);
    assert.equal(await page.locator('.monaco-editor').count(), 0, 'touch devices get the light editor');
    await page.getByRole('textbox', { name: /^Source of/ }).fill('PUSH_STR "small"\nPRINT\n');
    assert.equal(await byId(page, 'pane-output').isVisible(), false);
    await byId(page, 'run').click();
    await waitForStatus(page, 'finished');
    assert.equal(await byId(page, 'pane-output').isVisible(), true, 'running shows the output');
    assert.equal(await byId(page, 'pane-editor').isVisible(), false);
    assert.equal(await output(page), 'small\n');
    for (const dialog of ['examples', 'options', 'share']) {
      await byId(page, dialog).click();
      const box = await page.locator('dialog[open]').boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= 360, `${dialog} fits`);
      await page.keyboard.press('Escape');
    }
    await page.locator('[data-pane-tab=editor]').click();
    assert.equal(await byId(page, 'pane-editor').isVisible(), true);
    assert.deepEqual(await violations(page), []);
  },
);
