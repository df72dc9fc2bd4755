/** The TeamMessage: printed, and read from the body of a creation (objects.md 5; rest-api.md 6). */
import type { Element } from '@poise/xml';
import { failure } from '../domain/errors.ts';
import {
  CONTENT_MAX,
  DURATION_SECONDS,
  type TeamMessage,
  type TeamMessageRequest,
} from '../domain/team-messages.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';
import { childText, lastChild, type Reading, refuse } from './request.ts';

const creator = fieldsOf<TeamMessage['createdBy']>();
const CREATED_BY = [
  creator.text('id', (user) => user.id),
  creator.text('firstName', (user) => user.firstName),
  creator.text('lastName', (user) => user.lastName),
];

const message = fieldsOf<TeamMessage>();
export const TEAM_MESSAGE: ObjectDescription<TeamMessage> = {
  root: 'TeamMessage',
  eventRoot: 'TeamMessage',
  declaration: true,
  fields: [
    message.uri('uri', (m) => `/finesse/api/TeamMessage/${m.id}`),
    message.text('id', (m) => m.id),
    message.group('createdBy', CREATED_BY, (m) => m.createdBy),
    message.integer('createdAt', (m) => Math.floor(m.createdAt / 1000)),
    message.integer('duration', (m) => m.durationSeconds),
    message.text('content', (m) => m.content),
    message.texts('teams', 'team', (m) => m.teamIds),
  ],
};

/** Most teams of one message. */
const TEAMS_MAX = 1_000;

/** Reads the children of `<TeamMessage>`. */
export function readTeamMessageRequest(root: Element): Reading<TeamMessageRequest> {
  const content = childText(root, 'content');
  if (content === undefined) return missing('content');
  if ([...content].length > CONTENT_MAX) return invalid('content');
  const duration = childText(root, 'duration');
  if (duration === undefined) return missing('duration');
  const durationSeconds = /^\d{1,9}$/.test(duration) ? Number(duration) : 0;
  if (durationSeconds < DURATION_SECONDS.min || durationSeconds > DURATION_SECONDS.max)
    return invalid('duration');
  const teams = lastChild(root, 'teams')?.elements('team') ?? [];
  if (teams.length === 0) return missing('teams');
  if (teams.length > TEAMS_MAX) return invalid('teams');
  const ids = new Set<number>();
  for (const team of teams) {
    // The id alone, or a uri or id inside, as other lists of the API are written.
    const text = (childText(team, 'id') ?? childText(team, 'uri') ?? team.text)
      .trim()
      .replace(/^\/finesse\/api\/Team\//, '');
    if (!/^\d{1,10}$/.test(text)) return invalid('team');
    ids.add(Number(text));
  }
  return {
    ok: true,
    value: { content, durationSeconds, teamIds: [...ids].sort((a, b) => a - b) },
  };
}

const missing = (name: string) => refuse(failure('PARAMETER_MISSING', name, `${name} Parameter missing`));
const invalid = (name: string) =>
  refuse(failure('INVALID_INPUT', name, `Invalid ${name} specified for TeamMessage`));
