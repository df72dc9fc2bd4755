import { ControlFailureCode as CF } from '@poise/ged188';
import type { Cause, DeviceName } from './call-fact.ts';
import type { Parts } from './parts.ts';

/** Longest number that may be dialled, in characters. */
export const DIALED_NUMBER_MAX = 40;

/** What a number leads to: a phone, a route point or an outside party; null: nothing. */
export function destinationOf({ agents, settings }: Parts, number: string): DeviceName | null {
  const { roster } = agents;
  if (roster.hasDevice(number)) return { id: number, kind: 'station' };
  if (roster.dialledNumber(number)) return { id: number, kind: 'routePoint' };
  if (number.length <= DIALED_NUMBER_MAX && settings.isOutside(number))
    return { id: number, kind: 'external' };
  return null;
}

/** Why a party cannot be had: what a caller is told, and the code for a request that needs it at once. */
export interface Obstacle {
  readonly cause: Cause;
  readonly code: number;
}

/** Null: nothing stands in the way. */
export function obstacleAt(parts: Parts, target: DeviceName | null): Obstacle | null {
  const { agents, board, nailed, routing, settings } = parts;
  if (!target) return { cause: 'DEST_NOT_OBTAINABLE', code: CF.INVALID_DESTINATION };
  if (target.kind === 'external') return null;
  if (target.kind === 'routePoint') {
    const number = agents.roster.dialledNumber(target.id)?.skillGroup ?? -1;
    if (!agents.roster.skillGroup(number))
      return { cause: 'DEST_NOT_OBTAINABLE', code: CF.INVALID_DESTINATION };
    const full = (routing.queues.find(number)?.calls.size ?? 0) >= settings.waitingMax;
    return full ? { cause: 'MAX_QUEUE_EXCEEDED', code: CF.RESOURCE_BUSY } : null;
  }
  const agent = agents.agentOn(target.id);
  const reachable = agents.instrumentInService(target.id) && (!agent || nailed.ready(agent.profile.loginId));
  if (!reachable) return { cause: 'DEST_NOT_OBTAINABLE', code: CF.RESOURCE_OUT_OF_SERVICE };
  const line = board.line(target.id);
  const load = (line?.load ?? 0) + (line?.reservation && !line.reservation.offer ? 1 : 0);
  return load >= settings.busyAtCalls ? { cause: 'BUSY', code: CF.RESOURCE_BUSY } : null;
}
