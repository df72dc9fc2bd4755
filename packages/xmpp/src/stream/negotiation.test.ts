import { element } from '@poise/xml';
import { expect, test } from 'vitest';
import { auth, bind, MemoryClient, rig } from '../../test/kit.ts';
import { NS } from '../namespaces.ts';
import type { ClientStream } from './client-stream.ts';
import { actionFor, NEGOTIATION, type NegotiationState, type NegotiationStep } from './negotiation.ts';

const STEPS: readonly NegotiationStep[] = [
  'header',
  'starttls',
  'auth',
  'response',
  'abort',
  'iq-auth',
  'iq',
  'message-or-presence',
  'sm-enable',
  'sm-resume',
  'sm-r',
  'sm-a',
  'other',
];

/** The whole table, as it would hang on the wall. */
const WALL: Readonly<Record<NegotiationState, string>> = {
  connected:
    'offer notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized',
  offered:
    'offer startTls authenticate malformedRequest abort iqAuth notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized unsupported',
  securing:
    'offer notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized',
  challenged:
    'notAuthorized notAuthorized authenticate respond abort notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized',
  verifying: 'deferHeader defer defer defer defer defer defer defer defer defer defer defer defer',
  authenticated:
    'bindFeatures notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized notAuthorized',
  binding:
    'bindFeatures unsupported unsupported unsupported unsupported bind bind refuseStanza unexpectedManagement resume unexpectedManagement unexpectedManagement unsupported',
  bound:
    'bindFeatures unsupported unsupported unsupported unsupported dispatch dispatch dispatch enable unexpectedManagement answerAck takeAck unsupported',
  lost: 'ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore',
  ended: 'ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore ignore',
};

test('each step in each state has the action that the table names', () => {
  for (const state of Object.keys(NEGOTIATION) as NegotiationState[])
    expect(`${state}: ${STEPS.map((step) => actionFor(state, step)).join(' ')}`).toBe(
      `${state}: ${WALL[state]}`,
    );
});

const ELEMENTS: Readonly<Record<Exclude<NegotiationStep, 'header'>, () => ReturnType<typeof element>>> = {
  starttls: () => element('starttls', NS.tls),
  auth: () => element('auth', NS.sasl, { mechanism: 'X' }),
  response: () => element('response', NS.sasl),
  abort: () => element('abort', NS.sasl),
  'iq-auth': () => element('iq', NS.client, { type: 'get', id: 'a' }, [element('query', NS.iqAuth)]),
  iq: () => element('iq', NS.client, { type: 'get', id: 'a' }, [element('ping', NS.ping)]),
  'message-or-presence': () => element('message', NS.client),
  'sm-enable': () => element('enable', NS.streamManagement),
  'sm-resume': () => element('resume', NS.streamManagement, { previd: 'x', h: '0' }),
  'sm-r': () => element('r', NS.streamManagement),
  'sm-a': () => element('a', NS.streamManagement, { h: '0' }),
  other: () => element('r', 'urn:xmpp:sm:2'),
};

/** Ways to bring a stream into each state. */
const ROADS: Readonly<Record<NegotiationState, (client: MemoryClient) => Promise<void>>> = {
  connected: async () => {},
  offered: async (client) => void client.open(),
  securing: async (client) => {
    client.canStartTls = true;
    client.open();
    await client.send(`<starttls xmlns="${NS.tls}"/>`);
  },
  challenged: async (client) => {
    client.open();
    await client.send(`<auth xmlns="${NS.sasl}" mechanism="PLAIN"/>`);
  },
  verifying: async (client) => {
    client.open();
    const sent = client.send(auth('2001'));
    void sent;
  },
  authenticated: async (client) => {
    client.open();
    await client.send(auth('2001'));
  },
  binding: async (client) => {
    client.open();
    await client.send(auth('2001'));
    client.open();
  },
  bound: async (client) => {
    client.open();
    await client.send(auth('2001'));
    client.open();
    await client.send(bind('desktop'));
  },
  lost: async (client) => {
    await ROADS.bound(client);
    await client.send(`<enable xmlns="${NS.streamManagement}" resume="true"/>`);
    client.lose();
  },
  ended: async (client) => client.lose(),
};

test.each(Object.keys(ROADS) as NegotiationState[])(
  'in state %s every step is answered or ends the stream',
  async (state) => {
    for (const [step, make] of Object.entries(ELEMENTS)) {
      const client = new MemoryClient(rig());
      await ROADS[state](client);
      expect((client.stream as ClientStream).state).toBe(state);
      client.take();
      client.over = null;
      client.stream.received(make());
      const answered = client.all.length > 0 || client.over !== null;
      const silent = state === 'ended' || state === 'lost' || state === 'verifying';
      expect(`${step} ${answered}`).toBe(`${step} ${!silent}`);
    }
  },
);
