// SPDX-License-Identifier: MIT
const parts = [];
for (let i = 1; i <= 1_000_000; i++) parts.push('item' + i);
const text = parts.join(',');
let count = 0;
let total = 0;
for (const part of text.split(',')) {
  count++;
  total += part.length;
}
console.log(`${text.length} ${count} ${total}`);
