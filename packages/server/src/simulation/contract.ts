/** The simulated telephony as an API (docs/sim.md). */
import {
  answer,
  body,
  ERROR,
  FLAG,
  listOf,
  members,
  nullable,
  oneOf,
  type Paths,
  parameter,
  type Schema,
  TEXT,
  TIME,
  WHOLE,
} from '../contract/operations.ts';
import { PHONE_ACTIONS } from './phone-actions.ts';

const NUMBER: Schema = { type: 'number' };
/** Numbers stand for their digits. */
const DIGITS: Schema = { type: ['string', 'number'] };
const VARIABLES: Schema = { type: 'object', additionalProperties: DIGITS };
const STATES = [
  'waiting',
  'talking',
  'onHold',
  'completed',
  'abandoned',
  'abandonedOnHold',
  'refused',
] as const;
const CUSTOMER = members({ id: WHOLE, from: TEXT, to: TEXT, state: oneOf(...STATES), talkedMs: WHOLE });
const LOAD = members({
  callsPerSecond: NUMBER,
  to: listOf(TEXT),
  seed: WHOLE,
  startedAt: TIME,
  endsAt: nullable(TIME),
  calls: WHOLE,
  left: WHOLE,
});
const PHONE = members({
  extension: TEXT,
  autoAnswer: oneOf('on', 'off', 'default'),
  inService: FLAG,
  legs: listOf(members({ leg: TEXT, state: oneOf('ringing', 'up'), held: FLAG })),
});
const STATUS = members({
  customers: members({ calls: WHOLE, ...Object.fromEntries(STATES.map((state) => [state, WHOLE])) }),
  load: nullable(LOAD),
  phones: listOf(PHONE),
  legs: WHOLE,
});
const CONTACT = members({
  mode: oneOf('preview', 'directPreview', 'callback', 'personalCallback'),
  number: TEXT,
  campaign: TEXT,
  account: TEXT,
  name: TEXT,
  timeZone: NUMBER,
});

/** A body in which nothing but `needed` must stand. */
const asked = (properties: Readonly<Record<string, Schema>>, ...needed: string[]) =>
  body(
    members(
      properties,
      Object.keys(properties).filter((name) => !needed.includes(name)),
    ),
  );
const operation = (name: string, responses: object, requestBody?: object) => ({
  operationId: `simulation.${name}`,
  description: 'For administrators.',
  ...(requestBody && { requestBody }),
  responses: { ...responses, default: ERROR },
});
const id = [parameter('id', 'path', true)];

export const SIMULATION_PATHS: Paths = {
  '/poise/api/sim': { get: operation('status', { 200: answer('How it is', STATUS) }) },
  '/poise/api/sim/stop': {
    post: operation('stop', {
      200: answer(
        'The load has ended, and all customers hang up',
        members({ hungUp: WHOLE, loadStopped: FLAG }),
      ),
    }),
  },
  '/poise/api/sim/calls': {
    get: operation('calls.list', {
      200: answer('Customers on the line', members({ calls: listOf(CUSTOMER) })),
    }),
    post: operation(
      'calls.create',
      { 201: answer('The customer', CUSTOMER) },
      asked({ to: DIGITS, from: DIGITS, variables: VARIABLES, talk: TEXT, patience: TEXT }, 'to'),
    ),
  },
  '/poise/api/sim/calls/{id}': {
    parameters: id,
    get: operation('calls.get', { 200: answer('The customer', CUSTOMER) }),
    delete: operation('calls.hangUp', { 204: { description: 'The customer has hung up' } }),
  },
  '/poise/api/sim/tasks': {
    post: operation(
      'tasks.create',
      { 201: answer('The task', members({ id: TEXT, agent: TEXT, media: TEXT })) },
      asked({ agent: DIGITS, media: DIGITS, variables: VARIABLES }, 'agent', 'media'),
    ),
  },
  '/poise/api/sim/previews': {
    post: operation(
      'previews.create',
      { 201: answer('The contact that is offered', members({ to: TEXT, contact: CONTACT })) },
      asked(
        {
          to: DIGITS,
          mode: TEXT,
          customer: DIGITS,
          campaign: DIGITS,
          account: DIGITS,
          name: TEXT,
          timeZone: DIGITS,
        },
        'to',
      ),
    ),
  },
  '/poise/api/sim/load': {
    put: operation(
      'load.start',
      { 200: answer('The load', LOAD) },
      asked(
        {
          callsPerSecond: DIGITS,
          for: TEXT,
          to: { type: ['array', 'string', 'number'], items: DIGITS },
          seed: DIGITS,
          talk: TEXT,
          patience: TEXT,
          variables: VARIABLES,
        },
        'callsPerSecond',
      ),
    ),
    delete: operation('load.stop', { 204: { description: 'No further arrivals' } }),
  },
  '/poise/api/sim/phones/{id}': {
    parameters: id,
    get: operation('phones.get', { 200: answer('The phone', PHONE) }),
    post: operation(
      'phones.act',
      { 200: answer('The phone', PHONE) },
      asked({ action: oneOf(...Object.keys(PHONE_ACTIONS)), value: DIGITS }, 'action'),
    ),
  },
};
