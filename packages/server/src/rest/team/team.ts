/** A team with summaries of its members, for its supervisors (rest-api.md 6). */

import { failure } from '../../domain/errors.ts';
import { isSince } from '../../domain/profile.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';

function getTeam(call: Call): Answer {
  const { presenter, directory } = call.dependencies;
  const { teamId = '' } = call.parameters;
  call.announce(call.principal!.loginId, teamId.slice(0, 32));
  const team = /^\d{1,10}$/.test(teamId) ? directory.current.team(Number(teamId)) : undefined;
  if (team === undefined) return failed(failure('NOT_FOUND', teamId, 'Invalid team id specified'));
  const wanted = call.query.get('includeLoggedOutAgents');
  // Without a word: everybody up to 11.x, those signed in from 12.x on.
  const includeLoggedOut =
    wanted === null ? !isSince(presenter.profile.release, '12.6') : wanted.toLowerCase() === 'true';
  return ok(presenter.team.document(presenter.teamSource(team, includeLoggedOut)));
}

export const TEAM_RESOURCES: readonly Resource[] = [
  {
    path: 'Team/{teamId}',
    methods: { GET: { operation: 'team.get', request: 'team.GET', handle: getTeam } },
  },
];
