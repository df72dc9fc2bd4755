/** What every command is given and what it answers. */
import type { AgentBook } from '../domain/agents.ts';
import type { DialogBookView } from '../domain/dialog.ts';
import { type ApiFailure, failure } from '../domain/errors.ts';
import type { ParticipantDropRule } from '../domain/participant-drop.ts';
import type { Deployment } from '../domain/profile.ts';
import type { Cause } from '../happenings.ts';
import type { DirectorySource, ReasonCategory, UserRecord } from '../store/directory.ts';
import type { AgentRequestData } from './agent-request.ts';
import type { AgentRequests } from './agent-requests.ts';
import type { DialogRequests } from './dialog-requests.ts';
import type { MediaDesk } from './media-desk.ts';

export interface CommandContext {
  readonly directory: DirectorySource;
  readonly agents: AgentBook;
  readonly requests: AgentRequests;
  readonly dialogs: DialogBookView;
  readonly dialogRequests: DialogRequests;
  readonly media: MediaDesk;
  readonly participantDrop: ParticipantDropRule;
  readonly deployment: Deployment;
}

/** Who asks for whom. Role and ownership were checked before. */
export interface Asking {
  readonly agent: UserRecord;
  readonly actingId: string;
  /** Empty when the client sent none. */
  readonly requestId: string;
  readonly cause: Cause;
}

/** Accepted: `start` is called after the 202 was written. Refused: the answer. */
export type Admission =
  | { readonly ok: true; readonly start: () => void }
  | { readonly ok: false; readonly failure: ApiFailure };

export const refused = (failed: ApiFailure): Admission => ({ ok: false, failure: failed });

export const isSupervisorAsking = ({ agent, actingId }: Asking): boolean => agent.loginId !== actingId;

/** Reserves the place in the agent's queue, or refuses when it is full. */
export function admit(context: CommandContext, data: AgentRequestData, password?: string): Admission {
  if (!context.requests.hasRoom(data.agentId)) {
    return refused(failure('GENERIC_ERROR', data.agentId, 'Too many requests of this user are waiting'));
  }
  return { ok: true, start: context.requests.reserve(data, password) };
}

/** The fields that all requests share. */
export function requestData(
  asking: Asking,
  specific: Pick<AgentRequestData, 'verb' | 'reasonCode'> & Partial<AgentRequestData>,
): AgentRequestData {
  return {
    agentId: asking.agent.loginId,
    actingId: asking.actingId,
    by: isSupervisorAsking(asking) ? 'supervisor' : 'agent',
    extension: '',
    mobile: null,
    activeDeviceId: null,
    forced: false,
    requestId: asking.requestId,
    cause: asking.cause,
    wantsAnswer: true,
    ...specific,
  };
}

/**
 * The code for a reasonCodeId of a category: required when the agent's team has codes of that category,
 * refused when it has none (rest-api.md 4.8). 0 = no reason.
 */
export function reasonCodeFor(
  context: CommandContext,
  agent: UserRecord,
  category: ReasonCategory,
  reasonCodeId: number | undefined,
): number | ApiFailure {
  const codes = context.directory.current.reasonCodes(category, agent.teamId);
  if (reasonCodeId === undefined) return codes.length === 0 ? 0 : failure('REASON_REQUIRED');
  if (codes.length === 0) return failure('REASON_NOT_ALLOWED');
  const code = codes.find(({ id }) => id === reasonCodeId);
  return code === undefined
    ? failure('INVALID_INPUT', 'reasonCodeId', 'Invalid reasonCodeId specified for user')
    : code.code;
}
