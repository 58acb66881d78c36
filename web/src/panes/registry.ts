// SPDX-License-Identifier: MIT
/** The views, which the third place of the page can show. Loaded when one is opened first. */
import type { ViewName } from '../app/store.ts';

export interface ViewEntry {
  readonly name: ViewName;
  readonly title: string;
}

export function isView(name: string): name is ViewName {
  return VIEWS.some((view) => view.name === name);
}

export const VIEWS: readonly ViewEntry[] = [
  { name: 'actors', title: 'Actors' },
  { name: 'trace', title: 'Trace' },
  { name: 'code', title: 'Code' },
  { name: 'profile', title: 'Profile' },
];
