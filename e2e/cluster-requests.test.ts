/**
 * Two nodes, a CTI server and NATS as processes of their own: what is asked for at one node is correlated at the other, whose clients get
 * the outcome, the object as it is, or the error, each once.
 */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NatsServer, natsMissing } from '../packages/server/test/nats-server.ts';
import {
  type PostgresCluster,
  postgresCluster,
  postgresMissing,
} from '../packages/server/test/postgres-cluster.ts';
import { boshSession } from './connections/bosh.ts';
import { eventually } from './connections/deadline.ts';
import type { XmppSession } from './connections/xmpp-session.ts';
import {
  dataDirectory,
  freeOffset,
  type LaunchedPoise,
  launchPoise,
  type Ports,
  portsAt,
  rest,
  signInBody,
} from './server.ts';

/** How long the CTI server may take, ms. */
const ANSWER_MS = 5_000;

interface Node {
  readonly ports: Ports;
  readonly process: LaunchedPoise;
}

/** A client with all that it was ever told. */
class Client {
  readonly messages: { readonly node: string; readonly payload: string; readonly at: number }[] = [];
  readonly #session: XmppSession;
  #isOver = false;

  constructor(session: XmppSession) {
    this.#session = session;
    void this.#read();
  }

  static async at({ ports }: Node, id: string, resource = 'desktop'): Promise<Client> {
    return new Client(await (await boshSession(ports.bosh, id, resource)).appear());
  }

  async #read(): Promise<void> {
    while (!this.#isOver) {
      const text = await this.#session.until(/<\/message>/, 60_000).catch(() => '');
      const node = /<items node="([^"]+)"/.exec(text)?.[1];
      if (node === undefined) continue;
      const payload = text
        .slice(text.lastIndexOf('<notification'))
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>');
      this.messages.push({ node, payload, at: performance.now() });
    }
  }

  /** Payloads of the user's own nodes with this requestId. */
  answers(requestId: string): readonly string[] {
    return this.messages
      .filter(({ payload }) => payload.includes(`<requestId>${requestId}</requestId>`))
      .map(({ payload }) => payload.slice(payload.indexOf('<Update>')));
  }

  answer(requestId: string): Promise<string> {
    return eventually(`the answer to ${requestId}`, () => this.answers(requestId)[0]);
  }

  close(): void {
    this.#isOver = true;
    this.#session.close();
  }
}

describe.skipIf(natsMissing() !== undefined)(`over NATS (${natsMissing() ?? 'here'})`, () => {
  const folders: string[] = [];
  let nats: NatsServer;
  let postgres: PostgresCluster | undefined;
  /** Settings of the store that both nodes have; without PostgreSQL each has one of its own. */
  let store: Readonly<Record<string, string>> = {};
  let cti: LaunchedPoise;
  let ctiPort: number;
  let a: Node;
  let b: Node;
  /** The agent's page, and one more of his, at either node. */
  let atA: Client;
  let atB: Client;

  async function launch(command: readonly string[], offset: number): Promise<LaunchedPoise> {
    const data = dataDirectory();
    folders.push(data);
    const launched = launchPoise([...command, '--data', data, '--set', `ports.offset=${offset}`]);
    await launched.says(/^poise: IN_SERVICE/m);
    return launched;
  }
  async function node(name: string, ctiPort: number): Promise<Node> {
    const offset = await freeOffset();
    const settings = {
      'cti.embedded': false,
      'cti.a': `127.0.0.1:${ctiPort}`,
      'cti.requestTimeout': `${ANSWER_MS}ms`,
      'node.name': name,
      'node.secret': 'a secret of these two nodes',
      'cluster.nats': nats.url,
      'ports.metrics': 'off',
      ...store,
    };
    const set = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const only = ['--only', 'webservices,notification,desktop'];
    return { ports: portsAt(offset), process: await launch(['start', '--demo', ...only, ...set], offset) };
  }

  beforeAll(async () => {
    nats = await NatsServer.start();
    if (postgresMissing() === undefined) {
      postgres = await postgresCluster();
      store = { 'store.url': await postgres.database() };
    }
    const offset = await freeOffset();
    cti = await launch(['cti', '--demo'], offset);
    ctiPort = portsAt(offset).ctiA;
    a = await node('node-a', ctiPort);
    b = await node('node-b', ctiPort);
    atA = await Client.at(a, '3001');
    atB = await Client.at(b, '3001', 'second');
  }, 300_000);
  afterAll(async () => {
    atA?.close();
    atB?.close();
    for (const process of [a?.process, b?.process, cti])
      if (process?.child.exitCode === null && process.child.signalCode === null) await process.end('SIGKILL');
    await nats?.stop();
    await postgres?.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const put = async (at: Node, body: string, requestId: string, id = '3001') => {
    const { status } = await rest(at, id, 'PUT', `/User/${id}`, body, { requestId });
    expect(status).toBe(202);
  };
  const state = (word: string) => `<User><state>${word}</state></User>`;
  const idOf = (payload: string) => /<id>(\d+)<\/id>/.exec(payload)?.[1];
  /** What does not depend on when a node heard it. */
  const plain = (payload: string) => payload.replace(/<stateChangeTime>[^<]*</, '<stateChangeTime><');
  async function alike(requestId: string): Promise<string> {
    const [one, other] = await Promise.all([atA.answer(requestId), atB.answer(requestId)]);
    expect(plain(other)).toBe(plain(one));
    return one;
  }
  let marks = 0;
  /** Each requestId was told once at each node: by the time that something later has been told. */
  async function once(...requestIds: string[]): Promise<void> {
    const mark = `mark-${++marks}`;
    await put(a, state('NOT_READY'), mark);
    await Promise.all([atA.answer(mark), atB.answer(mark)]);
    for (const requestId of requestIds)
      expect([requestId, atA.answers(requestId).length, atB.answers(requestId).length]).toEqual([
        requestId,
        1,
        1,
      ]);
  }

  test('a sign-in and a state, asked for at A', async () => {
    await put(a, signInBody('3001'), 'in');
    expect(await alike('in')).toContain('<state>NOT_READY</state>');
    await put(a, state('READY'), 'ready');
    expect(await alike('ready')).toContain('<state>READY</state>');
    await once('in', 'ready');
  });

  test('what is so already, and what the CTI server refuses', async () => {
    await put(a, state('NOT_READY'), 'same');
    expect(await alike('same')).toContain('<state>NOT_READY</state>');
    const other = await Client.at(b, '3002');
    await put(a, signInBody('3001'), 'busy', '3002');
    expect(await other.answer('busy')).toContain('<apiErrors>');
    await once('same');
    expect(other.answers('busy')).toHaveLength(1);
    other.close();
  });

  test('a call: made at A, held at A, dropped at B', async () => {
    const dialogs = '/User/3001/Dialogs';
    const make =
      '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>3001</fromAddress><toAddress>5551234</toAddress></Dialog>';
    expect((await rest(a, '3001', 'POST', dialogs, make, { requestId: 'call' })).status).toBe(202);
    // The POST, or, where that overtook the word of the request, the dialog once more.
    const [told, other] = await Promise.all([atA.answer('call'), atB.answer('call')]);
    expect(idOf(other)).toBe(idOf(told));
    const id = idOf(told);
    await eventually(
      'the call is answered',
      () => atA.messages.some(({ payload }) => payload.includes('<action>HOLD</action>')) || undefined,
    );
    const act = (at: Node, action: string) =>
      rest(
        at,
        '3001',
        'PUT',
        `/Dialog/${id}`,
        `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>3001</targetMediaAddress></Dialog>`,
        { requestId: action },
      );
    expect((await act(a, 'HOLD')).status).toBe(202);
    await Promise.all([atA.answer('HOLD'), atB.answer('HOLD')]);
    expect((await act(b, 'DROP')).status).toBe(202);
    await Promise.all([atA.answer('DROP'), atB.answer('DROP')]);
    await once('call', 'HOLD', 'DROP');
  });

  test('a CTI server that does not answer: the same error at both', async () => {
    cti.child.kill('SIGSTOP');
    await put(a, state('READY'), 'silence');
    const [one, other] = await Promise.all([atA.answer('silence'), atB.answer('silence')]);
    cti.child.kill('SIGCONT');
    expect(one).toContain('CF_REQUEST_TIMEOUT_REJECTION');
    expect(other).toBe(one);
    await eventually('in service', async () => {
      const { text } = await rest(a, '3001', 'GET', '/SystemInfo');
      const { text: second } = await rest(b, '3001', 'GET', '/SystemInfo');
      return (text.includes('>IN_SERVICE<') && second.includes('>IN_SERVICE<')) || undefined;
    });
    await once('silence');
  });

  test('a hundred changes of state in a row at A: each is told once at B, with its requestId', async () => {
    const late: number[] = [];
    const before = atB.messages.length;
    for (let i = 0; i < 100; i++) {
      await put(a, state(i % 2 === 0 ? 'READY' : 'NOT_READY'), `row-${i}`);
      await Promise.all([atA.answer(`row-${i}`), atB.answer(`row-${i}`)]);
      const at = (client: Client) =>
        client.messages.find(({ payload }) => payload.includes(`>row-${i}<`))?.at ?? Number.NaN;
      late.push(at(atB) - at(atA));
    }
    await once(...Array.from({ length: 100 }, (_, i) => `row-${i}`));
    late.sort((x, y) => x - y);
    const overtaken = atB.messages
      .slice(before)
      .filter(
        ({ node, payload }) =>
          node === '/finesse/api/User/3001' && payload.includes('<requestId></requestId>'),
      ).length;
    if (process.env.PRINT_FIGURES)
      console.log(
        `B after A, ms: median ${late[50]}, most ${late.at(-1)}; events before their word: ${overtaken}`,
      );
  }, 300_000);

  test.skipIf(postgresMissing() !== undefined)(
    `a team message made at A is told and listed at B, and is gone there when it is deleted${postgresMissing() === undefined ? '' : ` (skipped: ${postgresMissing()})`}`,
    async () => {
      const supervisor = await Client.at(b, '2050');
      const body =
        '<TeamMessage><duration>300</duration><content>Fire drill</content><teams><team>5000</team></teams></TeamMessage>';
      const made = await rest(a, '2050', 'POST', '/TeamMessage', body, { requestId: 'drill' });
      expect(made.status).toBe(200);
      expect(await supervisor.answer('drill')).toContain('<content>Fire drill</content>');
      const listed = async () => (await rest(b, '2050', 'GET', '/Team/5000/TeamMessages')).text;
      expect(await listed()).toContain('<content>Fire drill</content>');
      const path = made.headers.get('location')?.replace(/^.*\/finesse\/api/, '') ?? '';
      expect((await rest(a, '2050', 'DELETE', path, undefined, { requestId: 'over' })).status).toBe(200);
      expect(await supervisor.answer('over')).toContain('<event>DELETE</event>');
      expect(await listed()).not.toContain('Fire drill');
      expect([supervisor.answers('drill').length, supervisor.answers('over').length]).toEqual([1, 1]);
      supervisor.close();
    },
  );

  test('an agent at B whom his supervisor signs out at A: one record in all, of the supervisor', async () => {
    const agent = await Client.at(b, '2001');
    await put(b, signInBody('2003'), 'agent-in', '2001');
    expect(await agent.answer('agent-in')).toContain('<state>NOT_READY<');
    await eventually('A has heard of it', async () => {
      const { text } = await rest(a, '2050', 'GET', '/User/2001');
      return text.includes('<state>NOT_READY</state>') || undefined;
    });
    const { status } = await rest(a, '2050', 'PUT', '/User/2001', state('LOGOUT'), {
      requestId: 'sent-home',
    });
    expect(status).toBe(202);
    expect(await agent.answer('sent-home')).toContain('<state>LOGOUT</state>');
    const records = async ({ ports }: Node) => {
      const answer = await fetch(`http://127.0.0.1:${ports.http}/poise/api/signOuts?agent=2001`, {
        headers: { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` },
      });
      const { signOuts } = (await answer.json()) as { signOuts: { cause: string; requestId: string }[] };
      return signOuts.length === 0 ? undefined : signOuts.map(({ cause, requestId }) => [cause, requestId]);
    };
    // It is written behind. Of one store both say the same, of two only A has it.
    for (const at of postgres === undefined ? [a] : [a, b])
      expect(await eventually('the record', () => records(at))).toEqual([['supervisor', 'sent-home']]);
    agent.close();
  });

  /** What B knows of a request. */
  async function traceAtB(requestId: string): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${b.ports.http}/poise/api/trace/${requestId}`, {
      headers: { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` },
    });
    return answer.text();
  }

  test('its trace at B names A', async () => {
    const text = await traceAtB('ready');
    expect(text).toContain('"step":"elsewhere"');
    expect(text).toContain('"node":"node-a"');
  });

  test('a node that is killed and started during a call has its times, the number of a mobile agent and his wish from the other', async () => {
    const id = '3003';
    const agent = await Client.at(a, id);
    const mobile = '<mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>5550002</dialNumber></mobileAgent>';
    await put(a, `<User><state>LOGIN</state><extension>${id}</extension>${mobile}</User>`, 'mobile-in', id);
    expect(await agent.answer('mobile-in')).toContain('<dialNumber>5550002</dialNumber>');
    const make = `<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>${id}</fromAddress><toAddress>5551234</toAddress></Dialog>`;
    expect(
      (await rest(a, id, 'POST', `/User/${id}/Dialogs`, make, { requestId: 'mobile-call' })).status,
    ).toBe(202);
    await eventually('the agent talks', async () => {
      const { text } = await rest(a, id, 'GET', `/User/${id}`);
      return text.includes('<state>TALKING</state>') || undefined;
    });
    await put(a, state('NOT_READY'), 'wish', id);
    expect(await agent.answer('wish')).toContain('<pendingState>NOT_READY</pendingState>');
    await b.process.end('SIGKILL');
    atB.close();
    b = await node('node-b', ctiPort);
    atB = await Client.at(b, '3001', 'second');
    /** Each node has heard the events by itself: they are not the same to the millisecond. */
    const times = async (at: Node) => {
      const { text } = await rest(at, id, 'GET', `/User/${id}/Dialogs`);
      return [...text.matchAll(/<startTime>(.*?)<\/startTime>/g)].map(([, time]) => Date.parse(time!));
    };
    const known = await times(a);
    expect(known.length).toBeGreaterThan(0);
    const learned = await eventually('B has the times', async () => {
      const found = await times(b);
      return found.length === known.length ? found : undefined;
    });
    for (const [index, time] of learned.entries())
      expect(Math.abs(time - (known[index] ?? 0))).toBeLessThan(2_000);
    const { text } = await rest(b, id, 'GET', `/User/${id}`);
    expect(text).toContain('<dialNumber>5550002</dialNumber>');
    expect(text).toContain('<pendingState>NOT_READY</pendingState>');
    agent.close();
  }, 240_000);

  test('without NATS each node serves its own clients, and when it is back the requests of both are correlated again', async () => {
    await nats.kill();
    const before = atB.messages.length;
    await put(a, state('READY'), 'dark');
    expect(await atA.answer('dark')).toContain('<state>READY</state>');
    await eventually(
      'B has the state, if not the request',
      () =>
        atB.messages.slice(before).some(({ payload }) => payload.includes('<state>READY</state>')) ||
        undefined,
    );
    expect(atB.answers('dark')).toEqual([]);
    await nats.start();
    let tries = 0;
    await eventually(
      'a request is told of',
      async () => {
        const requestId = `light-${++tries}`;
        await put(a, state(tries % 2 === 1 ? 'NOT_READY' : 'READY'), requestId);
        await atA.answer(requestId);
        return atB.answers('light-1').length > 0 || atB.answers(requestId).length > 0 || undefined;
      },
      60_000,
    );
  }, 120_000);

  test('A is killed before the CTI server reads what it asked for: B answers, and serves', async () => {
    cti.child.kill('SIGSTOP');
    await put(a, state('READY'), 'killed');
    // A has answered before it tells: what was not on its way when it died nobody can know of.
    await eventually(
      'B has been told',
      async () => (await traceAtB('killed')).includes('"step":"elsewhere"') || undefined,
    );
    await a.process.end('SIGKILL');
    cti.child.kill('SIGCONT');
    const told = await atB.answer('killed');
    // Whether the CTI server still took it decides which answer is true.
    expect(told).toMatch(/<state>READY<|CF_REQUEST_TIMEOUT_REJECTION/);
    await put(b, state('NOT_READY'), 'after');
    expect(await atB.answer('after')).toContain('<state>NOT_READY</state>');
    expect(atB.answers('killed')).toHaveLength(1);
  });
});
