/**
 * Answers to IQs: one row per question (notification-service features that clients ask for at sign-in).
 * Every get and set gets exactly one answer.
 */
import type { Element } from '@poise/xml';
import { escapeText } from '@poise/xml';
import type { Core } from './core.ts';
import { parseJid } from './jid.ts';
import { NS } from './namespaces.ts';
import { answerPubsub } from './pubsub/requests.ts';
import { attribute, iqError, iqResult, type StanzaCondition } from './stanza.ts';
import type { ClientStream } from './stream/client-stream.ts';

/** Whom an IQ asks. */
export type IqTarget =
  | 'server'
  /** No `to`, the own bare JID, or the own full JID. */
  | 'account'
  | 'pubsub'
  /** The service user, whose presence clients watch. */
  | 'service'
  /** Another user, or another session of the same. */
  | 'user'
  | 'remote';

export function targetOf(core: Core, session: ClientStream, to: string | undefined): IqTarget | 'malformed' {
  if (to === undefined || to === '') return 'account';
  if (to === core.pubsubJid) return 'pubsub';
  if (to === core.domain) return 'server';
  const jid = parseJid(to);
  if (jid === null) return 'malformed';
  if (jid.local === '') {
    if (core.isOwnDomain(jid.domain, session)) return 'server';
    return core.isPubsubDomain(jid.domain, session) ? 'pubsub' : 'remote';
  }
  if (!core.isOwnDomain(jid.domain, session)) return 'remote';
  if (jid.local === core.serviceUser) return 'service';
  const own = core.isOwnJid(jid, session) && (jid.resource === '' || jid.resource === session.resource);
  return own ? 'account' : 'user';
}

interface Question {
  readonly core: Core;
  readonly session: ClientStream;
  readonly payload: Element;
}
/** Content of the result, or the condition of the error. */
type Answer = { readonly xml: string } | { readonly error: StanzaCondition };

interface IqRow {
  readonly type: 'get' | 'set' | 'any';
  readonly name: string;
  readonly ns: string;
  readonly targets: readonly IqTarget[];
  readonly answer: (question: Question) => Answer;
  /** Overtakes events that wait for a slow client. */
  readonly urgent?: boolean;
}

const empty = (): Answer => ({ xml: '' });
const error = (condition: StanzaCondition) => (): Answer => ({ error: condition });

const SERVER_FEATURES = [NS.discoInfo, NS.discoItems, NS.ping, NS.roster, NS.session, NS.time, NS.version];
const features = (list: readonly string[]): string => list.map((name) => `<feature var="${name}"/>`).join('');

const SERVER_INFO = `<query xmlns="${NS.discoInfo}"><identity category="server" type="im" name="Poise"/>${features(SERVER_FEATURES)}</query>`;
const ACCOUNT_INFO = `<query xmlns="${NS.discoInfo}"><identity category="account" type="registered"/>${features([NS.discoInfo, NS.discoItems])}</query>`;

/** A disco query for a node of ours that does not exist (commands, caps hashes). */
const withoutNode =
  (answer: (question: Question) => Answer) =>
  (question: Question): Answer =>
    question.payload.attr('node') ? { error: 'item-not-found' } : answer(question);

/** XEP-0082 date and time in UTC to the second. */
const utc = (core: Core): string => `${new Date(core.clock.now()).toISOString().slice(0, 19)}Z`;

export const IQ_ROWS: readonly IqRow[] = [
  { type: 'get', name: 'ping', ns: NS.ping, targets: ['server', 'account'], answer: empty, urgent: true },
  { type: 'set', name: 'session', ns: NS.session, targets: ['server', 'account'], answer: empty },
  {
    type: 'get',
    name: 'query',
    ns: NS.roster,
    targets: ['server', 'account'],
    answer: ({ core }) => ({
      xml: `<query xmlns="${NS.roster}"><item${attribute('jid', `${core.serviceUser}@${core.domain}`)} subscription="both"/></query>`,
    }),
  },
  { type: 'set', name: 'query', ns: NS.roster, targets: ['server', 'account'], answer: error('not-allowed') },
  {
    type: 'get',
    name: 'query',
    ns: NS.discoInfo,
    targets: ['server'],
    answer: withoutNode(() => ({ xml: SERVER_INFO })),
  },
  {
    type: 'get',
    name: 'query',
    ns: NS.discoItems,
    targets: ['server'],
    // One item only: JabberWerx asks each of them before it says "connected".
    answer: withoutNode(({ core }) => ({
      xml: `<query xmlns="${NS.discoItems}"><item${attribute('jid', core.pubsubJid)} name="Publish-Subscribe service"/></query>`,
    })),
  },
  {
    type: 'get',
    name: 'query',
    ns: NS.discoInfo,
    targets: ['account'],
    answer: withoutNode(() => ({ xml: ACCOUNT_INFO })),
  },
  {
    type: 'get',
    name: 'query',
    ns: NS.discoItems,
    targets: ['account'],
    answer: withoutNode(() => ({ xml: `<query xmlns="${NS.discoItems}"/>` })),
  },
  {
    type: 'get',
    name: 'time',
    ns: NS.time,
    targets: ['server', 'account'],
    answer: ({ core }) => ({
      xml: `<time xmlns="${NS.time}"><tzo>+00:00</tzo><utc>${utc(core)}</utc></time>`,
    }),
  },
  {
    type: 'get',
    name: 'query',
    ns: NS.iqTime,
    targets: ['server', 'account'],
    answer: ({ core }) => {
      const text = utc(core);
      const legacy = text.replaceAll('-', '').slice(0, 17).replace('Z', '');
      return {
        xml: `<query xmlns="${NS.iqTime}"><utc>${legacy}</utc><tz>UTC</tz><display>${text}</display></query>`,
      };
    },
  },
  {
    type: 'get',
    name: 'query',
    ns: NS.version,
    targets: ['server', 'account'],
    answer: ({ core }) => ({
      xml: `<query xmlns="${NS.version}"><name>Poise</name><version>${escapeText(core.version)}</version></query>`,
    }),
  },
  {
    type: 'get',
    name: 'vCard',
    ns: NS.vcard,
    targets: ['account'],
    answer: () => ({ xml: `<vCard xmlns="${NS.vcard}"/>` }),
  },
  {
    type: 'get',
    name: 'vCard',
    ns: NS.vcard,
    targets: ['server', 'user', 'service'],
    answer: error('item-not-found'),
  },
  // Personal eventing (tune, mood, avatar) is a different service under the same namespace.
  {
    type: 'any',
    name: 'pubsub',
    ns: NS.pubsub,
    targets: ['account', 'server'],
    answer: error('service-unavailable'),
  },
  {
    type: 'any',
    name: 'pubsub',
    ns: NS.pubsubOwner,
    targets: ['account', 'server'],
    answer: error('service-unavailable'),
  },
  { type: 'set', name: 'bind', ns: NS.bind, targets: ['server', 'account'], answer: error('not-allowed') },
];

/** For what no row names: private storage, privacy lists, blocking, registration, bytestreams, gateways, commands … */
const DEFAULTS: Readonly<Record<IqTarget, { readonly get: StanzaCondition; readonly set: StanzaCondition }>> =
  {
    server: { get: 'service-unavailable', set: 'feature-not-implemented' },
    account: { get: 'service-unavailable', set: 'feature-not-implemented' },
    pubsub: { get: 'service-unavailable', set: 'feature-not-implemented' },
    service: { get: 'service-unavailable', set: 'service-unavailable' },
    user: { get: 'service-unavailable', set: 'service-unavailable' },
    remote: { get: 'remote-server-not-found', set: 'remote-server-not-found' },
  };

const BY_QUESTION = new Map<string, IqRow[]>();
for (const row of IQ_ROWS) {
  for (const type of row.type === 'any' ? (['get', 'set'] as const) : [row.type]) {
    const key = `${type} ${row.ns} ${row.name}`;
    const rows = BY_QUESTION.get(key);
    if (rows === undefined) BY_QUESTION.set(key, [row]);
    else rows.push(row);
  }
}

/** Answers a get or set; results and errors (answers to our pings) end here. */
export function answerIq(core: Core, session: ClientStream, iq: Element): void {
  const type = iq.attr('type');
  if (type === 'result' || type === 'error') return;
  const payload = onlyChild(iq);
  const target = targetOf(core, session, iq.attr('to'));
  const { bareJid } = session.entry;
  let answer: Answer;
  let urgent = false;
  if ((type !== 'get' && type !== 'set') || payload === null) {
    answer = { error: 'bad-request' };
  } else if (target === 'malformed') {
    answer = { error: 'jid-malformed' };
  } else {
    if (target === 'pubsub' && answerPubsub(core, session, iq, type, payload)) return;
    const rows = BY_QUESTION.get(`${type} ${payload.ns} ${payload.name}`);
    const row = rows?.find(({ targets }) => targets.includes(target));
    answer = row?.answer({ core, session, payload }) ?? { error: DEFAULTS[target][type] };
    urgent = row?.urgent === true;
  }
  session.transport.stanza(
    'error' in answer
      ? iqError(iq, bareJid, session.fullJid, { condition: answer.error })
      : iqResult(iq, bareJid, session.fullJid, answer.xml),
    urgent,
  );
}

/** RFC 6120 8.2.3: exactly one child element. */
function onlyChild(iq: Element): Element | null {
  let found: Element | null = null;
  for (const child of iq.children) {
    if (typeof child === 'string') continue;
    if (found !== null) return null;
    found = child;
  }
  return found;
}
