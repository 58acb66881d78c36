// SPDX-License-Identifier: MIT
// The editor: squiggles, quick fix, links from output, completion, hover, files, saving.

import assert from 'node:assert/strict';
import {
  byId,
  output,
  pageTest,
  runByButton,
  setProgram,
  status,
  typeInEditor,
  untilReady,
  waitForStatus,
} from './lib/browser.mjs';

pageTest('errors are underlined while typing, listed, and can be fixed', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, '');
  await typeInEditor(page, 'PUSH_STR "x"\nPRNT\n');
  await page.locator('.squiggly-error').first().waitFor();
  await byId(page, 'problems').getByText(/PRNT/).waitFor();
  const [first] = await page.evaluate(() => globalThis.ttvmPlayground.diagnostics);
  assert.equal(first.file, 'main.ttvm');
  assert.deepEqual([first.line, first.column, first.endColumn, first.severity], [2, 1, 5, 'error']);
  await byId(page, 'problems').getByText(/PRNT/).click();
  await page.getByText('Line 2, column 1').waitFor();
  await page.keyboard.press('ControlOrMeta+.');
  await page
    .getByText(/Change to “PRINT”/)
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => globalThis.ttvmPlayground.files['main.ttvm'].includes('\nPRINT\n'));
  await page.waitForFunction(() => globalThis.ttvmPlayground.diagnostics.length === 0);
  assert.equal(await page.locator('.squiggly-error').count(), 0);
});

pageTest('a place in the output leads to its line', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, `${'NOP\n'.repeat(40)}PUSH_INT 1\nPUSH_INT 0\nDIV\n`);
  await runByButton(page, 'failed');
  assert.match(await output(page), /main\.ttvm:43/);
  await byId(page, 'output-mode').click();
  await page
    .locator('.source-link')
    .getByText(/main\.ttvm:43/)
    .first()
    .click();
  await page.getByText(/^Line 43, column/).waitFor();
  await byId(page, 'output-mode').click();
  await page.locator('.monaco-editor .view-lines').first().click();
  const row = page
    .locator('.xterm-rows > div')
    .filter({ hasText: /main\.ttvm:43/ })
    .first();
  const box = await row.boundingBox();
  const text = await row.innerText();
  const at = text.indexOf('main.ttvm:43') + 3;
  const cell = await page.evaluate(
    () => document.querySelector('.xterm-screen').getBoundingClientRect().width,
  );
  const columns = await page.evaluate(() => {
    const probe = document.createElement('canvas').getContext('2d');
    const rows = getComputedStyle(document.querySelector('.xterm-rows'));
    probe.font = `${rows.fontSize} ${rows.fontFamily}`;
    return probe.measureText('x'.repeat(100)).width / 100;
  });
  assert.ok(cell > 0);
  await page.mouse.move(box.x + (at - 1) * columns, box.y + box.height / 2);
  await page.mouse.move(box.x + at * columns, box.y + box.height / 2);
  await page.waitForTimeout(200);
  await page.mouse.click(box.x + at * columns, box.y + box.height / 2);
  await page.getByText(/^Line 43, column/).waitFor();
});

pageTest(
  'completion knows instructions and labels, hover shows the stack picture',
  {},
  async ({ page, open }) => {
    await open();
    await setProgram(page, '');
    await typeInEditor(page, 'LABEL around\nDUP\n');
    await page.keyboard.type('RECEIVE_T');
    await page.locator('.suggest-widget').getByText('RECEIVE_TIMEOUT').first().waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+End');
    await page.keyboard.type('JMP aro');
    await page.locator('.suggest-widget').getByText('around').first().waitFor();
    await page.keyboard.press('Tab');
    await page.waitForFunction(() => globalThis.ttvmPlayground.files['main.ttvm'].endsWith('JMP around'));
    await page.locator('.view-line').getByText('DUP').hover();
    await page.locator('.monaco-hover').getByText('a -> a a').waitFor();
  },
);

pageTest('Lisp is coloured and completed', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, { 'main.lisp': '(define (twice x) (* 2 x))\n(print (twice 21))\n' });
  const classes = await page
    .locator('.view-line')
    .first()
    .evaluate((line) => new Set([...line.querySelectorAll('span span')].map((span) => span.className)).size);
  assert.ok(classes >= 3, `${classes} kinds of tokens`);
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('(twi');
  await page.locator('.suggest-widget').getByText('twice').first().waitFor();
});

pageTest('Lisp is indented while typing, and formatted by the core', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, { 'main.lisp': '' });
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.type('(define (f x)');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => globalThis.ttvmPlayground.files['main.lisp'].includes('(f x)\n  '));
  await setProgram(page, { 'main.lisp': '(define (f x)\n(+   x\n1))\n' });
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.press('Control+Shift+I');
  await page.waitForFunction(
    () => globalThis.ttvmPlayground.files['main.lisp'] === '(define (f x)\n  (+ x\n     1))\n',
  );
});

pageTest('files are made, renamed, deleted and brought back', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, 'IMPORT "lib.ttvm" AS lib\nLOAD lib.answer\nPRINT\n');
  await byId(page, 'new-file').click();
  await byId(page, 'file-name').fill('../evil.ttvm');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText(/no empty part/).waitFor();
  await byId(page, 'file-name').fill('helper.ttvm');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'helper.ttvm' }).waitFor();
  await typeInEditor(page, 'PUSH_INT 42\nSTORE answer\nEXPORT answer\n');
  await page.getByRole('tab', { name: 'helper.ttvm' }).focus();
  await page.keyboard.press('F2');
  await byId(page, 'file-name').fill('lib.ttvm');
  await page.keyboard.press('Enter');
  await runByButton(page, 'finished');
  assert.equal(await output(page), '42\n');
  await page.getByRole('tab', { name: 'lib.ttvm' }).click();
  await byId(page, 'delete-file').click();
  assert.equal(await page.getByRole('tab').count(), 1);
  await byId(page, 'notices').getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('tab', { name: 'lib.ttvm' }).waitFor();
  assert.match((await page.evaluate(() => globalThis.ttvmPlayground.files))['lib.ttvm'], /42/);
});

pageTest('files that a program writes are shown, and kept on request', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, 'PUSH_STR "made here"\nPUSH_STR "made.txt"\nWRITE_FILE\n');
  await runByButton(page, 'finished');
  await page.getByRole('tab', { name: /made\.txt.*written by the program/ }).click();
  await page.locator('.view-lines').getByText('made here').waitFor();
  assert.equal((await page.evaluate(() => globalThis.ttvmPlayground.files))['made.txt'], undefined);
  await page.getByRole('button', { name: 'Keep' }).click();
  assert.equal((await page.evaluate(() => globalThis.ttvmPlayground.files))['made.txt'], 'made here');
});

pageTest('dropped files become files of the program', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, 'PUSH_STR "numbers.txt"\nREAD_FILE\nPRINT\n');
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['1\n2\n'], 'numbers.txt'));
    transfer.items.add(new File([new Uint8Array([0, 255, 1])], 'raw.bin'));
    transfer.items.add(new File(['lost'], 'a\\b.txt'));
    document.body.dispatchEvent(
      new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }),
    );
  });
  await byId(page, 'notices')
    .getByText(/Added 2 files. "a\\\\b.txt" left out: File names have no control/)
    .waitFor();
  await page.getByRole('tab', { name: 'raw.bin' }).click();
  await page.getByText('raw.bin is not text: 3 bytes.').waitFor();
  await runByButton(page, 'finished');
  assert.equal(await output(page), '1\n2\n\n');
  await page.getByRole('tab', { name: 'main.ttvm' }).click();
  await page.locator('.monaco-editor .view-line').getByText('READ_FILE').waitFor();
});

pageTest('the history gives back earlier programs', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, '; the first one\nPUSH_INT 1\nPRINT\n');
  await runByButton(page, 'finished');
  await setProgram(page, '; the second one\nPUSH_INT 2\nPRINT\n');
  await page.keyboard.press('F1');
  await page.keyboard.type('history');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'History' }).getByText('the first one').click();
  await page.waitForFunction(() => globalThis.ttvmPlayground.files['main.ttvm'].includes('first'));
  assert.match(await page.title(), /^the first one/);
});

pageTest(
  'work is saved as it is typed, and nothing runs by itself after a crash',
  {},
  async ({ page, open }) => {
    // A page that dies says no goodbye.
    await page.addInitScript(() => {
      const listen = globalThis.addEventListener.bind(globalThis);
      globalThis.addEventListener = (kind, ...rest) =>
        kind === 'pagehide' ? undefined : listen(kind, ...rest);
    });
    await open();
    await setProgram(page, '');
    await typeInEditor(page, 'LABEL a\nJMP a ; precious\n');
    await page.keyboard.press('ControlOrMeta+Enter');
    await waitForStatus(page, 'running');
    await page.waitForTimeout(500);
    await page.reload();
    await untilReady(page);
    assert.match((await page.evaluate(() => globalThis.ttvmPlayground.files))['main.ttvm'], /precious/);
    assert.equal(await status(page), 'idle');
    await byId(page, 'notices')
      .getByText(/while a program was running/)
      .waitFor();
  },
);

pageTest('the light editor marks lines and is offered to everyone', {}, async ({ page, open }) => {
  await open();
  await page.keyboard.press('F1');
  await page.keyboard.type('light editor');
  await page.keyboard.press('Enter');
  const area = page.getByRole('textbox', { name: /^Source of/ });
  await area.waitFor();
  await area.fill('PUSH_STR "plain"\nPRNT\n');
  await page.locator('.plain-gutter .error').getByText('2').waitFor();
  await area.fill('PUSH_STR "plain"\nPRINT\n');
  await page.keyboard.press('ControlOrMeta+Enter');
  await waitForStatus(page, 'finished');
  assert.equal(await output(page), 'plain\n');
  await page.reload();
  await untilReady(page);
  await page.getByRole('textbox', { name: /^Source of/ }).waitFor();
  assert.equal(await page.locator('.monaco-editor').count(), 0, 'the choice is kept');
});
