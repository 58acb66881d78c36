// SPDX-License-Identifier: MIT
/** Reads a colour of the style sheet as six-digit hex, which is all that the editor understands. */
export function colourToken(name: string): string {
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(value);
  return short === null
    ? value
    : `#${short
        .slice(1)
        .map((digit) => digit + digit)
        .join('')}`;
}
