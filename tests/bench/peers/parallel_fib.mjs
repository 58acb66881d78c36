// SPDX-License-Identifier: MIT
// node parallel_fib.mjs N
import process from 'node:process';
import { Worker, isMainThread, parentPort, workerData as n } from 'node:worker_threads';

function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

if (isMainThread) {
  const workerData = Number(process.argv[2]);
  const results = Array.from(
    { length: 8 },
    () =>
      new Promise((resolve) => new Worker(new URL(import.meta.url), { workerData }).once('message', resolve)),
  );
  const sum = (await Promise.all(results)).reduce((a, x) => a + x, 0);
  console.log(String(sum));
} else {
  parentPort.postMessage(fib(n));
}
