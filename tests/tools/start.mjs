// SPDX-License-Identifier: MIT
// `npm start`: set-up, builds, and the page on 127.0.0.1. Options: `--no-headers` serves as a plain static
// host does (the page's service worker then isolates it); PORT in the environment asks for a port.

import path from 'node:path';
import { build } from './build.mjs';
import { serve } from './static_server.mjs';
import { BUILD, StepError, bold, formatTime, main } from './steps.mjs';

const FIRST_PORT = 8000;
const PORTS_TO_TRY = 100;

function readPort() {
  const text = process.env.PORT;
  if (!text) return FIRST_PORT;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new StepError(`PORT=${text} is no port number`);
  return port;
}

main(import.meta, async (args) => {
  const unknown = args.find((arg) => arg !== '--no-headers');
  if (unknown) throw new StepError(`unknown option '${unknown}' (known: --no-headers)`);
  const port = readPort();
  await build(['all']);
  const options = {
    root: path.join(BUILD, 'site'),
    headers: !args.includes('--no-headers'),
    port,
    attempts: PORTS_TO_TRY,
  };
  const server = await serve(options).catch((error) => {
    throw new StepError(`no free port from ${port} on: ${error.message}`);
  });
  console.log(
    `\n${bold(`TinyTotVM is at ${server.url}`)}  (ready after ${formatTime(performance.now())}; Ctrl+C ends it)`,
  );
});
