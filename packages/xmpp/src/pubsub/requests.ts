/** XEP-0060 over {@link Pubsub}: what clients may ask `pubsub.<domain>`, one row per request. */
import type { Element } from '@poise/xml';
import { serialize } from '@poise/xml';
import type { Core } from '../core.ts';
import { parseJid } from '../jid.ts';
import { NS } from '../namespaces.ts';
import {
  attribute,
  type ErrorType,
  iqError,
  iqResult,
  type StanzaCondition,
  type StanzaError,
} from '../stanza.ts';
import type { ClientStream } from '../stream/client-stream.ts';
import type { Subscription } from './pubsub.ts';
import { pageOf } from './rsm.ts';

interface Request {
  readonly core: Core;
  readonly session: ClientStream;
  readonly type: 'get' | 'set';
  /** `<pubsub/>` or `<query/>`. */
  readonly payload: Element;
  /** The child of `<pubsub/>` that says what is wanted; the payload itself for disco. */
  readonly action: Element;
  /** Node as the client wrote it; repeated in answers. */
  readonly node: string;
  /** Canonical name. */
  readonly name: string;
}
type Answer = { readonly xml: string } | { readonly error: StanzaError };

const refuse = (condition: StanzaCondition, type?: ErrorType, specific?: string): Answer => ({
  error: {
    condition,
    ...(type === undefined ? {} : { type }),
    ...(specific === undefined ? {} : { detail: `<${specific} xmlns="${NS.pubsubErrors}"/>` }),
  },
});
const FORBIDDEN = refuse('forbidden', 'auth');
const NOT_FOUND = refuse('item-not-found', 'cancel');
const NODE_REQUIRED = refuse('bad-request', 'modify', 'nodeid-required');
const INVALID_JID = refuse('bad-request', 'modify', 'invalid-jid');
const NOT_SUBSCRIBED = refuse('unexpected-request', 'cancel', 'not-subscribed');
const INVALID_SUBID = refuse('not-acceptable', 'modify', 'invalid-subid');
const TOO_MANY = refuse('policy-violation', 'wait', 'too-many-subscriptions');
const EMPTY: Answer = { xml: '' };

/** Only what is true here; Openfire announces more. */
const COMPONENT_FEATURES: readonly string[] = [
  NS.discoInfo,
  NS.discoItems,
  NS.pubsub,
  `${NS.pubsub}#item-ids`,
  `${NS.pubsub}#meta-data`,
  `${NS.pubsub}#retrieve-affiliations`,
  `${NS.pubsub}#retrieve-items`,
  `${NS.pubsub}#retrieve-subscriptions`,
  `${NS.pubsub}#subscribe`,
];
const COMPONENT_INFO =
  `<query xmlns="${NS.discoInfo}"><identity category="pubsub" type="service" name="Publish-Subscribe service"/>` +
  `${COMPONENT_FEATURES.map((feature) => `<feature var="${feature}"/>`).join('')}</query>`;

const pubsubXml = (inner: string): Answer => ({ xml: `<pubsub xmlns="${NS.pubsub}">${inner}</pubsub>` });

/** Rows: `<type> <namespace> <action>`. Actions that are not listed fall to {@link unsupported}. */
const REQUESTS: ReadonlyMap<string, (request: Request) => Answer> = new Map([
  [`get ${NS.discoInfo} query`, discoInfo],
  [`get ${NS.discoItems} query`, discoItems],
  [`get ${NS.version} query`, () => refuse('service-unavailable')],
  [`get ${NS.ping} ping`, () => EMPTY],
  [`set ${NS.pubsub} subscribe`, subscribe],
  [`set ${NS.pubsub} unsubscribe`, unsubscribe],
  [`get ${NS.pubsub} subscriptions`, subscriptions],
  [`get ${NS.pubsub} affiliations`, () => pubsubXml('<affiliations/>')],
  [`get ${NS.pubsub} items`, items],
  [`set ${NS.pubsub} create`, create],
  [`set ${NS.pubsub} publish`, publish],
]);

/** @returns false when the question is not about publish-subscribe at all */
export function answerPubsub(
  core: Core,
  session: ClientStream,
  iq: Element,
  type: 'get' | 'set',
  payload: Element,
): boolean {
  const { ns } = payload;
  const isPubsub = (ns === NS.pubsub || ns === NS.pubsubOwner) && payload.name === 'pubsub';
  const action = isPubsub ? payload.elements()[0] : payload;
  let answer: Answer;
  if (action === undefined) {
    answer = refuse('bad-request');
  } else {
    const node = action.attr('node') ?? '';
    const handler = REQUESTS.get(`${type} ${ns} ${action.name}`);
    if (handler === undefined && !isPubsub) return false;
    const name = node === '' ? '' : core.access.canonicalNode(node);
    answer = (handler ?? unsupported)({ core, session, type, payload, action, node, name });
  }
  const { bareJid } = session.entry;
  session.transport.stanza(
    'error' in answer
      ? iqError(iq, bareJid, session.fullJid, answer.error)
      : iqResult(iq, bareJid, session.fullJid, answer.xml),
  );
  return true;
}

function discoInfo({ core, session, node, name }: Request): Answer {
  if (node === '') return { xml: COMPONENT_INFO };
  const decision = core.pubsub.access(session.entry.user, name);
  if (decision === 'not-found') return NOT_FOUND;
  if (decision === 'forbidden') return FORBIDDEN;
  // Smack insists on the type.
  return {
    xml:
      `<query xmlns="${NS.discoInfo}"${attribute('node', node)}><identity category="pubsub" type="leaf"/>` +
      `<feature var="${NS.pubsub}"/></query>`,
  };
}

function discoItems({ core, session, payload, node, name }: Request): Answer {
  const { user } = session.entry;
  const from = attribute('jid', core.pubsubJid);
  if (node !== '') {
    const decision = core.pubsub.access(user, name);
    if (decision === 'not-found') return NOT_FOUND;
    if (decision === 'forbidden') return FORBIDDEN;
    const item = core.pubsub.lastItem(name);
    const list = item === undefined ? '' : `<item${from}${attribute('name', item.id)}/>`;
    return { xml: `<query xmlns="${NS.discoItems}"${attribute('node', node)}>${list}</query>` };
  }
  const visible = new Set(core.access.nodesOf(user));
  for (const created of core.pubsub.createdNodes())
    if (core.pubsub.access(user, created) === 'allow') visible.add(created);
  const page = pageOf([...visible], payload.child('set', NS.rsm));
  if (page === null) return NOT_FOUND;
  const list = page.entries
    .map((entry) => `<item${from}${attribute('name', entry)}${attribute('node', entry)}/>`)
    .join('');
  return { xml: `<query xmlns="${NS.discoItems}">${list}${page.xml}</query>` };
}

/**
 * The subscriber that a request names: the sender's own bare JID, or with any resource.
 * Without one it is the sender's full JID. @returns undefined when it is somebody else
 */
function subscriber({
  core,
  session,
  action,
}: Request): { jid: string; resource: string | null } | undefined {
  const jid = action.attr('jid') ?? '';
  if (jid === '') return { jid: session.fullJid, resource: session.resource };
  const { bareJid } = session.entry;
  if (jid === bareJid) return { jid, resource: null };
  const parsed = parseJid(jid);
  if (parsed === null || !core.isOwnJid(parsed, session)) return undefined;
  return { jid, resource: parsed.resource === '' ? null : parsed.resource };
}

function subscriptionXml(core: Core, node: string, jid: string, subscription: Subscription): string {
  const subid = core.pubsub.subid(subscription);
  return `<subscription${attribute('node', node)}${attribute('jid', jid)} subid="${subid}" subscription="subscribed"/>`;
}

function subscribe(request: Request): Answer {
  const { core, session, node, name } = request;
  if (node === '') return NODE_REQUIRED;
  const who = subscriber(request);
  if (who === undefined) return INVALID_JID;
  const result = core.pubsub.subscribe(session.entry.user, who.resource, name);
  if (!result.ok) {
    if (result.reason === 'item-not-found') return NOT_FOUND;
    return result.reason === 'forbidden' ? FORBIDDEN : TOO_MANY;
  }
  if (who.resource === null) session.left?.delete(name);
  return pubsubXml(subscriptionXml(core, node, who.jid, result.subscription));
}

function unsubscribe(request: Request): Answer {
  const { core, session, action, node, name } = request;
  if (node === '') return NODE_REQUIRED;
  const who = subscriber(request);
  if (who === undefined) return INVALID_JID;
  const alreadyLeft = who.resource === null && session.left?.has(name) === true;
  if (alreadyLeft) return NOT_SUBSCRIBED;
  const result = core.pubsub.unsubscribe(session.entry.user, who.resource, name, action.attr('subid'));
  if (!result.ok) {
    if (result.reason === 'item-not-found') return NOT_FOUND;
    return result.reason === 'not-subscribed' ? NOT_SUBSCRIBED : INVALID_SUBID;
  }
  if (result.automatic) {
    // The user's other sessions still want it, so only this one leaves, until it ends.
    session.left ??= new Set();
    if (session.left.size >= core.limits.unsubscribedNodesMax) return refuse('resource-constraint');
    session.left.add(name);
  }
  return EMPTY;
}

function subscriptions({ core, session, node, name }: Request): Answer {
  const { user, bareJid } = session.entry;
  if (node !== '' && core.pubsub.access(user, name) === 'not-found') return NOT_FOUND;
  let list = '';
  for (const subscription of core.pubsub.subscriptionsOf(user, node === '' ? undefined : name)) {
    const { resource } = subscription;
    if (resource === null && session.left?.has(subscription.node)) continue;
    const jid = resource === null ? bareJid : `${bareJid}/${resource}`;
    list += subscriptionXml(core, subscription.node, jid, subscription);
  }
  // No white space between the entries: a known client walks childNodes.
  return pubsubXml(`<subscriptions${attribute('node', node || undefined)}>${list}</subscriptions>`);
}

function items({ core, session, action, node, name }: Request): Answer {
  if (node === '') return NODE_REQUIRED;
  const decision = core.pubsub.access(session.entry.user, name);
  if (decision === 'not-found') return NOT_FOUND;
  if (decision === 'forbidden') return FORBIDDEN;
  const item = core.pubsub.lastItem(name);
  const wanted = action.elements('item').map((element) => element.attr('id'));
  const shown =
    item !== undefined &&
    action.attr('max_items') !== '0' &&
    (wanted.length === 0 || wanted.includes(item.id));
  const list = shown ? `<item${attribute('id', item.id)}>${item.xml}</item>` : '';
  return pubsubXml(
    list === '' ? `<items${attribute('node', node)}/>` : `<items${attribute('node', node)}>${list}</items>`,
  );
}

/** Load harnesses make their nodes; asking twice is no error, because nodes of objects exist before anybody asks. */
function create(request: Request): Answer {
  const { core, session, payload, node, name } = request;
  if (!core.access.isService(session.entry.user)) return unsupported(request);
  const created = node === '' ? core.ids.alphanumeric(20) : name;
  const form = payload.child('configure')?.child('x', NS.dataForms);
  const persist = form?.elements('field').find((field) => field.attr('var') === 'pubsub#persist_items');
  const keepsItem = !['0', 'false'].includes(persist?.child('value')?.text ?? '1');
  core.pubsub.create(created, { keepsItem });
  return pubsubXml(`<create${attribute('node', created)}/>`);
}

function publish(request: Request): Answer {
  const { core, session, action, node, name } = request;
  if (!core.access.isService(session.entry.user)) return unsupported(request);
  if (node === '') return NODE_REQUIRED;
  const item = action.child('item');
  const content = item?.elements()[0];
  if (item === undefined || content === undefined) return refuse('bad-request', 'modify', 'payload-required');
  if (core.pubsub.access(session.entry.user, name) === 'not-found') return NOT_FOUND;
  const itemId = item.attr('id') || core.nextItemId();
  core.publishItem(name, itemId, serialize(content, NS.pubsubEvent));
  return pubsubXml(`<publish${attribute('node', node)}><item${attribute('id', itemId)}/></publish>`);
}

/** Everything that changes nodes or items: clients may not, where there is something to change. */
function unsupported({ core, session, name }: Request): Answer {
  const exists = name !== '' && core.pubsub.access(session.entry.user, name) !== 'not-found';
  return exists ? FORBIDDEN : refuse('feature-not-implemented', 'cancel');
}
