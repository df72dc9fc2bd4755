/** Defects that are built in on purpose: a harness that cannot find them is worth nothing. */
import { AgentChecks } from '../../packages/server/src/cti/agent-checks.ts';
import { Recovery } from '../../packages/server/src/cti/recovery.ts';
import { UnansweredQuestions } from '../../packages/server/src/cti/unanswered-questions.ts';
import { EMPTY_BODY } from '../../packages/xmpp/src/bosh/body.ts';
import { Delivery } from '../../packages/xmpp/src/bosh/delivery.ts';
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

  /** Whether the presence watch is told of this. */
  tellsPresence(user: string, type: 'available' | 'unavailable'): boolean {
    if (this.#name === 'absence not noticed') return type === 'available';
    if (this.#name !== 'return not noticed' || type === 'unavailable') return true;
    const isFirst = !this.#here.has(user);
    this.#here.add(user);
    return isFirst;
  }
}
