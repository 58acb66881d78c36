// SPDX-License-Identifier: MIT
/** What every page of the site begins with: its policy, how it is shown, its icon. */

const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "worker-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const META = [
  { charset: 'utf-8' },
  { name: 'viewport', content: 'width=device-width, initial-scale=1' },
  { 'http-equiv': 'Content-Security-Policy', content: POLICY },
  { name: 'color-scheme', content: 'light dark' },
];

const attributes = (list) =>
  Object.entries(list)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('');

/** The same as text, for pages that the bundler does not see; `root` is the site's root from there. */
export const headText = (root) =>
  [
    ...META.map((one) => `<meta${attributes(one)} />`),
    `<link rel="icon" href="${root}icon.svg" type="image/svg+xml" />`,
  ].join('\n');

export function head() {
  return {
    name: 'ttvm-head',
    transformIndexHtml: () => [
      ...META.map((attrs) => ({ tag: 'meta', attrs, injectTo: 'head-prepend' })),
      { tag: 'link', attrs: { rel: 'icon', href: './icon.svg', type: 'image/svg+xml' }, injectTo: 'head' },
    ],
  };
}
