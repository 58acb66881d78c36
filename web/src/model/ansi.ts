// SPDX-License-Identifier: MIT
/** Plain text of terminal output: control sequences removed, carriage returns resolved to line ends. */
export function stripAnsi(text: string): string {
  return text
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-~])/g, '')
    .replaceAll('\r\n', '\n')
    .replace(/[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g, '');
}
