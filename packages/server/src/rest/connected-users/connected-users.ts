/** Who is connected to this node (rest-api.md 9). `?userDetails=true` names them; the name of the switch is our choice. */
import { CONNECTED_USERS_INFO, type ConnectedUser, userTypeOf } from '../../objects/connected-users.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type Answer, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';

/** The original counts every five seconds, so that nobody can keep it busy by asking; ours is cheap enough to be right. */
function getConnectedUsers(call: Call): Answer {
  const { presenter } = call.dependencies;
  call.announce(call.principal!.loginId, '');
  const details = call.query.get('userDetails')?.toLowerCase() === 'true';
  return ok(
    objectWriter(CONNECTED_USERS_INFO, presenter.profile).document({ users: usersOf(call), details }),
  );
}

/** Agents and supervisors, by session; the accounts of the system itself are none. */
function usersOf(call: Call): readonly ConnectedUser[] {
  const { dependencies } = call;
  const { directory, agents, clock } = dependencies;
  const { current } = directory;
  // What this node is called by who asks it.
  const connectedHostName = (call.header('host') ?? '').replace(/:\d+$/, '');
  const users: ConnectedUser[] = [];
  for (const { user, resource, jid, connectedAt } of dependencies.connected?.() ?? []) {
    const record = current.user(user);
    if (record === undefined) continue;
    users.push({
      loginId: record.loginId,
      userType: userTypeOf(resource),
      jid,
      teamName: record.teamId === null ? '' : (current.team(record.teamId)?.name ?? ''),
      extension: agents.get(record.loginId).extension,
      firstName: record.firstName,
      lastName: record.lastName,
      connectedDuration: Math.max(0, Math.floor((clock.now() - connectedAt) / 1_000)),
      connectedHostName,
    });
  }
  return users;
}

export const CONNECTED_USERS_RESOURCES: readonly Resource[] = [
  {
    path: 'ConnectedUsersInfo',
    methods: {
      GET: {
        operation: 'connectedUsersInfo.get',
        request: 'connectedUsersInfo.GET',
        handle: getConnectedUsers,
      },
    },
  },
];
