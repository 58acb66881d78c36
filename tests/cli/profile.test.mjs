// SPDX-License-Identifier: MIT
// --profile and --profile-out, by programs whose counts follow from how they are written.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { ROOT, folderOf, run, runSource } from './ttvm.mjs';

/** Ways to run that must not change a count. */
const WAYS = [
  ['--no-smp'],
  ['--use-ir'],
  ['--workers', '2'],
  ['--use-ir', '--workers', '2'],
  ['--no-smp', '--reductions', '1'],
  ['--use-ir', '--no-smp', '--reductions', '1'],
  ['--seed', '7'],
  ['--no-smp', '--trace'],
  ['--use-ir', '--trace'],
];

/** Profiles a program in every way; calls `check(figures, profile)`: name → [calls, own, all instructions]. */
async function profile(t, files, check) {
  for (const options of WAYS) {
    const cwd = folderOf(t, files);
    const { status, stderr } = await run([...options, '--profile-out', 'p.json', 'main.ttvm'], { cwd });
    assert.equal(status, 0, stderr);
    const data = JSON.parse(readFileSync(path.join(cwd, 'p.json'), 'utf8'));
    const figures = {};
    for (const { name, calls, ownInstructions, allInstructions } of data.functions)
      figures[name] = [calls, ownInstructions, allInstructions];
    checkSums(data);
    check(figures, data);
  }
}

const sum = (list, key) => list.reduce((total, item) => total + item[key], 0);

/** What holds for every profile. */
function checkSums(data) {
  assert.equal(data.version, 1);
  for (const [own, all] of [
    ['ownInstructions', 'instructions'],
    ['ownNs', 'ns'],
  ]) {
    assert.equal(sum(data.functions, own), data[all]);
    assert.equal(sum(data.paths, own), data[all]);
    if (!data.moreActors) assert.equal(sum(data.actors, all), data[all]);
  }
  assert.equal(sum(data.functions, 'calls'), sum(data.paths, 'calls'));
  for (const record of data.functions) {
    assert.ok(record.allNs >= record.ownNs && record.allInstructions >= record.ownInstructions, record.name);
    assert.ok(record.allNs <= data.ns && record.allInstructions <= data.instructions, record.name);
  }
  data.paths.forEach(({ parent, function: index }, at) => {
    assert.ok(parent < at && parent >= -1);
    for (let up = parent; up >= 0; up = data.paths[up].parent)
      assert.notEqual(data.paths[up].function, index, 'a path with recursion in it');
  });
  assert.equal(sum(data.schedulers, 'instructions'), data.instructions);
  assert.equal(sum(data.schedulers, 'ns'), data.ns);
  for (const { slices, steals, ns } of data.schedulers) assert.ok(ns <= data.spanNs && steals <= slices);
  for (const actor of data.actors) {
    assert.equal(sum(actor.functions, 'ownInstructions'), actor.instructions);
    assert.equal(sum(actor.functions, 'ownNs'), actor.ns);
  }
}

const main = (text) => ({ 'main.ttvm': text });

test('recursion counts once in whole figures', (t) =>
  profile(
    t,
    main(`PUSH_INT 3
CALL down n
HALT
LABEL down
LOAD n
JZ end
LOAD n
PUSH_INT 1
SUB
CALL down n
RET
LABEL end
RET
`),
    (figures, { functions, paths }) => {
      assert.deepEqual(figures, { '<main>': [1, 3, 27], down: [4, 24, 24] });
      assert.equal(paths.length, 2);
      const { file, line } = functions.find(({ name }) => name === 'down');
      assert.deepEqual({ file, line }, { file: 'main.ttvm', line: 5 });
    },
  ));

test('mutual recursion: from the outermost call to its end', (t) =>
  profile(
    t,
    main(`PUSH_INT 4
CALL even n
HALT
LABEL even
LOAD n
JZ end
LOAD n
PUSH_INT 1
SUB
CALL odd n
RET
LABEL odd
LOAD n
JZ end
LOAD n
PUSH_INT 1
SUB
CALL even n
RET
LABEL end
RET
`),
    (figures) => assert.deepEqual(figures, { '<main>': [1, 3, 34], even: [3, 17, 31], odd: [2, 14, 24] }),
  ));

test('tail calls end the caller', (t) =>
  profile(
    t,
    main(`PUSH_INT 3
CALL loop n
HALT
LABEL loop
LOAD n
JZ end
LOAD n
PUSH_INT 1
SUB
TAIL_CALL loop n
LABEL end
MAKE_FUNCTION other
TAIL_CALL_FUNCTION
LABEL other
RET
`),
    (figures, { paths }) => {
      // The last round: LOAD, JZ, MAKE_FUNCTION, TAIL_CALL_FUNCTION.
      assert.deepEqual(figures, { '<main>': [1, 3, 26], loop: [4, 22, 22], other: [1, 1, 1] });
      // Both were called from <main>'s frame as far as returning goes.
      assert.deepEqual(
        paths.map(({ parent }) => parent),
        [-1, 0, 0],
      );
    },
  ));

test('exceptions end the frames they pass', (t) =>
  profile(
    t,
    main(`TRY handler
CALL a
LABEL handler
CATCH
END_TRY
CALL a_after
HALT
LABEL a
CALL b
RET
LABEL b
PUSH_STR "x"
THROW
LABEL a_after
PUSH_INT 1
PUSH_INT 0
TRY here
DIV
LABEL here
CATCH
END_TRY
RET
`),
    (figures) =>
      assert.deepEqual(figures, { '<main>': [1, 6, 16], a: [1, 1, 3], b: [1, 2, 2], a_after: [1, 7, 7] }),
  ));

test('closures and functions by value', (t) =>
  profile(
    t,
    main(`PUSH_INT 1
STORE k
CAPTURE k
MAKE_LAMBDA add x
STORE f
PUSH_INT 2
LOAD f
CALL_FUNCTION
PUSH_INT 3
LOAD f
CALL_FUNCTION
HALT
LABEL add
LOAD x
LOAD k
ADD
RET
`),
    (figures) => assert.deepEqual(figures, { '<main>': [1, 12, 20], add: [2, 8, 8] }),
  ));

test('HALT ends every call of its actor', (t) =>
  profile(
    t,
    main(`CALL a
LABEL a
CALL b
LABEL b
HALT
`),
    (figures) => assert.deepEqual(figures, { '<main>': [1, 1, 3], a: [1, 1, 2], b: [1, 1, 1] }),
  ));

test('modules have their own names and initialisation', (t) =>
  profile(
    t,
    {
      'main.ttvm': `IMPORT "lib"
LOAD f
CALL_FUNCTION
IMPORT "lib"
HALT
`,
      'lib.ttvm': `MAKE_FUNCTION f
STORE f
EXPORT f
HALT
LABEL f
PUSH_INT 1
RET
`,
    },
    (figures, { functions }) => {
      // The first IMPORT is executed again when the module is ready.
      assert.deepEqual(figures, { '<main>': [1, 6, 12], 'lib:<main>': [1, 4, 4], 'lib:f': [1, 2, 2] });
      assert.equal(functions.find(({ name }) => name === 'lib:f').line, 6);
    },
  ));

test('actors: each its own, and all together', (t) =>
  profile(
    t,
    main(`SELF
STORE parent
MAKE_FUNCTION worker
SPAWN
POP
PUSH_STR "worker"
SPAWN
POP
RECEIVE
RECEIVE
HALT
LABEL worker
LOAD parent
PUSH_INT 1
SEND
CALL leaf
RET
LABEL leaf
RET
`),
    (figures, { functions, actors }) => {
      assert.deepEqual(figures, { '<main>': [1, 11, 11], worker: [2, 10, 12], leaf: [2, 2, 2] });
      assert.deepEqual(
        actors.map((actor) => [actor.pid, functions[actor.function].name, actor.instructions]),
        [
          [1, '<main>', 11],
          [2, 'worker', 6],
          [3, 'worker', 6],
        ],
      );
    },
  ));

test('waiting is nobody’s time', (t) =>
  profile(
    t,
    main('PUSH_INT 1500\nCALL sleep ms\nHALT\nLABEL sleep\nLOAD ms\nSLEEP\nRET\n'),
    (figures, data) => {
      assert.deepEqual(figures, { '<main>': [1, 3, 6], sleep: [1, 3, 3] });
      // A busy machine may take the processor away while it runs, but not for as long as it sleeps.
      assert.ok(data.ns < 1e9, `${data.ns} ns`);
    },
  ));

// An actor's turn ends at the jump that finds its budget used up: after 14, 12, 12 of these 51 instructions.
test('slices: a turn for each budget of instructions, and one after each wait', async (t) => {
  for (const [options, source, slices] of [
    [
      ['--reductions', '10'],
      'PUSH_INT 8\nSTORE i\nLABEL l\nLOAD i\nPUSH_INT 1\nSUB\nDUP\nSTORE i\nJNZ l\n',
      4,
    ],
    [[], 'PUSH_INT 1\nSLEEP\nPUSH_INT 1\nSLEEP\n', 3],
    [[], 'YIELD\nYIELD\nYIELD\n', 4],
  ]) {
    const cwd = folderOf(t, { 'a.ttvm': source });
    await run(['--no-smp', ...options, '--profile-out', 'p.json', 'a.ttvm'], { cwd });
    const data = JSON.parse(readFileSync(path.join(cwd, 'p.json'), 'utf8'));
    checkSums(data);
    assert.deepEqual(
      data.schedulers.map((one) => [one.slices, one.steals]),
      [[slices, 0]],
    );
  }
});

test('schedulers: what each did and how long it waited', async (t) => {
  // Two actors that compute for some tenths of a second while main waits: there is work for two.
  const busy = `SELF\nSTORE parent\nPUSH_STR "worker"\nSPAWN\nPOP\nPUSH_STR "worker"\nSPAWN\nPOP\nRECEIVE\nRECEIVE\nHALT
LABEL worker\nPUSH_INT 0\nSTORE i\nLABEL more\nLOAD i\nPUSH_INT 1\nADD\nSTORE i\nLOAD i\nPUSH_INT 8000000\nLT\nJNZ more
LOAD parent\nPUSH_INT 1\nSEND\nRET\n`;
  const cwd = folderOf(t, { 'a.ttvm': busy });
  const args = ['--workers', '2', '--profile', '--no-table', '--profile-out', 'p.json', 'a.ttvm'];
  const { stderr } = await run(args, { cwd });
  const data = JSON.parse(readFileSync(path.join(cwd, 'p.json'), 'utf8'));
  checkSums(data);
  assert.equal(data.schedulers.length, 2);
  // The other one has nothing before it has taken an actor.
  assert.ok(data.schedulers[1].steals > 0);
  const table = stderr.split('=== Schedulers ===\n')[1].split('\n').slice(0, 3);
  assert.match(
    table[0],
    /^Scheduler +Slices +Steals +Time \(ms\) +Waiting \(ms\) +Instructions +Busy \(%\)$/,
  );
  data.schedulers.forEach(({ slices, steals, ns, instructions }, i) => {
    const cells = table[i + 1].trim().split(/ +/).map(Number);
    const milliseconds = (x) => Number((x / 1e6).toFixed(3));
    assert.deepEqual([cells[0], cells[1], cells[2], cells[5]], [i + 1, slices, steals, instructions]);
    assert.ok(Math.abs(cells[3] - milliseconds(ns)) < 0.0011, table[i + 1]);
    assert.ok(Math.abs(cells[4] - milliseconds(data.spanNs - ns)) < 0.0011, table[i + 1]);
    assert.ok(Math.abs(cells[6] - (100 * ns) / data.spanNs) < 0.051, table[i + 1]);
  });
  const alone = await run(['--no-smp', '--profile', 'a.ttvm'], { cwd });
  assert.ok(!alone.stderr.includes('Schedulers'));
});

test('a failed program and one that deadlocks are profiled, too', async (t) => {
  const folder = folderOf(t, { 'a.ttvm': 'PUSH_INT 1\nTHROW\n', 'b.ttvm': 'CALL f\nLABEL f\nRECEIVE\n' });
  for (const [name, counts] of [
    ['a.ttvm', { '<main>': 2 }],
    ['b.ttvm', { '<main>': 1, f: 0 }],
  ]) {
    const { status } = await run(['--profile-out', 'p.json', name], { cwd: folder });
    assert.equal(status, 1);
    const data = JSON.parse(readFileSync(path.join(folder, 'p.json'), 'utf8'));
    checkSums(data);
    const found = Object.fromEntries(data.functions.map((f) => [f.name, f.ownInstructions]));
    assert.deepEqual(found, counts);
  }
});

test('many paths and functions', async (t) => {
  const cwd = folderOf(t, {});
  const example = path.join(ROOT, 'examples/stdlib_comprehensive_test.ttvm');
  const { status } = await run(['--profile-out', path.join(cwd, 'p.json'), example], { cwd });
  assert.equal(status, 0);
  const data = JSON.parse(readFileSync(path.join(cwd, 'p.json'), 'utf8'));
  checkSums(data);
  assert.ok(data.functions.length > 20);
});

const SOURCE = 'PUSH_INT 1\nCALL f x\nPRINT\nHALT\nLABEL f\nLOAD x\nRET\n';
const HEADING = '│ Function             ┆ Calls ┆ Time (ms) ┆ Instructions ┆ Avg Time/Call (μs) │';

/** Why register code goes on in stack code: a program for each reason, and how often it does. */
const LEAVES = [
  {
    name: 'a loop that leaves an operand each time',
    source: `
    PUSH_INT 3
    STORE n
LABEL loop
    LOAD n
    LOAD n
    PUSH_INT 1
    SUB
    STORE n
    LOAD n
    JNZ loop
    HALT
`,
    leaves: { 'other ways come with another number of operands': 1 },
  },
  {
    name: 'a call with too few operands',
    source: `
    TRY
    PUSH_INT 1
    MAKE_FUNCTION sum a b
    CALL_FUNCTION 2
    CATCH e
    END_TRY
    HALT
LABEL sum
    LOAD a
    LOAD b
    ADD
    RET
`,
    leaves: { 'a call finds fewer operands than it takes': 1 },
  },
  {
    name: 'a function that leaves a value or none',
    source: `
    PUSH_INT 0
    CALL some n
    PUSH_INT 1
    CALL some n
    HALT
LABEL some
    LOAD n
    JZ none
    PUSH_INT 7
    RET
LABEL none
    RET
`,
    // Behind the first call, and behind the second, before which there is an operand too few.
    leaves: { 'a call, a handler or an instruction left another number of operands than expected': 2 },
  },
  {
    name: 'an actor that starts where a function with parameters does',
    source: `
    PUSH_INT 1
    CALL worker n
    PUSH_STR "worker"
    SPAWN
    POP
    HALT
LABEL worker
    PUSH_INT 2
    STORE m
    RET
`,
    leaves: { 'the function has no register code': 1 },
  },
];
for (const { name, source, leaves } of LEAVES)
  test(`going on in stack code is counted: ${name}`, async (t) => {
    const cwd = folderOf(t, { 'main.ttvm': source });
    for (const [engine, expected] of [
      ['--use-ir', leaves],
      ['--no-smp', {}],
    ]) {
      const { status, stderr } = await run(
        ['--no-smp', engine, '--profile', '--profile-out', 'p.json', 'main.ttvm'],
        { cwd },
      );
      assert.equal(status, 0, stderr);
      const data = JSON.parse(readFileSync(path.join(cwd, 'p.json'), 'utf8'));
      assert.deepEqual(Object.fromEntries(data.leaves.map(({ reason, count }) => [reason, count])), expected);
      const lines = stderr.split('\n').filter((line) => line.startsWith('Went on in stack code: '));
      assert.deepEqual(
        lines,
        Object.entries(expected).map(
          ([why, count]) => `Went on in stack code: ${count} times, because ${why}`,
        ),
      );
    }
  });

test('the table', async (t) => {
  const { status, stdout, stderr } = await runSource(t, SOURCE, { options: ['--profile'] });
  assert.equal(status, 0);
  assert.equal(stdout, '1\n');
  const lines = stderr.split('\n');
  assert.equal(lines[0], '=== Profiling Results ===');
  assert.equal(lines[2], HEADING);
  assert.match(stderr, /^│ f \(main\.ttvm:6\) {6}┆ {5}1 ┆ +\d+\.\d{3} ┆ {12}2 ┆ +\d+\.\d{3} │$/m);
  assert.match(stderr, /^│ <main> \(main\.ttvm:1\) ┆ {5}1 ┆ .* ┆ {12}4 ┆ /m);
  assert.match(stderr, /^│ <main> \(main\.ttvm:1\) ┆ {5}1 ┆ .* ┆ {12}6 ┆ /m, 'the whole figures');
  assert.match(stderr, /^Total: \d+\.\d{3} ms, 6 instructions$/m);
  assert.ok(!stderr.includes('\x1b') && !stderr.includes('Actors'));
});

test('--no-table is plain text', async (t) => {
  const { stderr } = await runSource(t, SOURCE, { options: ['--profile', '--no-table'] });
  assert.match(
    stderr,
    /^=== Profiling Results ===\nFunction +Calls +Time \(ms\) +Instructions +Avg Time\/Call \(μs\)\n/,
  );
  assert.match(stderr, /^f \(main\.ttvm:6\) +1 +\d+\.\d{3} +2 +\d+\.\d{3}$/m);
  assert.ok(!/[│┆─]/.test(stderr));
});

test('colours go by the time of a call', async (t) => {
  // One call of eight million rounds, and calls that do nothing: apart on any machine.
  const slow = `CALL f\nPUSH_INT 10000\nSTORE n\nLABEL again\nCALL g\nLOAD n\nPUSH_INT 1\nSUB\nSTORE n\nLOAD n\nJNZ again
HALT\nLABEL g\nRET\nLABEL f\nPUSH_INT 0\nSTORE i\nLABEL more\nLOAD i\nPUSH_INT 1\nADD\nSTORE i\nLOAD i
PUSH_INT 8000000\nLT\nJNZ more\nRET\n`;
  const { stderr } = await runSource(t, slow, { options: ['--profile', '--color', 'always'] });
  assert.match(stderr, /\x1b\[3[13]mf \(main/);
  assert.match(stderr, /\x1b\[32mg \(main/);
  const plain = await runSource(t, slow, { options: ['--profile'], env: { NO_COLOR: '1' } });
  assert.ok(!plain.stderr.includes('\x1b'));
});

test('a file that cannot be written is an error', async (t) => {
  const { status, stderr } = await runSource(t, SOURCE, { options: ['--profile-out', '/nowhere/p.json'] });
  assert.equal(status, 1);
  assert.match(stderr, /Error: cannot write \/nowhere\/p\.json: /);
});
