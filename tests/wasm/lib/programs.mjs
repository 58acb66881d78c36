// SPDX-License-Identifier: MIT
// Programs that several tests run.

export const SPIN = `
LABEL a
JMP a
`;

/** Fifty actors that send to themselves for ever, each with one message under way. */
export const STORM = `
  PUSH_INT 0
  STORE i
LABEL more
  MAKE_FUNCTION talker
  SPAWN
  POP
  LOAD i
  PUSH_INT 1
  ADD
  STORE i
  LOAD i
  PUSH_INT 50
  LT
  JNZ more
  CALL talker
LABEL talker
  SELF
  PUSH_STR "again"
  SEND
  RECEIVE
  POP
  JMP talker
`;

/** Main waits for a message; a sleeping actor keeps that from being a deadlock. */
export const BLOCKED = `
  MAKE_FUNCTION sleeper
  SPAWN
  POP
  PUSH_STR "waiting"
  PRINT
  RECEIVE
  HALT
LABEL sleeper
  PUSH_INT 600000
  SLEEP
  RET
`;

/** Prints a line of \`length\` bytes (with its end) \`count\` times; 0 means for ever. */
export function flood(length, count) {
  return `
  PUSH_INT ${count}
  STORE left
LABEL again
  PUSH_STR "${'x'.repeat(length - 1)}"
  PRINT
  LOAD left
  PUSH_INT 1
  SUB
  STORE left
  LOAD left
  JNZ again
`;
}

/** A string of a megabyte in `s`. */
const MEGABYTE = `PUSH_STR "0123456789abcdef"
${'DUP\nCONCAT\n'.repeat(16)}STORE s
`;

/** Loops whose single instructions take long. */
export const LONG_OPERATIONS = {
  CONCAT: `${MEGABYTE}LABEL a\nLOAD s\nLOAD s\nCONCAT\nPOP\nJMP a`,
  WRITE_FILE: `${MEGABYTE}LABEL a\nLOAD s\nPUSH_STR "f"\nWRITE_FILE\nJMP a`,
  BUILTIN: `${MEGABYTE}LABEL a\nLOAD s\nBUILTIN string.upper\nPOP\nJMP a`,
};

/** Programs that take all they can get; each must end by an error of its own. */
export const GREEDY = {
  'ever more actors': 'LABEL a\nMAKE_FUNCTION w\nSPAWN\nPOP\nJMP a\nLABEL w\nRECEIVE\nRET',
  'a string that doubles': 'PUSH_STR "x"\nLABEL a\nDUP\nCONCAT\nJMP a',
  'a list of a list of a list': 'MAKE_LIST 0\nLABEL a\nMAKE_LIST 1\nJMP a',
  'an ever higher stack': 'LABEL a\nPUSH_INT 1\nJMP a',
  'endless recursion': 'CALL f\nLABEL f\nPUSH_INT 1\nSTORE a\nCALL f\nRET',
  'ever more files':
    'PUSH_INT 0\nSTORE i\nLABEL a\nPUSH_STR "x"\nPUSH_STR "f"\nLOAD i\nCONCAT\nWRITE_FILE\nLOAD i\nPUSH_INT 1\nADD\nSTORE i\nJMP a',
  'an ever longer file': `${MEGABYTE}LABEL a\nLOAD s\nPUSH_STR "f"\nAPPEND_FILE\nJMP a`,
  'ever more variables of the environment':
    'PUSH_INT 0\nSTORE i\nLABEL a\nPUSH_STR "f"\nLOAD i\nCONCAT\nPUSH_STR "v"\nSET_ENV\nLOAD i\nPUSH_INT 1\nADD\nSTORE i\nJMP a',
  'ever more open TRYs': 'LABEL a\nTRY b\nJMP a\nLABEL b\nCATCH\nTHROW',
};
