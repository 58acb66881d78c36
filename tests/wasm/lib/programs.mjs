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
