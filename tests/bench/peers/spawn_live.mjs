// SPDX-License-Identifier: MIT
import { RECEIVE, run, send, spawn } from './actors.mjs';

const COUNT = 300_000;
spawn(function* (boss) {
  const workers = [];
  for (let i = 0; i < COUNT; i++) {
    workers.push(
      spawn(function* () {
        send(boss, 'up');
        yield RECEIVE;
        send(boss, 'down');
      }),
    );
  }
  for (let i = 0; i < COUNT; i++) yield RECEIVE;
  for (const worker of workers) send(worker, 'stop');
  for (let i = 0; i < COUNT; i++) yield RECEIVE;
  console.log('done');
});
run();
