/** What the desktop uses of the SDK, and what it makes of the answers. */
import {
  ApiError,
  type ConnectionDetail,
  type ConnectionStatus,
  type PoiseClient,
  type SignInOptions,
  type User,
} from '@poise/client';
import type { AreaClient } from './areas.ts';
import type { CallClient } from './call-control.ts';
import { isByLoss, isBySupervisor } from './chosen-state.ts';
import { type LayoutState, readLayoutAnswer } from './layout.ts';
import { isMissing, signInSentence } from './sentences.ts';
import type { AgentUser, Link, Sentence } from './store.ts';

/** The part of the SDK that the desktop uses. */
export type DesktopClient = Pick<
  PoiseClient,
  | 'systemInfo'
  | 'connect'
  | 'close'
  | 'suspend'
  | 'resume'
  | 'probe'
  | 'reconnect'
  | 'moveAway'
  | 'host'
  | 'nodes'
  | 'transport'
  | 'on'
  | 'user'
  | 'signIn'
  | 'setState'
  | 'signOut'
  | 'reasonCodes'
  | 'dialogs'
  | 'wrapUpReasons'
  | 'poise'
  | 'clientLog'
  | 'compressedClientLog'
  | 'sendText'
> &
  CallClient &
  AreaClient;

const LINKS: Readonly<Record<ConnectionStatus, Link | null>> = {
  connecting: null,
  connected: null,
  // Up is what has been read.
  recovered: null,
  resumed: null,
  interrupted: 'lost',
  disconnected: 'lost',
  reconnecting: 'lost',
  failing: 'lost',
  searching: 'lost',
  moving: 'lost',
  conflict: 'conflict',
  unauthorized: 'unauthorized',
};

/** What a status of the connection means for the page; null: nothing changes. */
export function linkOf(status: ConnectionStatus, detail: ConnectionDetail): Link | null {
  const link = LINKS[status];
  return link === 'lost' && detail.status === 503 ? 'out-of-service' : link;
}

/** The agent as the page knows him. */
export function agentOf(user: User): AgentUser {
  return {
    loginId: user.loginId,
    loginName: user.loginName,
    firstName: user.firstName,
    lastName: user.lastName,
    extension: user.extension,
    teamId: user.teamId,
    teamName: user.teamName,
    teams: user.teams,
    state: user.state,
    stateChangeTime: user.stateChangeTime?.getTime() ?? null,
    reasonCodeId: user.reasonCode?.id ?? (user.reasonCodeId === -1 ? null : user.reasonCodeId),
    reasonLabel: user.reasonCode?.label ?? null,
    byLoss: isByLoss(user),
    bySupervisor: isBySupervisor(user),
    pendingState: user.pendingState,
    roles: user.roles,
    mobileMode: user.mobileAgent?.mode ?? '',
    mobileNumber: user.mobileAgent?.dialNumber ?? '',
    wrapUpSeconds: user.wrapUpTimer,
  };
}

/** `none`: another server, or an older one. The page has a layout of its own. */
export async function layoutOf(client: DesktopClient): Promise<LayoutState | 'none' | 'failed'> {
  try {
    return readLayoutAnswer(await client.poise('/desktop/layout')) ?? 'failed';
  } catch (error) {
    const isAbsent = error instanceof ApiError && (error.status === 404 || error.status === 501);
    return isAbsent ? 'none' : 'failed';
  }
}

/** The notification service refuses accounts that are no agents as it refuses wrong passwords; REST tells them apart. */
export async function isNoAgent(client: DesktopClient): Promise<boolean> {
  try {
    await client.user();
    return false;
  } catch (error) {
    return isMissing(error);
  }
}

/** A token has no field that could be corrected. */
export function credentialSentence(error: unknown, extension: string, password: string | null): Sentence {
  const sentence = signInSentence(error, extension);
  return password === null && sentence.key === 'error.credentials' ? { key: 'error.sso.refused' } : sentence;
}

/** What the agent sits at, for another sign-in. */
export function seatOf(user: User, asked: string): SignInOptions {
  const { extension, mobileAgent, activeDeviceId } = user;
  return {
    extension: extension || asked,
    ...(mobileAgent !== null && { mobile: mobileAgent }),
    ...(activeDeviceId !== '' && { activeDeviceId }),
  };
}
