/** Requests between the nodes: tells the others of ours, and hears of theirs (docs/cluster.md). */
import type { Clock } from '@poise/clock';
import { type Cluster, type Gate, type Notice, wordOf } from '../cluster/index.ts';
import type { AgentRequestData } from '../commands/agent-request.ts';
import type { AgentRequests } from '../commands/agent-requests.ts';
import type { DialogRequestData } from '../commands/dialog-request.ts';
import type { DialogRequests } from '../commands/dialog-requests.ts';
import type { ToldOutcome } from '../commands/foreign-requests.ts';
import type { MediaDesk } from '../commands/media-desk.ts';
import { WAIT_MS } from '../commands/request-lanes.ts';
import type { RequestTeller } from '../commands/request-teller.ts';
import {
  agentWord,
  dialogWord,
  readAgentAsked,
  readAgentEnded,
  readDialogAsked,
  readDialogEnded,
  WITHIN_MAX_MS,
} from '../commands/request-words.ts';
import { WordError } from '../commands/word-members.ts';
import type { Cause, Happenings } from '../happenings.ts';
import type { UserRecord } from '../store/directory.ts';
import { hearMedia } from './media-exchange.ts';

/** The doors of {@link Cluster} that are needed here. */
export type RequestBus = Pick<Cluster, 'tell' | 'hear' | 'fabric'>;

export interface RequestExchangeDependencies {
  readonly bus: RequestBus;
  /** Where a request waits for its word; absent: it does not. */
  readonly gate?: Gate;
  readonly clock: Clock;
  readonly happenings: Happenings;
  /** How long the CTI server may take to answer, ms; default 20 s. */
  readonly answerMs?: number;
  readonly user: (loginId: string) => UserRecord | undefined;
  /** Whether the CTI link has been in service: before nothing is known that could answer anybody. */
  readonly wasInService: () => boolean;
}

/** What has come from other nodes since the start, for the health of the webservices. */
export interface ExchangeCounts {
  heard: number;
  /** Ill-formed, about nobody, or too many. */
  refused: number;
}

/** The same reason of the same node is told once within this time, ms. */
const TELL_AGAIN_MS = 60_000;
/** What is told of the words of other nodes is bounded, too. */
const REASONS_MAX = 256;

/** What is done with a word. */
interface Use {
  /** @returns whether there was room for it */
  take(): boolean;
  /** The object is published as it is here: what has led to it at the other node must have been heard here, too. */
  readonly showsObject: boolean;
}

const showsObject = ({ type }: ToldOutcome): boolean => type === 'unchanged' || type === 'wished';

const USERS = 'request.user';
const DIALOGS = 'request.dialog';

export class RequestExchange {
  readonly counts: ExchangeCounts = { heard: 0, refused: 0 };
  readonly agents: RequestTeller<AgentRequestData>;
  readonly dialogs: RequestTeller<DialogRequestData>;
  readonly #d: RequestExchangeDependencies;
  readonly #told = new Map<string, number>();
  /** Words that the others may not have heard yet, and what waits for that. */
  readonly #underWay = new Map<number, (() => void) | undefined>();
  #number = 0;
  #ends: (() => void) | undefined;

  constructor(dependencies: RequestExchangeDependencies) {
    this.#d = dependencies;
    this.agents = this.#teller((data: AgentRequestData) => `${USERS}.${wordOf(data.agentId)}`, agentWord);
    this.dialogs = this.#teller((data: DialogRequestData) => `${DIALOGS}.${wordOf(data.viewer)}`, dialogWord);
  }

  /** From now on the words of other nodes are heard. */
  hear(agents: AgentRequests, dialogs: DialogRequests, media: MediaDesk): void {
    this.#ends = this.#d.bus.hear('request.>', (notice) => {
      this.counts.heard += 1;
      try {
        if (notice.topic.startsWith('request.media.'))
          this.#say(notice, hearMedia(notice, media, this.#d.user));
        else this.#heard(notice, agents, dialogs);
      } catch (error) {
        if (!(error instanceof WordError)) throw error;
        this.refuse(notice, error.message);
      }
    });
  }

  close(): void {
    this.#ends?.();
  }

  #teller<D>(topicOf: (data: D) => string, wordFor: (data: D) => unknown): RequestTeller<D> {
    const { bus, gate, answerMs = WAIT_MS } = this.#d;
    return {
      asked: (data, settleMs) => {
        const number = ++this.#number;
        const withinMs = Math.min(answerMs + settleMs, WITHIN_MAX_MS);
        bus.tell(topicOf(data), 'asked', { number, data: wordFor(data), withinMs });
        if (gate !== undefined) {
          this.#underWay.set(number, undefined);
          gate.pass(() => this.#arrived(number));
        }
        return number;
      },
      told: (ref, then) => {
        if (this.#underWay.has(ref)) this.#underWay.set(ref, then);
        else then();
      },
      ended: (data, ref, outcome, end) => {
        const number = ref ?? ++this.#number;
        bus.tell(topicOf(data), 'ended', { number, data: wordFor(data), outcome, end });
      },
    };
  }

  #arrived(number: number): void {
    const then = this.#underWay.get(number);
    this.#underWay.delete(number);
    then?.();
  }

  /** Uses a word, or tells why it cannot be used: at once, or when what the CTI server had sent by now has been heard. */
  #heard(notice: Notice, agents: AgentRequests, dialogs: DialogRequests): void {
    const use = this.#useOf(notice, agents, dialogs);
    if (typeof use === 'string') this.#say(notice, use);
    if (use === null || typeof use === 'string') return;
    const take = () => this.#say(notice, use.take() ? null : 'one more than are remembered');
    const { gate } = this.#d;
    if (gate === undefined || !use.showsObject) take();
    else gate.pass(take);
  }

  #say(notice: Notice, problem: string | null): void {
    if (problem !== null) this.refuse(notice, problem);
  }

  /** @returns what is done with a word; why it cannot be used; null: it is not needed */
  #useOf(notice: Notice, agents: AgentRequests, dialogs: DialogRequests): Use | string | null {
    const { topic, kind, body, node } = notice;
    if (kind !== 'asked' && kind !== 'ended') return 'of an unknown kind';
    if (!this.#d.wasInService()) return null;
    const keyOf = (number: number) => `${notice.instance} ${number}`;
    if (topic.startsWith(`${USERS}.`)) {
      const word = kind === 'asked' ? readAgentAsked(body, node) : readAgentEnded(body, node);
      const { number, data } = word;
      if (topic !== `${USERS}.${wordOf(data.agentId)}`) return 'about somebody else than its topic';
      if (!this.#isUser(data.agentId)) return 'about nobody who is known here';
      this.#tellTrace(data.agentId, node, data.cause, data.requestId);
      return 'outcome' in word
        ? {
            take: () => agents.foreignEnded(keyOf(number), data, word.outcome, word.end),
            showsObject: showsObject(word.outcome),
          }
        : { take: () => agents.foreignAsked(keyOf(number), data, word.withinMs), showsObject: false };
    }
    if (topic.startsWith(`${DIALOGS}.`)) {
      const word = kind === 'asked' ? readDialogAsked(body, node) : readDialogEnded(body, node);
      const { number, data } = word;
      if (topic !== `${DIALOGS}.${wordOf(data.viewer)}`) return 'about somebody else than its topic';
      if (!this.#isUser(data.viewer)) return 'about nobody who is known here';
      this.#tellTrace(data.viewer, node, data.cause, data.requestId);
      return 'outcome' in word
        ? {
            take: () => dialogs.foreignEnded(keyOf(number), data, word.outcome),
            showsObject: showsObject(word.outcome),
          }
        : { take: () => dialogs.foreignAsked(keyOf(number), data, word.withinMs), showsObject: false };
    }
    return 'on an unknown topic';
  }

  /** By his login id, and not by a name of his. */
  #isUser(loginId: string): boolean {
    return this.#d.user(loginId)?.loginId === loginId;
  }

  #tellTrace(agentId: string, node: string, cause: Cause, requestId: string): void {
    if (requestId !== '') this.#d.happenings.publish('request.elsewhere', { agentId, node }, cause);
  }

  /** What another node said cannot be used: counted, and the same of the same node told once a minute. */
  refuse({ node, kind }: Notice, reason: string): void {
    this.counts.refused += 1;
    const now = this.#d.clock.monotonic();
    const key = `${node} ${reason}`;
    const last = this.#told.get(key);
    if (last !== undefined && now - last < TELL_AGAIN_MS) return;
    this.#told.delete(key);
    this.#told.set(key, now);
    if (this.#told.size > REASONS_MAX) this.#told.delete(this.#told.keys().next().value as string);
    const text = `What node ${node} told of a request (${kind.slice(0, 32)}) was refused: ${reason}.`;
    this.#d.happenings.publish('operator', { level: 'warn', text });
  }
}
