/** Every collection of the configuration API, by name. */
import type { CollectionName, Descriptions } from '../configuration/descriptions.ts';
import type { Collection } from './collection.ts';
import {
  contactsOf,
  layoutsOf,
  mediaPropertiesLayoutsOf,
  phoneBooksOf,
  reasonCodesOf,
  workflowActionsOf,
  workflowsOf,
  wrapUpReasonsOf,
} from './desk-work.ts';
import { devicesOf, dialledNumbersOf, skillGroupsOf, teamsOf, usersOf } from './people.ts';

export const collectionsOf = (descriptions: Descriptions): Readonly<Record<CollectionName, Collection>> => ({
  users: usersOf(descriptions),
  teams: teamsOf(descriptions),
  skillGroups: skillGroupsOf(descriptions),
  devices: devicesOf(descriptions),
  dialledNumbers: dialledNumbersOf(descriptions),
  reasonCodes: reasonCodesOf(descriptions),
  wrapUpReasons: wrapUpReasonsOf(descriptions),
  phoneBooks: phoneBooksOf(descriptions),
  contacts: contactsOf(descriptions),
  layouts: layoutsOf(descriptions),
  mediaPropertiesLayouts: mediaPropertiesLayoutsOf(descriptions),
  workflows: workflowsOf(descriptions),
  workflowActions: workflowActionsOf(descriptions),
});
