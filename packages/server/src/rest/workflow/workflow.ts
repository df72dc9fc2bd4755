/** Workflows of a user and of a team, with their actions (rest-api.md 4.9 and 6). */
import { failure } from '../../domain/errors.ts';
import { listDocument } from '../../objects/list.ts';
import { WORKFLOW } from '../../objects/workflows.ts';
import { objectWriter } from '../../objects/writer.ts';
import type { WorkflowRecord } from '../../store/directory.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { userOf } from '../user/find-user.ts';

const answer = (call: Call, workflows: readonly WorkflowRecord[]): Answer =>
  ok(listDocument('Workflows', objectWriter(WORKFLOW, call.dependencies.presenter.profile), workflows));

/** Of the team that the user belongs to; not of those that the user supervises (desktop.md 14). */
function getUserWorkflows(call: Call): Answer {
  const user = userOf(call);
  call.announce(user.loginId, user.loginId);
  return answer(call, call.dependencies.directory.current.workflows(user.teamId));
}

function getTeamWorkflows(call: Call): Answer {
  const { directory } = call.dependencies;
  const { teamId = '' } = call.parameters;
  call.announce(call.principal!.loginId, teamId.slice(0, 32));
  const team = /^\d{1,10}$/.test(teamId) ? directory.current.team(Number(teamId)) : undefined;
  if (team === undefined) return failed(failure('NOT_FOUND', teamId, 'Invalid team id specified'));
  return answer(call, directory.current.workflows(team.id));
}

export const WORKFLOW_RESOURCES: readonly Resource[] = [
  {
    path: 'User/{userId}/Workflows',
    methods: { GET: { operation: 'user.workflows', request: 'workflows.GET', handle: getUserWorkflows } },
  },
  {
    path: 'TeamResource/{teamId}/Workflows',
    methods: { GET: { operation: 'teamResource.get', request: 'workflows.GET', handle: getTeamWorkflows } },
  },
];
