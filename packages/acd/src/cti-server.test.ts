import { connect as connectSocket } from 'node:net';
import { systemClock } from '@poise/clock';
import { AgentState, BRIDGE_SERVICES, CtiClientSession, ServiceMask } from '@poise/ged188';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CtiServer, type CtiServerOptions, startCtiServer } from './cti-server.ts';
import { demoDirectory } from './testing/demo-directory.ts';
import { TcpClient } from './testing/tcp-client.ts';

let server: CtiServer;
let directory: ReturnType<typeof demoDirectory>;
const clients: TcpClient[] = [];

async function start(options: Partial<CtiServerOptions> = {}): Promise<void> {
  await server?.stop();
  directory = demoDirectory();
  server = await startCtiServer({
    directory,
    clock: systemClock(),
    host: '127.0.0.1',
    portA: 0,
    deployment: 'CCE',
    onDisconnect: 'notReady',
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
async function connect(version?: number): Promise<TcpClient> {
  const client = await TcpClient.connect(server.ports.a, version);
  clients.push(client);
  return client;
}
beforeEach(() => start());
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server.stop();
});

const signIn = (AgentID = '2001', AgentInstrument = '2003') => ({
  PeripheralID: 5001,
  AgentState: AgentState.LOGIN,
  AgentID,
  AgentInstrument,
  AgentPassword: AgentID,
  EventReasonCode: 50004,
  ForcedFlag: 1,
});

describe('over TCP', () => {
  it.each([14, 15, 19, 20, 23, 24, 25])(
    'a bridge of version %i opens, hears of the peripheral, and signs an agent in',
    async (version) => {
      const client = await connect(version);
      const conf = await client.openRequest();
      expect(conf).toMatchObject({
        name: 'OPEN_CONF',
        fields: {
          ServicesGranted: 0x96,
          MonitorID: 0,
          PGStatus: 0,
          PeripheralOnline: 1,
          PeripheralType: 17,
          AgentState: AgentState.UNKNOWN,
          peripherals: [{ FltPeripheralID: 5001, MultilineAgentControl: 0 }],
        },
      });
      const system = await client.next('SYSTEM_EVENT');
      expect(system.fields).toMatchObject({ SystemEventID: 3, SystemEventArg1: 5001 });
      const answer = await client.request('SET_AGENT_STATE_REQ', signIn());
      expect(answer.name).toBe('SET_AGENT_STATE_CONF');
      const event = await client.next('AGENT_STATE_EVENT');
      expect(event.fields).toMatchObject({
        AgentID: '2001',
        AgentState: 2,
        SkillGroupState: 0,
        SkillGroupNumber: 85881,
      });
    },
  );

  it('several sessions on both sides see the same events in the same order', async () => {
    await start({ portB: 0 });
    const sessions = await Promise.all([open(), open({ version: 14 }), open({}, server.ports.b ?? 0)]);
    const [a, b, c] = sessions as [TcpClient, TcpClient, TcpClient];
    await Promise.all([
      a.request('SET_AGENT_STATE_REQ', signIn()),
      b.request('SET_AGENT_STATE_REQ', signIn('3001', '3001')),
      c.request('SET_AGENT_STATE_REQ', signIn('2050', '2005')),
    ]);
    await a.request('SET_AGENT_STATE_REQ', {
      AgentState: AgentState.AVAILABLE,
      AgentID: '3001',
      AgentInstrument: '3001',
    });
    const seen = await Promise.all(
      sessions.map(async (client) => {
        const events: string[] = [];
        for (let i = 0; i < 4; i++) {
          const { fields } = await client.next('AGENT_STATE_EVENT');
          events.push(`${fields.AgentID} ${fields.AgentState}`);
        }
        return events;
      }),
    );
    expect(seen[0]).toHaveLength(4);
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect(
      server
        .sessions()
        .map(({ side, version }) => `${side}${version}`)
        .sort(),
    ).toEqual(['A14', 'A24', 'B24']);
    expect(server.health()).toMatchObject({ ready: true, sessions: 3, agentsSignedIn: 3 });
  });

  it('a desktop is bound to its agent: state in OPEN_CONF, own events only', async () => {
    const bridge = await open();
    await bridge.request('SET_AGENT_STATE_REQ', signIn());
    const desktop = await connect();
    const conf = await desktop.openRequest({
      services: ServiceMask.CLIENT_EVENTS | ServiceMask.CLIENT_CONTROL,
      peripheralId: 5001,
      agentId: '2001',
    });
    expect(conf.fields).toMatchObject({
      AgentState: AgentState.NOT_READY,
      AgentID: '2001',
      AgentExtension: '2003',
      AgentInstrument: '2003',
    });
    expect((await desktop.next('AGENT_STATE_EVENT')).fields).toMatchObject({
      AgentID: '2001',
      AgentState: 2,
    });
    await bridge.request('SET_AGENT_STATE_REQ', signIn('3001', '3001'));
    await desktop.request('SET_AGENT_STATE_REQ', {
      AgentState: AgentState.AVAILABLE,
      AgentID: '2001',
      AgentInstrument: '2003',
    });
    expect((await desktop.next('AGENT_STATE_EVENT')).fields).toMatchObject({
      AgentID: '2001',
      AgentState: 3,
    });
  });

  it.each([
    ['another peripheral', { peripheralId: 7 }, 7],
    ['no peripheral for a desktop', { services: 5, agentId: '2001' }, 7],
    ['no device for a desktop', { services: 5, peripheralId: 5001 }, 6],
    ['an unknown agent', { services: 5, peripheralId: 5001, agentId: '1' }, 8],
    ['an unknown phone', { services: 5, peripheralId: 5001, agentInstrument: '1' }, 8],
    [
      'extension and instrument that differ',
      { services: 5, peripheralId: 5001, agentExtension: '2003', agentInstrument: '2005' },
      32,
    ],
    [
      'agent and phone that do not belong together',
      { services: 5, peripheralId: 5001, agentId: '3001', agentInstrument: '2003' },
      32,
    ],
    [
      'supervision for an agent who supervises nobody',
      { services: 0x85, peripheralId: 5001, agentId: '2001' },
      12,
    ],
    ['an unknown bit', { services: 0x200 }, 19],
  ])('OPEN_REQ with %s is refused', async (_, options, status) => {
    const bridge = await open();
    await bridge.request('SET_AGENT_STATE_REQ', signIn());
    const client = await connect();
    expect(await client.openRequest(options)).toMatchObject({
      name: 'FAILURE_CONF',
      fields: { Status: status },
    });
  });

  it('a device has one desktop; the same client takes its session over', async () => {
    const desktop = { services: 5, peripheralId: 5001, agentId: '2001', clientSignature: 's' };
    const first = await open({ ...desktop, clientId: 'one' });
    const other = await connect();
    expect(await other.openRequest({ ...desktop, clientId: 'two' })).toMatchObject({
      fields: { Status: 10 },
    });
    await open({ ...desktop, clientId: 'one' });
    expect((await first.next('FAILURE_EVENT')).fields.Status).toBe(11);
  });

  it('a client that is not accepted is refused with 36', async () => {
    await start({ acceptClient: (id, password) => id === 'poise' && password === 'right' });
    const client = await connect();
    expect(await client.openRequest({ clientId: 'poise', clientPassword: 'wrong' })).toMatchObject({
      fields: { Status: 36 },
    });
    expect(await client.openRequest({ clientId: 'poise', clientPassword: 'right' })).toMatchObject({
      name: 'OPEN_CONF',
    });
  });

  it('a service that was not granted is not there', async () => {
    const client = await open({ services: ServiceMask.ALL_EVENTS | ServiceMask.CLIENT_MONITOR });
    expect(await client.request('SET_AGENT_STATE_REQ', signIn())).toMatchObject({
      name: 'FAILURE_CONF',
      fields: { Status: 12 },
    });
    expect(await client.request('SESSION_MONITOR_START_REQ')).toMatchObject({
      name: 'FAILURE_CONF',
      fields: { Status: 12 },
    });
  });

  it('heartbeats are confirmed and CLOSE_REQ ends the connection in good order', async () => {
    const client = await open();
    expect((await client.request('HEARTBEAT_REQ')).name).toBe('HEARTBEAT_CONF');
    expect((await client.request('CLOSE_REQ', { Status: 0 })).name).toBe('CLOSE_CONF');
    expect(await client.closed).toBe('end');
    expect(server.health()).toMatchObject({ sessions: 0, ended: { 'closed-by-client': 1 } });
  });
});

describe('the client session of the same protocol package', () => {
  it('opens, beats, signs an agent in and closes', async () => {
    const socket = connectSocket({ port: server.ports.a, host: '127.0.0.1' });
    const events: string[] = [];
    let done: () => void = () => {};
    const finished = new Promise<void>((resolve) => {
      done = resolve;
    });
    const session = new CtiClientSession({
      clock: systemClock(),
      open: { clientId: 'Poise', clientSignature: 'Poise-node1', services: BRIDGE_SERVICES },
      send: (bytes) => socket.write(bytes),
      onEvent: (event) => {
        events.push(event.type === 'message' ? event.message.name : event.type);
        if (event.type === 'open') session.request({ name: 'SET_AGENT_STATE_REQ', fields: signIn() });
        if (event.type === 'message' && event.message.name === 'AGENT_STATE_EVENT') session.close();
        if (event.type === 'closed') done();
      },
    });
    socket.on('connect', () => session.connected());
    socket.on('data', (chunk) => session.received(chunk));
    await finished;
    socket.destroy();
    expect(events.filter((name) => name !== 'AGENT_TEAM_CONFIG_EVENT')).toEqual([
      'open',
      'status',
      'SYSTEM_EVENT',
      'SET_AGENT_STATE_CONF',
      'AGENT_STATE_EVENT',
      'closed',
    ]);
  });
});

describe('the trace', () => {
  it('holds requests, answers and agent events, one line each, and no password', async () => {
    const lines: string[] = [];
    await start({ trace: (line) => lines.push(line) });
    const client = await open({ clientPassword: 'bridge-secret' });
    await client.request('SET_AGENT_STATE_REQ', { ...signIn(), AgentPassword: '20\n01-secret' });
    await client.request('SET_AGENT_STATE_REQ', signIn());
    await client.request('HEARTBEAT_REQ');
    const names = lines.map((line) => /^(MsgType:\w+|Trace: \w+)/.exec(line)?.[1]);
    expect(names).toEqual([
      'MsgType:SET_AGENT_STATE_REQ',
      'MsgType:CONTROL_FAILURE_CONF',
      'MsgType:SET_AGENT_STATE_REQ',
      'MsgType:SET_AGENT_STATE_CONF',
      'Trace: AGENT_EVENT',
      'Trace: SkgState',
      'Trace: MRDID',
      'Trace: SkTgtID',
      'MsgType:AGENT_STATE_EVENT',
    ]);
    for (const line of lines) expect(line).not.toMatch(/secret|\n/);
    expect(lines[0]).toContain('AgentID:"2001"');
  });
});
