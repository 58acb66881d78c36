// SPDX-License-Identifier: MIT
// Links: round trips through a new profile, hostile ones, undo, the dialog.

import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import {
  byId,
  newProfile,
  openPlayground,
  output,
  pageTest,
  setProgram,
  status,
  untilReady,
} from './lib/browser.mjs';

const FILES = {
  'main.ttvm':
    '; ünïcode ✅ 😀\nIMPORT "greet.ttvm" AS g\nLOAD g.text\nPRINT\nPUSH_STR "data.txt"\nREAD_FILE\nPRINT\n',
  'greet.ttvm': 'PUSH_STR "bonjour ✅"\nSTORE text\nEXPORT text\n',
  'data.txt': 'line one\nline two\n',
  main: 'main.ttvm',
};
const OPTIONS = {
  gc: 'no-gc',
  deterministic: true,
  seed: 42,
  virtualTime: true,
  args: ['a b', 'ç'],
  limits: { timeMs: 5000 },
};

function payload(value, { version = 1, raw = deflateRawSync(Buffer.from(JSON.stringify(value))) } = {}) {
  return Buffer.concat([Buffer.from([version]), raw]).toString('base64url');
}

pageTest('a link restores files and options in a new profile', {}, async ({ page, open }) => {
  await open();
  const link = await page.evaluate(
    async ([files, options]) => {
      globalThis.ttvmPlayground.files = files;
      globalThis.ttvmPlayground.options = options;
      return globalThis.ttvmPlayground.link();
    },
    [FILES, OPTIONS],
  );
  assert.match(link, /#[A-Za-z0-9_-]+$/);
  const { context, complaints } = await newProfile();
  try {
    const other = await context.newPage();
    await openPlayground(other, link);
    const seen = await other.evaluate(() => ({
      files: globalThis.ttvmPlayground.files,
      options: globalThis.ttvmPlayground.options,
    }));
    assert.deepEqual(seen.files, FILES);
    for (const [name, value] of Object.entries(OPTIONS)) assert.deepEqual(seen.options[name], value, name);
    assert.equal(await status(other), 'idle', 'nothing runs by itself');
    const result = await other.evaluate(() => globalThis.ttvmPlayground.run());
    assert.equal(result.reason, 'finished');
    assert.equal(await output(other), 'bonjour ✅\nline one\nline two\n\n');
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
});

pageTest(
  'a link survives the reload of a first visit without headers',
  { headers: false },
  async ({ page, open, url }) => {
    await open(`#${payload({ files: { 'main.ttvm': 'PUSH_INT 5\nPRINT\n' }, main: 'main.ttvm' })}`);
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    const seen = await page.evaluate(() => globalThis.ttvmPlayground.files);
    assert.equal(seen['main.ttvm'], 'PUSH_INT 5\nPRINT\n');
    assert.equal(
      await page.evaluate(() => globalThis.ttvmPlayground.options.deterministic),
      true,
      'links are deterministic',
    );
    assert.ok(page.url().startsWith(`${url}#`));
  },
);

const GOOD = payload({ files: { 'main.ttvm': `PRINT\n${'; words '.repeat(400)}` } });
const HOSTILE = {
  'no base64url': '#héllo%%%',
  'wrong version': `#${payload({ files: { 'main.ttvm': '' } }, { version: 9 })}`,
  truncated: `#${GOOD.slice(0, GOOD.length - 12)}`,
  'not JSON': `#${payload(null, { raw: deflateRawSync(Buffer.from('{"files":')) })}`,
  'not a program': `#${payload({ files: [] })}`,
  'no files': `#${payload({ files: {} })}`,
  'a path that climbs': `#${payload({ files: { '../../etc/passwd': 'x' } })}`,
  'main that is missing': `#${payload({ files: { 'a.ttvm': '' }, main: 'b.ttvm' })}`,
  'invalid UTF-8': `#${payload(null, { raw: deflateRawSync(Buffer.from([0x7b, 0xff, 0xfe])) })}`,
  'random bytes': `#${Buffer.from([1, ...Array.from({ length: 300 }, (_, i) => (i * 73 + 11) % 256)]).toString('base64url')}`,
  'a bomb': `#${payload(null, { raw: deflateRawSync(Buffer.alloc(300 * 1024 * 1024, 0x20)) })}`,
  'too long': `#${'A'.repeat(1_600_000)}`,
};

pageTest(
  'hostile links are explained and leave the program as it was',
  { timeout: 120_000 },
  async ({ page, open }) => {
    await open();
    await setProgram(page, 'PUSH_STR "mine"\nPRINT\n');
    for (const [name, hash] of Object.entries(HOSTILE)) {
      const message = await page.evaluate(async (link) => {
        const before = performance.now();
        const said = await globalThis.ttvmPlayground.open(link).then(
          () => 'opened',
          (error) => error.message,
        );
        return { said, took: performance.now() - before };
      }, hash);
      assert.match(message.said, /link/i, name);
      assert.ok(message.took < 3000, `${name}: ${message.took} ms`);
      const files = await page.evaluate(() => globalThis.ttvmPlayground.files);
      assert.equal(files['main.ttvm'], 'PUSH_STR "mine"\nPRINT\n', name);
    }
  },
);

pageTest(
  'a damaged link in the address is told on the page and the last program is there',
  {},
  async ({ page, open, url }) => {
    await open();
    await setProgram(page, 'PUSH_STR "mine"\nPRINT\n');
    await page.waitForTimeout(500);
    await page.goto('about:blank');
    await page.goto(`${url}${HOSTILE.truncated}`);
    await untilReady(page);
    await byId(page, 'notices')
      .getByText(/cut off or damaged.*as it was/s)
      .waitFor();
    const files = await page.evaluate(() => globalThis.ttvmPlayground.files);
    assert.equal(files['main.ttvm'], 'PUSH_STR "mine"\nPRINT\n');
  },
);

pageTest('Undo brings back the code that a link replaced', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, { 'main.ttvm': 'PUSH_STR "mine"\nPRINT\n', 'more.txt': 'kept' });
  const other = payload({ files: { 'main.ttvm': 'PUSH_STR "theirs"\nPRINT\n' } });
  await page.evaluate((hash) => (location.hash = hash), other);
  await page.waitForFunction(() => globalThis.ttvmPlayground.files['main.ttvm'].includes('theirs'));
  await byId(page, 'notices').getByText('Opened a shared program').waitFor();
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.press('ControlOrMeta+z');
  await page.waitForFunction(() => globalThis.ttvmPlayground.files['main.ttvm'].includes('mine'));
  const files = await page.evaluate(() => globalThis.ttvmPlayground.files);
  assert.equal(files['more.txt'], 'kept');
  await page.locator('.monaco-editor .view-lines').getByText('mine').waitFor();
});

pageTest(
  'edits to an opened link survive a reload; a new tab shows the link',
  {},
  async ({ page, context, open, url }) => {
    const link = `#${payload({ files: { 'main.ttvm': 'PUSH_INT 1\n' } })}`;
    await open(link);
    await page.locator('.monaco-editor .view-lines').first().click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.type('PRINT');
    await page.waitForTimeout(500);
    await page.reload();
    await untilReady(page);
    assert.equal(
      (await page.evaluate(() => globalThis.ttvmPlayground.files))['main.ttvm'],
      'PUSH_INT 1\nPRINT',
    );
    const second = await context.newPage();
    await openPlayground(second, url + link);
    assert.equal((await second.evaluate(() => globalThis.ttvmPlayground.files))['main.ttvm'], 'PUSH_INT 1\n');
  },
);

pageTest(
  'the share dialog copies link, Markdown and embed, and warns of length',
  { profile: { permissions: ['clipboard-read', 'clipboard-write'] } },
  async ({ page, open, url }) => {
    await open();
    await setProgram(page, '; A greeting\nPUSH_STR "hi"\nPRINT\n');
    assert.equal(page.url(), url, 'the address does not change by itself');
    await byId(page, 'share').click();
    const field = byId(page, 'share-link');
    await page.waitForFunction(() => document.querySelector('[data-testid=share-link]')?.value !== '');
    const link = await field.inputValue();
    await byId(page, 'copy-link').click();
    await page.getByText('Link copied.').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
    assert.equal(page.url(), link, 'sharing puts the link into the address bar');
    await byId(page, 'copy-markdown').click();
    await page.getByText('Markdown copied.').waitFor();
    const markdown = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(markdown, /^\[A greeting\]\(http.*#.*\)\n\n```ttvm\n; A greeting\n/);
    await byId(page, 'copy-embed').click();
    await page.getByText('Embed copied.').waitFor();
    const embed = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(embed, /^<iframe src="http.*embed\.html#[\w-]+" title="A greeting"/);
    assert.equal(await byId(page, 'share-warning').count(), 0);
    await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
    await page.keyboard.press('Escape');
    const noise = Array.from({ length: 900 }, (_, i) => `PUSH_INT ${(i * 7919) ** 2}`).join('\n');
    await setProgram(page, noise);
    await byId(page, 'share').click();
    await byId(page, 'share-warning')
      .getByText(/2,000|8,000/)
      .waitFor();
  },
);

pageTest('the .zip holds every file', {}, async ({ page, open }) => {
  await open();
  await setProgram(page, FILES);
  await byId(page, 'share').click();
  const [download] = await Promise.all([page.waitForEvent('download'), byId(page, 'download-zip').click()]);
  assert.equal(download.suggestedFilename(), 'program.zip');
  const { readFile } = await import('node:fs/promises');
  const { unzipSync, strFromU8 } = await import('fflate');
  const files = unzipSync(new Uint8Array(await readFile(await download.path())));
  assert.deepEqual(Object.keys(files).sort(), ['data.txt', 'greet.ttvm', 'main.ttvm']);
  assert.equal(strFromU8(files['greet.ttvm']), FILES['greet.ttvm']);
});
