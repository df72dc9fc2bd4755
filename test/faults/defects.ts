/** Defects that are built in on purpose: a harness that cannot find them is worth nothing. */
import { AgentChecks } from '../../packages/server/src/cti/agent-checks.ts';
import { CtiLink } from '../../packages/server/src/cti/link.ts';
import { Recovery } from '../../packages/server/src/cti/recovery.ts';
import { UnansweredQuestions } from '../../packages/server/src/cti/unanswered-questions.ts';
import { Publisher } from '../../packages/server/src/notify/publisher.ts';
import { Presenter } from '../../packages/server/src/objects/presenter.ts';
import { XmppHost } from '../../packages/server/src/xmpp-host/index.ts';
import { EMPTY_BODY } from '../../packages/xmpp/src/bosh/body.ts';
import { Delivery } from '../../packages/xmpp/src/bosh/delivery.ts';
import { WebSocketTransport } from '../../packages/xmpp/src/websocket/websocket-transport.ts';
import { chance, type Random } from './chance.ts';
import { IN_NODES, type NodeDefectName } from './node-defects.ts';
import { replace } from './replace.ts';

/** Each with the invariant that it breaks. */
export const DEFECTS = {
  'event dropped': 'every desktop shows what the CTI server believes',
  'event twice': 'no event twice',
  'event twice that answers nobody': 'no event twice',
  'event without its requestId': 'every request answered once',
  'wrong time told': 'every desktop shows what the CTI server believes',
  'wrong call variable told': 'every desktop shows what the CTI server believes',
  'third party of a conference not told': 'every desktop shows what the CTI server believes',
  'consult call and conference told as others': 'every desktop shows what the CTI server believes',
  'queue figures not told': 'every desktop shows what the CTI server believes',
  'return not noticed': 'no wrongful sign-out',
  'absence not noticed': 'no missing sign-out',
  'repeated answer empty': 'nothing is lost',
  'older answer overrides a newer event': 'every desktop shows what the CTI server believes',
  'unanswered request not checked': 'every desktop shows what the CTI server believes',
  'reason not told': 'every desktop shows what the CTI server believes',
  'told to another user, too': 'nobody is told of another one',
  "told on another user's node, too": 'nobody is told of another one',
  'state asked for twice': 'every request is carried out once',
  'call control twice': 'every request is carried out once',
  "forced sign-out in the agent's name": 'nothing is done that nobody asked for',
  'session ended without cause': 'nobody loses a session without a fault',
} as const;
export type DefectName = keyof typeof DEFECTS | NodeDefectName;

/** Those in the middle of a part. */
const IN_PARTS: Partial<Record<DefectName, () => () => void>> = {
  ...IN_NODES,
  'repeated answer empty': () =>
    replace(Delivery.prototype, 'repeat', function (this: Delivery, responder, rid) {
      this.touch();
      this.send(responder, rid, EMPTY_BODY);
    }),
  'older answer overrides a newer event': () => {
    const { touch } = Recovery.prototype;
    return replace(Recovery.prototype, 'touch', function (this: Recovery, _agentId, extension) {
      touch.call(this, '', extension);
    });
  },
  'reason not told': () => {
    const { userSource } = Presenter.prototype;
    return replace(Presenter.prototype, 'userSource', function (this: Presenter, record) {
      return { ...userSource.call(this, record), reason: undefined };
    });
  },
  'told to another user, too': () => {
    const { publish } = XmppHost.prototype;
    return replace(XmppHost.prototype, 'publish', function (this: XmppHost, node, payload) {
      publish.call(this, node, payload);
      if (node === '/finesse/api/User/2002') publish.call(this, '/finesse/api/User/2004', payload);
    });
  },
  "told on another user's node, too": () => {
    const { publish } = Publisher.prototype;
    return replace(Publisher.prototype, 'publish', function (this: Publisher, rank, node, payload, cause) {
      publish.call(this, rank, node, payload, cause);
      if (node === '/finesse/api/User/2002')
        publish.call(this, rank, '/finesse/api/User/2004', payload, cause);
    });
  },
  'state asked for twice': () => {
    const { setAgentState } = CtiLink.prototype;
    return replace(CtiLink.prototype, 'setAgentState', function (this: CtiLink, request, cause, answered) {
      setAgentState.call(this, request, cause, () => {});
      return setAgentState.call(this, request, cause, answered);
    });
  },
  'call control twice': () => {
    const { callControl } = CtiLink.prototype;
    return replace(CtiLink.prototype, 'callControl', function (this: CtiLink, request, cause, answered) {
      callControl.call(this, request, cause, answered);
      callControl.call(this, request, cause, () => {});
    });
  },
  "forced sign-out in the agent's name": () => {
    const { setAgentState } = CtiLink.prototype;
    return replace(CtiLink.prototype, 'setAgentState', function (this: CtiLink, request, cause, answered) {
      const reasonCode = request.forced && request.state === 'LOGOUT' ? 1 : request.reasonCode;
      return setAgentState.call(this, { ...request, reasonCode }, cause, answered);
    });
  },
  'session ended without cause': () => {
    const { stanza } = WebSocketTransport.prototype;
    const sent = new WeakMap<WebSocketTransport, number>();
    return replace(WebSocketTransport.prototype, 'stanza', function (this: WebSocketTransport, ...told) {
      stanza.apply(this, told);
      sent.set(this, (sent.get(this) ?? 0) + 1);
      if (sent.get(this) === 40) this.end();
    });
  },
  'unanswered request not checked': () => {
    const back = [
      replace(AgentChecks.prototype, 'ask', () => {}),
      replace(UnansweredQuestions.prototype, 'add', () => {}),
    ];
    return () => {
      for (const one of back) one();
    };
  },
};

/** Builds a defect into the parts, for one run. @returns the function that takes it out again */
export const buildIn = (name: DefectName | undefined): (() => void) =>
  (name === undefined ? undefined : IN_PARTS[name])?.() ?? (() => {});

/** How often an event is tampered with. */
const PROBABILITY = 0.05;

/** Stands between the parts of a node; without a defect it passes everything on. */
export class Defect {
  readonly #name: DefectName | undefined;
  readonly #random: Random;
  readonly #here = new Set<string>();

  constructor(name: DefectName | undefined, random: Random) {
    this.#name = name;
    this.#random = random;
  }

  /** What the notification service is given instead of one payload. */
  payloads(payload: string): readonly string[] {
    const name = this.#name;
    if (name === 'wrong time told')
      return [payload.replace(/<stateChangeTime>[^<]+</g, '<stateChangeTime>2001-01-01T00:00:00.000Z<')];
    if (name === 'wrong call variable told')
      return [payload.replace(/(<name>callVariable1<\/name>\s*<value>)[^<]*/g, '$1wrong')];
    if (name === 'third party of a conference not told') {
      let parties = 0;
      return [payload.replace(/<Participant>[\s\S]*?<\/Participant>/g, (one) => (++parties > 2 ? '' : one))];
    }
    if (name === 'consult call and conference told as others')
      return [payload.replace(/<callType>(CONSULT|CONFERENCE)</g, '<callType>OTHER_IN<')];
    if (name === 'queue figures not told') return payload.includes('<Queue>') ? [] : [payload];
    const tampers =
      name === 'event dropped' ||
      name === 'event twice' ||
      (name === 'event twice that answers nobody' && !/<requestId>[^<]/.test(payload)) ||
      name === 'event without its requestId';
    if (!tampers || !chance(this.#random, PROBABILITY)) return [payload];
    if (name === 'event dropped') return [];
    if (name === 'event twice that answers nobody') return [payload, payload];
    if (name === 'event twice') return [payload, payload];
    return [payload.replace(/<requestId>[^<]*<\/requestId>/, '')];
  }

  /** How long clients of a node that answers nothing may wait for it. */
  noticeMs(right: number): number {
    return this.#name === 'silent node taken for dead' ? 0 : right;
  }

  /** Whether the presence watch is told of this. */
  tellsPresence(user: string, type: 'available' | 'unavailable'): boolean {
    if (this.#name === 'absence not noticed') return type === 'available';
    if (this.#name !== 'return not noticed' || type === 'unavailable') return true;
    const isFirst = !this.#here.has(user);
    this.#here.add(user);
    return isFirst;
  }
}
