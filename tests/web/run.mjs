// SPDX-License-Identifier: MIT
// The suite `web`: this folder's *.test.mjs (or those whose names contain an argument) in Chromium against
// build/site. One file at a time: the tests measure times. Ends with `N passed, M failed`.

import { runNodeTests } from '../tools/node_tests.mjs';
import { main } from '../tools/steps.mjs';

main(import.meta, (args) => runNodeTests('tests/web', { filters: args, concurrency: 1 }));
