// SPDX-License-Identifier: MIT
/** The views of a run, which the third place of the page can show. Loaded when one is opened first. */
import type { ViewName } from '../app/store.ts';

export interface ViewEntry {
  readonly name: ViewName;
  readonly title: string;
}

export const VIEWS: readonly ViewEntry[] = [
  { name: 'actors', title: 'Actors' },
  { name: 'trace', title: 'Trace' },
];
