// SPDX-License-Identifier: MIT
// Random programs against a model. Values are immutable as programs observe them, while the VM shares buffers and
// updates in place where nobody should be able to tell; this is where somebody would. The model below copies on
// every update and knows nothing of buffers, slots or combined operations.

/** A small generator of random numbers, the same everywhere. */
export function randomFrom(seed) {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  return { below: (n) => next() % n, pick: (list) => list[next() % list.length] };
}

/** Mostly a and b hold lists, c and d objects. */
const LISTS = ['a', 'b'];
const OBJECTS = ['c', 'd'];
const VARIABLES = [...LISTS, ...OBJECTS];
const FIELDS = ['x', 'y'];
const FUNCTIONS = ['f', 'g', 'h'];
const LONG = 'long enough to be shared between actors, that is sixty-four bytes';

function chooseWeighted(random, weighted) {
  let at = random.below(weighted.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, make] of weighted) if ((at -= weight) < 0) return make();
  throw new Error('unreachable');
}

/** One instruction, whatever is on the stack. `calls`: how deep calls may go from here. */
function randomInstruction(random, calls) {
  const { below, pick } = random;
  return chooseWeighted(random, [
    [10, () => [['LOAD', pick(VARIABLES)]]],
    [5, () => [['STORE', pick(VARIABLES)]]],
    [2, () => [['STORE_GLOBAL', pick(VARIABLES)]]],
    [1, () => [['DELETE', pick(VARIABLES)]]],
    [4, () => [['PUSH_INT', String(below(4))]]],
    [2, () => [['PUSH_STR', `"${pick([...FIELDS, LONG])}"`]]],
    [2, () => [['MAKE_LIST', String(below(3))]]],
    [1, () => [['MAKE_OBJECT']]],
    [3, () => [['DUP']]],
    [3, () => [['SWAP']]],
    [3, () => [['OVER']]],
    [1, () => [['ROT']]],
    [2, () => [['POP']]],
    [1, () => [['CONCAT']]],
    [
      2,
      () => [
        [pick(['LIST_APPEND', 'LIST_SET', 'LIST_POP', 'LIST_CONCAT', 'INDEX', 'OBJECT_SET', 'LIST_SLICE'])],
      ],
    ],
    [1, () => [[pick(['SET_FIELD', 'GET_FIELD', 'DELETE_FIELD']), pick(FIELDS)]]],
    [2, () => [['PRINT']]],
    ...(calls === 0
      ? []
      : [
          [
            3,
            () => [
              ['LOAD', pick(VARIABLES)],
              ['CALL', pick(FUNCTIONS), pick(VARIABLES)],
            ],
          ],
          [1, () => [['CAPTURE', pick(VARIABLES)], ['MAKE_LAMBDA', pick(FUNCTIONS)], ['CALL_FUNCTION']]],
          [
            2,
            () => [
              ['LOAD', pick(VARIABLES)],
              ['SEND', '1'],
            ],
          ],
          [
            2,
            () => [
              ['PUSH_INT', '0'],
              ['RECEIVE_TIMEOUT', 'end'],
            ],
          ],
        ]),
  ]);
}

/** What programs do: load, update once or more, store back; with something in between now and then. */
function randomIdiom(random) {
  const { below, pick } = random;
  const list = below(2) === 0;
  const names = list ? LISTS : OBJECTS;
  const variable = pick(names);
  const value = () =>
    pick([[['PUSH_INT', String(below(9))]], [['LOAD', pick(VARIABLES)]], [['LOAD', variable]]]);
  const index = () => ['PUSH_INT', String(below(12) === 0 ? 50 : below(2))];
  const update = () =>
    list
      ? pick([
          () => [...value(), ['LIST_APPEND']],
          () => [index(), ...value(), ['LIST_SET']],
          () => [['LIST_POP'], pick([['POP'], ['STORE', pick(VARIABLES)], ['PRINT']])],
          () => [['LOAD', pick(LISTS)], ['LIST_CONCAT']],
          () => [['PUSH_INT', '0'], index(), ['LIST_SLICE']],
        ])()
      : pick([
          () => [...value(), ['SET_FIELD', pick(FIELDS)]],
          () => [['PUSH_STR', `"${pick(FIELDS)}"`], ...value(), ['OBJECT_SET']],
          () => [['DELETE_FIELD', pick(FIELDS)]],
        ])();
  const between = () =>
    below(5) > 0
      ? []
      : pick([
          [['DUP']],
          [['LOAD', variable], ['SWAP']],
          [['DUP'], ['STORE', pick(names)]],
          [['OVER']],
          [['LOAD', variable], ['PRINT']],
        ]);
  const read = list ? [[index(), ['INDEX']], [['LEN']]] : [[['GET_FIELD', pick(FIELDS)]], [['LEN']]];
  return chooseWeighted(random, [
    [
      6,
      () => [
        ['LOAD', variable],
        ...between(),
        ...update(),
        ...between(),
        ...(below(3) === 0 ? update() : []),
        ['STORE', below(6) === 0 ? pick(names) : variable],
      ],
    ],
    [1, () => [['LOAD', variable], ...between(), ...update(), ['STORE_GLOBAL', variable]]],
    [
      2,
      () => [
        ['LOAD', variable],
        ...pick(read),
        pick([['PRINT'], ['POP'], ['STORE', pick(VARIABLES)], ['NOP']]),
      ],
    ],
    [
      1,
      () => [
        ['LOAD', variable],
        ['LOAD', pick(VARIABLES)],
        ['MAKE_LIST', '2'],
        ['STORE', pick(LISTS)],
      ],
    ],
    [
      1,
      () => [
        ['LOAD', variable],
        ['STORE', pick(names)],
      ],
    ],
  ]);
}

function randomBody(random, length, calls) {
  const body = [];
  while (body.length < length)
    body.push(...(random.below(3) > 0 ? randomIdiom(random) : randomInstruction(random, calls)));
  return body;
}

/** A whole program: instructions and labels; every part runs under a TRY and shows what is left. */
export function randomProgram(seed) {
  const random = randomFrom(seed);
  const program = [];
  let labels = 0;
  const guarded = (body) => {
    const end = `end${labels++}`;
    const named = body.map(([op, ...rest]) => (op === 'RECEIVE_TIMEOUT' ? [op, end] : [op, ...rest]));
    program.push(
      ['TRY'],
      ...named,
      ['LABEL', end],
      ['CATCH'],
      ['GET_FIELD', 'kind'],
      ['PRINT'],
      ['END_TRY'],
      ['DUMP_SCOPE'],
    );
  };
  for (const variable of VARIABLES) {
    const count = random.below(4);
    program.push(...Array.from({ length: count }, () => ['PUSH_INT', String(random.below(9))]));
    program.push(
      ...(LISTS.includes(variable) ? [['MAKE_LIST', String(random.below(count + 1))]] : [['MAKE_OBJECT']]),
      ['STORE', variable],
    );
  }
  program.push(['DUMP_SCOPE']);
  for (let part = 0; part < 8; part++) {
    const body = randomBody(random, 4 + random.below(20), 1);
    if (random.below(3) > 0) guarded(body);
    else {
      const label = `loop${labels++}`;
      program.push(['PUSH_INT', '0'], ['STORE', 'turn'], ['LABEL', label]);
      guarded(body);
      program.push(
        ['LOAD', 'turn'],
        ['PUSH_INT', '1'],
        ['ADD'],
        ['STORE', 'turn'],
        ['LOAD', 'turn'],
        ['PUSH_INT', '3'],
        ['LT'],
        ['JNZ', label],
      );
    }
  }
  program.push(['HALT']);
  for (const name of FUNCTIONS)
    program.push(['LABEL', name], ...randomBody(random, 2 + random.below(10), 0), ['RET']);
  return program;
}

export const programText = (program) =>
  `${program.map(([op, ...operands]) => (op === 'LABEL' ? `LABEL ${operands[0]}` : `    ${[op, ...operands].join(' ')}`)).join('\n')}\n`;

/* ---- the model ------------------------------------------------------------------------------------ */

const isObject = (v) => v instanceof Map;
const isList = Array.isArray;

class Raised extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

function show(v) {
  if (v === null) return 'null';
  if (isList(v)) return `[${v.map(show).join(', ')}]`;
  if (isObject(v)) return `{${[...v].map(([key, value]) => `${key}: ${show(value)}`).join(', ')}}`;
  if (v?.closure) return `closure@${v.address} () [captured: ${v.captures.length}]`;
  if (v?.kind) return `Exception: ${v.message}`;
  return String(v);
}

const SIZE_LIMIT = 2000;

/** What the program prints, or undefined when the model does not want to know (values grow without measure). */
export function expectedOutput(program) {
  const code = program.filter(([op]) => op !== 'LABEL');
  const labels = new Map();
  let address = 0;
  for (const [op, name] of program) {
    if (op === 'LABEL') labels.set(name, address);
    else address++;
  }
  const catchOf = new Map();
  const open = [];
  code.forEach(([op], at) => {
    if (op === 'TRY') open.push({ at });
    if (op === 'CATCH') open.at(-1).catch = at;
    if (op === 'END_TRY') {
      const block = open.pop();
      catchOf.set(block.at, block.catch);
      catchOf.set(block.catch, at);
    }
  });
  const out = [];
  const frames = [{ variables: new Map(), stack: [], handlers: [], captures: [], returnTo: -1 }];
  const globals = frames[0].variables;
  const mailbox = [];
  let steps = 0;
  let pc = 0;
  const need = (ok, kind = 'TypeMismatch') => {
    if (!ok) throw new Raised(kind);
  };
  const step = () => {
    const frame = frames.at(-1);
    const { stack, variables } = frame;
    const [op, operand, ...parameters] = code[pc++];
    const take = (n) => {
      need(stack.length >= n, 'StackUnderflow');
      return n === 0 ? [] : stack.splice(-n);
    };
    const find = (name) => {
      if (variables.has(name)) return variables.get(name);
      need(globals.has(name), 'UndefinedVariable');
      return globals.get(name);
    };
    switch (op) {
      case 'PUSH_INT':
        stack.push(Number(operand));
        return;
      case 'PUSH_STR':
        stack.push(operand.slice(1, -1));
        return;
      case 'DUP': {
        const [a] = take(1);
        stack.push(a, a);
        return;
      }
      case 'POP':
        take(1);
        return;
      case 'NOP':
        return;
      case 'LEN': {
        const [v] = take(1);
        need(isList(v) || isObject(v) || typeof v === 'string');
        stack.push(isObject(v) ? v.size : v.length);
        return;
      }
      case 'SWAP': {
        const [a, b] = take(2);
        stack.push(b, a);
        return;
      }
      case 'OVER': {
        const [a, b] = take(2);
        stack.push(a, b, a);
        return;
      }
      case 'ROT': {
        const [a, b, c] = take(3);
        stack.push(b, c, a);
        return;
      }
      case 'ADD': {
        const [a, b] = take(2);
        stack.push(a + b);
        return;
      }
      case 'LT': {
        const [a, b] = take(2);
        stack.push(a < b ? 1 : 0);
        return;
      }
      case 'LOAD':
        stack.push(find(operand));
        return;
      case 'STORE':
        variables.set(operand, take(1)[0]);
        return;
      case 'STORE_GLOBAL':
        globals.set(operand, take(1)[0]);
        return;
      case 'DELETE':
        variables.delete(operand);
        return;
      case 'CAPTURE':
        frame.captures.push([operand, find(operand)]);
        return;
      case 'MAKE_LAMBDA':
        stack.push({ closure: true, address: labels.get(operand), captures: frame.captures.splice(0) });
        return;
      case 'MAKE_LIST':
        stack.push(take(Number(operand)));
        return;
      case 'MAKE_OBJECT':
        stack.push(new Map());
        return;
      case 'LIST_APPEND': {
        const [l, v] = take(2);
        need(isList(l));
        stack.push([...l, v]);
        return;
      }
      case 'LIST_SET': {
        const [l, i, v] = take(3);
        need(isList(l) && typeof i === 'number');
        need(i >= 0 && i < l.length, 'IndexOutOfBounds');
        stack.push(l.with ? l.with(i, v) : l.map((old, at) => (at === i ? v : old)));
        return;
      }
      case 'LIST_POP': {
        const [l] = take(1);
        need(isList(l));
        need(l.length > 0, 'IndexOutOfBounds');
        stack.push(l.slice(0, -1), l.at(-1));
        return;
      }
      case 'LIST_CONCAT': {
        const [a, b] = take(2);
        need(isList(a) && isList(b));
        stack.push([...a, ...b]);
        return;
      }
      case 'LIST_SLICE': {
        const [l, from, to] = take(3);
        need(isList(l) && typeof from === 'number' && typeof to === 'number');
        need(from >= 0 && from <= to && to <= l.length, 'IndexOutOfBounds');
        stack.push(l.slice(from, to));
        return;
      }
      case 'INDEX': {
        const [l, i] = take(2);
        need((isList(l) || typeof l === 'string') && typeof i === 'number');
        need(i >= 0 && i < l.length, 'IndexOutOfBounds');
        stack.push(l[i]);
        return;
      }
      case 'SET_FIELD': {
        const [o, v] = take(2);
        need(isObject(o));
        stack.push(new Map(o).set(operand, v));
        return;
      }
      case 'OBJECT_SET': {
        const [o, k, v] = take(3);
        need(isObject(o) && typeof k === 'string');
        stack.push(new Map(o).set(k, v));
        return;
      }
      case 'GET_FIELD': {
        const [o] = take(1);
        if (o?.kind) {
          stack.push(operand === 'kind' ? o.kind : null);
          return;
        }
        need(isObject(o));
        stack.push(o.has(operand) ? o.get(operand) : null);
        return;
      }
      case 'DELETE_FIELD': {
        const [o] = take(1);
        need(isObject(o));
        const copy = new Map(o);
        copy.delete(operand);
        stack.push(copy);
        return;
      }
      case 'CONCAT': {
        const [a, b] = take(2);
        stack.push(show(a) + show(b));
        return;
      }
      case 'PRINT':
        out.push(show(take(1)[0]));
        return;
      case 'DUMP_SCOPE':
        out.push(`Current scope: {${[...variables].map(([name, v]) => `${name}: ${show(v)}`).join(', ')}}`);
        return;
      case 'CALL': {
        const values = take(parameters.length);
        frames.push({
          variables: new Map(parameters.map((name, at) => [name, values[at]])),
          stack: [],
          handlers: [],
          captures: [],
          returnTo: pc,
          yieldsOne: false,
        });
        pc = labels.get(operand);
        return;
      }
      case 'CALL_FUNCTION': {
        const [f] = take(1);
        need(f?.closure);
        frames.push({
          variables: new Map(f.captures),
          stack: [],
          handlers: [],
          captures: [],
          returnTo: pc,
          yieldsOne: true,
        });
        pc = f.address;
        return;
      }
      case 'RET': {
        frames.pop();
        if (stack.length > 0) frames.at(-1).stack.push(stack.at(-1));
        else if (frame.yieldsOne) frames.at(-1).stack.push(null);
        pc = frame.returnTo;
        return;
      }
      case 'SEND':
        mailbox.push(take(1)[0]);
        return;
      case 'RECEIVE_TIMEOUT':
        take(1);
        if (mailbox.length > 0) stack.push(mailbox.shift());
        else pc = labels.get(operand);
        return;
      case 'JNZ': {
        const [v] = take(1);
        if (v !== 0 && v !== null) pc = labels.get(operand);
        return;
      }
      case 'TRY':
        frame.handlers.push({ at: catchOf.get(pc - 1), height: stack.length });
        return;
      case 'CATCH':
        frame.handlers.pop();
        pc = catchOf.get(pc - 1) + 1;
        return;
      case 'END_TRY':
        return;
      default:
        throw new Error(`the model does not know ${op}`);
    }
  };
  while (code[pc][0] !== 'HALT') {
    if (++steps > 20_000) return undefined;
    // An instruction that fails has not taken its operands.
    const before = frames.at(-1);
    const operands = [...before.stack];
    try {
      step();
    } catch (error) {
      if (!(error instanceof Raised)) throw error;
      before.stack = operands;
      while (frames.at(-1).handlers.length === 0) frames.pop();
      const frame = frames.at(-1);
      const handler = frame.handlers.pop();
      frame.stack.length = Math.min(frame.stack.length, handler.height);
      frame.stack.push({ kind: error.kind, message: '' });
      pc = handler.at + 1;
    }
    if (out.length > 0 && out.at(-1).length > SIZE_LIMIT) return undefined;
    const top = frames.at(-1).stack.at(-1);
    if ((isList(top) && top.length > SIZE_LIMIT) || (typeof top === 'string' && top.length > SIZE_LIMIT))
      return undefined;
  }
  return `${out.join('\n')}\n`;
}
