// SPDX-License-Identifier: MIT
// One browser for a test file, one fresh profile for each test, and a rule: a console error or
// warning, or an uncaught error, fails the test that saw it.

import assert from 'node:assert/strict';
import path from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { serve } from '../../tools/static_server.mjs';
import { ROOT } from '../../tools/steps.mjs';

export const SITE = process.env.TTVM_SITE ?? path.join(ROOT, 'build/site');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  // Names of other sites for tests: all of them are this machine.
  '--host-resolver-rules=MAP *.test 127.0.0.1',
];

let browser;
const servers = new Map();

before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGUMENTS });
});

after(async () => {
  await browser?.close();
  for (const server of servers.values()) await (await server).close();
});

/** A server of the site for this file: `headers` false is a static host that lets nobody set any. */
export function site({ headers = true, prefix = '/' } = {}) {
  const key = `${headers} ${prefix}`;
  if (!servers.has(key)) servers.set(key, serve({ root: SITE, headers, prefix }));
  return servers.get(key);
}

/** A fresh profile that notes everything a page complains about. */
export async function newProfile(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const complaints = [];
  context.on('console', (message) => {
    if (['error', 'warning', 'assert'].includes(message.type())) {
      complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  context.on('weberror', (error) => complaints.push(`uncaught: ${error.error().stack ?? error.error()}`));
  return { context, complaints };
}

/**
 * A test with a page. `body` gets {page, context, server, url, open}; `open(path)` goes there and
 * waits until the page can be used, also through the one reload that isolation needs.
 */
export function pageTest(name, options, body) {
  const { profile, headers, prefix, timeout = 60_000, allowed = [], ...rest } = options;
  test(name, { timeout, ...rest }, async (t) => {
    const server = await site({ headers, prefix });
    const { context, complaints } = await newProfile(profile);
    try {
      const page = await context.newPage();
      const open = (where = '') => openPlayground(page, server.url + where);
      await body({ page, context, server, url: server.url, open, t });
      const unexpected = complaints.filter((text) => !allowed.some((pattern) => pattern.test(text)));
      assert.deepEqual(unexpected, [], 'the page complained');
    } finally {
      await context.close();
    }
  });
}

export async function openPlayground(page, url) {
  await page.goto(url);
  await untilReady(page);
}

export async function untilReady(page) {
  for (let attempt = 0; ; attempt++) {
    try {
      await page.waitForFunction(() => globalThis.ttvmPlayground !== undefined);
      await page.evaluate(() => globalThis.ttvmPlayground.ready);
      return;
    } catch (error) {
      // The reload that makes the page isolated destroys what was being waited in.
      if (attempt >= 3 || !/context was destroyed|navigat|frame was detached/i.test(String(error)))
        throw error;
    }
  }
}

export const byId = (page, id) => page.getByTestId(id);

export function status(page) {
  return byId(page, 'status').textContent();
}

export async function waitForStatus(page, ...words) {
  await page.waitForFunction(
    (wanted) => wanted.includes(document.querySelector('[data-testid=status]')?.textContent),
    words,
  );
}

/** Presses Stop; milliseconds until the page says `stopped`, by the page's own clock. */
export function stopTime(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const word = document.querySelector('[data-testid=status]');
        const begin = performance.now();
        const watch = new MutationObserver(() => {
          if (word.textContent !== 'stopped') return;
          watch.disconnect();
          resolve(performance.now() - begin);
        });
        watch.observe(word, { childList: true, characterData: true, subtree: true });
        document.querySelector('[data-testid=stop]').click();
      }),
  );
}

export async function setProgram(page, files) {
  const object = typeof files === 'string' ? { 'main.ttvm': files } : files;
  await page.evaluate((given) => {
    globalThis.ttvmPlayground.files = given;
  }, object);
}

/** Runs what is in the page by its own button and waits for the end. */
export async function runByButton(page, ...ends) {
  await byId(page, 'run').click();
  await waitForStatus(page, ...(ends.length > 0 ? ends : ['finished', 'failed', 'deadlock', 'stopped']));
}

export function output(page) {
  return page.evaluate(() => globalThis.ttvmPlayground.output);
}

export async function waitForOutput(page, text) {
  await page.waitForFunction((wanted) => globalThis.ttvmPlayground.output.includes(wanted), text);
}

/** What the terminal shows, read from its rows. */
export function terminalText(page) {
  return page.locator('.xterm-rows').innerText();
}

export async function typeInEditor(page, text) {
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
}
