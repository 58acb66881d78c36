// SPDX-License-Identifier: MIT
// Where a run's instructions and time went, with the real engine.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../tools/steps.mjs';
import { violations } from './lib/access.mjs';
import { byId, pageTest, runByButton, setProgram, waitForStatus } from './lib/browser.mjs';

const SHOTS = path.join(ROOT, 'build/screenshots');
mkdirSync(SHOTS, { recursive: true });

/**
 * Counts that are known by construction: `<main>` has 8 instructions, `outer` 3 in each of 2 calls, `inner` 3 in each
 * of 2 calls of `outer` and in the actor.
 */
const PROGRAM = `CALL outer
CALL outer
MAKE_FUNCTION inner
SPAWN
POP
PUSH_INT 1
PRINT
HALT
LABEL outer
CALL inner
NOP
RET
LABEL inner
PUSH_INT 1
POP
RET
`;
const MAIN = 8;
const OUTER = 3;
const INNER = 3;

/** Cells of the table's rows. */
function rows(page) {
  return page.$$eval('[data-testid="profile-rows"] > .grid-row:not([hidden])', (list) =>
    list.map((row) => [...row.querySelectorAll('.grid-cell')].map((cell) => cell.textContent)),
  );
}

/** Two actors that compute for a while, and main that waits for both: there is work for two schedulers. */
const BUSY = `SELF
STORE parent
PUSH_STR "worker"
SPAWN
POP
PUSH_STR "worker"
SPAWN
POP
RECEIVE
RECEIVE
HALT
LABEL worker
PUSH_INT 0
STORE i
LABEL more
LOAD i
PUSH_INT 1
ADD
STORE i
LOAD i
PUSH_INT 8000000
LT
JNZ more
LOAD parent
PUSH_INT 1
SEND
RET
`;

async function openProfile(page, files) {
  await setProgram(page, files);
  await byId(page, 'profile').click();
  await byId(page, 'pane-profile').waitFor();
}

async function waitForTotal(page, text) {
  await page.waitForFunction(
    (wanted) => document.querySelector('[data-testid="profile-total"]')?.textContent.includes(wanted),
    text,
  );
}

pageTest('functions with calls and instructions, of all actors and of each', {}, async ({ page, open }) => {
  await open();
  await openProfile(page, PROGRAM);
  await page.getByText('Run a program: where its instructions').or(page.getByText('Run it again')).waitFor();
  await runByButton(page);
  await waitForTotal(page, `${MAIN + 2 * OUTER + 3 * INNER} instructions`);
  await page.waitForFunction(
    () => document.querySelectorAll('[data-testid="profile-rows"] > .grid-row:not([hidden])').length === 3,
  );
  const all = Object.fromEntries((await rows(page)).map(([name, ...rest]) => [name, rest]));
  const whole = MAIN + 2 * OUTER + 3 * INNER;
  const share = (part) => `${part} · ${((part / whole) * 100).toFixed(1).replace(/\.0$/, '')} %`;
  assert.deepEqual(all, {
    '<main>': ['1', share(MAIN), String(MAIN + 2 * (OUTER + INNER)), String(MAIN + 2 * (OUTER + INNER))],
    outer: ['2', share(2 * OUTER), String(2 * (OUTER + INNER)), String(OUTER + INNER)],
    inner: ['3', share(3 * INNER), String(3 * INNER), String(INNER)],
  });

  await byId(page, 'profile-actor').selectOption({ label: '#2 inner' });
  await waitForTotal(page, `${INNER} instructions`);
  await page.waitForFunction(
    () => document.querySelectorAll('[data-testid="profile-rows"] > .grid-row:not([hidden])').length === 1,
  );
  assert.deepEqual((await rows(page))[0].slice(0, 2), ['inner', '1']);
  await byId(page, 'profile-actor').selectOption('');

  await byId(page, 'profile-sort').selectOption('name');
  await page.waitForFunction(
    () =>
      document.querySelector('[data-testid="profile-rows"] > .grid-row:not([hidden]) .col-name')
        ?.textContent === '<main>',
  );
  assert.deepEqual(
    (await rows(page)).map(([name]) => name),
    ['<main>', 'inner', 'outer'],
  );
  await byId(page, 'profile-time').click();
  await page.waitForFunction(() =>
    /[nµm]?s · /.test(
      document.querySelector(
        '[data-testid="profile-rows"] .grid-row:not([hidden]) .col-own:not([role=columnheader])',
      )?.textContent ?? '',
    ),
  );
});

pageTest('the flame graph by keyboard', {}, async ({ page, open }) => {
  await open();
  await openProfile(page, PROGRAM);
  await runByButton(page);
  await byId(page, 'profile-flame').click();
  await byId(page, 'flame').locator('[role=treeitem]').first().waitFor();
  const bars = await byId(page, 'flame')
    .locator('[role=treeitem]')
    .evaluateAll((list) => list.map((bar) => [Number(bar.getAttribute('aria-level')), bar.textContent]));
  assert.deepEqual(bars, [
    [1, 'all'],
    [2, '<main>'],
    [3, 'outer'],
    [4, 'inner'],
    [2, 'inner'],
  ]);
  await byId(page, 'flame').focus();
  const chosen = () => byId(page, 'flame').locator('[aria-selected=true]').textContent();
  for (const [key, name] of [
    ['ArrowDown', '<main>'],
    ['ArrowRight', 'inner'],
    ['ArrowLeft', '<main>'],
    ['ArrowDown', 'outer'],
  ]) {
    await page.keyboard.press(key);
    assert.equal(await chosen(), name, key);
  }
  await waitForTotal(page, `outer: ${2 * (OUTER + INNER)} instructions`);
  await page.keyboard.press('Enter');
  const width = () =>
    byId(page, 'flame')
      .locator('[aria-selected=true]')
      .evaluate((bar) => bar.style.width);
  assert.equal(await width(), '100%');
  await page.keyboard.press('Escape');
  assert.equal(await chosen(), '<main>');
  await page.keyboard.press('Escape');
  assert.equal(await chosen(), 'all');
});

pageTest(
  'figures come while the program runs, and only when the view is open',
  {},
  async ({ page, open }) => {
    await open();
    await setProgram(page, 'LABEL again\nCALL f\nJMP again\nLABEL f\nRET\n');
    await byId(page, 'run').click();
    await waitForStatus(page, 'running');
    await byId(page, 'profile').click();
    await page.getByText('Run it again: figures are counted while this view is open.').waitFor();
    await byId(page, 'stop').click();
    await waitForStatus(page, 'stopped');
    await byId(page, 'run').click();
    await page.waitForFunction(
      () => document.querySelectorAll('[data-testid="profile-rows"] > .grid-row:not([hidden])').length === 2,
    );
    const first = await byId(page, 'profile-total').textContent();
    await page.waitForFunction(
      (text) => document.querySelector('[data-testid="profile-total"]')?.textContent !== text,
      first,
    );
    await byId(page, 'stop').click();
    await waitForStatus(page, 'stopped');
  },
);

for (const scheme of ['light', 'dark', 'contrast']) {
  pageTest(`${scheme}: nothing to be found by axe`, {}, async ({ page, context, open }) => {
    await context.addInitScript((theme) => localStorage.setItem('ttvm.theme', theme), scheme);
    await open();
    await openProfile(page, PROGRAM);
    await runByButton(page);
    await waitForTotal(page, 'instructions');
    await byId(page, 'profile-rows').locator('.grid-row').nth(1).click();
    await page.waitForTimeout(200);
    assert.deepEqual(await violations(page), [], 'table');
    await page.screenshot({ path: path.join(SHOTS, `profile-${scheme}.png`) });
    await byId(page, 'profile-flame').click();
    await byId(page, 'flame').focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForTimeout(200);
    assert.deepEqual(await violations(page), [], 'flame graph');
    await page.screenshot({ path: path.join(SHOTS, `flame-${scheme}.png`) });
  });
}

pageTest(
  'at 360 px everything has its place',
  { profile: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } },
  async ({ page, open }) => {
    await open();
    await setProgram(page, PROGRAM);
    await page.locator('[data-pane-tab=profile]').click();
    await byId(page, 'run').click();
    await waitForTotal(page, 'instructions');
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= 360),
      'nothing to scroll sideways',
    );
    assert.deepEqual(await violations(page), []);
    await page.screenshot({ path: path.join(SHOTS, 'profile-360.png') });
  },
);

pageTest('how busy each scheduler was, when several had actors to run', {}, async ({ page, open }) => {
  await open();
  await openProfile(page, PROGRAM);
  await runByButton(page);
  await waitForTotal(page, `${MAIN + 2 * OUTER + 3 * INNER} instructions`);

  await setProgram(page, BUSY);
  await runByButton(page);
  const list = byId(page, 'profile-schedulers');
  await list.waitFor();
  const texts = await list
    .locator('li .visually-hidden')
    .evaluateAll((items) => items.map((item) => item.textContent));
  assert.ok(texts.length >= 2, texts.join('; '));
  texts.forEach((text, i) => {
    const number = i + 1;
    assert.match(
      text,
      new RegExp(`^Scheduler ${number}: busy [\\d.]+ %, waited .+, [\\d,]+ slices?, [\\d,]+ steals?$`),
    );
  });
  assert.deepEqual(await violations(page), []);

  // Of one actor, schedulers have nothing to tell.
  await byId(page, 'profile-actor').selectOption('2');
  await list.waitFor({ state: 'detached' });
});
