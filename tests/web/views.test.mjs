// SPDX-License-Identifier: MIT
// The views of a run: actors and trace, with the real engine.

import assert from 'node:assert/strict';
import { readFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../tools/steps.mjs';
import { violations } from './lib/access.mjs';
import {
  byId,
  output,
  pageTest,
  runByButton,
  setProgram,
  waitForOutput,
  waitForStatus,
} from './lib/browser.mjs';

const SHOTS = path.join(ROOT, 'build/screenshots');
mkdirSync(SHOTS, { recursive: true });

/** Two actors that answer each other for ever; the first has a variable to look at. */
const PING_PONG = `MAKE_FUNCTION ponger
SPAWN
STORE peer
PUSH_INT 42
STORE answer
LABEL again
LOAD peer
SELF
SEND
RECEIVE
POP
JMP again

LABEL ponger
REGISTER "ponger"
LABEL serve
RECEIVE
PUSH_STR "pong"
SEND
JMP serve
`;

async function show(page, view) {
  await byId(page, view).click();
  await byId(page, `pane-${view}`).waitFor();
}

const rowsOf = (page, id) =>
  page
    .getByTestId(id)
    .getByRole('row')
    .evaluateAll((rows) =>
      rows
        .slice(1)
        .filter((row) => !row.hidden)
        .map((row) => [...row.children].map((cell) => cell.textContent)),
    );

pageTest('nothing of the views is loaded before one is opened', {}, async ({ page, open }) => {
  const loaded = [];
  page.on('request', (request) => loaded.push(request.url()));
  await open();
  assert.equal(
    loaded.some((url) => /\/views-/.test(url)),
    false,
  );
  await show(page, 'actors');
  assert.equal(
    loaded.some((url) => /\/views-/.test(url)),
    true,
  );
});

pageTest('actors appear in the list with name, state and line', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, PING_PONG.replace('SELF\nSEND', 'POP'));
  await show(page, 'actors');
  await byId(page, 'actors-list').click();
  await runByButton(page, 'deadlock');
  await page.waitForFunction(() =>
    /ponger/.test(document.querySelector('[data-testid=actor-list]')?.textContent),
  );
  const rows = await rowsOf(page, 'actor-list');
  assert.equal(rows.length, 2, JSON.stringify(rows));
  const ponger = rows.find(([name]) => name.startsWith('ponger'));
  assert.equal(ponger[1], 'receiving');
  assert.match(ponger[4], /^main\.ttvm:16$/);
});

pageTest('pause, inspector, send, kill, resume', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, PING_PONG);
  await show(page, 'actors');
  await byId(page, 'run').click();
  await waitForStatus(page, 'running');
  await page.waitForTimeout(300);
  await byId(page, 'pause').click();
  await waitForStatus(page, 'paused');
  await byId(page, 'actors-list').click();
  const list = byId(page, 'actor-list');
  await list.focus();
  await page.keyboard.press('Home');
  const inspector = byId(page, 'inspector');
  await inspector.getByText('answer').waitFor();
  assert.match(await inspector.innerText(), /answer\s+42/);
  assert.match(await inspector.innerText(), /main\.ttvm:\d+/);
  await page.keyboard.press('End');
  await inspector.getByRole('heading', { name: /^ponger #/ }).waitFor();
  await byId(page, 'send-text').fill('not a pid');
  await byId(page, 'send').click();
  await byId(page, 'pause').click();
  await waitForStatus(page, 'running', 'failed', 'deadlock');
  await byId(page, 'kill')
    .click({ timeout: 2000 })
    .catch(() => undefined);
  await waitForStatus(page, 'failed', 'deadlock', 'finished');
  await page.waitForFunction(() =>
    /crashed/.test(document.querySelector('[data-testid=actor-list]')?.textContent),
  );
});

/** Links, a monitor and a mailbox with one message of each kind that nobody takes, while main is waiting for time. */
const ACQUAINTED = `SPAWN_HOLDER
STORE holder
LOAD holder
LINK
LOAD holder
MONITOR
STORE watch
LOAD holder
PUSH_STR "a letter"
SEND
LOAD holder
MAKE_OBJECT
PUSH_INT 7
SET_FIELD count
SEND
PUSH_INT 600000
SLEEP
HALT

LABEL holder
REGISTER "holder"
RECEIVE_MATCH null
POP
RET
`.replace('SPAWN_HOLDER', 'MAKE_FUNCTION holder\nSPAWN');

pageTest('the inspector shows the mailbox, links, and who watches', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, ACQUAINTED);
  await show(page, 'actors');
  await runByButton(page, 'running');
  await byId(page, 'actors-list').click();
  await page.waitForFunction(() =>
    /holder/.test(document.querySelector('[data-testid=actor-list]')?.textContent),
  );
  await byId(page, 'actor-list').focus();
  await page.keyboard.press('End');
  const inspector = byId(page, 'inspector');
  await inspector.getByRole('heading', { name: /^holder #/ }).waitFor();
  await inspector.getByRole('heading', { name: 'Messages waiting' }).waitFor();
  assert.deepEqual(await inspector.locator('.messages li').allInnerTexts(), ['a letter', '{count: 7}']);
  const facts = () =>
    inspector
      .locator('.facts > div')
      .evaluateAll((rows) =>
        Object.fromEntries(rows.map((row) => [...row.children].map((cell) => cell.innerText.trim()))),
      );
  const holder = await facts();
  assert.equal(holder['Mailbox'], '2');
  assert.equal(holder['Links'], 'main');
  assert.equal(holder['Watched by'], 'main');
  // A chip leads to the other end, which knows the same from its side.
  await inspector.locator('.facts > div', { hasText: 'Links' }).getByRole('button').click();
  await inspector.getByRole('heading', { name: /^main/ }).waitFor();
  await page.waitForFunction(() =>
    /Links/.test(document.querySelector('[data-testid=inspector]')?.textContent ?? ''),
  );
  const main = await facts();
  assert.equal(main['Links'], 'holder');
  assert.equal(main['Watches'], 'holder');
  await byId(page, 'stop').click();
  await waitForStatus(page, 'stopped');
});

pageTest('the trace: filters, keyboard, the way to the source', {}, async ({ page, open }) => {
  await open();
  const hundred = PING_PONG.replace('PUSH_INT 42\nSTORE answer', 'PUSH_INT 0\nSTORE answer').replace(
    'POP\nJMP again',
    'POP\nLOAD answer\nPUSH_INT 1\nADD\nSTORE answer\nLOAD answer\nPUSH_INT 100\nLT\nJNZ again\nHALT',
  );
  await setProgram(page, hundred);
  await show(page, 'trace');
  await runByButton(page, 'finished');
  await page.waitForFunction(() =>
    /^[4-9]\d\d events|^\d,\d+ events/.test(document.querySelector('[data-testid=trace-count]')?.textContent),
  );
  await byId(page, 'trace-kind').selectOption('Messages');
  await byId(page, 'trace-text').fill('pong');
  await byId(page, 'trace-actor').fill('ponger');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() =>
    /^\d+ of/.test(document.querySelector('[data-testid=trace-count]')?.textContent),
  );
  const rows = await rowsOf(page, 'trace-rows');
  assert.ok(rows.length > 5);
  for (const row of rows) assert.match(row[2], /^(send|receive)$/);
  const grid = byId(page, 'trace-rows');
  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => {
    const active = document.querySelector('[data-testid=trace-rows]')?.getAttribute('aria-activedescendant');
    return active && document.getElementById(active)?.getAttribute('aria-rowindex') === '3';
  });
  await byId(page, 'trace-text').fill('');
  await byId(page, 'trace-actor').fill('');
  await page.keyboard.press('Enter');
  await grid.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.closest('.monaco-editor'));
});

pageTest('a thousand actors are drawn within a frame', { timeout: 90_000 }, async ({ page, open, t }) => {
  await open();
  await setProgram(page, readFileSync(path.join(ROOT, 'examples/actors/ring.ttvm'), 'utf8'));
  await page.evaluate(() => {
    const draw = CanvasRenderingContext2D.prototype.clearRect;
    globalThis.frames = [];
    // From the clearing of a frame to the end of its task.
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      const begin = performance.now();
      queueMicrotask(() => globalThis.frames.push(performance.now() - begin));
      return draw.apply(this, box);
    };
  });
  await show(page, 'actors');
  await runByButton(page, 'finished');
  await page.waitForFunction(() =>
    /1,\d{3} live · [\d.,]+K? sent/.test(document.querySelector('.view-counts')?.textContent),
  );
  await page.waitForTimeout(1500);
  const frames = await page.evaluate(() => globalThis.frames.toSorted((x, y) => x - y));
  const median = frames[Math.floor(frames.length / 2)];
  t.diagnostic(
    `${frames.length} frames, median ${median.toFixed(1)} ms, worst ${frames.at(-1).toFixed(1)} ms`,
  );
  assert.ok(frames.length > 10);
  assert.ok(median < 20, `a frame takes ${median} ms`);
});

pageTest('running without a view records nothing, with one it does', {}, async ({ page, open }) => {
  await open();
  await setProgram(
    page,
    'MAKE_FUNCTION f\nSPAWN\nPOP\nPUSH_STR "x"\nPRINT\nPUSH_INT 0\nEXIT\nLABEL f\nRET\n',
  );
  await runByButton(page, 'finished');
  assert.equal(await output(page), 'x\n');
  await show(page, 'trace');
  assert.equal(await byId(page, 'trace-count').innerText(), '0 events');
  await runByButton(page, 'finished');
  await page.waitForFunction(() =>
    /^[1-9]/.test(document.querySelector('[data-testid=trace-count]')?.textContent),
  );
});

for (const scheme of ['light', 'dark']) {
  pageTest(
    `axe finds nothing in the views; pictures, ${scheme}`,
    { profile: { colorScheme: scheme, viewport: { width: 1440, height: 900 } }, timeout: 90_000 },
    async ({ page, open }) => {
      await open();
      await setProgram(page, readFileSync(path.join(ROOT, 'examples/actors/chat_room.ttvm'), 'utf8'));
      if ((await byId(page, 'actors').getAttribute('aria-pressed')) === 'false') await show(page, 'actors');
      await byId(page, 'run').click();
      await waitForStatus(page, 'finished', 'failed', 'deadlock');
      await page.waitForTimeout(900);
      await page.screenshot({ path: path.join(SHOTS, `actors-${scheme}.png`) });
      await page.locator('canvas.graph').focus();
      await page.keyboard.press('ArrowDown');
      await byId(page, 'inspector').waitFor();
      await page.waitForTimeout(300);
      assert.deepEqual(await violations(page), [], 'graph and inspector');
      await page.screenshot({ path: path.join(SHOTS, `inspector-${scheme}.png`) });
      await byId(page, 'actors-list').click();
      await page.waitForTimeout(150);
      assert.deepEqual(await violations(page), [], 'list');
      await show(page, 'trace');
      await page.waitForTimeout(300);
      assert.deepEqual(await violations(page), [], 'trace');
      await page.screenshot({ path: path.join(SHOTS, `trace-${scheme}.png`) });
    },
  );
}

pageTest(
  'at 360 px the views are tabs',
  { profile: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } },
  async ({ page, open }) => {
    await open();
    await page.locator('[data-pane-tab=actors]').click();
    await byId(page, 'pane-actors').waitFor();
    assert.equal(await byId(page, 'pane-editor').isVisible(), false);
    await byId(page, 'run').click();
    await waitForOutput(page, '');
    assert.equal(await byId(page, 'pane-actors').isVisible(), true, 'running leaves the view on show');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    await page.locator('[data-pane-tab=trace]').click();
    await byId(page, 'pane-trace').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.screenshot({ path: path.join(SHOTS, 'trace-360.png') });
    await page.locator('[data-pane-tab=editor]').click();
    assert.equal(await byId(page, 'pane-editor').isVisible(), true);
  },
);
