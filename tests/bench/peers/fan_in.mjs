// SPDX-License-Identifier: MIT
import { PAUSE, RECEIVE, run, send, spawn } from './actors.mjs';

spawn(function* (consumer) {
  for (let i = 1; i <= 100; i++) {
    spawn(function* () {
      for (let n = 20_000; n > 0; n--) {
        send(consumer, { tag: 'item', i, n });
        if (n % 1000 === 0) yield PAUSE;
      }
    });
  }
  let sum = 0;
  for (let left = 100 * 20_000; left > 0; left--) {
    const item = yield RECEIVE;
    sum += item.i + item.n;
  }
  console.log(String(sum));
});
run();
