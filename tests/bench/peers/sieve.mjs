// SPDX-License-Identifier: MIT
function countPrimes(n) {
  const prime = [];
  for (let k = 0; k <= n; k++) prime.push(true);
  for (let i = 2; i * i <= n; i++) {
    if (!prime[i]) continue;
    for (let multiple = i * i; multiple <= n; multiple += i) prime[multiple] = false;
  }
  let count = 0;
  for (let k = 2; k <= n; k++) if (prime[k]) count++;
  return count;
}
let total = 0;
for (let round = 0; round < 5; round++) total += countPrimes(2_000_000);
console.log(String(total));
