/**
 * How the link comes to know the state of everybody when a session begins: it asks for agents, phones and calls (ged188.md 12), goes on
 * without what is not answered in time, and asks for that again while in service. Nothing here knows of connections or sides.
 */
import type { Clock } from '@poise/clock';
import type { AgentState } from '../domain/agent-state.ts';
import type { AgentChecks } from './agent-checks.ts';
import type { AgentIdentities } from './agent-identities.ts';
import type { AgentKey } from './agent-messages.ts';
import type { CallReading } from './call-inbound.ts';
import { CallQuestions } from './call-questions.ts';
import type { Connections } from './connections.ts';
import type { LinkRequests } from './link-requests.ts';
import type { CtiLinkSettings } from './link-settings.ts';
import type { CtiListener } from './listener.ts';
import type { OddAnswers } from './odd-answers.ts';
import { Recovery } from './recovery.ts';
import { RecoveryReport } from './recovery-report.ts';
import { type RecoveryOutcomes, recoveryRequests, type Untold } from './recovery-requests.ts';
import type { FiledRequest, RequestLedger } from './requests.ts';
import { type StateTime, StateTimes } from './state-times.ts';
import type { UnansweredQuestions } from './unanswered-questions.ts';

export interface LinkRecoveryDependencies {
  readonly clock: Clock;
  readonly settings: Pick<CtiLinkSettings, 'peripheralId' | 'recoveryWindow'>;
  readonly agentIds: () => readonly AgentKey[];
  readonly listener: () => CtiListener;
  readonly send: LinkRequests['send'];
  readonly reading: () => CallReading;
  readonly ledger: RequestLedger;
  readonly connections: Connections;
  readonly identities: AgentIdentities;
  readonly checks: AgentChecks;
  readonly unanswered: UnansweredQuestions;
  readonly oddAnswers: OddAnswers;
  readonly inService: () => boolean;
  readonly warn: (text: string) => void;
  /** All that was asked at the beginning is answered or given up. */
  readonly finished: () => void;
}

export class LinkRecovery {
  readonly #d: LinkRecoveryDependencies;
  /** Null before and after it. */
  #recovery: Recovery | null = null;
  /** From the recovery to the end of the session. */
  #calls: CallQuestions | null = null;
  /** Null after the recovery: from then on the events tell the times. */
  #stateTimes: StateTimes | null = null;
  #report = new RecoveryReport();

  constructor(dependencies: LinkRecoveryDependencies) {
    this.#d = dependencies;
  }

  // ---- its course ------------------------------------------------------------------------------

  /** A session has been opened: times of states may be told from now on. */
  opened(): void {
    this.#stateTimes = new StateTimes(this.#d.clock.now());
  }

  /** The configuration has come: asks for everybody. */
  begin(): void {
    const report = new RecoveryReport();
    this.#report = report;
    this.#calls = new CallQuestions({
      // Of a phone whose calls were not told at a sign-in nothing is known that would have to be kept.
      recovery: ({ finished, untold }) =>
        this.#newRecovery([], finished, () => {}, { unknownAgent: () => {}, untold }),
      incomplete: (extension) => {
        if (this.#d.inService()) this.#d.unanswered.add({ extension });
      },
      complete: (extension) => this.#d.unanswered.told({ extension }),
      isAgent: (agentId) => this.#d.agentIds().some(({ loginId }) => loginId === agentId),
    });
    const finished = () => {
      this.#recovery = null;
      this.#d.identities.recovered();
      this.#d.finished();
    };
    const agents = this.#d.agentIds();
    this.#d.identities.recoveryBegins(agents.map(({ loginId }) => loginId));
    this.#recovery = this.#newRecovery(agents, finished, () => this.#giveUpStragglers(), {
      unknownAgent: (agentId) => void report.unknownAgents.push(agentId),
      untold: (what) => void report.untold.push(what),
    });
    this.#recovery.start();
  }

  /** An answer came after this time, ms. */
  answered(elapsedMs: number): void {
    this.#recovery?.heard(elapsedMs);
  }

  /** The link is in service: tells what is missing, asks for it again, and tells since when states are. */
  tellOutcome(): void {
    for (const warning of this.#report.warnings) this.#d.warn(warning);
    for (const what of this.#report.untold) {
      this.#d.listener().untold(what);
      this.#askAgainFor(what);
    }
    this.#tellStateTimes();
  }

  /** The session is over, or its peripheral is. */
  cancel(): void {
    this.#recovery?.cancel();
    this.#recovery = null;
    this.#calls?.cancel();
    this.#calls = null;
    this.#d.identities.lost();
    this.#d.unanswered.clear();
  }

  // ---- what events tell meanwhile, and afterwards -----------------------------------------------

  /** A live event told of this agent: an answer that comes now may be older. Empty extension: not signed in. */
  touch(agentId: string, extension: string): void {
    this.#recovery?.touch(agentId, extension);
  }

  /** The same of a call. */
  touchCall(callId: number): void {
    this.#recovery?.touchCall(callId);
    this.#calls?.touchCall(callId);
  }

  /** A live event told of the agent's state. */
  stateHeard(
    agentId: string,
    event: { readonly state: AgentState; readonly since?: number | undefined },
  ): void {
    this.#stateTimes?.heard(agentId, event);
  }

  /** The CTI server told since when the agent is in his state. */
  stateTime(time: StateTime): void {
    if (this.#stateTimes !== null) this.#stateTimes.note(time);
    else if (this.#d.inService()) this.#tellStateTime(time);
  }

  /** What an event told during the recovery cannot be used, and answers may be older: it is asked for again afterwards. */
  unusable(agentId: string): void {
    this.#report.untold.push({ agentId });
  }

  /** Who is signed in is asked for the calls at his phone, unless they are known. */
  shownAt(
    agentId: string,
    { state, extension = '' }: { readonly state: string; readonly extension?: string | undefined },
  ): void {
    if (state !== 'LOGOUT') this.#calls?.ask(agentId, extension);
  }

  /** Asks for the calls at this phone once more. */
  askCallsAgain(extension: string): void {
    this.#calls?.askAgain(extension);
  }

  // ---- questions -------------------------------------------------------------------------------

  #newRecovery(
    agents: readonly AgentKey[],
    finished: () => void,
    giveUp: () => void,
    report: Pick<RecoveryOutcomes, 'unknownAgent' | 'untold'>,
  ): Recovery {
    const { settings, listener, clock, oddAnswers } = this.#d;
    const recovery: Recovery = new Recovery(agents, {
      window: settings.recoveryWindow,
      clock,
      finished,
      giveUp,
      ...recoveryRequests({
        request: (name, fields, asked) => {
          const filed = asked.kind === 'agentQuery' ? this.#d.identities.question(asked) : asked;
          this.#d.send(name, fields, filed);
        },
        peripheralId: settings.peripheralId,
        connections: this.#d.connections,
        reading: this.#d.reading,
        isFresh: (agentId) => recovery.isFresh(agentId),
        waits: (does) => recovery.waits(does),
        outcomes: {
          agent: (agentId, snapshot) => listener().agentSnapshot(agentId, snapshot),
          call: (event) => listener().call(event),
          callsAt: (extension, callIds) => {
            this.#calls?.told(extension);
            listener().callsAt(extension, callIds);
          },
          ...report,
        },
        foreign: (invokeId, asked, told) => oddAnswers.foreignAgent(invokeId, asked, told),
        foreignDevices: (name, asked, told) => oddAnswers.foreignDevices(name, asked, told),
      }),
    });
    return recovery;
  }

  /** What is still missing counts as unanswered. A late answer about an agent can be used, unless an event comes first. */
  #giveUpStragglers(): void {
    const missing = this.#d.ledger.entries;
    this.#report.stragglers = missing.length;
    const recovery = this.#recovery;
    for (const [invokeId, request] of missing) {
      this.#d.ledger.file(invokeId, this.#lateAnswerTo(invokeId, request, recovery));
      if (request.kind === 'agentQuery') request.answered(null);
      else request.answered({ type: 'timeout' });
    }
  }

  #lateAnswerTo(invokeId: number, request: FiledRequest, recovery: Recovery | null): FiledRequest {
    if (request.kind === 'agentQuery')
      return this.#d.identities.question(
        this.#d.checks.expect(request.agentId, recovery?.isFresh(request.agentId)),
        true,
      );
    return {
      kind: 'query',
      answered: (answer) => {
        if (answer.type === 'answered') this.#d.oddAnswers.unasked(answer.message.name, invokeId);
      },
    };
  }

  /** Of a call the phones that reported it are asked: it may be gone from them meanwhile. */
  #askAgainFor(what: Untold): void {
    if (!this.#d.inService()) return;
    if (!('callId' in what)) this.#d.unanswered.add(what);
    else for (const extension of what.extensions) this.#d.unanswered.add({ extension });
  }

  #tellStateTimes(): void {
    const times = this.#stateTimes;
    this.#stateTimes = null;
    if (times === null) return;
    for (const { loginId } of this.#d.agentIds()) {
      const time = times.of(loginId);
      if (time !== undefined) this.#tellStateTime(time);
      else if (times.isTelling)
        this.#d.listener().agentSince(loginId, { type: 'sinceUnknown', openedAt: times.openedAt });
    }
  }

  #tellStateTime({ agentId, state, since }: StateTime): void {
    this.#d.listener().agentSince(agentId, { type: 'since', state, since });
  }
}
