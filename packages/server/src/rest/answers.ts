/** What GET of each resource answers, and what Updates of each node carry: the contract as a table, from which its documents are made. */
import type { NodeKind } from '../accounts/nodes.ts';
import type { Profile } from '../domain/profile.ts';
import { CLIENT_LOG } from '../objects/client-log.ts';
import { CONFIG_INFO, SYSTEM_VARIABLE } from '../objects/config-info.ts';
import { TOLD_SECTIONS } from '../objects/configuration-sections.ts';
import { CONNECTED_USERS_INFO } from '../objects/connected-users.ts';
import type { ObjectDescription } from '../objects/description.ts';
import { LAYOUT_CONFIG, TEAM_LAYOUT_CONFIG } from '../objects/desktop-layout.ts';
import { DIALOG } from '../objects/dialog.ts';
import { DEVICE, ECC_VARIABLE } from '../objects/ecc-variable-config.ts';
import { MAINTENANCE_MODE } from '../objects/maintenance-mode.ts';
import { MEDIA } from '../objects/media.ts';
import { MEDIA_PROPERTIES_LAYOUT } from '../objects/media-properties-layout.ts';
import { CONTACT_OF_BOOK, PHONE_BOOK, PHONE_BOOK_SUMMARY } from '../objects/phone-books.ts';
import { QUEUE, QUEUE_GONE } from '../objects/queue.ts';
import { REASON_CODE, WRAP_UP_REASON, WRAP_UP_REASON_CONFIGURATION } from '../objects/reasons.ts';
import {
  CHAT_CONFIG,
  CLUSTER_CONFIG,
  ENTERPRISE_DATABASE_CONFIG,
  SYSTEM_CONFIG,
} from '../objects/system-config.ts';
import { SYSTEM_INFO, SYSTEM_INFO_TIMESTAMP } from '../objects/system-info.ts';
import { TASK } from '../objects/task.ts';
import { TEAM_MESSAGE } from '../objects/team-message.ts';
import { TEAM, TEAM_ENTRY, USER, USER_SUMMARY } from '../objects/user.ts';
import { WORKFLOW, WORKFLOW_ACTION, WORKFLOW_CONFIGURATION } from '../objects/workflows.ts';
import { type Schema, schemaOfFields, schemaOfList, schemaOfObject } from '../objects/xml-schema.ts';

// biome-ignore lint/suspicious/noExplicitAny: only its fields are looked at, whatever it prints
type AnyObject = ObjectDescription<any>;

/** By the name under which the documents have them. */
const OBJECTS = {
  ChatConfig: CHAT_CONFIG,
  ClientLog: CLIENT_LOG,
  ClusterConfig: CLUSTER_CONFIG,
  ConfigInfo: CONFIG_INFO,
  ConnectedUsersInfo: CONNECTED_USERS_INFO,
  Contact: CONTACT_OF_BOOK,
  Device: DEVICE,
  Dialog: DIALOG,
  ECCVariable: ECC_VARIABLE,
  EnterpriseDatabaseConfig: ENTERPRISE_DATABASE_CONFIG,
  LayoutConfig: LAYOUT_CONFIG,
  MaintenanceMode: MAINTENANCE_MODE,
  Media: MEDIA,
  MediaPropertiesLayout: MEDIA_PROPERTIES_LAYOUT,
  PhoneBook: PHONE_BOOK,
  PhoneBookSummary: PHONE_BOOK_SUMMARY,
  Queue: QUEUE,
  QueueGone: QUEUE_GONE,
  ReasonCode: REASON_CODE,
  SystemConfig: SYSTEM_CONFIG,
  SystemInfo: SYSTEM_INFO,
  SystemInfoTimestamp: SYSTEM_INFO_TIMESTAMP,
  SystemVariable: SYSTEM_VARIABLE,
  Task: TASK,
  Team: TEAM,
  TeamEntry: TEAM_ENTRY,
  TeamLayoutConfig: TEAM_LAYOUT_CONFIG,
  TeamMessage: TEAM_MESSAGE,
  User: USER,
  UserSummary: USER_SUMMARY,
  Workflow: WORKFLOW,
  WorkflowAction: WORKFLOW_ACTION,
  WorkflowConfiguration: WORKFLOW_CONFIGURATION,
  WrapUpReason: WRAP_UP_REASON,
  WrapUpReasonConfiguration: WRAP_UP_REASON_CONFIGURATION,
} satisfies Record<string, AnyObject>;
export type ObjectName = keyof typeof OBJECTS;

/** One of some objects; a list of them under a root; or a document that is printed by hand. */
export type AnswerShape =
  | { readonly object: readonly ObjectName[] }
  | { readonly list: string; readonly of: ObjectName; readonly attributes?: readonly string[] }
  | { readonly schema: Schema }
  | { readonly mediaType: string };

const object = (...names: ObjectName[]): AnswerShape => ({ object: names });
const list = (root: string, of: ObjectName, ...attributes: string[]): AnswerShape => ({
  list: root,
  of,
  attributes,
});

const USER_AUTH_MODE: Schema = {
  type: 'object',
  xml: { name: 'UserAuthMode' },
  required: ['authMode'],
  properties: { authMode: { enum: ['SSO', 'NON_SSO'] } },
  additionalProperties: false,
};

/** Answers of GET by path below /finesse/api. Every resource that can be read has its row: a test holds that. */
export const ANSWERS: Readonly<Record<string, AnswerShape>> = {
  ChatConfig: object('ChatConfig'),
  ClusterConfig: object('ClusterConfig'),
  ConfigInfo: object('ConfigInfo'),
  ConnectedUsersInfo: object('ConnectedUsersInfo'),
  'Devices/{extension}': list('Devices', 'Device'),
  'Dialog/{id}': object('Dialog', 'Task'),
  ECCVariableConfig: list('ECCVariableConfig', 'ECCVariable'),
  EnterpriseDatabaseConfig: object('EnterpriseDatabaseConfig'),
  'LayoutConfig/default': object('LayoutConfig'),
  MaintenanceMode: object('MaintenanceMode'),
  'MediaPropertiesLayout/default': object('MediaPropertiesLayout'),
  'MediaPropertiesLayout/{id}': object('MediaPropertiesLayout'),
  MediaPropertiesLayouts: list('MediaPropertiesLayouts', 'MediaPropertiesLayout'),
  'PhoneBook/{id}': object('PhoneBookSummary'),
  'PhoneBook/{id}/Contacts/csvFileContent': { mediaType: 'text/csv' },
  'PhoneBook/{phoneBookId}/Contact/{id}': object('Contact'),
  'PhoneBook/{phoneBookId}/Contacts': list('Contacts', 'Contact'),
  PhoneBooks: list('PhoneBooks', 'PhoneBookSummary'),
  'Queue/{queueId}': object('Queue'),
  ReasonCode: object('ReasonCode'),
  'ReasonCode/{id}': object('ReasonCode'),
  ReasonCodes: list('ReasonCodes', 'ReasonCode', 'category'),
  SystemConfig: object('SystemConfig'),
  SystemInfo: object('SystemInfo', 'SystemInfoTimestamp'),
  SystemVariables: list('SystemVariables', 'SystemVariable'),
  'Team/{id}/LayoutConfig': object('TeamLayoutConfig'),
  'Team/{id}/PhoneBooks': list('PhoneBooks', 'PhoneBookSummary'),
  'Team/{id}/ReasonCodes': list('ReasonCodes', 'ReasonCode', 'category'),
  'Team/{id}/Workflows': list('Workflows', 'WorkflowConfiguration'),
  'Team/{id}/WrapUpReasons': list('WrapUpReasons', 'WrapUpReasonConfiguration'),
  'Team/{teamId}': object('Team'),
  'Team/{teamId}/TeamMessages': list('TeamMessages', 'TeamMessage'),
  'TeamMessage/{id}': object('TeamMessage'),
  TeamMessages: list('TeamMessages', 'TeamMessage'),
  'TeamResource/{teamId}/MediaPropertiesLayouts': list('MediaPropertiesLayouts', 'MediaPropertiesLayout'),
  'TeamResource/{teamId}/PhoneBooks': list('PhoneBooks', 'PhoneBook'),
  'TeamResource/{teamId}/ReasonCodes': list('ReasonCodes', 'ReasonCode', 'category'),
  'TeamResource/{teamId}/Workflows': list('Workflows', 'Workflow'),
  'TeamResource/{teamId}/WrapUpReasons': list('WrapUpReasons', 'WrapUpReason'),
  Teams: list('Teams', 'TeamEntry'),
  'User/{userId}': object('User'),
  'User/{userId}/Dialogs': list('Dialogs', 'Dialog'),
  'User/{userId}/Dialogs/Media': list('Dialogs', 'Task'),
  'User/{userId}/Media': list('MediaList', 'Media'),
  'User/{userId}/Media/{mediaId}': object('Media'),
  'User/{userId}/MediaPropertiesLayout': object('MediaPropertiesLayout'),
  'User/{userId}/MediaPropertiesLayouts': list('MediaPropertiesLayouts', 'MediaPropertiesLayout'),
  'User/{userId}/PhoneBooks': list('PhoneBooks', 'PhoneBook'),
  'User/{userId}/Queues': list('Queues', 'Queue'),
  'User/{userId}/ReasonCode/{id}': object('ReasonCode'),
  'User/{userId}/ReasonCodes': list('ReasonCodes', 'ReasonCode', 'category'),
  'User/{userId}/Workflows': list('Workflows', 'Workflow'),
  'User/{userId}/WrapUpReason/{id}': object('WrapUpReason'),
  'User/{userId}/WrapUpReasons': list('WrapUpReasons', 'WrapUpReason'),
  'UserAuthMode/{name}': { schema: USER_AUTH_MODE },
  Users: list('Users', 'User'),
  'Workflow/{id}': object('WorkflowConfiguration'),
  'WorkflowAction/{id}': object('WorkflowAction'),
  WorkflowActions: list('WorkflowActions', 'WorkflowAction'),
  Workflows: list('Workflows', 'WorkflowConfiguration'),
  'WrapUpReason/{id}': object('WrapUpReasonConfiguration'),
  WrapUpReasons: list('WrapUpReasons', 'WrapUpReasonConfiguration'),
};

/** Every failed answer (rest-api.md 1.5). */
const API_ERRORS: Schema = {
  type: 'object',
  xml: { name: 'ApiErrors' },
  required: ['ApiError'],
  properties: {
    ApiError: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['ErrorType', 'ErrorData', 'ErrorMessage'],
        properties: {
          ErrorType: { type: 'string' },
          ErrorData: { type: ['string', 'null'] },
          ErrorMessage: { type: ['string', 'null'] },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

export const rootOf = (name: ObjectName): string => OBJECTS[name].root;

export const refTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** All objects, for `components/schemas`. */
export const objectSchemas = (profile: Profile): Record<string, Schema> => ({
  ...Object.fromEntries(
    Object.entries(OBJECTS).map(([name, description]) => [
      name,
      schemaOfObject(description as AnyObject, profile),
    ]),
  ),
  ApiErrors: API_ERRORS,
});

/** @returns undefined: no XML */
export function schemaOfAnswer(shape: AnswerShape): Schema | undefined {
  if ('mediaType' in shape) return undefined;
  if ('schema' in shape) return shape.schema;
  if ('list' in shape)
    return schemaOfList(shape.list, refTo(shape.of), (OBJECTS[shape.of] as AnyObject).root, shape.attributes);
  const [only, ...more] = shape.object;
  return more.length === 0 ? refTo(only as string) : { anyOf: shape.object.map(refTo) };
}

/** What stands in `data` of an Update: an object by itself, or some of them in a list. */
export interface EventShape {
  readonly element: ObjectName;
  /** Name of the list around it. */
  readonly in?: string;
}

/** What Updates of each node carry (notification-service.md 5.4). */
export const EVENTS: Readonly<Partial<Record<NodeKind, readonly EventShape[]>>> = {
  User: [{ element: 'User' }],
  Dialogs: [{ element: 'Dialog' }, { element: 'Dialog', in: 'dialogs' }],
  DialogsMedia: [{ element: 'Task' }, { element: 'Task', in: 'dialogs' }],
  Media: [{ element: 'Media' }],
  ClientLog: [{ element: 'ClientLog' }],
  Queues: [{ element: 'Queue', in: 'Queues' }],
  Queue: [{ element: 'Queue' }, { element: 'QueueGone' }],
  UserQueue: [{ element: 'Queue' }, { element: 'QueueGone' }],
  TeamUsers: [{ element: 'UserSummary' }, { element: 'Team' }],
  TeamMessages: [{ element: 'TeamMessage' }],
  SystemInfo: [{ element: 'SystemInfo' }],
  Configuration: [],
};

const text = { type: ['string', 'null'] };
const ASYNC_ERRORS: Schema = {
  type: 'array',
  xml: { wrapped: true },
  items: {
    type: 'object',
    xml: { name: 'apiError' },
    required: ['errorType', 'errorData', 'errorMessage'],
    properties: {
      errorType: text,
      errorData: text,
      errorMedia: text,
      errorMessage: text,
      peripheralErrorCode: text,
      peripheralErrorText: text,
    },
    additionalProperties: false,
  },
};

/** Which lists of the configuration were written (ConfigurationNotifier). */
const CONFIGURATION: Schema = {
  type: 'object',
  required: ['sections'],
  properties: {
    sections: {
      type: 'array',
      xml: { wrapped: true },
      items: { enum: [...TOLD_SECTIONS], xml: { name: 'section' } },
    },
  },
  additionalProperties: false,
};

/** An Update of a kind of node. */
export function schemaOfUpdate(kind: NodeKind, profile: Profile): Schema {
  const data: Record<string, Schema> =
    kind === 'Configuration' ? { configuration: CONFIGURATION } : { apiErrors: ASYNC_ERRORS };
  for (const shape of EVENTS[kind] ?? []) {
    const description = OBJECTS[shape.element] as AnyObject;
    const one = schemaOfFields(description.fields, profile);
    const name = shape.in ?? description.eventRoot;
    const before = data[name];
    const made: Schema =
      shape.in === undefined
        ? one
        : { type: 'array', xml: { wrapped: true }, items: { ...one, xml: { name: description.root } } };
    data[name] = before === undefined ? made : { anyOf: [before, made] };
  }
  return {
    type: 'object',
    xml: { name: 'Update' },
    required: ['event', 'requestId', 'source'],
    properties: {
      data: { type: ['object', 'null'], properties: data, additionalProperties: false, maxProperties: 1 },
      event: { enum: ['POST', 'PUT', 'DELETE', 'put'] },
      requestId: text,
      source: text,
    },
    additionalProperties: false,
  };
}
