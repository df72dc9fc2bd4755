/** Messages of supervisors to their teams (rest-api.md 6). Writes are synchronous: 200, and an event on the team's node. */
import { failure } from '../../domain/errors.ts';
import type { TeamMessage } from '../../domain/team-messages.ts';
import { listDocument } from '../../objects/list.ts';
import { lastChild, readRoot } from '../../objects/request.ts';
import { readTeamMessageRequest, TEAM_MESSAGE } from '../../objects/team-message.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import { locationOf } from '../location.ts';
import type { Resource } from '../resource.ts';

const writerOf = (call: Call) => objectWriter(TEAM_MESSAGE, call.dependencies.presenter.profile);
const isAdministrator = (call: Call): boolean => call.principal!.roles.has('Administrator');

async function postTeamMessage(call: Call): Promise<Answer> {
  const { directory, teamMessages } = call.dependencies;
  const { user, loginId } = call.principal!;
  const root = readRoot(call.body, 'TeamMessage');
  if (!root.ok) return failed(root.failure);
  const unusableId = call.adoptRequestId(lastChild(root.value, 'requestId')?.text);
  if (unusableId !== null) return failed(unusableId);
  const request = readTeamMessageRequest(root.value);
  if (!request.ok) return failed(request.failure);
  const { teamIds, durationSeconds } = request.value;
  call.announce(loginId, ` duration:${durationSeconds} teams:${teamIds.slice(0, 20).join(',')}`);
  for (const teamId of teamIds) {
    if (directory.current.team(teamId) === undefined)
      return failed(failure('NOT_FOUND', String(teamId), 'Invalid team id specified'));
    if (!isAdministrator(call) && !user.supervisedTeamIds.includes(teamId))
      return failed(failure('NOT_SUPERVISOR', String(teamId)));
  }
  const createdBy = { id: loginId, firstName: user.firstName, lastName: user.lastName };
  const message = await teamMessages.create(request.value, createdBy);
  if (message === null) return failed(failure('TEAM_MESSAGE_LIMIT'));
  return {
    status: 200,
    body: '',
    headers: { Location: locationOf(call, `/finesse/api/TeamMessage/${message.id}`) },
    written: () => teamMessages.tell(message, 'POST', call.requestId, call.cause),
  };
}

function getTeamMessage(call: Call): Answer {
  const { id = '' } = call.parameters;
  call.announce(call.principal!.loginId, id.slice(0, 64));
  const message = visible(call, id);
  return message === undefined ? unknown(id) : ok(writerOf(call).document(message));
}

/** Those that the caller created and that have not expired. */
function getTeamMessages(call: Call): Answer {
  const { loginId } = call.principal!;
  call.announce(loginId, loginId);
  const messages = call.dependencies.teamMessages.book.createdBy(loginId);
  return ok(listDocument('TeamMessages', writerOf(call), messages));
}

function getMessagesOfTeam(call: Call): Answer {
  const { teamId = '' } = call.parameters;
  call.announce(call.principal!.loginId, teamId.slice(0, 32));
  const messages = call.dependencies.teamMessages.book.ofTeam(Number(teamId));
  return ok(listDocument('TeamMessages', writerOf(call), messages));
}

async function deleteTeamMessage(call: Call): Promise<Answer> {
  const { id = '' } = call.parameters;
  const { loginId } = call.principal!;
  call.announce(loginId, id.slice(0, 64));
  const message = visible(call, id);
  if (message === undefined) return unknown(id);
  if (!isAdministrator(call) && message.createdBy.id !== loginId)
    return failed(failure('UNAUTHORIZED', loginId));
  const { teamMessages } = call.dependencies;
  if (!(await teamMessages.remove(id))) return failed(failure('TEAM_MESSAGE_LIMIT'));
  const written = () => teamMessages.tell(message, 'DELETE', call.requestId, call.cause);
  return { ...ok(''), written };
}

/** Own messages, those of supervised teams, administrators all; others are not told that they exist. */
function visible(call: Call, id: string): TeamMessage | undefined {
  const { user, loginId } = call.principal!;
  const message = call.dependencies.teamMessages.book.get(id);
  if (message === undefined || isAdministrator(call) || message.createdBy.id === loginId) return message;
  return message.teamIds.some((teamId) => user.supervisedTeamIds.includes(teamId)) ? message : undefined;
}

const unknown = (id: string): Answer =>
  failed(failure('NOT_FOUND', id.slice(0, 64), 'Invalid TeamMessage id specified'));

const COLLECTION = {
  GET: { operation: 'teamMessage.list', request: 'teamMessages.GET', handle: getTeamMessages },
  POST: { operation: 'teamMessage.create', request: 'teamMessage.POST', handle: postTeamMessage },
} as const;

export const TEAM_MESSAGE_RESOURCES: readonly Resource[] = [
  // The guide posts to the singular and shows the plural in its example; both are served.
  { path: 'TeamMessage', methods: { POST: COLLECTION.POST } },
  { path: 'TeamMessages', methods: COLLECTION },
  {
    path: 'TeamMessage/{id}',
    methods: {
      GET: { operation: 'teamMessage.get', request: 'teamMessage.GET', handle: getTeamMessage },
      DELETE: { operation: 'teamMessage.delete', request: 'teamMessage.DELETE', handle: deleteTeamMessage },
    },
  },
  {
    path: 'Team/{teamId}/TeamMessages',
    methods: {
      GET: { operation: 'team.messages', request: 'teamMessages.GET', handle: getMessagesOfTeam },
    },
  },
];
