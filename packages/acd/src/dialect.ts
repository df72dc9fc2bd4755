/**
 * Everything that differs between the CCE and the CCX flavour of the protocol, in one place: the rest of
 * the package reads these values and never asks which deployment it is.
 */

export type Deployment = 'CCE' | 'CCX';

/** `presence.onDisconnect`: what a forced sign-out of a lost desktop (reason 255) becomes on CCE. */
export type OnDisconnect = 'notReady' | 'logout';

/** System reason codes (EventReasonCode) the server sets by itself. */
export interface SystemReasons {
  /** The agent was removed from the directory while signed in. */
  readonly agentRemoved: number;
  /** The phone of a signed-in agent was removed from the directory. */
  readonly deviceRemoved: number;
  /** The phone of a signed-in agent went out of service. */
  readonly deviceOutOfService: number;
  /** A routed call was not answered in time. */
  readonly notAnswered: number;
  /** An available agent dials. */
  readonly offHook: number;
  /** CCX: an available agent took a call outside routing. */
  readonly nonAcdCall: number;
  /** A mobile agent's phone could not be reached: signed out. */
  readonly mobileCallFailed: number;
  /** A mobile agent's phone was busy or did not answer: not ready. */
  readonly mobileNotAnswered: number;
  /** The nailed connection of a mobile agent was lost: signed out. */
  readonly nailedConnectionLost: number;
}

export interface Dialect {
  readonly deployment: Deployment;
  /** PeripheralType: 17 ENTERPRISE_AGENT, CCX always 21. */
  readonly peripheralType: number;
  /** PeripheralID as written on the wire. */
  readonly peripheralId: number;
  /** Other values a request may name for "this peripheral". */
  readonly peripheralAliases: readonly number[];
  /** AgentIDLong (tag 194) accompanies AgentID. */
  readonly longAgentIds: boolean;
  /** ClientSignature is present in agent events, even if empty. */
  readonly signatureInEvents: boolean;
  /** AgentInstrument accompanies AgentExtension in LOGOUT events. */
  readonly instrumentInLogout: boolean;
  /** A mobile agent may sign in ("instrument;phone" with a work mode). */
  readonly mobileAgents: boolean;
  /** ForcedFlag 2 checks the password of an agent and changes nothing; CCE reserves the value. */
  readonly authenticateOnly: boolean;
  /** Reasons that mark a change as made by a supervisor. */
  readonly supervisorReasons: { readonly notReady: number; readonly logout: number };
  /**
   * Forced sign-out of a lost desktop: the state asked for, its reason, and whether it also ends the agent's session in
   * the midst of a call (notification-service.md 6.4, LOAD=1), which otherwise is waited for.
   */
  readonly disconnect: {
    readonly to: 'NOT_READY' | 'LOGOUT';
    readonly reason: number;
    readonly atOnce: boolean;
  };
  readonly reasons: SystemReasons;
}

/** Reason a desktop server sends when a desktop's presence was lost. */
export const DISCONNECT_REASON = 255;

/** Only CCE has mobile agents. */
const MOBILE = { mobileCallFailed: 50040, mobileNotAnswered: 50041, nailedConnectionLost: 50042 } as const;

export function dialectOf(deployment: Deployment, peripheralId: number, onDisconnect: OnDisconnect): Dialect {
  if (deployment === 'CCX') {
    return {
      deployment,
      peripheralType: 21,
      peripheralId: 1,
      peripheralAliases: [0, peripheralId],
      longAgentIds: true,
      signatureInEvents: false,
      instrumentInLogout: false,
      mobileAgents: false,
      authenticateOnly: true,
      supervisorReasons: { notReady: 33, logout: 22 },
      disconnect: { to: 'LOGOUT', reason: DISCONNECT_REASON, atOnce: false },
      reasons: {
        agentRemoved: 32748,
        deviceRemoved: 32750,
        deviceOutOfService: 32759,
        notAnswered: 32763,
        offHook: 32762,
        nonAcdCall: 32761,
        ...MOBILE,
      },
    };
  }
  return {
    deployment,
    peripheralType: 17,
    peripheralId,
    peripheralAliases: [],
    longAgentIds: false,
    signatureInEvents: true,
    instrumentInLogout: true,
    mobileAgents: true,
    authenticateOnly: false,
    supervisorReasons: { notReady: 999, logout: 999 },
    disconnect:
      onDisconnect === 'logout'
        ? { to: 'LOGOUT', reason: 50002, atOnce: true }
        : { to: 'NOT_READY', reason: 50002, atOnce: false },
    reasons: {
      agentRemoved: 65534,
      deviceRemoved: 65533,
      deviceOutOfService: 50003,
      notAnswered: 32767,
      offHook: 50006,
      nonAcdCall: 50005,
      ...MOBILE,
    },
  };
}
