// SPDX-License-Identifier: MIT
import { RECEIVE, run, send, spawn } from './actors.mjs';

function* pong() {
  for (;;) {
    const message = yield RECEIVE;
    if (message === 'stop') return;
    send(message.from, { tag: 'pong', n: message.n });
  }
}

spawn(function* (self) {
  const partner = spawn(pong);
  let sum = 0;
  for (let n = 1_000_000; n > 0; n--) {
    send(partner, { tag: 'ping', from: self, n });
    sum += (yield RECEIVE).n;
  }
  send(partner, 'stop');
  console.log(String(sum));
});
run();
