import type { JsonSchema } from '../utilities/json-validator.ts';

const text: JsonSchema = { type: 'string' };
const NAME_VALUE: JsonSchema = {
  type: 'object',
  required: ['name'],
  properties: { name: text, value: text },
};

const BANNER: JsonSchema = {
  type: 'object',
  required: ['content'],
  properties: {
    icon: { type: 'object', required: ['type', 'value'], properties: { type: text, value: text } },
    content: { type: 'array', items: NAME_VALUE },
    headerContent: { type: 'object', properties: { maxHeaderTitle: text, minHeaderTitle: text } },
  },
};

const TIMER: JsonSchema = {
  type: 'object',
  properties: {
    displayTimeoutInSecs: { type: 'number', minimum: -1 },
    display: { type: 'boolean' },
    counterType: { type: 'string', enum: ['COUNT_UP', 'COUNT_DOWN'] },
  },
};

const CONFIRM_BUTTON: JsonSchema = {
  type: 'object',
  required: ['id', 'label'],
  properties: { id: text, label: text, hoverText: text },
};

const BUTTON: JsonSchema = {
  type: 'object',
  required: ['id', 'label', 'type'],
  properties: {
    id: text,
    label: text,
    type: { type: 'string', enum: ['Affirm', 'Decline'] },
    hoverText: text,
    confirmButtons: { type: 'array', maxItems: 2, items: CONFIRM_BUTTON },
  },
};

const ACTION: JsonSchema = {
  type: 'object',
  properties: {
    dismissible: { type: 'boolean' },
    keepMaximised: { type: 'boolean' },
    clientIdentifier: text,
    requiredActionText: text,
    buttons: { type: 'array', maxItems: 2, items: BUTTON },
  },
};

/** `finesse.containerservices.PopoverSchema`: what the data of pop-overs are compared with. */
export const PopoverSchema = {
  getBannerDataSchema: (): JsonSchema => BANNER,
  getTimerDataSchema: (): JsonSchema => TIMER,
  getActionDataSchema: (): JsonSchema => ACTION,
};
