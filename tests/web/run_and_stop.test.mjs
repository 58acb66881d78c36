// SPDX-License-Identifier: MIT
// Running, standard input, stopping, floods.

import assert from 'node:assert/strict';
import {
  byId,
  output,
  pageTest,
  runByButton,
  setProgram,
  status,
  stopTime,
  terminalText,
  typeInEditor,
  waitForOutput,
  waitForStatus,
} from './lib/browser.mjs';

pageTest('typed program runs with Ctrl+Enter and prints', {}, async ({ page, open }) => {
  await open();
  await typeInEditor(page, 'PUSH_STR "Hello from the page"\nPRINT\nPUSH_INT 6\nPUSH_INT 7\nMUL\nPRINT\n');
  await page.keyboard.press('ControlOrMeta+Enter');
  await waitForStatus(page, 'finished');
  await waitForOutput(page, '42');
  assert.equal(await output(page), 'Hello from the page\n42\n');
  assert.match(await terminalText(page), /Hello from the page\s+42/);
  assert.match(await byId(page, 'status-detail').textContent(), /instructions/);
});

pageTest('output streams while the program runs', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, 'PUSH_STR "first"\nPRINT\nPUSH_INT 1500\nSLEEP\nPUSH_STR "second"\nPRINT\n');
  await byId(page, 'run').click();
  await waitForOutput(page, 'first');
  assert.equal(await status(page), 'running');
  assert.equal(await output(page), 'first\n');
  await waitForStatus(page, 'finished');
  assert.equal(await output(page), 'first\nsecond\n');
});

pageTest('a failing program says so, with its exit status', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, 'PUSH_INT 1\nPUSH_INT 0\nDIV\n');
  await runByButton(page, 'failed');
  assert.match(await output(page), /Division by zero/);
  await page.getByText('exit status 1').waitFor();
});

pageTest('a deadlock is reported as one', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, 'RECEIVE\n');
  await runByButton(page, 'deadlock');
});

pageTest('run() resolves with the summary', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, 'PUSH_STR "x"\nPRINT\n');
  const summary = await page.evaluate(() => globalThis.ttvmPlayground.run());
  assert.equal(summary.status, 0);
  assert.equal(summary.reason, 'finished');
  assert.ok(summary.schedulers >= 1);
  assert.ok(summary.instructions >= 2);
});

const ECHO = `LABEL again
READ_LINE
DUP
STORE line
NULL
EQ
JNZ done
PUSH_STR "got "
LOAD line
CONCAT
PRINT
JMP again
LABEL done
PUSH_STR "end"
PRINT
`;

for (const where of ['', '?threads=0']) {
  pageTest(`standard input is typed in the terminal${where}`, {}, async ({ page, open }) => {
    await open(where);
    await setProgram(page, ECHO);
    await byId(page, 'run').click();
    await waitForStatus(page, 'running');
    await page.locator('.xterm-screen').click();
    await page.keyboard.type('hellp');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('o');
    await page.keyboard.press('Enter');
    await waitForOutput(page, 'got hello');
    await page.keyboard.type('wörld');
    await page.keyboard.press('Enter');
    await waitForOutput(page, 'got wörld');
    await page.keyboard.press('Control+d');
    await waitForStatus(page, 'finished');
    assert.equal(await output(page), 'got hello\ngot wörld\nend\n');
    assert.match(await terminalText(page), /hello\s+got hello\s+wörld/, 'typed lines are echoed');
  });
}

pageTest('input() and endInput() feed a program', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, ECHO);
  const text = await page.evaluate(async () => {
    const playground = globalThis.ttvmPlayground;
    const run = playground.run();
    playground.input('one\ntwo\n');
    playground.endInput();
    await run;
    return playground.output;
  });
  assert.equal(text, 'got one\ngot two\nend\n');
});

const STORM = `MAKE_FUNCTION echo
SPAWN
STORE a
MAKE_FUNCTION echo
SPAWN
STORE b
LOAD a
LOAD b
SEND
LOAD b
LOAD a
SEND
LABEL forever
PUSH_INT 1000
SLEEP
JMP forever
LABEL echo
LABEL loop
RECEIVE
DUP
SELF
SEND
POP
JMP loop
`;

const RUNAWAYS = {
  'a tight loop': 'LABEL a\nJMP a\n',
  'a message storm': STORM,
  'a blocked receive':
    'MAKE_FUNCTION sleeper\nSPAWN\nPOP\nRECEIVE\nHALT\nLABEL sleeper\nPUSH_INT 100000000\nSLEEP\n',
};

for (const threads of ['', '?threads=0']) {
  for (const [name, source] of Object.entries(RUNAWAYS)) {
    pageTest(`Stop ends ${name} within 100 ms${threads}`, {}, async ({ page, open }) => {
      await open(threads);
      await setProgram(page, `PUSH_STR "kept"\nPRINT\n${source}`);
      const times = [];
      for (let i = 0; i < 3; i++) {
        await byId(page, 'run').click();
        await waitForStatus(page, 'running');
        await waitForOutput(page, 'kept');
        await page.waitForTimeout(150);
        times.push(await stopTime(page));
      }
      times.sort((a, b) => a - b);
      assert.ok(times[1] < 100, `median ${times.map((time) => time.toFixed(0)).join(', ')} ms`);
      assert.ok(times[2] < 1000, `worst ${times[2].toFixed(0)} ms`);
      assert.equal(await output(page), 'kept\n', 'what was printed stays');
    });
  }
}

pageTest(
  'a hundred million bytes of output neither freeze the page nor fill memory',
  { timeout: 180_000 },
  async ({ page, open }) => {
    await open();
    const line = 'x'.repeat(99);
    await setProgram(
      page,
      `PUSH_STR "begin"\nPRINT\nPUSH_INT 1000000\nSTORE n\nLABEL more\nPUSH_STR "${line}"\nPRINT\n` +
        'LOAD n\nPUSH_INT 1\nSUB\nDUP\nSTORE n\nJNZ more\nPUSH_STR "the end"\nPRINT\n',
    );
    await page.evaluate(() => {
      globalThis.frames60 = { worst: 0, last: performance.now() };
      const tick = (now) => {
        const seen = globalThis.frames60;
        seen.worst = Math.max(seen.worst, now - seen.last);
        seen.last = now;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    });
    await byId(page, 'run').click();
    await waitForStatus(page, 'running');
    await page.waitForTimeout(1500);
    // The page answers while it floods.
    const before = Date.now();
    await byId(page, 'options').click();
    await page.getByRole('dialog', { name: 'Options' }).waitFor();
    await page.keyboard.press('Escape');
    assert.ok(Date.now() - before < 3000, `a dialog took ${Date.now() - before} ms`);
    await page.waitForFunction(
      () => document.querySelector('[data-testid=status]').textContent === 'finished',
      undefined,
      {
        timeout: 150_000,
      },
    );
    const worst = await page.evaluate(() => globalThis.frames60.worst);
    assert.ok(worst < 1000, `longest frame ${worst.toFixed(0)} ms`);
    const text = await output(page);
    assert.ok(text.startsWith('begin\n'), 'the head is kept');
    assert.ok(text.endsWith('the end\n'), 'the tail is kept');
    assert.ok(text.length < 2_000_000, `${text.length} characters are kept`);
    await byId(page, 'dropped').waitFor();
    const heap = await page.evaluate(() => performance.memory?.usedJSHeapSize ?? 0);
    assert.ok(heap < 300 * 1024 * 1024, `${(heap / 1024 / 1024).toFixed(0)} MiB of JavaScript heap`);
  },
);

pageTest('Stop answers during an endless flood', { timeout: 90_000 }, async ({ page, open }) => {
  await open();
  await setProgram(page, `LABEL more\nPUSH_STR "${'flood '.repeat(12)}"\nPRINT\nJMP more\n`);
  await byId(page, 'run').click();
  await waitForStatus(page, 'running');
  await page.waitForTimeout(2000);
  const before = Date.now();
  await byId(page, 'stop').click();
  await waitForStatus(page, 'stopped');
  assert.ok(Date.now() - before < 1500, `${Date.now() - before} ms`);
  await runByButton(page, 'running');
  await byId(page, 'stop').click();
  await waitForStatus(page, 'stopped');
});

pageTest('output never becomes markup', {}, async ({ page, open }) => {
  await open();
  const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>';
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs++;
    void dialog.dismiss();
  });
  await setProgram(page, `PUSH_STR "${evil}"\nPRINT\n`);
  await runByButton(page, 'finished');
  await byId(page, 'output-mode').click();
  await page.locator('.text-log').getByText(evil).waitFor();
  assert.equal(await page.locator('.text-log img, .text-log script, .xterm img').count(), 0);
  assert.equal(dialogs, 0);
});

pageTest('accessible output is a log with its own input field', {}, async ({ page, open }) => {
  await open();
  await byId(page, 'output-mode').click();
  await setProgram(page, ECHO);
  await byId(page, 'run').click();
  const log = page.getByRole('log', { name: 'Program output' });
  await page.getByRole('textbox', { name: 'Standard input' }).fill('spoken');
  await page.keyboard.press('Enter');
  await log.getByText('got spoken').waitFor();
  await page.getByRole('button', { name: 'End of input' }).click();
  await waitForStatus(page, 'finished');
  await log.getByText('end', { exact: true }).waitFor();
});
