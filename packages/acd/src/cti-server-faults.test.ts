import { connect, type Socket } from 'node:net';
import { READ_SHARE_BYTES, systemClock, VirtualClock } from '@poise/clock';
import { AgentState, encode } from '@poise/ged188';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CtiServer, type CtiServerOptions, startCtiServer } from './cti-server.ts';
import { demoDirectory } from './testing/demo-directory.ts';
import { TcpClient } from './testing/tcp-client.ts';

/** What misbehaving clients, lost sides and slow readers do to the server: nothing but end their own session. */

let server: CtiServer;
let directory: ReturnType<typeof demoDirectory>;
let log: string[];
const clients: TcpClient[] = [];

async function start(options: Partial<CtiServerOptions> = {}): Promise<void> {
  await server?.stop();
  directory = demoDirectory();
  log = [];
  server = await startCtiServer({
    directory,
    clock: systemClock(),
    host: '127.0.0.1',
    portA: 0,
    deployment: 'CCE',
    onDisconnect: 'notReady',
    log: (text) => log.push(text),
    ...options,
  });
}
async function open(
  options: Parameters<typeof TcpClient.open>[1] = {},
  port = server.ports.a,
): Promise<TcpClient> {
  const client = await TcpClient.open(port, options);
  clients.push(client);
  return client;
}
beforeEach(() => start());
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server.stop();
});

const signIn = (AgentID = '2001', AgentInstrument = '2003') => ({
  AgentState: AgentState.LOGIN,
  AgentID,
  AgentInstrument,
  ForcedFlag: 1,
});

/** Sends raw bytes on a connection of its own; resolves when the server has ended it. */
async function garbage(bytes: Uint8Array | string): Promise<void> {
  const socket: Socket = connect({ port: server.ports.a, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.on('data', () => {});
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.write(bytes);
  await closed;
}

describe('garbage on the port', () => {
  it.each([
    ['an HTTP request', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a frame that claims 4 GB', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 3)],
    ['a TLS hello', Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 0, 0, 0, 0, 0)],
  ])('%s is closed and counted, others notice nothing', async (_, bytes) => {
    const witness = await open();
    await garbage(bytes);
    expect(server.health().ended).toEqual({ 'framing-lost': 1 });
    expect((await witness.request('SET_AGENT_STATE_REQ', signIn())).name).toBe('SET_AGENT_STATE_CONF');
  });

  it('in the middle of a session ends that session, and its agents stay signed in', async () => {
    const [broken, witness] = [await open(), await open()];
    await broken.request('SET_AGENT_STATE_REQ', signIn());
    broken.socket.write(Uint8Array.of(0x7f, 0, 0, 0, 0, 0, 0, 38));
    await broken.closed;
    const conf = await witness.request('QUERY_AGENT_STATE_REQ', { MRDID: 1, AgentID: '2001' });
    expect(conf.fields).toMatchObject({ AgentState: AgentState.NOT_READY });
    expect(server.health().sessions).toBe(1);
  });

  it('requests before OPEN_REQ are refused with 4, a flood of them is cut off', async () => {
    const client = await TcpClient.connect(server.ports.a);
    clients.push(client);
    expect(await client.request('SET_AGENT_STATE_REQ', signIn())).toMatchObject({
      name: 'FAILURE_CONF',
      fields: { Status: 4 },
    });
    for (let i = 0; i < 100; i++) client.send({ name: 'HEARTBEAT_REQ', fields: { InvokeID: i } });
    await client.closed;
    expect(server.health().ended.flood).toBe(1);
  });

  it('a malformed request is answered with its status and counted', async () => {
    const client = await open();
    const frame = encode(
      { name: 'QUERY_AGENT_STATE_REQ', fields: { InvokeID: 77, MRDID: 1, AgentID: '2001' } },
      24,
    );
    const cut = frame.slice(0, 20);
    new DataView(cut.buffer).setUint32(0, 12);
    client.socket.write(cut);
    expect((await client.next((message) => message.fields.InvokeID === 77)).name).toBe('FAILURE_CONF');
    expect(server.health().malformed).toBe(1);
  });
});

describe('clients that flood', () => {
  it('leave the others their turn', async () => {
    let requests = 0;
    await start({
      trace: (line) => {
        if (line.startsWith('MsgType:QUERY_AGENT_STATE_REQ')) requests += 1;
      },
    });
    const client = await open();
    const query = (InvokeID: number): Uint8Array =>
      encode({ name: 'QUERY_AGENT_STATE_REQ', fields: { InvokeID, MRDID: 1, AgentID: '2001' } }, 24);
    const perTurn: number[] = [];
    let over = false;
    const turn = (): void => {
      perTurn.push(requests);
      requests = 0;
      if (!over) setImmediate(turn);
    };
    turn();
    const last = client.next((message) => message.fields.InvokeID === 5_000);
    client.socket.write(Buffer.concat(Array.from({ length: 5_000 }, (_, i) => query(i + 1))));
    await last;
    over = true;
    expect(perTurn.reduce((sum, count) => sum + count, requests)).toBe(5_000);
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(READ_SHARE_BYTES / query(1).length + 1);
  });
});

describe('clients that do not read', () => {
  it('are reset at the limit while others go on', async () => {
    await start({ limits: { queuedBytesMax: 64 * 1024 } });
    const [deaf, witness] = [await open(), await open()];
    deaf.socket.pause();
    await witness.request('SET_AGENT_STATE_REQ', signIn());
    for (let i = 0; i < 400 && server.health().sessions === 2; i++) {
      const round = Array.from({ length: 200 }, () => witness.request('SET_AGENT_STATE_REQ', signIn()));
      await Promise.all(round);
      witness.inbox.length = 0;
    }
    expect(server.health().ended).toEqual({ 'queue-full': 1 });
    expect((await witness.request('HEARTBEAT_REQ')).name).toBe('HEARTBEAT_CONF');
  });
});

describe('clients that vanish', () => {
  it('by a reset in the middle of their requests leave the others alone', async () => {
    const witness = await open();
    for (let i = 0; i < 5; i++) {
      const rude = await open();
      for (let n = 0; n < 50; n++)
        rude.send({ name: 'SET_AGENT_STATE_REQ', fields: { InvokeID: n, ...signIn() } });
      rude.socket.resetAndDestroy();
      await rude.closed;
    }
    while (server.health().sessions > 1) await witness.request('HEARTBEAT_REQ');
    expect(server.health().ended).toEqual({ 'connection-lost': 5 });
    expect((await witness.request('SET_AGENT_STATE_REQ', signIn())).name).toBe('SET_AGENT_STATE_CONF');
  });
});

describe('limits of connections', () => {
  it('connections above the limit are reset and counted', async () => {
    await start({ limits: { connectionsMax: 2 } });
    await open();
    await open();
    await expect(open()).rejects.toThrow();
    expect(server.health().refused).toBe(1);
  });

  it('a connection that never opens a session, and one that falls silent, end by the clock', async () => {
    const clock = new VirtualClock();
    await start({ clock });
    const silent = await TcpClient.connect(server.ports.a);
    clients.push(silent);
    const idle = await TcpClient.connect(server.ports.a);
    clients.push(idle);
    expect((await idle.openRequest({ idleTimeout: 20 })).name).toBe('OPEN_CONF');
    clock.advance(20_000);
    await idle.closed;
    expect(server.health().ended).toEqual({ idle: 1 });
    clock.advance(10_000);
    await silent.closed;
    expect(server.health().ended).toEqual({ idle: 1, 'open-timeout': 1 });
  });
});

describe('faults inside', () => {
  it('an event that cannot be written ends the sessions it was meant for and is noted', async () => {
    directory.agentList[0] = { ...directory.agentList[0]!, skillTargetId: 2 ** 40 };
    directory.changed();
    const client = await open();
    client.send({ name: 'SET_AGENT_STATE_REQ', fields: { InvokeID: 1, ...signIn() } });
    await client.closed;
    expect(server.health().ended).toEqual({ 'internal-error': 1 });
    expect(log.join()).toContain('ended by an internal error');
    expect((await (await open()).request('HEARTBEAT_REQ')).name).toBe('HEARTBEAT_CONF');
  });
});

describe('failover', () => {
  it('a crashed side resets its sessions; the other side and the agents stay; it comes back on its port', async () => {
    await start({ portB: 0 });
    const { a, b } = server.ports;
    const [onA, onB] = [await open(), await open({}, b ?? 0)];
    await onA.request('SET_AGENT_STATE_REQ', signIn());
    await server.goOffline('A', 'crash');
    expect(await onA.closed).toBe('reset');
    await expect(open()).rejects.toThrow('ECONNREFUSED');
    expect(server.health()).toMatchObject({
      ready: true,
      sides: { A: { listening: false }, B: { listening: true } },
    });
    const conf = await onB.request('QUERY_AGENT_STATE_REQ', { MRDID: 1, AgentID: '2001' });
    expect(conf.fields).toMatchObject({ AgentState: AgentState.NOT_READY, AgentInstrument: '2003' });
    await server.comeBack('A');
    expect(server.ports.a).toBe(a);
    expect(
      (await (await open()).request('QUERY_AGENT_STATE_REQ', { MRDID: 1, AgentID: '2001' })).fields
        .AgentState,
    ).toBe(2);
  });

  it('an orderly departure asks clients to close, refuses their beats, and ends with the last of them', async () => {
    const client = await open();
    const offline = server.goOffline('A');
    expect((await client.next('FAILURE_EVENT')).fields.Status).toBe(15);
    expect(await client.request('HEARTBEAT_REQ')).toMatchObject({
      name: 'FAILURE_CONF',
      fields: { Status: 15 },
    });
    expect((await client.request('CLOSE_REQ', { Status: 15 })).name).toBe('CLOSE_CONF');
    await offline;
    expect(server.health()).toMatchObject({ ready: false, reason: expect.any(String), sessions: 0 });
    await server.comeBack('A');
    expect(server.health().ready).toBe(true);
  });

  it('stop does not wait for clients that do not close', async () => {
    await start({ limits: { stopGraceMs: 20 } });
    const client = await open();
    await server.stop();
    await client.closed;
    await server.stop();
    await expect(server.comeBack('A')).rejects.toThrow('stopped');
  });

  it('a port that is taken is reported and nothing is left behind', async () => {
    const taken = server.ports.a;
    const options = {
      directory,
      clock: systemClock(),
      host: '127.0.0.1',
      deployment: 'CCE',
      onDisconnect: 'notReady',
    } as const;
    await expect(startCtiServer({ ...options, portA: 0, portB: taken })).rejects.toThrow('EADDRINUSE');
  });
});

describe('a peripheral that goes away', () => {
  it('is told to bridges, refuses control with 34, and keeps the agents', async () => {
    const client = await open();
    await client.request('SET_AGENT_STATE_REQ', signIn());
    server.centre.setPeripheralOnline(false);
    const event = await client.next(
      ({ name, fields }) => name === 'SYSTEM_EVENT' && fields.SystemEventID === 4,
    );
    expect(event.fields).toMatchObject({ PGStatus: 4, SystemEventArg1: 5001 });
    const refused = await client.request('SET_AGENT_STATE_REQ', signIn());
    expect(refused).toMatchObject({ name: 'CONTROL_FAILURE_CONF', fields: { FailureCode: 34 } });
    const late = await TcpClient.connect(server.ports.a);
    clients.push(late);
    expect((await late.openRequest()).fields).toMatchObject({ PGStatus: 4, PeripheralOnline: 0 });
    server.centre.setPeripheralOnline(true);
    await late.next(({ name, fields }) => name === 'SYSTEM_EVENT' && fields.SystemEventID === 3);
    const conf = await late.request('QUERY_AGENT_STATE_REQ', { MRDID: 1, AgentID: '2001' });
    expect(conf.fields.AgentState).toBe(AgentState.NOT_READY);
  });
});

describe('liberties of real servers, on demand', () => {
  it('events before the confirmation', async () => {
    await start({ manners: { confirmAfterEvents: true } });
    const client = await open();
    client.inbox.length = 0;
    const conf = client.request('SET_AGENT_STATE_REQ', signIn());
    expect((await client.next(({ name }) => name.includes('STATE'))).name).toBe('AGENT_STATE_EVENT');
    expect((await conf).name).toBe('SET_AGENT_STATE_CONF');
  });

  it('late confirmations', async () => {
    const clock = new VirtualClock();
    await start({ clock, manners: { confirmDelayMs: 9_000 } });
    const client = await open();
    let confirmed = false;
    const conf = client.request('SET_AGENT_STATE_REQ', signIn()).then(({ name }) => {
      confirmed = true;
      return name;
    });
    await client.next('AGENT_STATE_EVENT');
    expect(confirmed).toBe(false);
    clock.advance(9_000);
    expect(await conf).toBe('SET_AGENT_STATE_CONF');
  });

  it('no version above a limit', async () => {
    await start({ manners: { versionMax: 20 } });
    await expect(open({ version: 24 })).rejects.toThrow('FAILURE_CONF');
    expect((await open({ version: 20 })).version).toBe(20);
  });
});
