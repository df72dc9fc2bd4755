import { systemClock } from '@poise/clock';
import { type Fields, type MessageName, ServerMode, ServiceMask } from '@poise/ged188';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CtiServer, startCtiServer } from './cti-server.ts';
import { RECORDING_REQUESTS_MAX, RECORDING_TIMEOUT_MS } from './recording-servers.ts';
import { demoDirectory } from './testing/demo-directory.ts';
import { at, callOf, type FakeCalls } from './testing/fake-calls.ts';
import { DESKTOP, type FakeClient } from './testing/fake-client.ts';
import { TcpClient } from './testing/tcp-client.ts';
import { centreWithFakeCalls, type TestCentre } from './testing/test-centre.ts';

const { EXCLUSIVE, ROUND_ROBIN, PARALLEL } = ServerMode;
const HERE = { ConnectionCallID: 77, ConnectionDeviceID: '2003' };
const START = { ...HERE, ClientPort: 4711, AgentInstrument: '2003', Direction: 2 };

describe('a registered recording application', () => {
  let test: TestCentre;
  let calls: FakeCalls;
  let bridge: FakeClient;
  beforeEach(() => {
    ({ test, calls } = centreWithFakeCalls());
    bridge = test.open({ clientId: 'desktops' });
    calls.set(callOf(77, 'PREROUTE_ACD_IN', [at('2003')]));
  });

  const application = (clientId: string) => test.open({ services: ServiceMask.SERVER, clientId });
  const register = (client: FakeClient, mode: number, name = 'Cisco:CallRecording') => {
    client.request('REGISTER_SERVICE_REQ', { ServerMode: mode, ServiceName: name });
    return client.take('Status', 'RegisteredServiceID').join();
  };
  const registered = (clientId: string, mode: number) => {
    const client = application(clientId);
    register(client, mode);
    return client;
  };
  const answer = (client: FakeClient, name: MessageName, fields: Fields = {}) => {
    const InvokeID = client.inbox.shift()?.fields.InvokeID;
    client.request(name, { InvokeID, ...fields });
  };
  const confirm = (client: FakeClient, SessionID = 0, ServerData = 0) =>
    answer(client, 'START_RECORDING_CONF', { SessionID, ServerData });
  const failures = () => bridge.take('InvokeID', 'Status');

  it('is passed a request on with the name and address of its client, and its answer goes back', () => {
    const recorder = registered('recorder', EXCLUSIVE);
    const timers = test.clock.pending;
    const asked = bridge.request('START_RECORDING_REQ', { ...START, ClientID: 'somebody else' });
    const [passedOn] = recorder.inbox;
    expect(passedOn).toMatchObject({
      name: 'START_RECORDING_REQ',
      fields: { ...START, ClientID: 'desktops', ClientAddress: '192.0.2.7' },
    });
    expect(bridge.inbox).toEqual([]);
    expect(calls.requests).toEqual([]);
    confirm(recorder, 5, 99);
    expect(bridge.inbox).toMatchObject([
      {
        name: 'START_RECORDING_CONF',
        fields: {
          InvokeID: asked,
          SessionID: 5,
          ServerData: 99,
          ClientID: 'recorder',
          ClientAddress: '192.0.2.7',
        },
      },
    ]);
    expect(recorder.inbox).toEqual([]);
    expect(test.clock.pending).toBe(timers);
  });

  it('has InvokeIDs of the server, one for each request, whatever its clients count', () => {
    const recorder = registered('recorder', EXCLUSIVE);
    const other = test.open();
    const mine = bridge.request('START_RECORDING_REQ', START);
    expect(other.request('START_RECORDING_REQ', START)).toBe(mine);
    const [first, second] = recorder.inbox.splice(0).map(({ fields }) => fields.InvokeID);
    expect(first).not.toBe(second);
    recorder.request('START_RECORDING_CONF', { InvokeID: second, SessionID: 0, ServerData: 2 });
    expect(other.take('ServerData')).toEqual(['START_RECORDING_CONF ServerData=2']);
    expect(bridge.inbox).toEqual([]);
  });

  it.each<[MessageName, Fields, string]>([
    ['FAILURE_CONF', { Status: 17 }, 'FAILURE_CONF InvokeID=1 Status=17'],
    [
      'CONTROL_FAILURE_CONF',
      { FailureCode: 34, PeripheralErrorCode: 8 },
      'CONTROL_FAILURE_CONF InvokeID=1 FailureCode=34 PeripheralErrorCode=8',
    ],
  ])('its %s goes back', (name, fields, told) => {
    const recorder = registered('recorder', EXCLUSIVE);
    bridge.request('START_RECORDING_REQ', START);
    answer(recorder, name, fields);
    expect(bridge.take('InvokeID', 'Status', 'FailureCode', 'PeripheralErrorCode')).toEqual([told]);
  });

  it('answers once; an answer of another session, or of another request, is none', () => {
    const recorder = registered('recorder', EXCLUSIVE);
    bridge.request('START_RECORDING_REQ', START);
    const InvokeID = recorder.inbox[0]?.fields.InvokeID;
    application('stranger').request('START_RECORDING_CONF', { InvokeID });
    recorder.request('STOP_RECORDING_CONF', { InvokeID });
    expect(bridge.inbox).toEqual([]);
    confirm(recorder);
    recorder.request('START_RECORDING_CONF', { InvokeID });
    expect(bridge.take()).toEqual(['START_RECORDING_CONF']);
  });

  it('that is lost, or silent for too long, is answered for', () => {
    const first = registered('recorder', EXCLUSIVE);
    bridge.request('START_RECORDING_REQ', START);
    first.end(0);
    expect(failures()).toEqual(['FAILURE_CONF InvokeID=1 Status=37']);
    const second = registered('recorder', EXCLUSIVE);
    bridge.request('START_RECORDING_REQ', START);
    test.clock.advance(RECORDING_TIMEOUT_MS - 1);
    expect(failures()).toEqual([]);
    test.clock.advance(1);
    expect(failures()).toEqual(['FAILURE_CONF InvokeID=2 Status=16']);
    confirm(second);
    expect(failures()).toEqual([]);
  });

  it('answers a client that has gone to no effect', () => {
    const recorder = registered('recorder', EXCLUSIVE);
    bridge.request('START_RECORDING_REQ', START);
    bridge.end(0);
    confirm(recorder);
    test.clock.advance(RECORDING_TIMEOUT_MS);
    expect(bridge.inbox).toEqual([]);
  });

  it('is asked nothing that the client may not ask', () => {
    const recorder = registered('recorder', EXCLUSIVE);
    const desktop = test.open({ services: DESKTOP, binding: { agentId: null, instrument: '2005' } });
    desktop.request('START_RECORDING_REQ', START);
    expect(desktop.take('FailureCode')).toEqual(['CONTROL_FAILURE_CONF FailureCode=8']);
    for (const wrong of [{ ConnectionCallID: 78 }, { ConnectionDeviceID: '2005' }])
      bridge.request('START_RECORDING_REQ', { ...START, ...wrong });
    const refused = 'CONTROL_FAILURE_CONF FailureCode=13';
    expect(bridge.take('FailureCode')).toEqual([refused, refused]);
    expect(recorder.inbox).toEqual([]);
  });

  it('has at most so many requests on their way', () => {
    registered('recorder', EXCLUSIVE);
    for (let i = 0; i < RECORDING_REQUESTS_MAX; i++) bridge.request('START_RECORDING_REQ', START);
    expect(bridge.inbox).toEqual([]);
    bridge.request('START_RECORDING_REQ', START);
    expect(bridge.take('FailureCode')).toEqual(['CONTROL_FAILURE_CONF FailureCode=44']);
  });

  it('leaves recording to the switch again when it unregisters', () => {
    const recorder = application('recorder');
    expect(register(recorder, EXCLUSIVE)).toBe('REGISTER_SERVICE_CONF RegisteredServiceID=1');
    bridge.request('START_RECORDING_REQ', START);
    for (const RegisteredServiceID of [2, 1, 1])
      recorder.request('UNREGISTER_SERVICE_REQ', { RegisteredServiceID });
    const [passedOn, ...answers] = recorder.inbox.splice(0);
    expect(answers.map(({ name, fields }) => [name, fields.Status])).toEqual([
      ['FAILURE_CONF', 84],
      ['UNREGISTER_SERVICE_CONF', undefined],
      ['FAILURE_CONF', 84],
    ]);
    recorder.request('START_RECORDING_CONF', { InvokeID: passedOn?.fields.InvokeID, SessionID: 5 });
    expect(bridge.take('SessionID')).toEqual(['START_RECORDING_CONF SessionID=5']);
    bridge.request('START_RECORDING_REQ', START);
    expect(bridge.take('SessionID')).toEqual(['START_RECORDING_CONF SessionID=77']);
  });

  it('is refused with a service that nobody offers, a mode that does not exist, and a registration of others', () => {
    const recorder = application('recorder');
    expect(register(recorder, EXCLUSIVE, 'Cisco:Other')).toBe('FAILURE_CONF Status=84');
    expect(register(recorder, 3)).toBe('FAILURE_CONF Status=25');
    expect(register(recorder, ROUND_ROBIN)).toBe('REGISTER_SERVICE_CONF RegisteredServiceID=1');
    expect(register(recorder, ROUND_ROBIN)).toBe('FAILURE_CONF Status=85');
    const other = application('other');
    for (const mode of [EXCLUSIVE, PARALLEL]) expect(register(other, mode)).toBe('FAILURE_CONF Status=85');
    other.request('UNREGISTER_SERVICE_REQ', { RegisteredServiceID: 1 });
    expect(other.take('Status')).toEqual(['FAILURE_CONF Status=84']);
    recorder.end(0);
    expect(register(other, EXCLUSIVE)).toBe('REGISTER_SERVICE_CONF RegisteredServiceID=2');
    expect(register(application('third'), EXCLUSIVE)).toBe('FAILURE_CONF Status=85');
  });

  describe('of several', () => {
    it('round robin: the one that has waited longest gets the request', () => {
      const [first, second] = [registered('first', ROUND_ROBIN), registered('second', ROUND_ROBIN)];
      const got: string[] = [];
      for (let i = 0; i < 3; i++) {
        bridge.request('START_RECORDING_REQ', START);
        got.push(`${first.inbox.splice(0).length}${second.inbox.splice(0).length}`);
      }
      expect(got).toEqual(['10', '01', '10']);
    });

    it('STOP goes to the server that started, if it said so; the number may be ours', () => {
      const [first, second] = [registered('first', ROUND_ROBIN), registered('second', ROUND_ROBIN)];
      const stop = (SessionID: number) => {
        bridge.inbox.length = 0;
        bridge.request('STOP_RECORDING_REQ', { ...HERE, SessionID, ServerData: 8 });
        return [first, second].map((client) => client.take('SessionID', 'ServerData').join());
      };
      bridge.request('START_RECORDING_REQ', START);
      confirm(first, 0xffffffff);
      const ours = Number(bridge.inbox[0]?.fields.SessionID);
      expect(ours).not.toBe(0xffffffff);
      bridge.request('START_RECORDING_REQ', START);
      confirm(second, 17);
      for (let i = 0; i < 2; i++) {
        expect(stop(ours)).toEqual([`STOP_RECORDING_REQ SessionID=${ours} ServerData=8`, '']);
        expect(stop(17)).toEqual(['', 'STOP_RECORDING_REQ SessionID=17 ServerData=8']);
      }
      expect(stop(0)[0]).toContain('SessionID=0');
      expect(stop(0)[1]).toContain('SessionID=0');
      second.end(0);
      bridge.inbox.length = 0;
      bridge.request('STOP_RECORDING_REQ', { ...HERE, SessionID: 17, ServerData: 8 });
      expect(bridge.take('Status')).toEqual(['FAILURE_CONF Status=63']);
    });

    it('parallel: all get it, and every answer goes back', () => {
      const [first, second] = [registered('first', PARALLEL), registered('second', PARALLEL)];
      bridge.request('START_RECORDING_REQ', START);
      confirm(second, 2);
      answer(first, 'FAILURE_CONF', { Status: 17 });
      expect(bridge.take('InvokeID', 'ClientID', 'Status')).toEqual([
        'START_RECORDING_CONF InvokeID=1 ClientID=second',
        'FAILURE_CONF InvokeID=1 Status=17',
      ]);
    });

    it('parallel: nothing is said of a server that is lost or silent while another answers', () => {
      const [first, second] = [registered('first', PARALLEL), registered('second', PARALLEL)];
      bridge.request('START_RECORDING_REQ', START);
      first.end(0);
      expect(failures()).toEqual([]);
      confirm(second);
      expect(failures()).toEqual(['START_RECORDING_CONF InvokeID=1']);
      const third = registered('third', PARALLEL);
      bridge.request('START_RECORDING_REQ', START);
      confirm(third);
      test.clock.advance(RECORDING_TIMEOUT_MS);
      expect(failures()).toEqual(['START_RECORDING_CONF InvokeID=2']);
      bridge.request('START_RECORDING_REQ', START);
      test.clock.advance(RECORDING_TIMEOUT_MS);
      expect(failures()).toEqual(['FAILURE_CONF InvokeID=3 Status=16']);
    });
  });
});

describe('over TCP', () => {
  let server: CtiServer;
  const clients: TcpClient[] = [];
  const open = async (services: number, version?: number) => {
    const client = await TcpClient.open(server.ports.a, { services, ...(version && { version }) });
    clients.push(client);
    return client;
  };
  const register = (client: TcpClient) =>
    client.request('REGISTER_SERVICE_REQ', { ServerMode: EXCLUSIVE, ServiceName: 'Cisco:CallRecording' });
  const start = { ConnectionCallID: 0xffffffff, ConnectionDeviceID: '2003', AgentInstrument: '2003' };
  beforeEach(async () => {
    server = await startCtiServer({
      directory: demoDirectory(),
      clock: systemClock(),
      host: '127.0.0.1',
      portA: 0,
      deployment: 'CCE',
      onDisconnect: 'notReady',
    });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await server.stop();
  });

  it('sessions of different versions record, a refusal and the loss of the application come back', async () => {
    const [recorder, bridge] = [await open(ServiceMask.SERVER, 15), await open(0x96, 25)];
    expect((await register(recorder)).name).toBe('REGISTER_SERVICE_CONF');
    const passedOn = async () => (await recorder.next('START_RECORDING_REQ')).fields;

    const confirmed = bridge.request('START_RECORDING_REQ', start);
    const { InvokeID, ClientAddress } = await passedOn();
    expect(ClientAddress).toBe('127.0.0.1');
    recorder.send({ name: 'START_RECORDING_CONF', fields: { InvokeID, SessionID: 3, ServerData: 0 } });
    expect(await confirmed).toMatchObject({ name: 'START_RECORDING_CONF', fields: { SessionID: 3 } });

    const refused = bridge.request('START_RECORDING_REQ', start);
    recorder.send({ name: 'FAILURE_CONF', fields: { InvokeID: (await passedOn()).InvokeID, Status: 38 } });
    expect(await refused).toMatchObject({ name: 'FAILURE_CONF', fields: { Status: 38 } });

    const lost = bridge.request('START_RECORDING_REQ', start);
    await passedOn();
    recorder.destroy();
    expect(await lost).toMatchObject({ name: 'FAILURE_CONF', fields: { Status: 37 } });
  });

  it('without the service SERVER nobody registers, and a failure is no answer', async () => {
    const bridge = await open(0x96);
    expect(await register(bridge)).toMatchObject({ name: 'FAILURE_CONF', fields: { Status: 12 } });
    expect(await bridge.request('FAILURE_CONF', { Status: 1 })).toMatchObject({ fields: { Status: 48 } });
    const conf = { SessionID: 1, ServerData: 1 };
    expect(await bridge.request('START_RECORDING_CONF', conf)).toMatchObject({ fields: { Status: 12 } });
  });
});
