// SPDX-License-Identifier: MIT
const numbers = Array.from({ length: 1_000_000 }, (_, i) => i + 1);
let total = 0;
for (let round = 1; round <= 5; round++) {
  total += numbers
    .map((x) => x * 2 + round)
    .filter((x) => x % 3 === 0)
    .reduce((a, x) => a + x, 0);
}
console.log(String(total));
