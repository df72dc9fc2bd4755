/** The lines of the fault rig (rig/line.mjs): who is told of what. */
import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { PATIENT_MS } from './connections/deadline.ts';

interface Line {
  readonly port: number;
  readonly lost: number;
  readonly heardAt: number | null;
  open(): Promise<Line>;
  listen(): void;
  stall(way?: 'toFar' | 'toNear'): void;
  blackHole(): void;
  abandon(): void;
  heal(): void;
  close(): void;
}
const { Line } = (await import(resolve(import.meta.dirname, '../rig/line.mjs'))) as {
  readonly Line: new (target: number) => Line;
};

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A line to a server, and how a connection over it is made: both ends, with what each has heard. */
async function bench() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const line = await new Line((server.address() as { port: number }).port).open();
  ends.push(
    () => server.close(),
    () => line.close(),
  );
  const connect = async () => {
    const accepted = once(server, 'connection');
    const near = endOf(dial(line.port, '127.0.0.1'));
    const far = endOf((await accepted)[0] as Socket);
    near.socket.write('hello');
    await vi.waitFor(() => expect(far.heard).toBe('hello'), PATIENT_MS);
    return { near, far };
  };
  return { line, connect };
}

function endOf(socket: Socket) {
  const end = { socket, heard: '', error: '' };
  socket.on('data', (bytes) => {
    end.heard += String(bytes);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    end.error = error.code ?? '';
  });
  ends.push(() => socket.destroy());
  return end;
}

test('in a silence a reset is lost: the other end is told when it sends', async () => {
  const { line, connect } = await bench();
  const { near, far } = await connect();
  line.stall();
  near.socket.resetAndDestroy();
  await vi.waitFor(() => expect(line.lost).toBe(1), PATIENT_MS);
  line.heal();
  // Another connection works, and the old one is still believed in.
  await connect();
  expect([far.socket.destroyed, far.error]).toEqual([false, '']);
  far.socket.write('are you there?');
  await vi.waitFor(() => expect(far.error).toBe('ECONNRESET'), PATIENT_MS);
});

test('what was sent in a silence comes at its end, and nobody is reset', async () => {
  const { line, connect } = await bench();
  const { near, far } = await connect();
  line.stall();
  near.socket.write(', world');
  far.socket.write('and you');
  await Promise.all([near, far].map(({ socket }) => new Promise((done) => socket.write('', done))));
  expect([near.heard, far.heard]).toEqual(['', 'hello']);
  line.heal();
  await vi.waitFor(() => expect([near.heard, far.heard]).toEqual(['and you', 'hello, world']), PATIENT_MS);
  expect([near.error, far.error]).toEqual(['', '']);
});

test('a black hole tells both ends by a reset', async () => {
  const { line, connect } = await bench();
  const { near, far } = await connect();
  line.blackHole();
  line.heal();
  await vi.waitFor(() => expect([near.error, far.error]).toEqual(['ECONNRESET', 'ECONNRESET']), PATIENT_MS);
});

test('after a change of the address old connections are silent, new ones work, nobody is told', async () => {
  const { line, connect } = await bench();
  const old = await connect();
  line.abandon();
  line.listen();
  old.near.socket.write('lost');
  old.far.socket.write('lost');
  const fresh = await connect();
  // Only a word that reached the near end shows that it has a connection.
  expect(line.heardAt).toBeNull();
  fresh.far.socket.write('welcome');
  await vi.waitFor(() => expect(fresh.near.heard).toBe('welcome'), PATIENT_MS);
  expect(line.heardAt).not.toBeNull();
  expect([old.near.heard, old.far.heard, old.near.error, old.far.error]).toEqual(['', 'hello', '', '']);
});

test('one direction can be silent alone, and brings at its end what it held', async () => {
  const { line, connect } = await bench();
  const { near, far } = await connect();
  line.stall('toNear');
  near.socket.write(', world');
  far.socket.write('and you');
  await vi.waitFor(() => expect(far.heard).toBe('hello, world'), PATIENT_MS);
  expect(near.heard).toBe('');
  line.heal();
  await vi.waitFor(() => expect(near.heard).toBe('and you'), PATIENT_MS);
  line.stall('toFar');
  near.socket.write('!');
  far.socket.write('?');
  await vi.waitFor(() => expect(near.heard).toBe('and you?'), PATIENT_MS);
  expect(far.heard).toBe('hello, world');
  line.heal();
  await vi.waitFor(() => expect(far.heard).toBe('hello, world!'), PATIENT_MS);
});
