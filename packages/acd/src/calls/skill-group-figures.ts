/** Figures of one skill group now, as QUERY_SKILL_GROUP_STATISTICS_CONF names them. Kept, not counted when asked. */
export interface SkillGroupFigures {
  readonly agentsLoggedOn: number;
  readonly agentsAvail: number;
  readonly agentsNotReady: number;
  readonly agentsReady: number;
  readonly agentsTalkingIn: number;
  readonly agentsTalkingOut: number;
  /** Internal calls; consult calls towards the queue of the original call. */
  readonly agentsTalkingOther: number;
  readonly agentsWorkNotReady: number;
  readonly agentsWorkReady: number;
  readonly agentsBusyOther: number;
  readonly agentsReserved: number;
  readonly agentsHold: number;
  readonly callsInQueue: number;
  /** Wall ms at which the call that waits longest came; null when none waits. */
  readonly longestQueuedSince: number | null;
}
