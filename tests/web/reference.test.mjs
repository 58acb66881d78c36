// SPDX-License-Identifier: MIT
// The reference pages, from the page's help and with one another; what they say of the language is the core's tables.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { BUILD } from '../tools/steps.mjs';
import { byId, pageTest } from './lib/browser.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

pageTest(
  'help leads to the reference of Lisp, which leads to the instructions',
  {},
  async ({ page, context, open }) => {
    await open();
    await page.keyboard.press('F1');
    await page.getByRole('combobox', { name: 'Search the commands' }).fill('reference');
    await page.keyboard.press('Enter');
    const dialog = page.locator('dialog[open]');
    const [reference] = await Promise.all([
      context.waitForEvent('page'),
      dialog.getByRole('link', { name: 'Lisp' }).click(),
    ]);
    await reference.getByRole('heading', { level: 1, name: 'Lisp' }).waitFor();
    const shown = await reference.locator('tbody tr').count();
    const forms = readFileSync(path.join(BUILD, 'generated/lisp.md'), 'utf8').match(/^\| `/gm).length;
    assert.equal(shown, forms);
    await reference.getByText('(letrec ((name value)…) body…)').waitFor();
    assert.equal(await reference.getByText('\\|').count(), 0, 'no escapes of the source are left');
    await reference.evaluate(readFileSync(AXE, 'utf8'));
    const { violations } = await reference.evaluate(() => globalThis.axe.run());
    assert.deepEqual(
      violations.map((one) => `${one.id}: ${one.nodes[0].html}`),
      [],
    );
    await reference.getByRole('link', { name: 'Instructions' }).click();
    await reference.getByRole('heading', { level: 1, name: 'Instructions' }).waitFor();
    assert.match(await reference.getByRole('row', { name: /^ADD / }).innerText(), /a b -> a\+b/);
    await reference.getByRole('link', { name: 'Playground' }).click();
    await byId(reference, 'run').waitFor();
  },
);
