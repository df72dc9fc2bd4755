import type { Element } from '@poise/xml';
import { find, idOf, list, number, text } from './read.ts';

/** A message of a supervisor to teams; shown until `createdAt` + `durationSeconds`. */
export interface TeamMessage {
  readonly uri: string;
  readonly id: string;
  readonly createdBy: { readonly id: string; readonly firstName: string; readonly lastName: string };
  readonly createdAt: Date | null;
  readonly durationSeconds: number;
  readonly content: string;
  readonly teamIds: readonly number[];
}

export function readTeamMessage(element: Element): TeamMessage {
  const creator = find(element, 'createdBy');
  const createdAt = number(element, 'createdAt');
  return {
    uri: text(element, 'uri'),
    id: idOf(element),
    createdBy: {
      id: text(creator, 'id'),
      firstName: text(creator, 'firstName'),
      lastName: text(creator, 'lastName'),
    },
    createdAt: createdAt === null ? null : new Date(createdAt * 1000),
    durationSeconds: number(element, 'duration') ?? 0,
    content: find(element, 'content')?.text ?? '',
    teamIds: list(find(element, 'teams'), 'team').map((team) => Number(team.text)),
  };
}

export function readTeamMessages(root: Element): TeamMessage[] {
  return list(root, 'TeamMessage').map(readTeamMessage);
}
