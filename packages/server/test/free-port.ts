/** Ports for the servers of tests. */
import { createServer } from 'node:net';

/**
 * Below those that systems give to outgoing connections (Linux: from 32768): from there anybody could get the port before its server listens, or
 * while it is down. Below those of the servers that e2e tests start at an offset.
 */
const FIRST = 21_000;
const COUNT = 2_300;

let next = 0;

/** A port of loopback that is free now, another one each time; processes begin their search at different places. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < COUNT; tries++) {
    const port = FIRST + ((process.pid * 61 + next++) % COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error('no free ports');
}

const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
