// SPDX-License-Identifier: MIT
import { PAUSE, run, spawn } from './actors.mjs';

spawn(function* () {
  for (let i = 1; i <= 1_000_000; i++) {
    spawn(function* () {});
    if (i % 1000 === 0) yield PAUSE;
  }
  console.log('done');
});
run();
