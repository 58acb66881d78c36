// SPDX-License-Identifier: MIT
// ENCRYPT and DECRYPT: a passphrase is in the program's own Str and nowhere else, neither in what the VM says nor in
// its memory.

import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import test from 'node:test';
import { runSource } from './ttvm.mjs';

const HALVES = ['correct-horse-', 'battery-staple'];
/** Put together while running: the source has the halves only. */
const PASSPHRASE = HALVES.join('');
const MAKE_KEY = `PUSH_STR "${HALVES[0]}"\nPUSH_STR "${HALVES[1]}"\nCONCAT\nSTORE key\n`;

/** How often `text` is found in what the process has in memory. */
function occurrences(pid, text) {
  const wanted = Buffer.from(text);
  const file = openSync(`/proc/${pid}/mem`, 'r');
  let found = 0;
  let place;
  try {
    for (const line of readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
      const range = /^([0-9a-f]+)-([0-9a-f]+) (rw)/.exec(line);
      if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) place = range?.slice(1, 3).map((end) => parseInt(end, 16));
      const resident = Number(/^Rss: +(\d+) kB/.exec(line)?.[1] ?? 0);
      if (!place || resident === 0) continue;
      const bytes = Buffer.alloc(1 << 20);
      // Pieces overlap by one byte less than the text, so that each occurrence is whole in exactly one.
      const step = bytes.length - wanted.length + 1;
      for (let at = place[0]; at < place[1]; at += step) {
        const length = readSync(file, bytes, 0, Math.min(bytes.length, place[1] - at), at);
        for (
          let i = bytes.indexOf(wanted);
          i >= 0 && i + wanted.length <= length;
          i = bytes.indexOf(wanted, i + 1)
        )
          found++;
      }
    }
  } finally {
    closeSync(file);
  }
  return found;
}

/**
 * As `occurrences`, looked at for up to two seconds: a program goes on as soon as it has its answer, and the host's thread
 * lets go of the request a moment later.
 */
function fewest(pid, text) {
  const until = Date.now() + 2000;
  let found = occurrences(pid, text);
  while (found > 1 && Date.now() < until) found = Math.min(found, occurrences(pid, text));
  return found;
}

const sanitized = process.env.TTVM_BINARY ? 'sanitizers keep what was freed' : false;

test('copies of a passphrase are wiped when the request is over', { skip: sanitized }, async (t) => {
  const source = `${MAKE_KEY}PUSH_STR "ready"
PRINT
READ_LINE
POP
PUSH_STR "the plain text"
LOAD key
ENCRYPT
LOAD key
DECRYPT
PRINT
TRY
PUSH_STR "no sealed data, which is noticed before any work"
LOAD key
DECRYPT
CATCH e
END_TRY
TRY
PUSH_STR "the plain text"
PUSH_STR "another passphrase"
ENCRYPT
LOAD key
DECRYPT
CATCH e
LOAD e
GET_FIELD kind
PRINT
END_TRY
READ_LINE
POP
LOAD key
LEN
PRINT
`;
  const counts = [];
  const { stdout, stderr } = await runSource(t, source, {
    options: ['--workers', '1'],
    use(child) {
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
        const wanted = ['ready\n', 'DataError\n'][counts.length];
        if (!wanted || !text.endsWith(wanted)) return;
        counts.push(fewest(child.pid, PASSPHRASE));
        child.stdin.write('go on\n');
      });
    },
  });
  assert.equal(stderr, '');
  assert.equal(stdout, `ready\nthe plain text\nDataError\n${PASSPHRASE.length}\n`);
  assert.equal(counts[0], 1, 'the Str of the program');
  assert.equal(counts[1], 1, 'still that one only');
});

test('no message, event or report shows a passphrase', async (t) => {
  const wrong = [
    'PUSH_STR "x"\nLOAD key\nDECRYPT',
    'PUSH_STR "x"\nLOAD key\nMAKE_LIST 1\nENCRYPT',
    'NULL\nLOAD key\nENCRYPT',
    'PUSH_STR "x"\nPUSH_STR "other"\nENCRYPT\nLOAD key\nDECRYPT',
  ];
  for (const instructions of wrong) {
    const { stdout, stderr, status } = await runSource(t, `${MAKE_KEY}${instructions}\nPRINT\n`, {
      options: ['--trace-procs', '--trace-format', 'json', '--gc-stats', '--profile'],
    });
    assert.equal(status, 1);
    assert.match(stderr, /(?:EN|DE)CRYPT/);
    assert.ok(!`${stdout}${stderr}`.includes(PASSPHRASE), instructions);
  }
});
