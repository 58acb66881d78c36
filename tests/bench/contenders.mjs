// SPDX-License-Identifier: MIT
// Who runs the programs: this VM, and the peers that are installed.

import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { BUILD, ROOT, must, run, which } from '../tools/steps.mjs';

const HERE = path.join(ROOT, 'tests/bench');
const PEERS = path.join(HERE, 'peers');
const OUT = path.join(BUILD, 'bench');

const newer = (file, than) => !existsSync(than) || statSync(file).mtimeMs > statSync(than).mtimeMs;

async function firstLine(command, args) {
  const { output } = await run(command, args).catch(() => ({ output: '' }));
  return output.trim().split('\n')[0].slice(0, 60);
}

/**
 * A contender: `id`; `version`; `command(program)`, the words that run it in `cwd`, or undefined when there
 * is no such program for it.
 */
export function ttvm(id, binary, options = []) {
  return {
    id,
    binary,
    cwd: HERE,
    version: () => firstLine(binary, ['--version']),
    command: ({ name, parallel }) => [
      binary,
      ...options,
      ...(parallel ? [] : ['--workers', '1']),
      path.join(HERE, `${name}.ttvm`),
    ],
  };
}

/** Other ways to run the same program, by the ids that the table uses. */
export const ENGINES = {
  register: ['--use-ir'],
  optimized: ['--optimize'],
  'register-opt': ['--use-ir', '--optimize'],
};

/** Name and arguments of the program that peers run. */
const peerOf = ({ name, peer = [name] }) => peer;

/** A language whose source is run as it is. */
function interpreter(id, program, args, extension, versionArgs) {
  const binary = which(program);
  return (
    binary && {
      id,
      cwd: PEERS,
      version: () => firstLine(binary, versionArgs),
      command: (program) => {
        const [name, ...words] = peerOf(program);
        const file = path.join(PEERS, `${name}.${extension}`);
        return existsSync(file) ? [binary, ...args, file, ...words] : undefined;
      },
    }
  );
}

function erlang() {
  const erl = which('erl');
  const erlc = which('erlc');
  if (!erl || !erlc) return undefined;
  const out = path.join(OUT, 'erl');
  return {
    id: 'erl',
    cwd: out,
    version: async () => {
      const release = 'io:format("Erlang/OTP ~s~n", [erlang:system_info(otp_release)]), halt().';
      return firstLine(erl, ['-noshell', '-eval', release]);
    },
    prepare: async () => {
      mkdirSync(out, { recursive: true });
      for (const file of readdirSync(PEERS).filter((name) => name.endsWith('.erl'))) {
        const source = path.join(PEERS, file);
        if (newer(source, path.join(out, file.replace('.erl', '.beam'))))
          await must(erlc, ['-o', out, source]);
      }
    },
    command: (program) => {
      const [name, ...words] = peerOf(program);
      if (!existsSync(path.join(PEERS, `${name}.erl`))) return undefined;
      const schedulers = program.parallel ? [] : ['+S', '1:1'];
      const start = ['-s', name, 'start', ...words, '-s', 'erlang', 'halt'];
      return [erl, '-noshell', ...schedulers, '+P', '2000000', ...start];
    },
  };
}

function c() {
  const cc = which('cc');
  if (!cc) return undefined;
  const out = path.join(OUT, 'c');
  return {
    id: 'c',
    cwd: out,
    version: () => firstLine(cc, ['--version']),
    prepare: async () => {
      mkdirSync(out, { recursive: true });
      for (const file of readdirSync(PEERS).filter((name) => name.endsWith('.c'))) {
        const source = path.join(PEERS, file);
        const program = path.join(out, file.replace('.c', ''));
        if (newer(source, program)) await must(cc, ['-std=gnu11', '-O2', source, '-o', program, '-lm']);
      }
    },
    command: (program) => {
      const [name, ...words] = peerOf(program);
      return existsSync(path.join(PEERS, `${name}.c`)) ? [path.join(out, name), ...words] : undefined;
    },
  };
}

/** In the order of the table. */
export const PEER_IDS = ['lua5.4', 'luajit-joff', 'erl', 'node', 'c'];

const FIND = {
  'lua5.4': () => interpreter('lua5.4', 'lua5.4', [], 'lua', ['-v']),
  'luajit-joff': () => interpreter('luajit-joff', 'luajit', ['-joff'], 'lua', ['-v']),
  erl: erlang,
  node: () => interpreter('node', 'node', [], 'mjs', ['--version']),
  c,
};

/** The installed ones of `ids`, ready to run, and the ids of the others. */
export async function findPeers(ids) {
  mkdirSync(OUT, { recursive: true });
  const found = ids.map((id) => FIND[id]()).filter(Boolean);
  for (const peer of found) await peer.prepare?.();
  return { peers: found, absent: ids.filter((id) => !found.some((peer) => peer.id === id)) };
}
