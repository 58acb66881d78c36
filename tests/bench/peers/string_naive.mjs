// SPDX-License-Identifier: MIT
let text = '';
for (let i = 0; i < 200_000; i++) text += 'x';
let count = 0;
for (let i = 0; i < text.length; i++) if (text[i] === 'x') count++;
console.log(`${text.length} ${count}`);
