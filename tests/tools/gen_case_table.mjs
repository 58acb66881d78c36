// SPDX-License-Identifier: MIT
// `node tests/tools/gen_case_table.mjs > core/exec/case_table.def`: the case mappings of Unicode as ranges,
// from Node's own Unicode data. Run by hand when a newer Unicode version is wanted; the build uses the
// committed table, so that natively and in the browser the same letters have the same capitals.

const LAST = 0x10ffff;
const hex = (n) => `0x${n.toString(16).toUpperCase()}`;
const scalars = function* () {
  for (let c = 0; c <= LAST; c++) if (c < 0xd800 || c > 0xdfff) yield c;
};

/** One code point to one as {first, last, stride, delta}; one to several as {from, to}. */
function mappings(convert) {
  const ranges = [];
  const full = [];
  for (const c of scalars()) {
    const to = [...convert(String.fromCodePoint(c))].map((s) => s.codePointAt(0));
    if (to.length === 1 && to[0] === c) continue;
    if (to.length > 1) {
      full.push([c, ...to]);
      continue;
    }
    const delta = to[0] - c;
    const open = ranges.at(-1);
    if (
      open &&
      open.delta === delta &&
      (open.last === open.first ? c - open.last <= 2 : c - open.last === open.stride)
    ) {
      open.stride = c - open.last;
      open.last = c;
    } else {
      ranges.push({ first: c, last: c, stride: 1, delta });
    }
  }
  return { ranges, full };
}

function property(pattern) {
  const ranges = [];
  for (const c of scalars()) {
    if (!pattern.test(String.fromCodePoint(c))) continue;
    const open = ranges.at(-1);
    if (open && open[1] === c - 1) open[1] = c;
    else ranges.push([c, c]);
  }
  return ranges;
}

/** Rows side by side as far as 110 columns reach. */
function print(macro, rows) {
  let line = '';
  for (const row of rows) {
    const text = `${macro}(${row.join(', ')})`;
    if (line && line.length + 1 + text.length > 110) {
      console.log(line);
      line = '';
    }
    line += (line ? ' ' : '') + text;
  }
  if (line) console.log(line);
}

const upper = mappings((s) => s.toUpperCase());
const lower = mappings((s) => s.toLowerCase());
console.log(`// SPDX-License-Identifier: MIT
/**
 * Case mappings of Unicode ${process.versions.unicode}, written by tests/tools/gen_case_table.mjs; sorted.
 *
 * UPPER(first, last, stride, delta) LOWER(…): code points first, first + stride … last map to themselves + delta.
 * UPPER_FULL(from, a, b, c) LOWER_FULL(…): one code point becomes two, or three when c is not 0.
 * CASED(first, last) IGNORABLE(first, last): properties that decide which small sigma ends a word.
 */`);
const ranges = ({ ranges: list }) => list.map((r) => [hex(r.first), hex(r.last), r.stride, r.delta]);
const full = (list) => list.map((row) => Array.from({ length: 4 }, (_, i) => hex(row[i] ?? 0)));
const pairs = (list) => list.map((row) => row.map(hex));
print('UPPER', ranges(upper));
print('UPPER_FULL', full(upper.full));
print('LOWER', ranges(lower));
print('LOWER_FULL', full(lower.full));
print('CASED', pairs(property(/\p{Cased}/u)));
print('IGNORABLE', pairs(property(/\p{Case_Ignorable}/u)));
