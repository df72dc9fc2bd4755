/** What each message of the CTI server does: who is told, and whose question or request it answers. */
import type { Clock } from '@poise/clock';
import type { DecodedMessage } from '@poise/ged188';
import type { Cause, Happenings } from '../happenings.ts';
import type { AgentChecks } from './agent-checks.ts';
import type { AgentIdentities } from './agent-identities.ts';
import type { AgentKey } from './agent-messages.ts';
import { type CallReading, readCallNews } from './call-inbound.ts';
import { UNTOLD } from './connection.ts';
import type { Connections } from './connections.ts';
import { number } from './fields.ts';
import { type Inbound, readInbound } from './inbound.ts';
import type { LinkRecovery } from './link-recovery.ts';
import type { CtiListener } from './listener.ts';
import type { OddAnswers } from './odd-answers.ts';
import type { RequestLedger } from './requests.ts';
import type { UnansweredQuestions } from './unanswered-questions.ts';

const ANY_PERIPHERAL = 0xffffffff;
const CCX_PERIPHERAL_TYPE = 21;

export interface LinkMessagesDependencies {
  readonly clock: Clock;
  readonly happenings: Happenings;
  /** `cti.peripheralId` */
  readonly peripheralId: number;
  /** Of the protocol, in this session. */
  readonly version: () => number;
  readonly agentIds: () => readonly AgentKey[];
  readonly listener: () => CtiListener;
  readonly ledger: RequestLedger;
  readonly connections: Connections;
  readonly identities: AgentIdentities;
  readonly checks: AgentChecks;
  readonly unanswered: UnansweredQuestions;
  readonly oddAnswers: OddAnswers;
  readonly recovery: LinkRecovery;
  readonly inService: () => boolean;
  readonly isRecovering: () => boolean;
  /** The end of a configuration was told. */
  configured(): void;
  /** @param kind of what it tells; once a minute each */
  warnSeldom(text: string, kind?: string): void;
}

export class LinkMessages {
  readonly #d: LinkMessagesDependencies;
  /** An event of the peripheral that is set was among those of this session. */
  #isOwnHeard = false;
  #sequence = 0;

  constructor(dependencies: LinkMessagesDependencies) {
    this.#d = dependencies;
  }

  /** A session has been opened. */
  opened(): void {
    this.#isOwnHeard = false;
  }

  /** A confirmation that nobody waits for: it is seen in the logs, and means nothing. */
  unused(decoded: DecodedMessage): void {
    this.#received(decoded, {});
    this.#d.oddAnswers.unasked(decoded.name, number(decoded.fields, 'InvokeID'));
  }

  message(decoded: DecodedMessage): void {
    const inbound = readInbound(decoded, { now: this.#d.clock.now() });
    this.#received(decoded, inbound !== null && 'invokeId' in inbound ? this.#causeOf(inbound.invokeId) : {});
    if (this.#isOfOtherPeripheral(decoded)) return;
    if (inbound !== null) this.#inbound(inbound, decoded);
    else this.#unasked(decoded);
  }

  /**
   * A session with ALL_EVENTS hears every peripheral of the CTI server, and ids of agents and calls are
   * unique within one only: an equal id elsewhere is another agent, another call. A server on which nothing
   * has been heard of the peripheral that is set may call its only one otherwise, as CCX does, which says 1
   * whatever is set (ged188.md 15).
   */
  #isOfOtherPeripheral({ fields }: DecodedMessage): boolean {
    const { peripheralId } = this.#d;
    const { PeripheralID: told, PeripheralType: type, InvokeID } = fields;
    if (InvokeID !== undefined || typeof told !== 'number' || type === undefined) return false;
    if (told === peripheralId) this.#isOwnHeard = true;
    if (!this.#isOwnHeard || told === peripheralId || told === ANY_PERIPHERAL || type === CCX_PERIPHERAL_TYPE)
      return false;
    this.#d.warnSeldom(
      `Events of peripheral ${told} of the CTI server are not used: cti.peripheralId is ${peripheralId}.`,
    );
    return true;
  }

  #received(decoded: DecodedMessage, cause: Cause): void {
    const { clock, happenings } = this.#d;
    this.#sequence += 1;
    if (!happenings.observed || UNTOLD.has(decoded.type)) return;
    const { name, type, fields } = decoded;
    const now = clock.now();
    happenings.publish(
      'cti.received',
      { name, type, fields, receivedAt: now, dispatchedAt: now, sequence: this.#sequence },
      cause,
    );
  }

  reading(): CallReading {
    return {
      now: this.#d.clock.now(),
      version: this.#d.version(),
      extensionOf: (callId, deviceId) => this.#d.connections.extensionOf(callId, deviceId),
    };
  }

  #unasked(decoded: DecodedMessage): void {
    const listener = this.#d.listener();
    const news = readCallNews(decoded, this.reading());
    if (news === null) {
      listener.other?.(decoded);
      return;
    }
    for (const { connection, extension, listed } of news.connections) {
      this.#d.connections.note(connection, extension, listed);
      this.#d.recovery.touchCall(connection.callId);
    }
    if (news.preCall !== null) listener.preCall(news.preCall);
    if (news.event !== null) listener.call(news.event);
  }

  #causeOf(invokeId: number): Cause {
    const filed = this.#d.ledger.peek(invokeId);
    return filed !== undefined && 'cause' in filed ? { ...filed.cause, invokeId } : { invokeId };
  }

  #inbound(inbound: Inbound, decoded: DecodedMessage): void {
    switch (inbound.type) {
      case 'agentState': {
        const { agentId, skillTargetId, event } = inbound;
        const extension = event.state === 'LOGOUT' ? '' : event.extension;
        this.#d.recovery.stateHeard(agentId, event);
        this.#d.checks.heard(agentId);
        this.#d.unanswered.told({ agentId });
        const [other] = this.#d.identities.othersAt(extension ?? '', agentId);
        if (this.#d.inService() && other !== undefined)
          this.#d.warnSeldom(
            `The CTI server puts agent ${agentId} at phone ${extension}, where ${other} is signed in: both are asked for.`,
            'two at one phone',
          );
        // Before the listener, which may ask for the agent on being told.
        const passedOn = this.#d.identities.heard(agentId, skillTargetId, extension);
        this.#d.listener().agentState(agentId, event);
        this.#d.recovery.touch(agentId, extension ?? '');
        if (this.#d.inService()) this.#d.recovery.shownAt(agentId, event);
        passedOn();
        break;
      }
      case 'strangeState':
        this.#strangeState(inbound.agentId, inbound.state);
        break;
      case 'stateTimes':
        for (const time of inbound.times) this.#d.recovery.stateTime(time);
        break;
      case 'confirmed':
        this.#d.ledger.confirmed(inbound.invokeId, decoded);
        break;
      case 'agentQueried':
        this.#d.ledger.queried(inbound.invokeId, inbound.told, decoded);
        break;
      case 'refused':
        this.#d.ledger.refused(inbound.invokeId, { type: 'refused', refusal: inbound.refusal });
        break;
      case 'configured':
        this.#d.configured();
        break;
    }
  }

  /** What the agent does now is only known when he is asked for. */
  #strangeState(agentId: string, state: number): void {
    const isOurs = this.#d.agentIds().some(({ loginId }) => loginId === agentId);
    this.#d.warnSeldom(
      `An event of the CTI server was not used: it gives agent ${agentId} the state ${state}, which GED-188 does not have.${isOurs ? ' The agent is asked for.' : ''}`,
      'strange state',
    );
    if (!isOurs) return;
    if (this.#d.inService()) this.#d.checks.outdated(agentId);
    else if (this.#d.isRecovering()) this.#d.recovery.unusable(agentId);
  }
}
