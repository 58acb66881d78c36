// SPDX-License-Identifier: MIT
// The page's model without a page: link format, output log, line editing, colours, outline.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { loadModel } from './lib/model.mjs';

let model;
before(async () => {
  model = await loadModel();
});

const file = (name, content) => ({ name, content });

describe('link format', () => {
  test('round trip of text, bytes and options', async () => {
    const { encodeShared, decodeShared } = model.share_codec;
    const { makeProgram, DEFAULT_OPTIONS } = model.program;
    const program = makeProgram(
      [
        file('main.ttvm', 'PRINT ✅ 😀 \u2028 \0'),
        file('b.ttb', new Uint8Array([0, 255, 128, 7])),
        file('ü/x.txt', ''),
      ],
      'main.ttvm',
    );
    const options = { ...DEFAULT_OPTIONS, seed: 7, args: ['x'], env: { A: 'b=c' }, limits: { mailbox: 3 } };
    const text = await encodeShared({ program, options });
    assert.match(text, /^[A-Za-z0-9_-]+$/);
    assert.equal(Buffer.from(text, 'base64url')[0], 1, 'begins with the version');
    assert.deepEqual(await decodeShared(text), { program, options });
  });

  test('a small program makes a short link', async () => {
    const { encodeShared, LINK_OPTIONS } = model.share_codec;
    const program = model.program.makeProgram([file('main.ttvm', 'PUSH_STR "hello"\nPRINT\n')]);
    assert.ok((await encodeShared({ program, options: LINK_OPTIONS })).length < 120);
  });

  test('options of links are deterministic unless they say otherwise', async () => {
    const { encodeShared, decodeShared } = model.share_codec;
    const { makeProgram, DEFAULT_OPTIONS } = model.program;
    const program = makeProgram([file('main.ttvm', '')]);
    const bare = Buffer.concat([
      Buffer.from([1]),
      deflateRawSync(Buffer.from(JSON.stringify({ files: { 'main.ttvm': '' } }))),
    ]).toString('base64url');
    assert.equal((await decodeShared(bare)).options.deterministic, true);
    const parallel = await encodeShared({ program, options: DEFAULT_OPTIONS });
    assert.equal((await decodeShared(parallel)).options.deterministic, false);
  });

  test('every truncation and a flip of every byte is refused or read, never anything else', async () => {
    const { encodeShared, decodeShared, LINK_OPTIONS, ShareError } = model.share_codec;
    const program = model.program.makeProgram([file('main.ttvm', 'PUSH_INT 1\nPRINT\n'.repeat(5))]);
    const good = Buffer.from(await encodeShared({ program, options: LINK_OPTIONS }), 'base64url');
    let refused = 0;
    const attempt = async (bytes) => {
      try {
        await decodeShared(Buffer.from(bytes).toString('base64url'));
      } catch (error) {
        assert.ok(error instanceof ShareError, String(error));
        refused++;
      }
    };
    for (let length = 0; length < good.length; length++) await attempt(good.subarray(0, length));
    assert.equal(refused, good.length, 'every truncation is refused');
    for (let i = 0; i < good.length; i++) {
      const bytes = Buffer.from(good);
      bytes[i] ^= 0x55;
      await attempt(bytes);
    }
  });

  test('expansion stops at the limit', async () => {
    const { decodeShared, MAX_EXPANDED_BYTES } = model.share_codec;
    const bomb = deflateRawSync(Buffer.alloc(MAX_EXPANDED_BYTES * 40, 0x20));
    const text = Buffer.concat([Buffer.from([1]), bomb]).toString('base64url');
    const before = process.memoryUsage().arrayBuffers;
    await assert.rejects(decodeShared(text), { problem: 'too-large' });
    assert.ok(process.memoryUsage().arrayBuffers - before < MAX_EXPANDED_BYTES * 4);
  });

  test('names that leave the folder are refused', () => {
    const { nameProblem } = model.program;
    for (const name of ['', '/a', 'a/', '../a', 'a/../b', './a', 'a//b', 'a\\b', 'a\nb', 'x'.repeat(300)]) {
      assert.notEqual(nameProblem(name), null, JSON.stringify(name));
    }
    for (const name of ['a', 'a.ttvm', 'lib/ä b.txt', '.env']) assert.equal(nameProblem(name), null, name);
  });

  test('options from outside are taken only where they are well-formed', () => {
    const { readOptions, DEFAULT_OPTIONS } = model.program;
    const bad = {
      engine: 'warp',
      gc: 5,
      workers: 0,
      seed: 1.5,
      args: [1],
      env: { A: 1, B: 'x' },
      limits: { timeMs: -1, mailbox: 9 },
      trace: 'yes',
    };
    const read = readOptions(bad, DEFAULT_OPTIONS);
    assert.deepEqual({ ...read, limits: {}, env: {} }, DEFAULT_OPTIONS);
    assert.deepEqual(read.limits, { mailbox: 9 });
    assert.deepEqual(read.env, { B: 'x' });
  });
});

describe('output log', () => {
  test('keeps everything of a short output', () => {
    const log = new model.output_log.OutputLog();
    for (let i = 0; i < 1000; i++) log.append(i % 2 ? 'stderr' : 'stdout', `${i}\n`);
    assert.equal(log.text(), Array.from({ length: 1000 }, (_, i) => `${i}\n`).join(''));
    assert.equal(log.dropped, 0);
  });

  test('keeps head and tail of a flood, and knows what it dropped', () => {
    const { OutputLog, HEAD_LENGTH, TAIL_LENGTH } = model.output_log;
    const log = new OutputLog();
    const chunk = 'y'.repeat(9_999);
    log.append('stdout', 'begin');
    for (let i = 0; i < 2000; i++) log.append('stdout', chunk);
    log.append('stdout', 'end');
    assert.equal(log.length, 5 + 2000 * 9_999 + 3);
    const text = log.text();
    assert.ok(text.startsWith('beginyyy') && text.endsWith('yend'));
    assert.match(text, /characters were dropped here/);
    const kept = log.length - log.dropped;
    assert.ok(kept >= HEAD_LENGTH + TAIL_LENGTH && kept < HEAD_LENGTH + TAIL_LENGTH + 64 * 1024, `${kept}`);
  });
});

describe('line editing', () => {
  const typed = (...keys) => {
    const editor = new model.line_editor.LineEditor();
    const all = keys.map((key) => editor.feed(key));
    return {
      input: all.map((one) => one.input).join(''),
      echo: all.map((one) => one.echo).join(''),
      end: all.some((one) => one.end),
      interrupt: all.some((one) => one.interrupt),
      pending: editor.pending,
    };
  };

  test('lines, erasing, whole words and lines', () => {
    assert.equal(typed('ab\u007fc\r').input, 'ac\n');
    assert.equal(typed('one two\u0017three\r').input, 'one three\n');
    assert.equal(typed('wrong\u0015right\r').input, 'right\n');
    assert.equal(typed('a\r\nb\nc').input, 'a\nb\n');
    assert.equal(typed('\u007f\u007fx\r').input, 'x\n', 'nothing to erase is no harm');
  });

  test('wide characters are erased whole', () => {
    assert.equal(typed('日👍🏽\u007f\r').input, '日\n');
    assert.ok(typed('日\u007f').echo.endsWith('\b \b\b \b'), 'two columns');
    assert.ok(typed('é\u007f').echo.endsWith('é\b \b'));
  });

  test('Ctrl+D ends on an empty line and flushes a begun one', () => {
    assert.equal(typed('\u0004').end, true);
    const flushed = typed('part\u0004');
    assert.equal(flushed.end, false);
    assert.equal(flushed.input, 'part');
  });

  test('Ctrl+C interrupts; escape sequences are no input', () => {
    assert.equal(typed('\u0003').interrupt, true);
    const escapes = typed(
      '\u001b[A',
      '\u001b[1;5C',
      '\u001bOP',
      '\u001b]10;rgb:ff/ff/ff\u0007',
      '\u001b[200~ok\u001b[201~',
      '\r',
    );
    assert.equal(escapes.input, 'ok\n');
  });
});

describe('text', () => {
  test('control sequences are removed, text stays', () => {
    const { stripAnsi } = model.ansi;
    assert.equal(stripAnsi('\u001b[1;31mred\u001b[0m\r\n\u001b]0;title\u0007x\u0008\ty'), 'red\nx\ty');
  });

  test('places in output', () => {
    const { findSourceLinks } = model.source_links;
    const [one, two] = findSourceLinks('Error at lib/a.ttvm:12:3, then (main.lisp:7)');
    assert.deepEqual([one.file, one.line, one.column], ['lib/a.ttvm', 12, 3]);
    assert.deepEqual([two.file, two.line, two.column], ['main.lisp', 7, null]);
    assert.deepEqual(findSourceLinks('at 12:30 see http://x.y/z'), []);
  });

  test('colouring loses no character, whatever the text', () => {
    const { tokenize } = model.highlight;
    const texts = [
      '; c\nPUSH_STR bare words ; c\nPUSH_STR "a;b\\"c" ; d\nLABEL a\n  JMP "b"\nRECEIVE\n"open',
      '(define (f x) "s\n t" #| c\n c |# 1.5 `(a ,@b)) ; z\n#| open',
      Array.from({ length: 2000 }, (_, i) => String.fromCharCode((i * 7919) % 0x3000)).join(''),
    ];
    for (const text of texts) {
      for (const language of ['ttvm', 'lisp', 'text']) {
        const back = tokenize(text, language)
          .map((line) => line.map((token) => token.text).join(''))
          .join('\n');
        assert.equal(back, text.replace(/\r\n|\r/g, '\n'), language);
      }
    }
    const [first] = tokenize('  RECEIVE_TIMEOUT late ; x', 'ttvm');
    assert.deepEqual(
      first.map((token) => token.kind),
      ['text', 'actor', 'text', 'label', 'text', 'comment'],
    );
  });

  test('labels and where they are meant', () => {
    const { labelMentions, commentAbove } = model.outline;
    const text =
      '; Does it.\n; Twice.\nLABEL go\n  JMP go ; there\n  TRY "odd name"\n  JMP 12\nRECEIVE_MATCH any AFTER go';
    const found = labelMentions(text);
    assert.deepEqual(
      found.map((one) => [one.name, one.line, one.column, one.definition]),
      [
        ['go', 3, 7, true],
        ['go', 4, 7, false],
        ['odd name', 5, 8, false],
        ['go', 7, 25, false],
      ],
    );
    assert.equal(commentAbove(text.split('\n'), 3), 'Does it.\nTwice.');
  });

  test('search ranks direct hits above scattered ones', () => {
    const { fuzzyScore } = model.fuzzy;
    assert.ok(fuzzyScore('run', 'Run the program') > fuzzyScore('run', 'Return'));
    assert.equal(fuzzyScore('xyz', 'Run'), null);
  });
});

describe('history', () => {
  test('snapshots survive storage, within bounds, newest first', () => {
    const { addSnapshot, serializeSnapshots, parseSnapshots, MAX_SNAPSHOTS } = model.history;
    const { makeProgram, DEFAULT_OPTIONS } = model.program;
    let list = [];
    for (let i = 0; i < 60; i++) {
      const program = makeProgram([
        file('main.ttvm', `PUSH_INT ${i}`),
        file('x.bin', new Uint8Array([i, 255])),
      ]);
      list = addSnapshot(list, { time: i, reason: 'Run', program, options: DEFAULT_OPTIONS });
    }
    assert.equal(list.length, MAX_SNAPSHOTS);
    const back = parseSnapshots(serializeSnapshots(list));
    assert.deepEqual(back, list);
    assert.equal(back[0].time, 59);
    const large = makeProgram([file('main.ttvm', 'NOP\n'.repeat(400_000))]);
    const withLarge = addSnapshot(list, {
      time: 60,
      reason: 'Run',
      program: large,
      options: DEFAULT_OPTIONS,
    });
    assert.deepEqual(parseSnapshots(serializeSnapshots(withLarge)), list.slice(0, MAX_SNAPSHOTS - 1));
    assert.deepEqual(parseSnapshots('nonsense'), []);
    assert.deepEqual(parseSnapshots('[{"files":[["../x","y"]]}]'), []);
  });
});

describe('addresses of programs', () => {
  const shape = (text) => {
    const found = model.source_address.parseSource(text);
    return found && `${found.kind} ${found.url.href}`;
  };

  test('pages of files and gists become the addresses of their contents', () => {
    assert.equal(shape('https://example.org/a/b.ttvm?x=1'), 'file https://example.org/a/b.ttvm?x=1');
    assert.equal(
      shape('https://github.com/o/r/blob/main/dir/x.lisp'),
      'file https://raw.githubusercontent.com/o/r/main/dir/x.lisp',
    );
    const id = '0123456789abcdef0123456789abcdef';
    assert.equal(shape(`https://gist.github.com/someone/${id}`), `gist https://api.github.com/gists/${id}`);
    assert.equal(shape(id), `gist https://api.github.com/gists/${id}`);
    for (const bad of ['', 'x', 'javascript:alert(1)', 'file:///etc/passwd', 'https://me:pw@example.org/x'])
      assert.equal(shape(bad), null, bad);
  });

  test('what comes back becomes a program, or says why not', () => {
    const { parseSource, readSource } = model.source_address;
    const one = readSource(parseSource('https://example.org/a/b.lisp'), '(print 1)');
    assert.deepEqual(one, { files: [file('b.lisp', '(print 1)')], main: 'b.lisp' });
    assert.equal(readSource(parseSource('https://example.org/page.html'), 'x').main, 'main.ttvm');
    const gist = parseSource('0123456789abcdef0123456789abcdef');
    const json = JSON.stringify({
      files: { 'data.txt': { content: 'd' }, 'main.ttvm': { content: 'HALT' }, '../x': { content: 'no' } },
    });
    assert.deepEqual(readSource(gist, json), {
      files: [file('data.txt', 'd'), file('main.ttvm', 'HALT')],
      main: 'main.ttvm',
    });
    for (const bad of ['not JSON', '[]', '{"files":{}}', '{"files":{"a":{"content":"x","truncated":true}}}'])
      assert.throws(() => readSource(gist, bad), /gist|too large/);
  });
});

describe('files that programs write', () => {
  const bytes = (text) => new TextEncoder().encode(text);
  const state = () => ({
    program: { files: [file('main.ttvm', 'm'), file('data.txt', 'old')], main: 'main.ttvm' },
    written: [file('log', 'a')],
  });
  const given = () =>
    new Map([
      ['main.ttvm', 'm'],
      ['data.txt', 'old'],
    ]);

  test('new ones are a layer; own ones change in place, unless the user has edited them', () => {
    const { takeChanges } = model.written;
    const changes = { log: bytes('ab'), 'raw.bin': new Uint8Array([0, 1]), 'data.txt': bytes('new') };
    const known = given();
    const taken = takeChanges(state(), changes, known, false);
    assert.deepEqual(taken.written, [file('log', 'ab'), file('raw.bin', new Uint8Array([0, 1]))]);
    assert.equal(taken.program.files[1].content, 'new');
    assert.deepEqual(taken.changed, ['data.txt']);
    assert.deepEqual(takeChanges(taken, { 'data.txt': bytes('newer') }, known, false).changed, ['data.txt']);
    const edited = state();
    edited.program.files[1] = file('data.txt', 'mine');
    const kept = takeChanges(edited, changes, given(), false);
    assert.deepEqual([kept.kept, kept.program.files[1].content], [['data.txt'], 'mine']);
  });

  test('removed ones go; the main file stays; frames never touch what was given', () => {
    const { takeChanges } = model.written;
    const taken = takeChanges(state(), { log: null, 'data.txt': null, 'main.ttvm': null }, given(), false);
    assert.deepEqual(taken.written, []);
    assert.deepEqual(taken.program.files, [file('main.ttvm', 'm')]);
    assert.deepEqual(taken.kept, ['main.ttvm']);
    const frame = takeChanges(state(), { 'data.txt': bytes('new') }, given(), true);
    assert.deepEqual(frame.program, state().program);
    assert.deepEqual(frame.written.at(-1), file('data.txt', 'new'));
  });
});
