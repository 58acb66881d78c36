// SPDX-License-Identifier: MIT
import { RECEIVE, run, send, spawn } from './actors.mjs';

spawn(function* (main) {
  function* node(next) {
    for (;;) {
      const token = yield RECEIVE;
      if (token === 0) {
        send(main, 'done');
        return;
      }
      send(next, token - 1);
    }
  }
  const first = spawn(function* () {
    yield* node(yield RECEIVE);
  });
  let last = first;
  for (let i = 1; i < 1000; i++) {
    const next = last;
    last = spawn(() => node(next));
  }
  send(first, last);
  send(first, 1_000_000);
  console.log(yield RECEIVE);
});
run();
