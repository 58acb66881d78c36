// SPDX-License-Identifier: MIT
function sumBelow(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += i;
  return sum;
}
console.log(String(sumBelow(100_000_000)));
