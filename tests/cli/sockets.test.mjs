// SPDX-License-Identifier: MIT
// TCP and UDP natively: peers that misbehave, rules, descriptors.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import test from 'node:test';
import { runSource } from './ttvm.mjs';

async function serve(t, handle) {
  const sockets = new Set();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    handle(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server.address().port;
}

const connect = (port) => `
PUSH_STR "127.0.0.1"
PUSH_INT ${port}
TCP_CONNECT
STORE conn
`;
const receive = `
TRY
LOAD conn
PUSH_INT 100
TCP_RECV
PRINT
CATCH e
LOAD e
GET_FIELD kind
PRINT
END_TRY
`;

test('a peer that resets the connection is a NetworkError, again and again', async (t) => {
  const port = await serve(t, (socket) => socket.once('data', () => socket.resetAndDestroy()));
  const source = `${connect(port)}LOAD conn\nPUSH_STR "x"\nTCP_SEND\nPOP\n${receive}${receive}`;
  const { stdout, status } = await runSource(t, source);
  assert.equal(stdout, 'NetworkError\nNetworkError\n');
  assert.equal(status, 0);
});

test('a half-closed peer still listens', async (t) => {
  let heard = '';
  const port = await serve(t, (socket) => {
    socket.on('data', (data) => (heard += data));
    socket.end('bye');
  });
  const source = `${connect(port)}${receive}${receive}LOAD conn\nPUSH_STR "still here"\nTCP_SEND\nPRINT\n`;
  const { stdout } = await runSource(t, source);
  assert.equal(stdout, 'bye\nnull\n10\n');
  assert.equal(heard, 'still here');
});

test('a peer that never reads holds up the sender only, who can be killed', async (t) => {
  const port = await serve(t, (socket) => socket.pause());
  const source = `
MAKE_FUNCTION send
SPAWN
STORE pid
PUSH_INT 300
SLEEP
LOAD pid
PUSH_STR "kill"
EXIT_SIGNAL
PUSH_STR "done"
PRINT
HALT
LABEL send
${connect(port)}
LOAD conn
PUSH_STR "0123456789abcdef"
PUSH_INT 2000000
BUILTIN string.repeat
TCP_SEND
PRINT
RET
`;
  const { stdout, status } = await runSource(t, source);
  assert.equal(stdout, 'done\n');
  assert.equal(status, 0);
});

test('--deny-net and --allow-net=HOST: sockets and names', async (t) => {
  const attempt = (code) =>
    `TRY\n${code}\nPOP\nPUSH_STR "fine"\nPRINT\nCATCH e\nLOAD e\nGET_FIELD message\nPRINT\nEND_TRY\n`;
  const source =
    attempt('PUSH_INT 0\nTCP_LISTEN') +
    attempt('PUSH_STR "0.0.0.0:0"\nTCP_LISTEN') +
    attempt('PUSH_INT 0\nUDP_BIND') +
    attempt('PUSH_INT 0\nUDP_BIND\nPUSH_STR "127.0.0.2"\nPUSH_INT 9\nPUSH_STR "x"\nUDP_SEND') +
    attempt('PUSH_STR "127.0.0.2"\nPUSH_INT 9\nTCP_CONNECT') +
    attempt('PUSH_STR "localhost"\nDNS_RESOLVE');
  const narrowed = await runSource(t, source, { options: ['--allow-net=127.0.0.1'] });
  assert.deepEqual(narrowed.stdout.split('\n'), [
    'fine',
    'TCP_LISTEN is not permitted: it needs --allow-net=0.0.0.0:0',
    'fine',
    'UDP_SEND is not permitted: it needs --allow-net=127.0.0.2:9',
    'TCP_CONNECT is not permitted: it needs --allow-net=127.0.0.2:9',
    'DNS_RESOLVE is not permitted: it needs --allow-net=localhost',
    '',
  ]);
  const denied = await runSource(t, source, { options: ['--deny-net'] });
  assert.equal(denied.stdout.match(/it needs --allow-net\n/g).length, 6);
});

test('connections of ended actors, closed ones and failed ones leave no descriptor', async (t) => {
  const count = 'PUSH_STR "/proc/self/fd"\nLIST_DIR\nLEN\n';
  const source = `
PUSH_STR "file-write:warm"
STREAM_CREATE
STREAM_CLOSE
POP
PUSH_INT 0
TCP_LISTEN
CLOSE
PUSH_STR "true"
MAKE_LIST 0
EXEC_CAPTURE
POP
${count}
STORE before
PUSH_INT 0
STORE i
LABEL again
MAKE_FUNCTION user
SPAWN
MONITOR
POP
RECEIVE
POP
LOAD i
PUSH_INT 1
ADD
STORE i
LOAD i
PUSH_INT 30
LT
JNZ again
LABEL settle
PUSH_INT 10
SLEEP
${count}
LOAD before
GT
JNZ settle
PUSH_STR "none left"
PRINT
HALT

LABEL user
PUSH_INT 0
TCP_LISTEN
STORE listener
PUSH_STR "127.0.0.1"
LOAD listener
TCP_PORT
TCP_CONNECT
STORE a
LOAD listener
TCP_ACCEPT
STORE b
PUSH_INT 0
UDP_BIND
STORE c
PUSH_STR "sqlite:some.db"
DB_CONNECT
STORE d
LOAD d
PUSH_STR "CREATE TABLE IF NOT EXISTS t (v)"
DB_EXEC
POP
PUSH_STR "file-read:some.db"
STREAM_CREATE
STORE s
PUSH_STR "echo"
MAKE_LIST 0
EXEC_CAPTURE
POP
TRY
PUSH_STR "file-read:missing"
STREAM_CREATE
CATCH
POP
END_TRY
TRY
PUSH_STR "no-such-program"
MAKE_LIST 0
EXEC_CAPTURE
CATCH
POP
END_TRY
RET
`;
  const { stdout, stderr, status } = await runSource(t, source, { options: ['--max-time', '20000'] });
  assert.equal(stderr, '');
  assert.equal(stdout, 'none left\n');
  assert.equal(status, 0);
});
