/** Who is connected to this node, for administrators (objects.md 5, ConnectedUsersInfo; from 12.6 on). */
import { fieldsOf, type ObjectDescription } from './description.ts';

/** What a session of the notification service is, by its resource (notification-service.md 7). */
export type UserType = 'DESKTOP' | 'FIPPA' | 'THIRDPARTY';

export function userTypeOf(resource: string): UserType {
  if (resource === 'desktop') return 'DESKTOP';
  return /^fippa/i.test(resource) ? 'FIPPA' : 'THIRDPARTY';
}

export interface ConnectedUser {
  readonly loginId: string;
  readonly userType: UserType;
  /** Full. */
  readonly jid: string;
  readonly teamName: string;
  readonly extension: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Whole seconds. */
  readonly connectedDuration: number;
  /** The node. */
  readonly connectedHostName: string;
}

export interface ConnectedUsersSource {
  readonly users: readonly ConnectedUser[];
  /** Whether they are named. */
  readonly details: boolean;
}

const source = fieldsOf<ConnectedUsersSource>();
const user = fieldsOf<ConnectedUser>();

/** Users, not sessions: who has two of one type counts once. */
const count = ({ users }: ConnectedUsersSource, type: UserType): number =>
  new Set(users.filter(({ userType }) => userType === type).map(({ loginId }) => loginId)).size;

export const CONNECTED_USERS_INFO: ObjectDescription<ConnectedUsersSource> = {
  root: 'ConnectedUsersInfo',
  eventRoot: 'connectedUsersInfo',
  declaration: true,
  fields: [
    source.group(
      'userSummary',
      [
        source.integer('desktopUsers', (s) => count(s, 'DESKTOP')),
        source.integer('fippaUsers', (s) => count(s, 'FIPPA')),
        source.integer('thirdPartyUsers', (s) => count(s, 'THIRDPARTY')),
        source.integer('totalConnectedUsers', (s) =>
          (['DESKTOP', 'FIPPA', 'THIRDPARTY'] as const).reduce((sum, type) => sum + count(s, type), 0),
        ),
        // Nothing tells a reverse proxy of the original from any other one.
        source.integer('totalConnectedUsersViaProxy', () => 0),
      ],
      (s) => s,
    ),
    source.list(
      'userDetails',
      'userDetail',
      [
        user.text('loginId', (u) => u.loginId),
        user.oneOf('userType', ['DESKTOP', 'FIPPA', 'THIRDPARTY'], (u) => u.userType),
        user.text('xmppJID', (u) => u.jid),
        user.text('teamName', (u) => u.teamName),
        user.text('extension', (u) => u.extension),
        user.text('firstName', (u) => u.firstName),
        user.text('lastName', (u) => u.lastName),
        user.integer('connectedDuration', (u) => u.connectedDuration),
        user.text('connectedHostName', (u) => u.connectedHostName),
      ],
      (s) => (s.details ? s.users : undefined),
    ),
    source.uri('uri', () => '/finesse/api/ConnectedUsersInfo'),
  ],
};
