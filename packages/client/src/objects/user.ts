import type { Element } from '@poise/xml';
import { find, idOf, list, number, type Open, text, time } from './read.ts';
import { type ReasonCode, readReasonCode } from './reason.ts';

/** States of an agent (voice). `LOGIN` is a request only and never printed. */
export type AgentState = Open<
  | 'LOGOUT'
  | 'NOT_READY'
  | 'READY'
  | 'RESERVED'
  | 'RESERVED_OUTBOUND'
  | 'RESERVED_OUTBOUND_PREVIEW'
  | 'TALKING'
  | 'HOLD'
  | 'WORK'
  | 'WORK_READY'
  | 'UNKNOWN'
>;

/** What an agent, or a supervisor for an agent, may ask for. */
export type RequestableState = 'READY' | 'NOT_READY' | 'LOGOUT' | 'WORK';

export interface MobileAgent {
  readonly mode: 'CALL_BY_CALL' | 'NAILED_CONNECTION';
  readonly dialNumber: string;
}

export interface TeamName {
  readonly uri: string;
  readonly id: number;
  readonly name: string;
}

export interface User {
  readonly uri: string;
  /** The id that URIs use. */
  readonly loginId: string;
  readonly loginName: string;
  readonly firstName: string;
  readonly lastName: string;
  /** '' while signed out. */
  readonly extension: string;
  readonly state: AgentState;
  /** The state that follows the call and its wrap-up; '' when none was asked for. */
  readonly pendingState: AgentState;
  /** By the server's clock; null until the first state event is known. */
  readonly stateChangeTime: Date | null;
  /** -1: just signed in, or unknown after a failover; null: no reason was given. */
  readonly reasonCodeId: number | null;
  readonly reasonCode: ReasonCode | null;
  readonly roles: readonly Open<'Agent' | 'Supervisor'>[];
  readonly teamId: number | null;
  readonly teamName: string;
  /** Supervised teams; empty for agents. */
  readonly teams: readonly TeamName[];
  readonly settings: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly wrapUpTimer: number | null;
  readonly mobileAgent: MobileAgent | null;
  readonly mediaType: string;
  readonly mediaState: string;
  readonly skillTargetId: number | null;
  readonly activeDeviceId: string;
  /** URI of the list of dialogs. */
  readonly dialogs: string;
}

export function readUser(element: Element): User {
  const reasonCode = find(element, 'reasonCode');
  const mode = text(find(element, 'mobileAgent'), 'mode');
  return {
    uri: text(element, 'uri'),
    loginId: text(element, 'loginId'),
    loginName: text(element, 'loginName'),
    firstName: text(element, 'firstName'),
    lastName: text(element, 'lastName'),
    extension: text(element, 'extension'),
    state: text(element, 'state'),
    pendingState: text(element, 'pendingState'),
    stateChangeTime: time(element, 'stateChangeTime'),
    reasonCodeId: number(element, 'reasonCodeId'),
    reasonCode: reasonCode === undefined ? null : readReasonCode(reasonCode),
    roles: list(find(element, 'roles'), 'role').map((role) => role.text),
    teamId: number(element, 'teamId'),
    teamName: text(element, 'teamName'),
    teams: list(find(element, 'teams'), 'Team').map(readTeamName),
    settings: readSettings(find(element, 'settings')),
    wrapUpTimer: number(element, 'wrapUpTimer'),
    mobileAgent:
      mode === 'CALL_BY_CALL' || mode === 'NAILED_CONNECTION'
        ? { mode, dialNumber: text(find(element, 'mobileAgent'), 'dialNumber') }
        : null,
    mediaType: text(element, 'mediaType'),
    mediaState: text(element, 'mediaState'),
    skillTargetId: number(element, 'skillTargetId'),
    activeDeviceId: text(element, 'activeDeviceId'),
    dialogs: text(element, 'dialogs'),
  };
}

export function readUsers(root: Element): User[] {
  return list(root, 'User').map(readUser);
}

function readTeamName(element: Element): TeamName {
  return { uri: text(element, 'uri'), id: Number(idOf(element)), name: text(element, 'name') };
}

function readSettings(element: Element | undefined): Record<string, string> {
  return Object.fromEntries((element?.elements() ?? []).map((setting) => [setting.name, setting.text]));
}

/** A team with its members in summary form: fields that a summary lacks are '' or null. */
export interface Team extends TeamName {
  readonly users: readonly User[];
}

export function readTeam(element: Element): Team {
  return { ...readTeamName(element), users: list(find(element, 'users'), 'User').map(readUser) };
}
