import { type ApiError, platformClock, type SessionEvents, type SessionOptions } from '@poise/client';
import { type Element, element, parse } from '@poise/xml';
import { beforeEach, describe, expect, test } from 'vitest';
import { type ConnectionType, Tunnel, type TunnelSession } from './tunnel.ts';

const NODE = '/finesse/api/Queue/85881';

class FakeSession implements TunnelSession {
  readonly jid: string;
  readonly asked: { to: string | undefined; child: Element }[] = [];
  isOpen = false;
  isClosed = false;
  /** What the next requests are answered with. */
  answer: Element | ApiError = element('iq', 'jabber:client');

  readonly type: ConnectionType;
  readonly options: SessionOptions;
  readonly events: SessionEvents;

  constructor(type: ConnectionType, options: SessionOptions, events: SessionEvents) {
    this.type = type;
    this.options = options;
    this.events = events;
    this.jid = `${options.user}@${options.domain}/${options.resource}`;
  }

  open(): void {
    this.isOpen = true;
  }

  close(): void {
    this.isClosed = true;
  }

  async request(_type: 'get' | 'set', to: string | undefined, child: Element): Promise<Element> {
    this.asked.push({ to, child });
    if (this.answer instanceof Error) throw this.answer;
    return this.answer as Element;
  }

  /** Signed in, and the service is there. */
  connect(): void {
    this.events.bound(this.jid);
    this.events.presence(parse(`<presence xmlns="jabber:client" from="finesse@localhost/webservices"/>`));
  }

  lose(): void {
    this.events.ended({ reason: 'lost', detail: 'the network is down' });
  }
}

let posted: string[];
let sessions: FakeSession[];
let due: { delayMs: number; run: () => void }[];
let tunnel: Tunnel;

const session = () => sessions.at(-1) as FakeSession;
/** Lines for logs are for people. */
const said = () => posted.filter((message) => !message.startsWith('13|'));
const runDue = () => {
  for (const { run } of due.splice(0)) run();
};
const settled = () => new Promise<void>((done) => setImmediate(done));

function signIn(): void {
  for (const message of ['1|3001', '5|localhost', '2|secret', '6|pubsub.localhost']) tunnel.received(message);
}

function connected(): void {
  signIn();
  session().connect();
  posted.length = 0;
}

beforeEach(() => {
  posted = [];
  sessions = [];
  due = [];
  tunnel = new Tunnel({
    clock: {
      ...platformClock,
      schedule(delayMs, run) {
        const entry = { delayMs, run };
        due.push(entry);
        return { cancel: () => void due.splice(due.indexOf(entry) >>> 0, 1) };
      },
    },
    random: () => 0,
    post: (message) => posted.push(message),
    trace: () => undefined,
    openSession(type, options, events) {
      const made = new FakeSession(type, options, events);
      sessions.push(made);
      return made;
    },
  });
});

describe('signing in', () => {
  test('goes as the original: loaded, credentials, resource and status', () => {
    tunnel.begin();
    expect(posted).toEqual(['4|loaded']);
    tunnel.received('1|3001');
    tunnel.received('5|localhost');
    expect(sessions).toHaveLength(0);
    tunnel.received('2|secret');
    tunnel.received('6|pubsub.localhost');
    expect(sessions).toHaveLength(1);
    expect(session()).toMatchObject({
      type: 'bosh',
      isOpen: true,
      options: { user: '3001', password: 'secret', domain: 'localhost', resource: 'desktop' },
    });
    session().connect();
    expect(said()).toEqual([
      '4|loaded',
      '3|desktop',
      '4|connecting',
      '3|desktop',
      '4|connected',
      '9|<presence><from>finesse@localhost/webservices</from><type/></presence>',
    ]);
  });

  test('is not over before the service is present', () => {
    signIn();
    session().events.bound('3001@localhost/desktop');
    session().events.presence(parse(`<presence xmlns="jabber:client" from="2001@localhost/desktop"/>`));
    expect(tunnel.state).toBe('bound');
    // Nothing comes: another attempt.
    runDue();
    expect(session().isClosed).toBe(true);
    expect(said().slice(-3)).toEqual(['4|disconnected', '3|desktop', '4|reconnecting']);
  });

  test('takes id in any case, a resource of the page and a WebSocket', () => {
    tunnel.received('3|crm');
    tunnel.received('12|websocket');
    tunnel.received('1|JDoe');
    tunnel.received('5|Desk.Example');
    tunnel.received('2|a|b');
    expect(session()).toMatchObject({
      type: 'websocket',
      options: { user: 'jdoe', domain: 'desk.example', password: 'a|b', resource: 'crm' },
    });
  });

  test.each(['undefined', 'null', ''])('a resource "%s" is none', (resource) => {
    tunnel.received(`3|${resource}`);
    signIn();
    expect(session().options.resource).toBe('desktop');
  });

  test('a password counts once; another one connects anew', () => {
    connected();
    tunnel.received('1|3001');
    tunnel.received('5|localhost');
    expect(sessions).toHaveLength(1);
    tunnel.received('2|other');
    expect(sessions).toHaveLength(2);
    expect(sessions[0]?.isClosed).toBe(true);
  });

  test.each([
    '<connInfo><id>3001</id><password>a&amp;b</password><xmppDomain>localhost</xmppDomain></connInfo>',
    // Libraries escape nothing.
    '<connInfo><id>3001</id><password>a&b</password><xmppDomain>localhost</xmppDomain></connInfo>',
  ])('CONNECT_REQ %s', (text) => {
    tunnel.received(`10|${text}`);
    expect(session().options).toMatchObject({ user: '3001', password: 'a&b', domain: 'localhost' });
  });

  test('a refusal is told, and nobody tries again', () => {
    signIn();
    session().events.ended({ reason: 'unauthorized', detail: 'not-authorized' });
    expect(said().at(-1)).toBe('4|unauthorized');
    expect(due).toEqual([]);
    signIn();
    expect(sessions).toHaveLength(2);
  });

  test('nor after a conflict', () => {
    connected();
    session().events.ended({ reason: 'conflict', detail: 'stream error conflict' });
    expect(said()).toEqual(['3|desktop', '4|conflict']);
    expect(due).toEqual([]);
  });
});

describe('events', () => {
  const message = (from: string, items: string) =>
    parse(
      `<message xmlns="jabber:client" from="${from}"><event xmlns="http://jabber.org/protocol/pubsub#event">${items}</event></message>`,
    );

  test('go out as encoded node and Update', () => {
    connected();
    session().events.message(
      message(
        'pubsub.localhost',
        `<items node="/finesse/api/User/a b|c"><item><notification xmlns="http://jabber.org/protocol/pubsub">&lt;Update&gt;|&lt;/Update&gt;</notification></item></items>`,
      ),
    );
    expect(said()).toEqual(['0|/finesse/api/User/a%20b%7Cc<Update>|</Update>']);
  });

  test('come from the pubsub service alone', () => {
    connected();
    session().events.message(
      message(
        '2001@localhost/x',
        `<items node="/n"><item><notification>&lt;Update/&gt;</notification></item></items>`,
      ),
    );
    expect(said()).toEqual([]);
  });
});

describe('subscriptions', () => {
  test('are made, answered with the node, and given up', async () => {
    connected();
    tunnel.received(`7|${NODE}`);
    await settled();
    tunnel.received(`8|${NODE}`);
    await settled();
    expect(said()).toEqual([`7|${NODE}`, `8|${NODE}`]);
    expect(
      session().asked.map(({ to, child }) => [
        to,
        child.elements()[0]?.name,
        child.elements()[0]?.attr('jid'),
      ]),
    ).toEqual([
      ['pubsub.localhost', 'subscribe', '3001@localhost/desktop'],
      ['pubsub.localhost', 'unsubscribe', '3001@localhost/desktop'],
    ]);
  });

  test('that are refused bring ApiErrors, in which no bar can stand', async () => {
    connected();
    session().answer = Object.assign(new Error(), {
      errorType: 'forbidden',
      errorMessage: 'a|b',
    }) as ApiError;
    tunnel.received('7|/n');
    await settled();
    expect(said()).toEqual([
      '7|/n|<ApiErrors><ApiError><ErrorType>forbidden</ErrorType><ErrorMessage>a&#124;b</ErrorMessage><ErrorData>/n</ErrorData></ApiError></ApiErrors>',
    ]);
  });

  test('need a connection', async () => {
    tunnel.received(`7|${NODE}`);
    tunnel.received(`8|${NODE}`);
    tunnel.received('14|');
    await settled();
    expect(said()).toEqual([
      expect.stringMatching(/^7\|\/finesse\/api\/Queue\/85881\|<ApiErrors>.*Not connected/),
      expect.stringMatching(/^8\|\/finesse\/api\/Queue\/85881\|<ApiErrors>.*Not connected/),
      expect.stringMatching(/^14\|\[\]\|<ApiErrors>/),
    ]);
  });

  test('are made again after a loss, of which the page hears as of old', async () => {
    connected();
    tunnel.received(`7|${NODE}`);
    await settled();
    posted.length = 0;
    session().lose();
    expect(said()).toEqual(['3|desktop', '4|disconnected', '3|desktop', '4|reconnecting']);
    posted.length = 0;
    runDue();
    session().connect();
    await settled();
    expect(said().filter((text) => text.startsWith('4|'))).toEqual(['4|connecting', '4|connected']);
    expect(session().asked[0]?.child.elements()[0]?.attr('node')).toBe(NODE);
    expect(said().some((text) => text.startsWith('7|'))).toBe(false);
  });

  test('are listed as JSON', async () => {
    connected();
    session().answer = parse(
      `<iq xmlns="jabber:client"><pubsub xmlns="http://jabber.org/protocol/pubsub"><subscriptions><subscription node="/n" jid="3001@localhost" subscription="subscribed"/></subscriptions></pubsub></iq>`,
    );
    tunnel.received('14|');
    await settled();
    expect(said()).toEqual(['14|[{"node":"/n","jid":"3001@localhost","status":"subscribed"}]']);
  });
});

test('a request to disconnect is a goodbye after which nothing follows', () => {
  connected();
  tunnel.received('11|');
  expect(session().isClosed).toBe(true);
  expect(said().filter((text) => text.startsWith('4|'))).toEqual([
    '4|unloading',
    '4|disconnecting',
    '4|disconnected',
  ]);
  expect(due).toEqual([]);
});

test('how the connection is watched may be chosen, within reason', () => {
  tunnel.received(
    '15|{"xmppFailoverDetectionPingInterval":"5000","xmppRequestTimeout":1,"xmppFailoverRequestMaxRetry":2}',
  );
  tunnel.received('15|no JSON');
  signIn();
  expect(session().options).toMatchObject({ pingIntervalMs: 5000, pingTimeoutMs: 1000 });
});

test.each([
  null,
  {},
  'text',
  '99|x',
  '-1|x',
  '|x',
  '10|<connInfo/>',
  '16|{"enableConsoleTraceLogging":',
  `7|${'x'.repeat(70_000)}`,
])('passes over what is no message: %j', (data) => {
  tunnel.received(data);
  expect(said()).toEqual([]);
  expect(sessions).toEqual([]);
});
