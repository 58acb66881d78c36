// SPDX-License-Identifier: MIT
// std/network's parse_url and build_url against Node's URL, which follows the same standard.

import assert from 'node:assert/strict';
import test from 'node:test';
import { folderOf, run } from './ttvm.mjs';

const FIELDS = 'href origin protocol username password host hostname port pathname search hash'.split(' ');

const GOOD = [
  'https://example.com',
  'http://example.com/',
  'HTTP://EXAMPLE.COM:80/a/b?c=d#e',
  'https://example.com:443/',
  'https://example.com:8443',
  'https://user:pass@example.com:8080/p/a/t/h?query=string&x=1#hash',
  'https://us%20er:p:a@ss@example.com/',
  'https://user@example.com',
  'https://:secret@example.com/',
  'ftp://ftp.example.org:21/pub/file.txt',
  'ws://example.com:80/chat',
  'wss://example.com:444/chat?room=1',
  '  https://example.com/trimmed \n',
  'https://exa\tmple.com/a\nb',
  'https:example.com/no-slashes',
  'https:/example.com/one-slash',
  'https:////example.com//many',
  'http:\\\\example.com\\a\\b?c\\d',
  'http://example.com/a/./b/../c',
  'http://example.com/a/b/..',
  'http://example.com/a/b/.',
  'http://example.com/../../x',
  'http://example.com/%2e%2E/a/%2E/b',
  'http://example.com//double//slash/',
  'http://example.com/a b"c<d>e`f{g}',
  'http://example.com/grün/日本?ü=ß#é',
  'http://example.com/?q=\'a\'&b="c"<d>',
  "foo://example.com/?q='a'",
  'http://example.com/%zz%41%e4',
  'http://example.com/a;b=c,d:e@f!$&*()+=~',
  'http://example.com?',
  'http://example.com#',
  'http://example.com?#',
  'http://example.com?a#b?c#d',
  'http://example.com/#a b<c>`d"',
  'http://müller.de/',
  'http://BÜCHER.example/',
  'http://bücher。example/',
  'http://xn--bcher-kva.example/',
  'http://例え.テスト/',
  'http://ΟΔΟΣ.example/',
  'http://straße.de',
  'http://%65xample.com',
  'http://example.com./',
  'http://a_b-c.example/',
  'http://127.0.0.1:3000/',
  'http://127.1/',
  'http://0x7f.1/',
  'http://2130706433/',
  'http://0177.0.0.01/',
  'http://192.168.0.257.example/',
  'http://1.2.3.4./',
  'http://[::1]:8080/x',
  'http://[2001:DB8:0:0:1:0:0:1]/',
  'http://[1:0:0:2:0:0:0:3]/',
  'http://[::ffff:192.168.1.1]/',
  'http://[1:2:3:4:5:6:7:8]',
  'http://[::]/',
  'http://[fe80::]/',
  'file:///etc/passwd',
  'file:///C:/Windows/../x',
  'file:///C|/a',
  'file://C:/a/..',
  'file://localhost/a',
  'file://server/share/f.txt',
  'file:/a/b',
  'file:a/b',
  'file:',
  'file:///a/../../b',
  'mailto:ann@example.com?subject=Hello there',
  'data:text/plain;base64,SGVsbG8=',
  'javascript:alert(1)//x',
  'urn:isbn:0451450523',
  'tel:+1-816-555-1212',
  'git+ssh://git@example.com:22/repo.git',
  'redis://localhost',
  'redis://localhost/0',
  'foo://Host%41.Example/Path',
  'foo:///path',
  'foo:/a/../b',
  'foo:/..//x',
  'foo://h?q',
  'postgres://u:p@h:5432/db?sslmode=disable',
  'about:blank',
  'blob:nothing',
  `http://example.com/${'long/'.repeat(2000)}`,
];

const BAD = [
  '',
  '   ',
  'example.com',
  '/path/only',
  '//example.com/',
  '?q',
  '://x',
  '1http://x',
  'http:',
  'http://',
  'http:///',
  'http://?q',
  'http://user@/',
  'http://:80/',
  'http://example.com:port/',
  'http://example.com:65536/',
  'http://example.com:-1/',
  'http://exa mple.com/',
  'http://a<b>/',
  'http://a%00b/',
  'http://a%zz/',
  'http://%ff/',
  'http://256.1.1.1/',
  'http://1.2.3.4.5/',
  'http://1.2.3.08/',
  'http://0x.0x.0x.0x.0x/',
  'http://4294967296/',
  'http://[::1/',
  'http://[1:2:3]/',
  'http://[:1]/',
  'http://[1::2::3]/',
  'http://[1:2:3:4:5:6:7:8:9]/',
  'http://[::1%25eth0]/',
  'http://[::1.2.3]/',
  'http://[::1.2.3.256]/',
  'foo://a b/',
  'foo://h:99999/',
  'foo://:1/',
];

const quote = (text) =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;

/** What `function` gives for each argument, which are instructions; `error` where it raises. */
async function callAll(t, name, args) {
  const source = [
    'IMPORT "std/network"',
    ...args.flatMap((arg) => [
      'TRY',
      arg,
      `LOAD ${name}`,
      'CALL_FUNCTION 1',
      'JSON_STRINGIFY',
      'PRINT',
      'CATCH e',
      'MAKE_OBJECT',
      'LOAD e',
      'GET_FIELD kind',
      'SET_FIELD error',
      'JSON_STRINGIFY',
      'PRINT',
      'END_TRY',
    ]),
  ].join('\n');
  const cwd = folderOf(t, { 'a.ttvm': source });
  const { status, stdout, stderr } = await run(['a.ttvm'], { cwd });
  assert.equal(status, 0, stderr);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const fieldsOf = (url) => Object.fromEntries(FIELDS.map((field) => [field, url[field]]));

test('parse_url gives what Node gives', async (t) => {
  const got = await callAll(
    t,
    'parse_url',
    GOOD.map((url) => `PUSH_STR ${quote(url)}`),
  );
  GOOD.forEach((url, i) => assert.deepEqual(got[i], fieldsOf(new URL(url)), url));
});

test('parse_url refuses what Node refuses', async (t) => {
  const got = await callAll(
    t,
    'parse_url',
    BAD.map((url) => `PUSH_STR ${quote(url)}`),
  );
  BAD.forEach((url, i) => {
    assert.equal(URL.canParse(url), false, url);
    assert.deepEqual(got[i], { error: 'ParseError' }, url);
  });
});

test('build_url of parsed parts is the URL', async (t) => {
  // An empty host, query or fragment is a part that is not there.
  const parts = GOOD.filter((url) => url !== 'foo:///path').map((url) => fieldsOf(new URL(url)));
  const got = await callAll(
    t,
    'build_url',
    parts.map((part) => `PUSH_STR ${quote(JSON.stringify({ ...part, href: undefined }))}\nJSON_PARSE`),
  );
  parts.forEach((part, i) => {
    const url = new URL(part.href);
    if (url.search === '') url.search = '';
    if (url.hash === '') url.hash = '';
    assert.equal(got[i], url.href, part.href);
  });
});
