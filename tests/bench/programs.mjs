// SPDX-License-Identifier: MIT
// What is measured: the programs that have peers, and the growth programs.

/**
 * One program, NAME.ttvm here and peers/NAME.* elsewhere, all with the same output.
 *   peer      peers/PEER.* instead, with its arguments
 *   figure    what is compared: 'cpu' time, or 'wall' time (all cores, or too short for CPU time)
 *   parallel  runs on all cores; the others are pinned to one
 *   live      actors alive at once, for memory of one actor
 *   quick     part of --quick
 */
export const PROGRAMS = [
  { name: 'hello', figure: 'wall', quick: true, startup: true },
  { name: 'loop_sum', figure: 'cpu' },
  { name: 'fib', figure: 'cpu', quick: true },
  { name: 'sieve', figure: 'cpu' },
  { name: 'nbody', figure: 'cpu' },
  { name: 'string_build', figure: 'cpu', quick: true },
  { name: 'string_naive', figure: 'cpu' },
  { name: 'list_ops', figure: 'cpu', quick: true },
  { name: 'spawn_exit', figure: 'cpu', quick: true },
  { name: 'spawn_live', figure: 'cpu', live: 300_000 },
  { name: 'ring', figure: 'cpu', quick: true },
  { name: 'ping_pong', figure: 'cpu', quick: true },
  { name: 'fan_in', figure: 'cpu' },
  { name: 'supervisor_restart', figure: 'cpu' },
  { name: 'supervisor_builtin', figure: 'cpu' },
  { name: 'parallel_fib27', peer: ['parallel_fib', '27'], figure: 'wall', parallel: true, quick: true },
  { name: 'parallel_fib32', peer: ['parallel_fib', '32'], figure: 'wall', parallel: true },
];

const sumBelow = (n) => (n * (n - 1)) / 2;

/**
 * One growth program, growth/NAME.ttvm or made by `source`, which is run with n and 10n.
 *   n        makes some ten milliseconds
 *   output   of a right run
 *   options  of ttvm
 *   command  of ttvm instead of running it
 *   behind   words behind the file
 */
export const GROWTH = [
  { name: 'list_append_local', n: 500_000 },
  { name: 'list_append_global', n: 300_000 },
  { name: 'list_update_local', n: 300_000 },
  { name: 'list_update_global', n: 300_000 },
  { name: 'list_pop', n: 500_000 },
  { name: 'object_keys', n: 5_000 },
  { name: 'object_update_local', n: 300_000 },
  { name: 'object_update_global', n: 5_000 },
  { name: 'map_lookup', n: 2_000, output: sumBelow },
  { name: 'string_concat', n: 500_000 },
  { name: 'string_index', n: 200_000 },
  { name: 'json', n: 30_000 },
  { name: 'csv', n: 50_000 },
  { name: 'std_list', n: 100_000 },
  { name: 'deep_recursion', n: 200_000, options: ['--max-depth', '4000000'] },
  { name: 'tail_calls', n: 500_000 },
  { name: 'exceptions', n: 50_000 },
  { name: 'mailbox', n: 100_000 },
  { name: 'live_actors', n: 20_000 },
  { name: 'many_functions', n: 5_000, source: manyFunctions, output: sumBelow },
  { name: 'assemble', n: 10_000, source: straightLine, command: ['check'], output: () => '' },
  {
    name: 'optimize',
    n: 10_000,
    source: straightLine,
    command: ['optimize'],
    behind: ['/dev/null'],
    output: () => '',
  },
];

/** n functions, each called once; they give 0, 1, … n-1, which are added up. */
function manyFunctions(n) {
  const calls = Array.from({ length: n }, (_, i) => `    CALL f${i} base\n    ADD\n    PUSH_INT ${i + 1}\n`);
  const functions = Array.from({ length: n }, (_, i) => `LABEL f${i}\n    LOAD base\n    RET\n`);
  return `    PUSH_INT 0\n    PUSH_INT 0\n${calls.join('')}    POP\n    PRINT\n    HALT\n${functions.join('')}`;
}

/** n instructions of many kinds, with labels, jumps, variables, texts and numbers. */
function straightLine(n) {
  const block = (i) => `LABEL block${i}
    PUSH_INT ${i}
    STORE number${i % 100}
    PUSH_STR "text ${i}"
    STORE text${i % 100}
    LOAD number${i % 100}
    PUSH_FLOAT ${i}.5
    ADD
    JNZ block${i + 1}
    LOAD text${i % 100}
    PRINT
`;
  const blocks = Math.floor(n / 10);
  return `${Array.from({ length: blocks }, (_, i) => block(i)).join('')}LABEL block${blocks}\n`;
}
