import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** Listens with the shortest queue there is and then never takes a connection from it: its thread sleeps. */
const listensAndSleeps = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

/** More than the queue holds. */
const waiting = 8;

/** A port whose queue of connections is full, as of a host behind a firewall that drops what comes. */
export async function startFullServer(): Promise<{ readonly port: number; readonly close: () => Promise<unknown> }> {
  const worker = new Worker(listensAndSleeps, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const sockets: Socket[] = Array.from({ length: waiting }, () => connect(port, '127.0.0.1'));
  for (const socket of sockets) socket.on('error', () => undefined);
  await new Promise((resolve) => sockets[0]?.once('connect', resolve));
  // Those that still fit have been taken by now; the others wait, and so will whoever comes next.
  await new Promise(setImmediate);
  return {
    port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return worker.terminate();
    },
  };
}
