/**
 * What no query of the CTI server tells of an agent who is signed in: the number of a mobile agent, the chosen device, and the state that
 * waits for the end of a call. A node that has started, or whose CTI link was lost, asks the others (docs/cluster.md); so does one that may have
 * missed an event, about the wish.
 */
import { readMobile } from '../commands/request-words.ts';
import { type Members, name, oneOf, text } from '../commands/word-members.ts';
import { AGENT_STATES } from '../domain/agent-state.ts';
import {
  type Agent,
  type AgentBook,
  type AgentEvent,
  type AgentTransition,
  wishIn,
} from '../domain/agents.ts';
import { NodeQuestion, type NodeQuestionDependencies } from './node-question.ts';

export interface DetailExchangeDependencies extends NodeQuestionDependencies {
  readonly agents: Pick<AgentBook, 'get' | 'apply'>;
  /** Something was found out. */
  readonly found: (before: Agent, found: AgentTransition) => void;
}

const STATES = ['', ...AGENT_STATES] as const;

export class DetailExchange {
  readonly #d: DetailExchangeDependencies;
  /** Agents of whose sign-in this node has not heard. */
  readonly #signIns = new Set<string>();
  /** Agents in whose present call, or the wrap-up after it, a wish may have been told before this node heard of it. */
  readonly #wishes = new Set<string>();
  readonly #question: NodeQuestion;

  constructor(dependencies: DetailExchangeDependencies) {
    this.#d = dependencies;
    this.#question = new NodeQuestion(dependencies, {
      name: 'details',
      keys: 'agents',
      answers: 'details',
      batch: 500,
      lacking: () => [...new Set([...this.#signIns, ...this.#wishes])],
      known: (agentId) => this.#known(agentId),
      take: (told) => this.#take(told),
    });
  }

  /** An answer to a query of the CTI server. */
  recovered({ loginId, state, mobile, activeDeviceId, pendingState }: Agent): void {
    const isHere = state !== 'LOGOUT';
    put(this.#signIns, loginId, isHere && mobile === null && activeDeviceId === null);
    put(this.#wishes, loginId, mayWish(state) && pendingState === '');
  }

  /** He was asked for, because events of him may be missing: among them that of a wish. */
  checked({ loginId, state, pendingState }: Agent): void {
    if (!mayWish(state) || pendingState !== '') return;
    this.#wishes.add(loginId);
    this.#question.ask([loginId]);
  }

  /** An event of the CTI server. @param before the agent before it */
  heard(before: Agent, { state, pendingState }: Extract<AgentEvent, { type: 'state' }>): void {
    const { loginId } = before;
    if (state === 'LOGOUT' || before.state === 'LOGOUT') this.#signIns.delete(loginId);
    // An event that names the next state tells of the wish itself.
    if (pendingState !== undefined || !mayWish(state)) this.#wishes.delete(loginId);
  }

  /** The picture is complete. */
  ask(): void {
    this.#question.ask();
  }

  close(): void {
    this.#question.close();
  }

  #known(agentId: string): Members | undefined {
    const { mobile, activeDeviceId, pendingState } = this.#d.agents.get(agentId);
    if (mobile === null && activeDeviceId === null && pendingState === '') return undefined;
    return { agentId, mobile, activeDeviceId, pendingState };
  }

  #take(told: Members): void {
    const { agents, found } = this.#d;
    const agentId = name(told, 'agentId');
    const mobile = readMobile(told.mobile);
    const activeDeviceId = told.activeDeviceId === null ? null : text(told, 'activeDeviceId');
    const pendingState = oneOf(told, 'pendingState', STATES);
    const ofSignIn = this.#signIns.has(agentId);
    const ofWish = this.#wishes.has(agentId);
    if (!ofSignIn && !ofWish) return;
    const before = agents.get(agentId);
    const transition = agents.apply(agentId, {
      type: 'elsewhere',
      mobile: ofSignIn ? mobile : null,
      activeDeviceId: ofSignIn ? activeDeviceId : null,
      pendingState: ofWish ? pendingState : '',
    });
    if (transition.changes.length > 0) found(before, transition);
  }
}

/** Whether a wish may wait for the end of this state. */
const mayWish = (state: Agent['state']): boolean => wishIn(state, 'READY') !== '';

function put(set: Set<string>, member: string, isIn: boolean): void {
  if (isIn) set.add(member);
  else set.delete(member);
}
