// SPDX-License-Identifier: MIT
// The code of the program in its forms, with the real engine.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../tools/steps.mjs';
import { violations } from './lib/access.mjs';
import { byId, pageTest, runByButton, setProgram, typeInEditor, waitForStatus } from './lib/browser.mjs';

const SHOTS = path.join(ROOT, 'build/screenshots');
mkdirSync(SHOTS, { recursive: true });

const WIDE = { profile: { viewport: { width: 1800, height: 900 } } };

/** Twice the same sum, so that the optimizer has something to do. */
const PROGRAM = `PUSH_INT 20
PUSH_INT 22
ADD
STORE answer
LOAD answer
PRINT
HALT
`;

const COLUMNS = ['source', 'stack', 'optimized', 'registers'];

/** Texts of the rows of a column that are in sight; `mark`: only those marked so. */
function rows(page, column, mark) {
  const chosen = mark === undefined ? '' : `[data-mark="${mark}"]`;
  return page.$$eval(`[data-testid="code-${column}"] > .grid-row:not([hidden])${chosen} .col-code`, (cells) =>
    cells.map((cell) => cell.textContent.replace(/\s+/g, ' ').trim()),
  );
}

async function waitForRow(page, column, text) {
  await page.waitForFunction(
    ([name, wanted]) =>
      [...document.querySelectorAll(`[data-testid="code-${name}"] > .grid-row:not([hidden]) .col-code`)].some(
        (cell) => cell.textContent.trim() === wanted,
      ),
    [column, text],
  );
}

const row = (page, column, text) =>
  byId(page, `code-${column}`).locator('.grid-row', { hasText: text }).first();

async function openCode(page, files) {
  await setProgram(page, files);
  if ((await byId(page, 'code').getAttribute('aria-pressed')) !== 'true') await byId(page, 'code').click();
  await byId(page, 'pane-code').waitFor();
}

async function waitForMarks(page, column, wanted) {
  await page.waitForFunction(
    ([name, texts]) => {
      const found = [
        ...document.querySelectorAll(
          `[data-testid="code-${name}"] > .grid-row:not([hidden])[data-mark="exact"] .col-code`,
        ),
      ].map((cell) => cell.textContent.replace(/\s+/g, ' ').trim());
      return JSON.stringify(found) === JSON.stringify(texts);
    },
    [column, wanted],
  );
}

pageTest('code stands side by side; what is chosen in one is marked in all', WIDE, async ({ page, open }) => {
  await open();
  await openCode(page, PROGRAM);
  await byId(page, 'view-splitter').press('Home');
  for (const column of COLUMNS) await byId(page, `code-${column}`).waitFor();
  await waitForRow(page, 'stack', 'PUSH_INT 20');
  assert.deepEqual(await rows(page, 'stack'), PROGRAM.trim().split('\n'));
  assert.deepEqual(await rows(page, 'optimized'), ['PUSH_INT 42', 'PRINT', 'HALT']);

  await row(page, 'optimized', 'PRINT').click();
  await waitForMarks(page, 'stack', ['PRINT']);
  await waitForMarks(page, 'source', ['PRINT']);
  assert.match((await rows(page, 'registers', 'exact')).at(-1), /PRINT/);
  assert.match(await byId(page, 'code-chosen').textContent(), /Line 6: 1 stack · 1 optimized · \d register/);
  await page.waitForFunction(() => document.querySelector('.status-bar')?.textContent.includes('Line 6,'));

  // By keyboard: down one row, then over to the other columns.
  await byId(page, 'code-optimized').focus();
  await page.keyboard.press('ArrowDown');
  await waitForMarks(page, 'stack', ['HALT']);
  await page.keyboard.press('ArrowLeft');
  assert.equal(await byId(page, 'code-stack').evaluate((grid) => grid === document.activeElement), true);
  await page.keyboard.press('Home');
  await waitForMarks(page, 'source', ['PUSH_INT 20']);
  assert.match(await byId(page, 'code-chosen').textContent(), /Line 1: 1 stack · 0 optimized/);
  // Enter goes to the line in the editor.
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.closest('[data-testid="pane-editor"]') !== null);
});

pageTest('the editor’s caret chooses its line', WIDE, async ({ page, open }) => {
  await open();
  await openCode(page, PROGRAM);
  await waitForRow(page, 'stack', 'PUSH_INT 20');
  await page.evaluate(() =>
    document.querySelector('.monaco-editor textarea, .monaco-editor .native-edit-context')?.focus(),
  );
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await waitForMarks(page, 'stack', ['ADD']);
});

pageTest('code follows the text, and keeps the last good one', WIDE, async ({ page, open }) => {
  await open();
  await openCode(page, PROGRAM);
  await waitForRow(page, 'stack', 'PUSH_INT 20');
  await typeInEditor(page, 'PUSH_INT 7\nPRINT\nHALT\n');
  await waitForRow(page, 'stack', 'PUSH_INT 7');
  assert.equal((await rows(page, 'stack')).length, 3);
  await typeInEditor(page, 'PUSH_INT 7\nPRINTT\nHALT\n');
  await byId(page, 'code-problem').waitFor();
  assert.match(await byId(page, 'code-problem').textContent(), /Line 2: .*PRINTT/);
  assert.deepEqual(await rows(page, 'stack'), ['PUSH_INT 7', 'PRINT', 'HALT']);
  assert.equal(
    await page.evaluate(() => globalThis.ttvmPlayground.output.includes('7')),
    false,
    'nothing ran',
  );
});

pageTest('Lisp: parts of a line are told apart', WIDE, async ({ page, open }) => {
  await open();
  await openCode(page, { 'main.lisp': '(define (twice x)\n  (+ x (* x 1)))\n(print (twice 21))\n' });
  await waitForRow(page, 'stack', 'PRINT');
  await byId(page, 'show-source').click();
  await row(page, 'stack', 'MUL').click();
  await waitForMarks(page, 'stack', ['MUL']);
  await waitForMarks(page, 'source', ['(+ x (* x 1)))']);
  assert.ok((await rows(page, 'stack', 'near')).includes('ADD'));
});

pageTest('what each pass of the optimizer did', WIDE, async ({ page, open }) => {
  await open();
  await openCode(page, PROGRAM);
  await waitForRow(page, 'stack', 'PUSH_INT 20');
  await byId(page, 'optimizer-toggle').click();
  assert.match(
    (await byId(page, 'optimizer-sum').textContent()).replace(/\s+/g, ' '),
    /7 → 3 instructions, 1 → 0 variables/,
  );
  const passes = await page.$$eval('[data-testid="optimizer-report"] tbody tr', (list) =>
    list.map((one) => [...one.cells].slice(0, 3).map((cell) => cell.textContent)),
  );
  assert.equal(passes.length, 8);
  assert.deepEqual(passes[0], ['constant folding', '1', '2']);
  const removed = passes.reduce((sum, [, , count]) => sum + Number(count), 0);
  assert.equal(removed, 4);
  // Without the optimizer there is no such column, and the register code is that of the stack code.
  await byId(page, 'code-optimize').click();
  await byId(page, 'show-optimized').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.querySelector('[data-testid="optimizer-toggle"]').disabled);
  await byId(page, 'show-registers').waitFor();
});

pageTest('where actors stand is shown while the program is paused', WIDE, async ({ page, open }) => {
  await open();
  await openCode(page, 'LABEL again\nPUSH_INT 1\nPUSH_INT 1000\nSLEEP\nPOP\nJMP again\n');
  await waitForRow(page, 'stack', 'SLEEP');
  await byId(page, 'run').click();
  await waitForStatus(page, 'running');
  await byId(page, 'pause').click();
  await waitForStatus(page, 'paused');
  const standing = byId(page, 'code-stack').locator('[data-standing]');
  await standing.waitFor();
  assert.equal(await standing.locator('.col-code').textContent(), 'SLEEP');
  assert.equal(await standing.getAttribute('title'), 'Here: #1');
  await byId(page, 'stop').click();
  await standing.waitFor({ state: 'detached' });
});

/** Texts and counts of the rows of a column that are in sight and have a count. */
function counts(page, column) {
  return page.$$eval(`[data-testid="code-${column}"] > .grid-row:not([hidden])`, (list) =>
    list
      .map((one) => [
        one.querySelector('.col-code').textContent.trim(),
        one.querySelector('.col-count').textContent,
      ])
      .filter(([, count]) => count !== ''),
  );
}

/** What is said of the counts, and the rows, which are drawn in the next frame. */
async function waitForCounts(page, text) {
  await page.waitForFunction(
    (wanted) => document.querySelector('[data-testid="code-counts"]')?.textContent === wanted,
    text,
  );
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

const LOOP =
  'PUSH_INT 0\nSTORE i\nLABEL next\nLOAD i\nPUSH_INT 1\nADD\nSTORE i\nLOAD i\nPUSH_INT 10\nLT\nJNZ next\nHALT\n';

pageTest('how often everything was executed', WIDE, async ({ page, open }) => {
  await open();
  await openCode(page, LOOP);
  await byId(page, 'view-splitter').press('Home');
  await waitForRow(page, 'stack', 'HALT');
  assert.deepEqual(await counts(page, 'stack'), []);
  await runByButton(page);
  await waitForCounts(page, 'counted in the last run');
  const loop = ['LOAD i', 'PUSH_INT 1', 'ADD', 'STORE i', 'LOAD i', 'PUSH_INT 10', 'LT', 'JNZ next'];
  assert.deepEqual(await counts(page, 'stack'), [
    ['PUSH_INT 0', '1'],
    ['STORE i', '1'],
    ...loop.map((text) => [text, '10']),
    ['HALT', '1'],
  ]);
  assert.deepEqual((await counts(page, 'source')).slice(0, 3), [
    ['PUSH_INT 0', '1'],
    ['STORE i', '1'],
    ['LOAD i', '10'],
  ]);
  assert.deepEqual(await counts(page, 'optimized'), [], 'that code did not run');
  await row(page, 'stack', 'HALT').click();
  await waitForMarks(page, 'source', ['HALT']);
  await runByButton(page);
  await page.waitForTimeout(700);
  assert.deepEqual(await rows(page, 'source', 'exact'), ['HALT'], 'what was chosen stays');
  await typeInEditor(page, `NOP\n${LOOP}`);
  await waitForCounts(page, 'changed since the last run');
  assert.deepEqual(await counts(page, 'stack'), []);

  await page.evaluate(() => {
    globalThis.ttvmPlayground.options = { optimize: true };
  });
  await runByButton(page);
  await waitForCounts(page, 'counted in the last run');
  const optimized = await counts(page, 'optimized');
  const sum = optimized.reduce((all, [, count]) => all + Number(count), 0);
  const text = await page.locator('.status-bar').textContent();
  assert.match(text, new RegExp(`\\b${sum} instructions`));
  assert.deepEqual(await counts(page, 'stack'), []);

  await page.evaluate(() => {
    globalThis.ttvmPlayground.options = { engine: 'register' };
  });
  await runByButton(page);
  await waitForCounts(page, 'register code is not counted');
});

pageTest('a file that is no program says so', WIDE, async ({ page, open }) => {
  await open();
  await openCode(page, { 'main.ttvm': PROGRAM, 'data.txt': 'nothing' });
  await waitForRow(page, 'stack', 'PUSH_INT 20');
  await page.getByRole('tab', { name: 'data.txt' }).click();
  await page.getByText('This file is not a program.').waitFor();
});

pageTest(
  'a program of 100,000 instructions neither fills the page nor holds it up',
  { ...WIDE, timeout: 120_000 },
  async ({ page, open }) => {
    await open();
    const block = 'LOAD x\nPUSH_INT 1\nADD\nSTORE x\n';
    await openCode(page, `PUSH_INT 0\nSTORE x\n${block.repeat(25_000)}LOAD x\nPRINT\nHALT\n`);
    await page.evaluate(() => {
      globalThis.longest = 0;
      let last = performance.now();
      const tick = () => {
        const now = performance.now();
        globalThis.longest = Math.max(globalThis.longest, now - last);
        last = now;
        setTimeout(tick);
      };
      tick();
    });
    await page.waitForFunction(
      () => document.querySelector('[data-column="stack"] .code-title')?.textContent.includes('100,005'),
      null,
      { timeout: 60_000 },
    );
    await byId(page, 'code-stack').focus();
    await page.keyboard.press('End');
    await waitForMarks(page, 'stack', ['HALT']);
    assert.ok((await page.locator('.code-column .grid-row').count()) < 400, 'only rows in sight exist');
    const longest = await page.evaluate(() => globalThis.longest);
    assert.ok(longest < 1500, `the page stood still for ${Math.round(longest)} ms`);
  },
);

for (const scheme of ['light', 'dark', 'contrast']) {
  pageTest(
    `${scheme}: nothing to be found by axe`,
    { profile: { viewport: { width: 1440, height: 900 } } },
    async ({ page, context, open }) => {
      await context.addInitScript((theme) => localStorage.setItem('ttvm.theme', theme), scheme);
      await open();
      const example = 'examples/optimizer/complete_optimization_showcase.ttvm';
      await openCode(page, readFileSync(path.join(ROOT, example), 'utf8'));
      await byId(page, 'code-stack').locator('[data-kind=instruction]').first().waitFor();
      await runByButton(page);
      await waitForCounts(page, 'counted in the last run');
      await byId(page, 'code-stack').locator('.grid-row').nth(5).click();
      await byId(page, 'optimizer-toggle').click();
      await page.waitForTimeout(300);
      assert.deepEqual(await violations(page), []);
      await page.screenshot({ path: path.join(SHOTS, `code-${scheme}.png`) });
    },
  );
}

pageTest(
  'at 360 px the columns are tabs',
  { profile: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } },
  async ({ page, open }) => {
    await open();
    await setProgram(page, PROGRAM);
    await page.locator('[data-pane-tab=code]').click();
    await waitForRow(page, 'stack', 'PUSH_INT 20');
    for (const column of COLUMNS) {
      await byId(page, `show-${column}`).click();
      for (const other of COLUMNS)
        assert.equal(
          await byId(page, `code-${other}`).isVisible(),
          other === column,
          `${other} at ${column}`,
        );
    }
    await row(page, 'registers', 'HALT').click();
    assert.equal(await byId(page, 'pane-code').isVisible(), true, 'choosing stays in the view');
    await byId(page, 'show-source').click();
    await waitForMarks(page, 'source', ['HALT']);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360));
    assert.deepEqual(await violations(page), []);
    await page.screenshot({ path: path.join(SHOTS, 'code-360.png') });
  },
);
