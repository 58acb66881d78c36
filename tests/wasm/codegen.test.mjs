// SPDX-License-Identifier: MIT
// Code generated of register code: each instruction with each kind of operands against the interpreters, preemption,
// deep recursion, what it is valid for, and that it is there at all.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EngineModule } from '../../build/wasm-glue-js/engine_module.js';
import { RunState, Session } from '../../build/wasm-glue-js/session.js';
import { generate } from '../../build/wasm-glue-js/codegen/generate.js';
import { INLINE } from '../../build/wasm-glue-js/codegen/instructions.js';
import { parseLayout } from '../../build/wasm-glue-js/codegen/layout.js';
import { RegisterCode } from '../../build/wasm-glue-js/codegen/register_code.js';
import { collectPrograms } from '../lib/programs.mjs';
import { ROOT } from '../tools/steps.mjs';
import { BUILDS, DEFAULT_OPTIONS, engineFolder, runProgram, startEngine } from './lib/engines.mjs';

/* ---- programs ---------------------------------------------------------------------------------------- */

/** One of each kind that instructions tell apart, and the numbers where arithmetic has its corners. */
const OPERANDS = [
  'PUSH_INT 0',
  'PUSH_INT 1',
  'PUSH_INT -1',
  'PUSH_INT 7',
  'PUSH_INT -9223372036854775808',
  'PUSH_INT 9223372036854775807',
  'PUSH_FLOAT 0.0',
  'PUSH_FLOAT -0.0',
  'PUSH_FLOAT 2.5',
  'PUSH_FLOAT -1e300',
  'PUSH_STR "text"',
  'PUSH_STR ""',
  'TRUE',
  'NULL',
  'MAKE_LIST 0',
  'PUSH_INT 3\nPUSH_INT 4\nMAKE_LIST 2',
  'MAKE_OBJECT\nPUSH_INT 5\nSET_FIELD x',
  'MAKE_FUNCTION identity v',
];

const BINARY = [
  ...['ADD', 'SUB', 'MUL', 'DIV', 'MOD', 'ADD_F', 'SUB_F', 'MUL_F', 'DIV_F'],
  ...['EQ', 'NE', 'LT', 'LE', 'GT', 'GE', 'EQ_F', 'LT_F', 'GE_F'],
  ...[
    'AND',
    'OR',
    'BIT_AND',
    'BIT_OR',
    'BIT_XOR',
    'SHL',
    'SHR',
    'CONCAT',
    'INDEX',
    'LIST_APPEND',
    'OBJECT_GET',
  ],
];
const UNARY = ['NEG', 'NOT', 'BOOL', 'BIT_NOT', 'LEN', 'GET_FIELD x', 'HAS_FIELD x', 'SET_FIELD y'];
const COMPARISONS = ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE'];

/** Prints what each attempt leaves, or the exception, and counts a loop's rounds meanwhile. */
function attempts(bodies) {
  const lines = [];
  bodies.forEach((body, i) => {
    lines.push(
      `    TRY`,
      `    CALL attempt${i}`,
      `    PRINT`,
      `    CATCH e`,
      `    LOAD e`,
      `    PRINT`,
      `    END_TRY`,
    );
  });
  lines.push('    HALT', 'LABEL identity', '    LOAD v', '    RET');
  bodies.forEach((body, i) => {
    lines.push(`LABEL attempt${i}`, body, '    RET');
  });
  return lines.join('\n');
}

/** Operands in variables: nothing is known of them beforehand. */
const fromVariables = (left, right, op) => `${left}\nSTORE a\n${right}\nSTORE b\nLOAD a\nLOAD b\n${op}`;
/** A branch on the comparison, both ways. */
const branch = (left, right, op, jump, i) =>
  `${left}\nSTORE a\n${right}\nSTORE b\nLOAD a\nLOAD b\n${op}\n${jump} yes${i}\nPUSH_STR "no"\nRET\nLABEL yes${i}\nPUSH_STR "yes"`;
/** The right operand as a constant of the instruction. */
const withConstant = (left, right, op) => `${left}\nSTORE a\nLOAD a\n${right}\n${op}`;

/** A loop of so many rounds, counted in `i`. */
const loop = (rounds, body) =>
  `PUSH_INT 0\nSTORE i\nLABEL round\n${body}\nLOAD i\nPUSH_INT 1\nADD\nSTORE i\nLOAD i\nPUSH_INT ${rounds}\nLT\nJNZ round`;
const many = Array.from({ length: 24 }, (_none, i) => `v${i}`);
const put = (text, name) => `${text}\nSTORE ${name}`;
const add = (name, text) => `LOAD ${name}\n${text}\nADD\nSTORE ${name}`;
const show = (name) => `LOAD ${name}\nPRINT`;
const lines = (...all) => all.flat().join('\n');

/** Registers of loops: what is newer there than in memory is seen by everybody who looks at memory. */
const IN_LOOPS = {
  'more cells in a loop than registers': lines(
    many.map((name, i) => put(`PUSH_INT ${i}`, name)),
    loop(
      3000,
      lines(many.map((name, i) => add(name, `LOAD ${many[(i + 5) % many.length]}\nPUSH_INT 1023\nBIT_AND`))),
    ),
    many.map(show),
  ),
  'sums of each kind': lines(
    ['PUSH_INT 0', 'PUSH_FLOAT 0.0', 'PUSH_STR ""', 'PUSH_INT 0'].map((zero, i) => put(zero, `s${i}`)),
    loop(
      5000,
      lines(
        add('s0', 'LOAD i'),
        add('s1', 'PUSH_FLOAT 0.25'),
        'LOAD i\nPUSH_INT 1000\nMOD\nJNZ skip\nLOAD s2\nLOAD i\nCONCAT\nSTORE s2',
        'LOAD i\nPUSH_INT 2500\nEQ\nJZ skip\nPUSH_FLOAT 0.5\nSTORE s3',
        'LABEL skip',
        'LOAD s3\nLOAD s3\nMUL\nSTORE s4',
        'LOAD s4\nLOAD s4\nLT\nNOT\nSTORE s5',
      ),
    ),
    ['s0', 's1', 's2', 's3', 's4', 's5', 'i'].map(show),
  ),
  'a counter that is a Float': lines(
    put('PUSH_FLOAT 0.5', 'x'),
    put('PUSH_INT 0', 'n'),
    'LABEL more',
    add('n', 'PUSH_INT 1'),
    add('x', 'PUSH_INT 1'),
    'LOAD x\nPUSH_INT 3000\nLT\nJNZ more',
    ['n', 'x'].map(show),
  ),
  'a variable whose kind changes from round to round': lines(
    put('PUSH_INT 1', 'x'),
    loop(
      200,
      lines(
        'LOAD i\nPUSH_INT 4\nMOD\nSTORE kind',
        'LOAD kind\nPUSH_INT 0\nEQ\nJZ not0\nLOAD i\nSTORE x\nLABEL not0',
        'LOAD kind\nPUSH_INT 1\nEQ\nJZ not1\nPUSH_FLOAT 1.5\nSTORE x\nLABEL not1',
        'LOAD kind\nPUSH_INT 2\nEQ\nJZ not2\nPUSH_STR "text"\nSTORE x\nLABEL not2',
        'LOAD kind\nPUSH_INT 3\nEQ\nJZ not3\nLOAD i\nMAKE_LIST 1\nSTORE x\nLABEL not3',
        'TRY\nLOAD x\nPUSH_INT 2\nMUL\nPRINT\nCATCH e\nLOAD e\nPRINT\nEND_TRY',
        'LOAD x\nLOAD x\nEQ\nPRINT',
      ),
    ),
  ),
  'an exception of a callee finds what the loop has written': lines(
    put('PUSH_INT 0', 'sum'),
    put('PUSH_FLOAT 0.0', 'float'),
    put('MAKE_LIST 0', 'list'),
    'TRY',
    loop(
      100,
      lines(
        add('sum', 'LOAD i'),
        add('float', 'PUSH_FLOAT 1.5'),
        'LOAD list\nLOAD i\nLIST_APPEND\nSTORE list',
        'LOAD i\nCALL fail_at_77 n\nSTORE back',
      ),
    ),
    'CATCH e\nLOAD e\nPRINT\nEND_TRY',
    ['sum', 'float', 'list', 'i', 'back'].map(show),
    'HALT\nLABEL fail_at_77\nLOAD n\nPUSH_INT 77\nEQ\nJZ fine\nPUSH_STR "seventy-seven"\nTHROW\nLABEL fine\nLOAD n\nRET',
  ),
  'an instruction that fails in a loop finds what the loop has written': lines(
    put('PUSH_INT 0', 'sum'),
    put('PUSH_INT 40', 'left'),
    'TRY',
    loop(100, lines(add('left', 'PUSH_INT -1'), add('sum', 'PUSH_INT 1000\nLOAD left\nDIV'))),
    'CATCH e\nLOAD e\nPRINT\nEND_TRY',
    ['sum', 'left', 'i'].map(show),
  ),
  'nested loops, with variables that only the inner ones use': lines(
    put('PUSH_INT 0', 'sum'),
    loop(
      60,
      lines(
        put('PUSH_INT 0', 'j'),
        'LABEL inner',
        'LOAD i\nLOAD j\nMUL\nSTORE product',
        put('PUSH_INT 0', 'k'),
        'LABEL innermost',
        'LOAD product\nLOAD k\nSUB\nSTORE last',
        add('sum', 'LOAD last'),
        add('k', 'PUSH_INT 1'),
        'LOAD k\nLOAD j\nLE\nJNZ innermost',
        add('j', 'PUSH_INT 1'),
        'LOAD j\nLOAD i\nLT\nJNZ inner',
      ),
    ),
    ['sum', 'product', 'last', 'i', 'j', 'k'].map(show),
  ),
  'values that move in a loop': lines(
    put('PUSH_INT 0', 'a'),
    put('PUSH_FLOAT 1.0', 'b'),
    put('PUSH_STR "c"', 'c'),
    loop(
      1000,
      'LOAD a\nSTORE t\nLOAD b\nSTORE a\nLOAD c\nSTORE b\nLOAD t\nSTORE c\nLOAD a\nLOAD b\nSWAP\nSTORE b\nSTORE a',
    ),
    ['a', 'b', 'c', 't'].map(show),
  ),
  'lists and texts that grow in a loop while garbage is collected': lines(
    put('MAKE_LIST 0', 'list'),
    put('PUSH_STR ""', 'text'),
    loop(
      20_000,
      lines(
        'LOAD list\nLOAD i\nMAKE_LIST 1\nLIST_APPEND\nSTORE list',
        'LOAD i\nPUSH_STR "x"\nCONCAT\nSTORE text',
        'LOAD list\nLOAD i\nINDEX\nPUSH_INT 0\nINDEX\nLOAD i\nEQ\nJNZ well\nPUSH_STR "wrong"\nPRINT\nLABEL well',
        'LOAD i\nPUSH_INT 5000\nMOD\nJNZ keep\nMAKE_LIST 0\nSTORE list\nLABEL refill\nLOAD list\nNULL\nLIST_APPEND\nSTORE list\nLOAD list\nLEN\nLOAD i\nLE\nJNZ refill\nLOAD list\nLOAD i\nLOAD i\nMAKE_LIST 1\nLIST_SET\nSTORE list\nLABEL keep',
      ),
    ),
    'LOAD list\nLEN\nPRINT\nLOAD text\nPRINT',
  ),
  'a loop that is left in its middle and entered again': lines(
    put('PUSH_INT 0', 'sum'),
    put('PUSH_STR ""', 'out'),
    loop(
      500,
      lines(
        add('sum', 'LOAD i'),
        'LOAD i\nPUSH_INT 50\nMOD\nJNZ quiet\nLOAD sum\nPRINT\nYIELD\nLABEL quiet',
        add('sum', 'PUSH_INT 3'),
      ),
    ),
    ['sum', 'i'].map(show),
  ),
};

const PROGRAMS = {
  ...Object.fromEntries(
    BINARY.map((op) => [
      op,
      attempts(
        OPERANDS.flatMap((left) =>
          OPERANDS.flatMap((right) => [fromVariables(left, right, op), withConstant(left, right, op)]),
        ),
      ),
    ]),
  ),
  ...Object.fromEntries(
    COMPARISONS.map((op) => {
      let i = 0;
      return [
        `branch on ${op}`,
        attempts(
          OPERANDS.flatMap((left) =>
            OPERANDS.flatMap((right) => ['JZ', 'JNZ'].map((jump) => branch(left, right, op, jump, i++))),
          ),
        ),
      ];
    }),
  ),
  ...Object.fromEntries(
    UNARY.map((op) => [
      op,
      attempts(
        OPERANDS.map((operand) =>
          op === 'SET_FIELD y'
            ? `${operand}\nSTORE a\nLOAD a\nPUSH_INT 1\n${op}`
            : `${operand}\nSTORE a\nLOAD a\n${op}`,
        ),
      ),
    ]),
  ),
  'JZ and JNZ': attempts(
    OPERANDS.flatMap((operand, i) =>
      ['JZ', 'JNZ'].map(
        (jump) =>
          `${operand}\nSTORE a\nLOAD a\n${jump} there${i}${jump}\nPUSH_STR "on"\nRET\nLABEL there${i}${jump}\nPUSH_STR "jumped"`,
      ),
    ),
  ),
  LIST_SET: attempts(
    OPERANDS.flatMap((container) =>
      OPERANDS.map(
        (index) => `${container}\nSTORE a\n${index}\nSTORE b\nLOAD a\nLOAD b\nPUSH_STR "new"\nLIST_SET`,
      ),
    ),
  ),
  LIST_POP: attempts(OPERANDS.map((container) => `${container}\nSTORE a\nLOAD a\nLIST_POP\nMAKE_LIST 2`)),
  'values stay what they are': `
    MAKE_LIST 0
    PUSH_INT 1
    LIST_APPEND
    STORE a
    LOAD a
    STORE b
    PUSH_INT 0
    STORE i
LABEL more
    LOAD a
    LOAD i
    LIST_APPEND
    STORE a
    LOAD a
    PUSH_INT 0
    LOAD i
    LIST_SET
    STORE a
    LOAD i
    PUSH_INT 1
    ADD
    STORE i
    LOAD i
    PUSH_INT 5
    LT
    JNZ more
    LOAD a
    PRINT
    LOAD b
    PRINT
    MAKE_OBJECT
    PUSH_INT 1
    SET_FIELD x
    STORE o
    LOAD o
    STORE p
    LOAD o
    PUSH_INT 2
    SET_FIELD x
    STORE o
    LOAD o
    GET_FIELD x
    PRINT
    LOAD p
    GET_FIELD x
    PRINT`,
  'calls of values': `
    PUSH_INT 0
    STORE i
LABEL more
    LOAD i
    STORE k
    CAPTURE k
    MAKE_LAMBDA add_k x
    STORE f
    LOAD i
    LOAD f
    CALL_FUNCTION
    PRINT
    LOAD i
    MAKE_FUNCTION twice x
    CALL_FUNCTION
    PRINT
    LOAD i
    PUSH_INT 1
    ADD
    STORE i
    LOAD i
    PUSH_INT 200
    LT
    JNZ more
    HALT
LABEL add_k
    LOAD x
    LOAD k
    ADD
    RET
LABEL twice
    LOAD x
    LOAD x
    ADD
    RET`,
  'deep recursion': `
    PUSH_INT 20000
    CALL down n
    PRINT
    HALT
LABEL down
    LOAD n
    JZ end
    LOAD n
    PUSH_INT 1
    SUB
    CALL down n
    PUSH_INT 1
    ADD
    RET
LABEL end
    PUSH_INT 0
    RET`,
  'too deep': `
    TRY
    CALL down
    CATCH e
    LOAD e
    PRINT
    END_TRY
    HALT
LABEL down
    CALL down
    RET`,
  'a loop entered in its middle': `
    PUSH_INT 0
    STORE i
    PUSH_INT 0
    STORE sum
    JMP middle
LABEL top
    LOAD sum
    LOAD i
    ADD
    STORE sum
LABEL middle
    LOAD i
    PUSH_INT 3
    MOD
    JZ skip
    PUSH_INT 0
    STORE j
LABEL inner
    LOAD sum
    LOAD j
    ADD
    STORE sum
    LOAD j
    PUSH_INT 1
    ADD
    STORE j
    LOAD j
    LOAD i
    LT
    JNZ inner
LABEL skip
    LOAD i
    PUSH_INT 1
    ADD
    STORE i
    LOAD i
    PUSH_INT 300
    LE
    JNZ top
    LOAD sum
    PRINT`,
  'exceptions through generated frames': `
    PUSH_INT 0
    STORE i
LABEL more
    TRY
    LOAD i
    CALL outer n
    PRINT
    CATCH e
    LOAD e
    PRINT
    END_TRY
    LOAD i
    PUSH_INT 1
    ADD
    STORE i
    LOAD i
    PUSH_INT 60
    LT
    JNZ more
    HALT
LABEL outer
    LOAD n
    CALL inner n
    PUSH_INT 1
    ADD
    RET
LABEL inner
    LOAD n
    PUSH_INT 7
    MOD
    JZ bad
    PUSH_INT 100
    LOAD n
    DIV
    RET
LABEL bad
    PUSH_STR "seven"
    THROW`,
};

describe('generated code does what the interpreters do', () => {
  let engine;
  before(async () => {
    engine = await startEngine(BUILDS.find(({ mode }) => mode === 'wasm-st'));
  });
  after(() => engine.dispose());

  for (const [name, source] of Object.entries({ ...PROGRAMS, ...IN_LOOPS }))
    test(name, async () => {
      const results = [];
      for (const how of [
        { engine: 'stack' },
        { engine: 'register', generateCode: false },
        { engine: 'register' },
      ]) {
        const { out, err, result } = await runProgram(engine, source, {
          deterministic: true,
          limits: { callDepth: 30_000 },
          ...how,
        });
        results.push({ out, err, status: result.status, instructions: result.instructions });
      }
      assert.ok(results[0].out.length > 0, 'it prints');
      assert.deepEqual(results[1], results[0], 'the register interpreter as the stack interpreter');
      assert.deepEqual(results[2], results[0], 'generated code as the stack interpreter');
    });

  test('actors take turns at the same places', async () => {
    const source = `
    PUSH_INT 0
    STORE i
LABEL start
    PUSH_STR "worker"
    SPAWN
    POP
    LOAD i
    PUSH_INT 1
    ADD
    STORE i
    LOAD i
    PUSH_INT 6
    LT
    JNZ start
    HALT
LABEL worker
    PUSH_INT 0
    STORE n
LABEL again
    LOAD n
    CALL work n
    POP
    LOAD n
    PUSH_INT 1
    ADD
    STORE n
    LOAD n
    PUSH_INT 400
    MOD
    JNZ next
    SELF
    PRINT
LABEL next
    LOAD n
    PUSH_INT 4000
    LT
    JNZ again
    HALT
LABEL work
    LOAD n
    PUSH_INT 5
    MUL
    PUSH_INT 3
    SUB
    RET`;
    const outs = [];
    for (const seed of [1, 2, 3])
      for (const how of [{ engine: 'stack' }, { engine: 'register' }]) {
        const { out, err, result } = await runProgram(engine, source, { seed, ...how });
        outs.push({ out, err, instructions: result.instructions });
      }
    for (let i = 0; i < outs.length; i += 2) assert.deepEqual(outs[i + 1], outs[i]);
    assert.ok(new Set(outs.map(({ out }) => out)).size > 1, 'seeds differ');
  });
});

/* ---- modules ----------------------------------------------------------------------------------------- */

/** What the interpreter carries out. A new instruction is to be listed here, or to get code. */
const LEFT_TO_THE_INTERPRETER = ['LEAVE', 'STEP', 'TAIL', 'THROW', 'UNDERFLOW', 'YIELD'];

describe('generated modules', () => {
  let engine;
  before(async () => {
    const factory = await import(new URL('ttvm-st.mjs', engineFolder('wasm-st')).href);
    engine = await EngineModule.load(factory, 'st', 1, {
      fewest: 1,
      most: 1,
      onAbort: (what) => assert.fail(what),
    });
  });

  /** Calls with each module of a program that has been started and not run. */
  function withModules(main, source, use) {
    const session = new Session(engine);
    try {
      session.putFiles({ [main]: source });
      session.setOptions(
        { ...DEFAULT_OPTIONS, engine: 'register', generateCode: false, deterministic: true },
        true,
      );
      if (!session.start(main)) return;
      const handle = session.handle;
      const layout = parseLayout(engine.text(engine.raw._tt_glue_code_layout(handle)));
      for (;;) {
        const module = engine.raw._tt_glue_next_module(handle);
        if (module === 0) return;
        use(new RegisterCode(engine.words.buffer, layout, module), engine.raw._tt_glue_code_slot(handle));
      }
    } finally {
      session.dispose();
    }
  }

  test('every register instruction has code, or is known to have none', () => {
    withModules('main.ttvm', 'HALT', ({ layout }) => {
      const without = layout.registers.map(({ name }) => name).filter((name) => !INLINE.includes(name));
      assert.deepEqual(without.sort(), LEFT_TO_THE_INTERPRETER);
    });
  });

  test('are valid for every program of the suite', () => {
    let count = 0;
    for (const { file, name } of collectPrograms(ROOT)) {
      if (!file.endsWith('.ttvm')) continue;
      withModules(path.basename(file), readFileSync(file), (code, tableAt) => {
        for (const sharedMemory of [false, true]) {
          const made = generate(code, { tableAt, slot: 7, slots: 4096, sharedMemory });
          if (!made) continue;
          count++;
          assert.ok(WebAssembly.validate(made.bytes), name);
          assert.equal(made.entries.length, code.insns.length);
        }
      });
    }
    assert.ok(count > 500, `${count} modules`);
  });

  test('of long functions are of bounded size and made in bounded time', () => {
    const names = Array.from({ length: 60 }, (_none, i) => `v${i}`);
    const step = (i) =>
      `LOAD ${names[i % 60]}\nLOAD ${names[(i * 7 + 3) % 60]}\nADD\nSTORE ${names[(i * 11 + 5) % 60]}\nLOAD ${names[i % 60]}\nPUSH_INT ${i}\nLT\nJZ skip${i}\nLOAD list\nLOAD k\nINDEX\nSTORE ${names[i % 60]}\nLABEL skip${i}`;
    for (const count of [60, 450]) {
      const body = Array.from({ length: count }, (_none, i) => step(i)).join('\n');
      const source = `PUSH_INT 1\nCALL long n\nHALT\nLABEL long\nMAKE_LIST 0\nSTORE list\nPUSH_INT 0\nSTORE k\n${names.map((name) => `PUSH_INT 1\nSTORE ${name}`).join('\n')}\nLABEL round\n${body}\nLOAD k\nPUSH_INT 1\nADD\nSTORE k\nLOAD k\nLOAD n\nLT\nJNZ round\nLOAD k\nRET`;
      withModules('main.ttvm', source, (code, tableAt) => {
        const started = process.cpuUsage();
        const made = generate(code, { tableAt, slot: 7, slots: 4096, sharedMemory: false });
        const { user } = process.cpuUsage(started);
        assert.ok(made, `${count} steps have code`);
        assert.ok(WebAssembly.validate(made.bytes));
        const each = made.bytes.length / code.insns.length;
        assert.ok(each < 400, `${each} bytes for each instruction`);
        assert.ok(user < 5_000_000, `${user / 1000} ms`);
      });
    }
  });

  const { Instance: OwnInstance } = WebAssembly;

  /** Runs a program; its output, and what was made of WebAssembly meanwhile by calls of `Instance`. */
  function runHere(source, Instance) {
    let calls = 0;
    WebAssembly.Instance = function (...args) {
      calls++;
      return Instance(...args);
    };
    const session = new Session(engine);
    let out = '';
    try {
      session.putFiles({ 'main.ttvm': source });
      session.setOptions({ ...DEFAULT_OPTIONS, engine: 'register', deterministic: true }, true);
      assert.ok(session.start('main.ttvm'));
      while (session.step(10) !== RunState.ended);
      session.finish();
      for (let piece; (piece = session.takeOutput());) out += new TextDecoder().decode(piece.bytes);
    } finally {
      session.dispose();
      WebAssembly.Instance = OwnInstance;
    }
    return { out, calls };
  }
  const LOOP = `
    PUSH_INT 0
    STORE i
LABEL more
    LOAD i
    PUSH_INT 1
    ADD
    STORE i
    LOAD i
    PUSH_INT 100000
    LT
    JNZ more
    LOAD i
    PRINT`;

  test('are run', () => {
    const made = (...args) => new OwnInstance(...args);
    assert.deepEqual(runHere(LOOP, made), { out: '100000\n', calls: 1 });
    assert.deepEqual(runHere(LOOP, made), { out: '100000\n', calls: 1 }, 'and made anew for the next run');
  });

  test('are done without where the browser refuses them', () => {
    const refuse = () => {
      throw new WebAssembly.CompileError('refused');
    };
    assert.deepEqual(runHere(LOOP, refuse), { out: '100000\n', calls: 1 });
  });
});
