// SPDX-License-Identifier: MIT
import { html, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';

/** Line drawings on a 16 × 16 grid; colour and size come from the text around them. */
const SHAPES = {
  run: svg`<path d="M4.5 2.9v10.2a.6.6 0 0 0 .92.5l8-5.1a.6.6 0 0 0 0-1l-8-5.1a.6.6 0 0 0-.92.5Z" fill="currentColor" stroke="none"/>`,
  pause: svg`<path d="M5 3.2v9.6M11 3.2v9.6" stroke-width="2.6"/>`,
  actors: svg`<path d="M4.8 5.6 7 10.2M11.2 5.6 9 10.2M5.4 4.2h5.2"/><circle cx="3.9" cy="4.2" r="1.7"/><circle cx="12.1" cy="4.2" r="1.7"/><circle cx="8" cy="11.9" r="1.9"/>`,
  trace: svg`<path d="M2.6 3.6h1.2M2.6 8h1.2M2.6 12.4h1.2M6.4 3.6h7M6.4 8h4.6M6.4 12.4h6"/>`,
  code: svg`<path d="M5.2 4.6 1.9 8l3.3 3.4M10.8 4.6 14.1 8l-3.3 3.4M9.3 2.9 6.7 13.1"/>`,
  profile: svg`<path d="M2.2 13.2h11.6M2.2 9.6h8.6M2.2 6h5.2M2.2 2.4h2.4"/>`,
  stop: svg`<rect x="3.6" y="3.6" width="8.8" height="8.8" rx="1.6" fill="currentColor" stroke="none"/>`,
  book: svg`<path d="M8 3.6C6.6 2.7 4.7 2.4 2.4 2.5v9.8c2.3-.1 4.2.2 5.6 1.1 1.4-.9 3.3-1.2 5.6-1.1V2.5c-2.3-.1-4.2.2-5.6 1.1Zm0 0v9.8"/>`,
  sliders: svg`<path d="M2.5 4.5h5M11.5 4.5h2M2.5 11.5h2M8.5 11.5h5"/><circle cx="9.5" cy="4.5" r="1.9"/><circle cx="6.5" cy="11.5" r="1.9"/>`,
  share: svg`<path d="M8 9.8V2.3M5.2 4.9 8 2.1l2.8 2.8M4.7 7.2H3.3v6.5h9.4V7.2h-1.4"/>`,
  plus: svg`<path d="M8 3.2v9.6M3.2 8h9.6"/>`,
  close: svg`<path d="m4.2 4.2 7.6 7.6M11.8 4.2l-7.6 7.6"/>`,
  menu: svg`<path d="M2.6 4.3h10.8M2.6 8h10.8M2.6 11.7h10.8"/>`,
  sun: svg`<circle cx="8" cy="8" r="2.9"/><path d="M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1"/>`,
  moon: svg`<path d="M13.3 9.7A5.7 5.7 0 0 1 6.3 2.7a5.7 5.7 0 1 0 7 7Z"/>`,
  contrast: svg`<circle cx="8" cy="8" r="5.7"/><path d="M8 2.3a5.7 5.7 0 0 1 0 11.4Z" fill="currentColor" stroke="none"/>`,
  auto: svg`<rect x="1.9" y="3" width="12.2" height="8" rx="1.2"/><path d="M5.5 13.5h5"/>`,
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.5V3.7c0-.7-.5-1.2-1.2-1.2H3.7c-.7 0-1.2.5-1.2 1.2v5.6c0 .7.5 1.2 1.2 1.2h1.8"/>`,
  download: svg`<path d="M8 2.3v7.5M5.2 7.2 8 10l2.8-2.8M2.8 13.3h10.4"/>`,
  clear: svg`<circle cx="8" cy="8" r="5.7"/><path d="m4 4 8 8"/>`,
  text: svg`<path d="M2.6 4h10.8M2.6 8h7M2.6 12h9"/>`,
  terminal: svg`<rect x="1.8" y="2.8" width="12.4" height="10.4" rx="1.6"/><path d="m4.6 6 2 2-2 2M8.4 10.2h3"/>`,
  search: svg`<circle cx="7" cy="7" r="4.3"/><path d="m10.2 10.2 3.5 3.5"/>`,
  up: svg`<path d="m4 10 4-4 4 4"/>`,
  down: svg`<path d="m4 6 4 4 4-4"/>`,
  file: svg`<path d="M9 2.2H4.3c-.6 0-1 .4-1 1v9.6c0 .6.4 1 1 1h7.4c.6 0 1-.4 1-1V5.9L9 2.2Zm0 0v3.7h3.7"/>`,
  undo: svg`<path d="M5.3 3 2.5 5.8l2.8 2.8M2.7 5.8h6.6a4 4 0 0 1 0 8H6"/>`,
  warning: svg`<path d="M8 2.3 14.3 13.3H1.7L8 2.3Zm0 4.3v3.2M8 11.5v.2"/>`,
  error: svg`<circle cx="8" cy="8" r="5.8"/><path d="M8 4.8v3.9M8 10.9v.2"/>`,
  clock: svg`<circle cx="8" cy="8" r="5.7"/><path d="M8 4.7V8l2.3 1.5"/>`,
  external: svg`<path d="M6.5 3.5H3v9.5h9.5V9.5M9.3 2.8h4v4M13 3.1 7.4 8.7"/>`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof SHAPES;

export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${SHAPES[name]}
  </svg>`;
}

/** Three actors and a message on its way. */
export function logo(): TemplateResult {
  return html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <path class="logo-path" d="M9 10.5h14M8.5 13 15 22.5M23.5 13 17 22.5" />
    <circle class="logo-a" cx="7.5" cy="10.5" r="4.5" />
    <circle class="logo-b" cx="24.5" cy="10.5" r="4.5" />
    <circle class="logo-c" cx="16" cy="24.5" r="4.5" />
    <circle class="logo-m" cx="16" cy="10.5" r="1.7" />
  </svg>`;
}
