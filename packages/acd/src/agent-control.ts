import { ServiceMask } from '@poise/ged188';
import type { AgentModel, AgentStateRequest, Failure, Outcome } from './agent-model.ts';
import { CF } from './agent-state.ts';
import { type CtiClient, hasService } from './client.ts';
import { supervises } from './control-rights.ts';
import type { AcdAgent, AcdDirectory } from './directory.ts';
import { RequestQueue } from './request-queue.ts';
import { CONTROL, control, type Reply } from './requests/request.ts';

/** Requests of one agent that may wait behind a password check; more are refused with CF 44. */
export const AGENT_REQUESTS_WAITING_MAX = 32;

/** A SET_AGENT_STATE_REQ as it came: the model's request and what proves who asks. */
export interface AgentStateDemand extends AgentStateRequest {
  readonly password?: string | undefined;
  /** A bridge has checked the agent's single sign-on token; a desktop's word for it counts nothing. */
  readonly sso: boolean;
  /** Only the password is to be checked. */
  readonly authenticateOnly: boolean;
}

export interface AgentControlOptions {
  readonly model: AgentModel;
  readonly checkPassword: AcdDirectory['checkPassword'];
  readonly isOpen: (client: CtiClient) => boolean;
  /** Carries out a request whose password (if any) is right. */
  readonly carryOut: (request: AgentStateRequest) => Outcome;
  /** The request was carried out: confirmation and events go out. */
  readonly accepted: (client: CtiClient, invokeId: number, outcome: Extract<Outcome, { ok: true }>) => void;
  readonly reply: (client: CtiClient, invokeId: number, reply: Reply) => void;
}

/** SET_AGENT_STATE: who may ask, with which password, and in which order. */
export class AgentControl {
  readonly #options: AgentControlOptions;
  readonly #queue = new RequestQueue(AGENT_REQUESTS_WAITING_MAX);

  constructor(options: AgentControlOptions) {
    this.#options = options;
  }

  /**
   * A password is checked where one came. A bridge (ALL_EVENTS) is trusted without one: it has authenticated its
   * user itself. A desktop of its own (CLIENT_EVENTS) needs one to sign in. Requests of one agent are carried out
   * in the order of their arrival, also across sessions.
   */
  request(client: CtiClient, invokeId: number, demand: AgentStateDemand): Failure | 'later' {
    const bridge = hasService(client, ServiceMask.ALL_EVENTS);
    if (!bridge && !this.#mayControl(client, demand)) return control(CONTROL.PRIVILEGE_VIOLATION);
    const { password, sso, authenticateOnly, ...rest } = demand;
    const request = { ...rest, bridge };
    const profile = this.#agentMeant(demand);
    if (!profile) return this.#carryOut(client, invokeId, request);
    const unchecked = bridge && (sso || password === undefined);
    if (demand.state === 'LOGIN' && password === undefined && !unchecked) return WRONG_PASSWORD;
    const { isOpen, reply, checkPassword } = this.#options;
    const proceed = (right: boolean | 'locked'): void => {
      // A client that went away in the meantime was never told that its request was accepted.
      if (!isOpen(client)) return;
      let refusal: Failure | 'later' = 'later';
      if (right === 'locked') refusal = LOCKED;
      else if (!right) refusal = WRONG_PASSWORD;
      else if (authenticateOnly) reply(client, invokeId, { conf: 'SET_AGENT_STATE_CONF' });
      else refusal = this.#carryOut(client, invokeId, request);
      if (refusal !== 'later') reply(client, invokeId, refusal);
    };
    const accepted = this.#queue.run(profile.loginId, () => {
      if (password === undefined || unchecked) {
        proceed(true);
        return undefined;
      }
      return checkPassword(profile.loginId, password, client.address).then(proceed);
    });
    return accepted ? 'later' : control(CONTROL.OUTSTANDING_REQUEST_LIMIT);
  }

  #carryOut(client: CtiClient, invokeId: number, request: AgentStateRequest): Failure | 'later' {
    const outcome = this.#options.carryOut(request);
    if (!outcome.ok) return outcome.failure;
    this.#options.accepted(client, invokeId, outcome);
    return 'later';
  }

  #agentMeant({ agentId, instrument }: AgentStateRequest): AcdAgent | undefined {
    const { model } = this.#options;
    if (agentId !== undefined) return model.roster.agent(agentId);
    return instrument === undefined ? undefined : model.agentOn(instrument)?.profile;
  }

  /** A CLIENT_EVENTS session controls its own device; a supervisor's also the agents of the own teams. */
  #mayControl(client: CtiClient, demand: AgentStateDemand): boolean {
    const { model } = this.#options;
    const { binding } = client;
    if (!binding) return false;
    const phone = demand.instrument?.split(';', 1)[0];
    const agent = demand.agentId === undefined ? model.agentOn(phone ?? '') : model.agent(demand.agentId);
    const ownAgent =
      binding.agentId === null || agent === undefined || agent.profile.loginId === binding.agentId;
    const ownPhone =
      binding.instrument === null || phone === undefined || phone === '' || phone === binding.instrument;
    return (ownAgent && ownPhone) || (demand.state !== 'LOGIN' && supervises(model, client, agent));
  }
}

const WRONG_PASSWORD: Failure = control(CF.INVALID_PASSWORD_SPECIFIED);
const LOCKED: Failure = control(CF.AGENT_ACCOUNT_LOCKED_OUT);
