/**
 * What bodies of requests may hold, as a table from which the contract is made (rest-api.md 4, 5, 8, 9). Elements that are not named
 * are passed over, their order is free, and of those that stand there twice the last one counts; the answers tell what is wrong.
 */
import { listOf, type Schema } from '../contract/operations.ts';
import { DIALOG_REQUEST_WORDS } from '../objects/dialog-request.ts';
import type { Method } from './resource.ts';

// An element without text stands for null, as in answers: it takes a value away, or counts as absent.
const TEXT: Schema = { type: ['string', 'null'] };
const WHOLE: Schema = { type: ['integer', 'null'] };
const FLAG: Schema = { type: ['boolean', 'null'] };
const oneOf = (...words: string[]): Schema => ({ enum: [...words, null] });

type Elements = Readonly<Record<string, Schema>>;

const group = (properties: Elements, ...required: string[]): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});
/** Items in an element that holds nothing else. */
const list = (item: string, items: Schema): Schema => ({
  ...listOf({ ...items, xml: { name: item } }),
  xml: { wrapped: true },
});
const body = (root: string, properties: Elements, ...required: string[]): Schema => ({
  ...group(properties, ...required),
  xml: { name: root },
});
/** Only the uri counts. */
const references = (item: string): Schema => listOf({ ...group({ uri: TEXT }, 'uri'), xml: { name: item } });
/** Objects of which only the uri counts, under a root. */
const assignment = (item: string): Schema => ({
  type: 'object',
  properties: { [item]: references(item) },
  xml: { name: `${item}s` },
});

/** Unless a header has it. */
const REQUEST_ID = { requestId: TEXT };
const NAMED_VALUE = group({ name: TEXT, value: TEXT }, 'name', 'value');
const MEDIA_PROPERTIES = group({
  wrapUpReason: TEXT,
  wrapUpItems: list('wrapUpItem', TEXT),
  callvariables: list('CallVariable', NAMED_VALUE),
});
const MESSAGE = body(
  'TeamMessage',
  { ...REQUEST_ID, content: TEXT, duration: WHOLE, teams: list('team', TEXT) },
  'content',
  'duration',
  'teams',
);
const COLUMN = list(
  'entry',
  group({ displayName: TEXT, mediaProperty: TEXT, showInPopOver: FLAG, uiEditable: FLAG }, 'mediaProperty'),
);
const MEDIA_PROPERTIES_LAYOUT = body('MediaPropertiesLayout', {
  name: TEXT,
  description: TEXT,
  type: TEXT,
  header: group({ entry: group({ displayName: TEXT, mediaProperty: TEXT }) }),
  column: { type: 'array', items: COLUMN },
});
const VARIABLE = group({ name: TEXT, node: TEXT, type: oneOf('SYSTEM', 'CUSTOM') }, 'name');
const CONDITION = group({ Variable: VARIABLE, comparator: TEXT, value: TEXT }, 'Variable', 'comparator');
const WORKFLOW = body('Workflow', {
  name: TEXT,
  description: TEXT,
  media: TEXT,
  TriggerSet: group(
    {
      type: oneOf('SYSTEM', 'CUSTOM'),
      name: TEXT,
      triggers: list('Trigger', CONDITION),
      allowOverlappingCallWorkflow: FLAG,
    },
    'name',
  ),
  ConditionSet: group({ applyMethod: oneOf('ALL', 'ANY'), conditions: list('Condition', CONDITION) }),
  workflowActions: list('WorkflowAction', group({ name: TEXT, uri: TEXT }, 'uri')),
});
const WORKFLOW_ACTION = body('WorkflowAction', {
  name: TEXT,
  type: TEXT,
  handledBy: TEXT,
  params: list('Param', group({ name: TEXT, value: TEXT }, 'name')),
  actionVariables: list(
    'ActionVariable',
    group({ name: TEXT, node: TEXT, type: oneOf('SYSTEM', 'CUSTOM'), testValue: TEXT }, 'name'),
  ),
});
const REASON_CODE = body('ReasonCode', {
  category: oneOf('NOT_READY', 'LOGOUT'),
  code: WHOLE,
  label: TEXT,
  forAll: FLAG,
});
const WRAP_UP_REASON = body('WrapUpReason', { label: TEXT, forAll: FLAG });
const PHONE_BOOK = body('PhoneBook', { name: TEXT, type: oneOf('GLOBAL', 'TEAM') });
/** What a new one needs; a change leaves out what keeps its value. */
const whole = (change: Schema, ...required: string[]): Schema => ({ ...change, required });
const NEW_REASON_CODE = whole(REASON_CODE, 'category', 'code', 'label', 'forAll');
const NEW_WRAP_UP_REASON = whole(WRAP_UP_REASON, 'label');
const NEW_PHONE_BOOK = whole(PHONE_BOOK, 'name', 'type');
const NEW_MEDIA_PROPERTIES_LAYOUT = whole(MEDIA_PROPERTIES_LAYOUT, 'name');
const NEW_WORKFLOW = whole(WORKFLOW, 'name', 'TriggerSet');
const NEW_WORKFLOW_ACTION = whole(WORKFLOW_ACTION, 'name', 'type', 'params');
const CONTACT = body('Contact', { firstName: TEXT, lastName: TEXT, phoneNumber: TEXT, description: TEXT });
const NEW_CONTACT = whole(CONTACT, 'phoneNumber');
const CONTACTS: Schema = {
  type: 'object',
  properties: { Contact: listOf(CONTACT) },
  xml: { name: 'Contacts' },
};

/** By method and path below /finesse/api; a file goes as `multipart/form-data`, in the part that is named. */
export const REQUESTS: Readonly<Record<string, Schema | { readonly file: string }>> = {
  'POST MaintenanceMode': body('MaintenanceMode', REQUEST_ID),
  'PUT User/{userId}': body(
    'User',
    {
      ...REQUEST_ID,
      state: TEXT,
      extension: TEXT,
      activeDeviceId: TEXT,
      mobileAgent: group(
        { mode: oneOf('CALL_BY_CALL', 'NAILED_CONNECTION'), dialNumber: TEXT },
        'mode',
        'dialNumber',
      ),
      reasonCodeId: WHOLE,
    },
    'state',
  ),
  'POST User/{userId}/Dialogs': body(
    'Dialog',
    {
      ...REQUEST_ID,
      requestedAction: oneOf('MAKE_CALL', 'CONSULT_CALL', 'SILENT_MONITOR', 'BARGE_CALL'),
      fromAddress: TEXT,
      toAddress: TEXT,
      associatedDialogUri: TEXT,
      mediaProperties: MEDIA_PROPERTIES,
    },
    'requestedAction',
    'fromAddress',
    'toAddress',
  ),
  'PUT Dialog/{id}': body(
    'Dialog',
    {
      ...REQUEST_ID,
      requestedAction: oneOf(...DIALOG_REQUEST_WORDS),
      targetMediaAddress: TEXT,
      toAddress: TEXT,
      actionParams: list('ActionParam', NAMED_VALUE),
      mediaProperties: MEDIA_PROPERTIES,
    },
    'requestedAction',
  ),
  'POST TeamMessage': MESSAGE,
  'POST TeamMessages': MESSAGE,
  'PUT User/{userId}/Media/{mediaId}': body('Media', {
    ...REQUEST_ID,
    state: TEXT,
    reasonCodeId: WHOLE,
    routable: FLAG,
    maxDialogLimit: WHOLE,
    interruptAction: TEXT,
    dialogLogoutAction: TEXT,
  }),
  'POST User/{userId}/ClientLog': body('ClientLog', { ...REQUEST_ID, logData: TEXT }, 'logData'),
  // The zip in Base64.
  'POST User/{userId}/CompressedClientLog': body('ClientLog', { ...REQUEST_ID, logData: TEXT }, 'logData'),
  'PUT LayoutConfig/default': body('LayoutConfig', { layoutxml: TEXT }, 'layoutxml'),
  'PUT Team/{id}/LayoutConfig': body('TeamLayoutConfig', { layoutxml: TEXT, useDefault: FLAG }),
  'POST MediaPropertiesLayout': NEW_MEDIA_PROPERTIES_LAYOUT,
  'POST MediaPropertiesLayouts': NEW_MEDIA_PROPERTIES_LAYOUT,
  'PUT MediaPropertiesLayout/default': MEDIA_PROPERTIES_LAYOUT,
  'PUT MediaPropertiesLayout/{id}': MEDIA_PROPERTIES_LAYOUT,
  'POST Workflow': NEW_WORKFLOW,
  'POST Workflows': NEW_WORKFLOW,
  'PUT Workflow/{id}': WORKFLOW,
  'POST WorkflowAction': NEW_WORKFLOW_ACTION,
  'POST WorkflowActions': NEW_WORKFLOW_ACTION,
  'PUT WorkflowAction/{id}': WORKFLOW_ACTION,
  'POST ReasonCode': NEW_REASON_CODE,
  'POST ReasonCodes': NEW_REASON_CODE,
  'PUT ReasonCode/{id}': REASON_CODE,
  'POST WrapUpReason': NEW_WRAP_UP_REASON,
  'POST WrapUpReasons': NEW_WRAP_UP_REASON,
  'PUT WrapUpReason/{id}': WRAP_UP_REASON,
  'POST PhoneBook': NEW_PHONE_BOOK,
  'POST PhoneBooks': NEW_PHONE_BOOK,
  'PUT PhoneBook/{id}': PHONE_BOOK,
  'POST PhoneBook/{phoneBookId}/Contact': NEW_CONTACT,
  'POST PhoneBook/{phoneBookId}/Contacts': NEW_CONTACT,
  'PUT PhoneBook/{phoneBookId}/Contacts': CONTACTS,
  'PUT PhoneBook/{phoneBookId}/Contact/{id}': CONTACT,
  'POST PhoneBook/{id}/Contacts/csvFileContent': { file: 'datafile' },
  'PUT PhoneBook/{id}/Contacts/csvFileContent': { file: 'datafile' },
  'PUT Team/{id}/ReasonCodes': assignment('ReasonCode'),
  'PUT Team/{id}/WrapUpReasons': assignment('WrapUpReason'),
  'PUT Team/{id}/PhoneBooks': assignment('PhoneBook'),
  'PUT Team/{id}/Workflows': assignment('Workflow'),
  'PUT SystemConfig': body(
    'SystemConfig',
    {
      cti: group({
        host: TEXT,
        port: WHOLE,
        backupHost: TEXT,
        backupPort: WHOLE,
        peripheralId: WHOLE,
        secure: FLAG,
      }),
    },
    'cti',
  ),
  'PUT ClusterConfig': body(
    'ClusterConfig',
    { secondaryNode: group({ host: TEXT }, 'host') },
    'secondaryNode',
  ),
  'PUT EnterpriseDatabaseConfig': body('EnterpriseDatabaseConfig', {
    host: TEXT,
    backupHost: TEXT,
    port: WHOLE,
    databaseName: TEXT,
    domain: TEXT,
    username: TEXT,
    password: TEXT,
  }),
  'PUT ChatConfig': body('ChatConfig', { primaryNode: TEXT, secondaryNode: TEXT }),
};

/** Every other request that has a body needs it. */
const BODY_MAY_BE_LEFT_OUT = new Set(['POST MaintenanceMode']);
export const isBodyNeeded = (method: Method, path: string): boolean =>
  !BODY_MAY_BE_LEFT_OUT.has(`${method} ${path}`);

export const requestOf = (method: Method, path: string): Schema | { readonly file: string } | undefined =>
  REQUESTS[`${method} ${path}`];
