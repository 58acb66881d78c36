// SPDX-License-Identifier: MIT
/** What an event says, in words: for the trace's rows, text alternatives and filters. */
import type { StoredEvent } from './trace_store.ts';

/** How readers call what records hold as numbers. */
export interface EventNames {
  actor(pid: number): string;
  /** Nanoseconds of the clock when the run began, 0 when it is not known. */
  begin(): number;
  /** What the `value` of a `wait` says. */
  wait(value: number): string;
}

export function describeEvent(event: StoredEvent, names: EventNames): string {
  const { kind, other, value, text } = event;
  switch (kind) {
    case 'spawn':
      return names.actor(other) + (text === '' ? '' : ` runs ${text}`);
    case 'exit':
      return text === '' ? (other === 0 ? 'normal' : 'not normal') : text;
    case 'send':
      return `to ${names.actor(other)}${text === '' ? '' : `: ${text}`}`;
    case 'receive':
      return (
        (other === 0 ? 'from the run time' : `from ${names.actor(other)}`) + (text === '' ? '' : `: ${text}`)
      );
    case 'wait':
      return `for ${names.wait(value)}`;
    case 'run':
      return value === 0 ? '' : `at ${clock(value - names.begin())}`;
    case 'preempt':
      return `after ${value.toLocaleString('en')} instructions`;
    case 'link':
    case 'unlink':
      return `with ${names.actor(other)}`;
    case 'monitor':
    case 'demonitor':
      return `of ${names.actor(other)}`;
    case 'down':
      return `${names.actor(other)} ended${text === '' ? '' : `: ${text}`}`;
    case 'supervise':
      return `${names.actor(other)}${text === '' ? '' : ` as ${text}`}`;
    case 'restart':
      return `${text === '' ? 'a child' : text}: #${value} is now #${other}`;
    case 'exception':
      return value === 1 ? `${text} (not caught)` : text;
    default:
      return text;
  }
}

function clock(nanoseconds: number): string {
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(1)} µs`;
  return nanoseconds < 1e9 ? `${(nanoseconds / 1e6).toFixed(2)} ms` : `${(nanoseconds / 1e9).toFixed(3)} s`;
}
