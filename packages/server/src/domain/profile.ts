/** What differs between deployments (rules) and releases (form of what is printed; nothing else). */

export type Deployment = 'CCE' | 'CCX';
/** The form that is printed: elements of objects, form of times. No rule and no endpoint depends on it. */
export type Release = '9.1' | '11.6' | '12.6';

export interface Profile {
  readonly release: Release;
  readonly deployment: Deployment;
}

export const RELEASES: readonly Release[] = ['9.1', '11.6', '12.6'];

/** Whether `release` is `since` or later. */
export function isSince(release: Release, since: Release): boolean {
  return RELEASES.indexOf(release) >= RELEASES.indexOf(since);
}

/** The rules that differ between CCE and CCX, in one place (objects.md 2.3, 2.5, 2.6, 11). */
export interface DeploymentRules {
  /** Agents may sign out from these states. */
  readonly signOutFrom: ReadonlySet<string>;
  /** A wish uttered during a call is kept until its end and shown as pendingState. */
  readonly pendingStates: boolean;
  readonly mobileAgents: boolean;
  readonly loginByName: boolean;
  /** EventReasonCode of a change made by a supervisor. */
  readonly supervisorReason: { readonly NOT_READY: number; readonly LOGOUT: number };
  /** CTI code of the refusal of NOT_READY while signed out. */
  readonly notReadyWhileLogout: 'CF_INVALID_PASSWORD_SPECIFIED' | 'CF_INVALID_PARAMETER';
  /** Whether RESERVED_OUTBOUND states can be left by a request. */
  readonly leavesReservedOutbound: boolean;
  /** stateChangeTime and reason survive a loss of the CTI link when the state did not change; a time can be recovered. */
  readonly keepsTimesOverFailover: boolean;
}

export const DEPLOYMENT_RULES: Readonly<Record<Deployment, DeploymentRules>> = {
  CCE: {
    signOutFrom: new Set(['NOT_READY']),
    pendingStates: true,
    mobileAgents: true,
    loginByName: true,
    supervisorReason: { NOT_READY: 999, LOGOUT: 999 },
    notReadyWhileLogout: 'CF_INVALID_PASSWORD_SPECIFIED',
    leavesReservedOutbound: true,
    keepsTimesOverFailover: true,
  },
  CCX: {
    signOutFrom: new Set(['NOT_READY', 'READY']),
    pendingStates: false,
    mobileAgents: false,
    loginByName: false,
    supervisorReason: { NOT_READY: 33, LOGOUT: 22 },
    notReadyWhileLogout: 'CF_INVALID_PARAMETER',
    leavesReservedOutbound: false,
    keepsTimesOverFailover: false,
  },
};
