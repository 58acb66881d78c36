// SPDX-License-Identifier: MIT
// Named pipes that nobody serves hold up those only who wait for them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { folderOf, run, shell } from './ttvm.mjs';

/** `count` actors do `instructions`; main does what needs threads of the host, and ends the program. */
const among = (count, instructions) => `
PUSH_INT 0
STORE i
LABEL more
MAKE_FUNCTION waiter
SPAWN
POP
LOAD i
PUSH_INT 1
ADD
STORE i
LOAD i
PUSH_INT ${count}
LT
JNZ more
PUSH_INT 100
SLEEP
PUSH_STR "kept"
PUSH_STR "file.txt"
WRITE_FILE
PUSH_STR "file.txt"
READ_FILE
PRINT
PUSH_STR "data"
PUSH_STR "passphrase"
ENCRYPT
LEN
PRINT
PUSH_STR "file-write:stream.txt"
STREAM_CREATE
PUSH_STR "x"
STREAM_WRITE
PRINT
PUSH_INT 0
EXIT
LABEL waiter
${instructions}
PUSH_STR "this pipe has nobody at its other end"
PRINT
RET
`;
const OUTPUT = 'kept\n72\n1\n';

function folderWithPipes(t, source) {
  const folder = folderOf(t, { 'main.ttvm': source });
  execFileSync('mkfifo', ['pipe', 'second'], { cwd: folder });
  return folder;
}

const WAYS = {
  READ_FILE: 'PUSH_STR "pipe"\nREAD_FILE\nPOP',
  READ_BYTES: 'PUSH_STR "pipe"\nREAD_BYTES\nPOP',
  WRITE_FILE: 'PUSH_STR "x"\nPUSH_STR "pipe"\nWRITE_FILE',
  APPEND_FILE: 'PUSH_STR "x"\nPUSH_STR "pipe"\nAPPEND_FILE',
  ASYNC_READ: 'PUSH_STR "pipe"\nASYNC_READ\nAWAIT\nPOP',
  'a stream for reading': 'PUSH_STR "file-read:pipe"\nSTREAM_CREATE\nPUSH_INT 10\nSTREAM_READ\nPOP',
  'a stream for writing': 'PUSH_STR "file-write:pipe"\nSTREAM_CREATE\nPOP',
};

for (const [way, instructions] of Object.entries(WAYS))
  test(`12 actors wait for a pipe (${way}), the rest goes on`, async (t) => {
    const folder = folderWithPipes(t, among(12, instructions));
    const { stdout, stderr, status } = await run(['main.ttvm'], { cwd: folder });
    assert.equal(stderr, '');
    assert.equal(stdout, OUTPUT);
    assert.equal(status, 0);
  });

test('more wait than have a thread', async (t) => {
  const folder = folderWithPipes(t, among(300, WAYS.READ_FILE));
  const { stdout, stderr, status } = await run(['main.ttvm'], { cwd: folder });
  assert.equal(stderr, '');
  assert.equal(stdout, OUTPUT);
  assert.equal(status, 0);
});

test('a pipe that is served gives what was written into it, piece by piece', async (t) => {
  const folder = folderWithPipes(
    t,
    `PUSH_STR "pipe"
READ_FILE
PRINT
PUSH_STR "file-read:second"
STREAM_CREATE
STORE s
LABEL more
LOAD s
PUSH_INT 4
STREAM_READ
DUP
NULL
EQ
JNZ end
PRINT
JMP more
LABEL end
PUSH_STR "ended"
PRINT
`,
  );
  // In a process of its own: opening a pipe for writing waits for its reader.
  const { stdout, stderr } = await shell(
    '"$TTVM" main.ttvm & printf whole > pipe; printf "in parts" > second; wait',
    {
      cwd: folder,
    },
  );
  assert.equal(stderr, '');
  assert.equal(stdout, 'whole\nin p\narts\nended\n');
});
