/**
 * What people ask of the simulated telephony, as it comes over the control socket or in a JSON body: unknown
 * values become requests, or a sentence that says what is wrong.
 */
import {
  CALLS_PER_SECOND_MAX,
  type CallDataPatch,
  type CustomerCall,
  type LoadPlan,
  OUTBOUND_MODES,
  type OutboundContact,
  pick,
  SEED_MAX,
  SimulationError,
} from '@poise/acd';
import { readCallData } from './call-data.ts';
import { readDistribution, readSpan } from './spans.ts';

export type Input = Readonly<Record<string, unknown>>;

const DEFAULT_FROM = '15551234';
/** A customer of whom nobody thought further hangs up in the end. */
const DEFAULT_PATIENCE = '30m';
const LOAD_PATIENCE = '~2m';
const LOAD_TALK = '~30s';
const NUMBERS_MAX = 100;
const VARIABLES_MAX = 64;
/** Calls of one load, as far as the length of their numbers goes. */
const NUMBER_MAX = 9_999_999_999;
/** Minutes between UTC and the zones farthest from it. */
const TIME_ZONE_MAX = 840;
/** Bytes of the name of a campaign, of an account number and of a customer's name. */
const CONTACT_BYTES_MAX = 64;
const FROM = /^\+?[0-9*#]{1,32}$/;

/** `from`, `to`, `variables`, `talk`, `patience`. @throws SimulationError */
export function readCall(input: Input): CustomerCall {
  refuseOthers(input, ['from', 'to', 'variables', 'talk', 'patience']);
  const data = readCallData(readVariables(input));
  return {
    from: readFrom(input),
    to: required('to', text(input, 'to')),
    talkMs: readSpan('talk', text(input, 'talk') ?? 'none'),
    patienceMs: readSpan('patience', text(input, 'patience') ?? DEFAULT_PATIENCE),
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}

/** A task for an agent: `agent`, `media`, `variables`. @throws SimulationError */
export function readTask(input: Input): {
  readonly agent: string;
  readonly media: string;
  readonly variables: readonly Readonly<{ name: string; value: string }>[];
} {
  refuseOthers(input, ['agent', 'media', 'variables']);
  const variables = readVariables(input);
  readCallData(variables);
  return {
    agent: required('agent', text(input, 'agent')).slice(0, 64),
    media: required('media', text(input, 'media')).slice(0, 64),
    variables: Object.entries(variables).map(([name, value]) => ({ name, value })),
  };
}

/** A contact of a campaign, and the phone of the agent it is for. */
export interface PreviewCall {
  readonly to: string;
  readonly contact: OutboundContact;
}

/** `to`, `mode`, `customer`, `campaign`, `account`, `name`, `timeZone`. @throws SimulationError */
export function readPreview(input: Input): PreviewCall {
  refuseOthers(input, ['to', 'mode', 'customer', 'campaign', 'account', 'name', 'timeZone']);
  const mode = text(input, 'mode') ?? 'preview';
  const wished = OUTBOUND_MODES.find((each) => each === mode);
  if (wished === undefined)
    throw bad(
      `mode cannot be ${JSON.stringify(mode.slice(0, 64))}; the modes are ${OUTBOUND_MODES.join(', ')}`,
    );
  const customer = text(input, 'customer') ?? DEFAULT_FROM;
  if (!FROM.test(customer))
    throw bad(`customer cannot be ${JSON.stringify(customer.slice(0, 64))}; allowed: 1 to 32 digits`);
  const zone = text(input, 'timeZone') ?? '0';
  if (!/^-?\d{1,3}$/.test(zone) || Math.abs(Number(zone)) > TIME_ZONE_MAX)
    throw bad(
      `timeZone cannot be ${JSON.stringify(zone.slice(0, 64))}; allowed: minutes from -${TIME_ZONE_MAX} to ${TIME_ZONE_MAX}`,
    );
  const word = (name: string, usual: string) => {
    const value = text(input, name) ?? usual;
    if (Buffer.byteLength(value) > CONTACT_BYTES_MAX || value.includes('\0'))
      throw bad(`${name} has more than ${CONTACT_BYTES_MAX} bytes, or a zero character`);
    return value;
  };
  return {
    to: required('to', text(input, 'to')),
    contact: {
      mode: wished,
      number: customer,
      campaign: word('campaign', 'Demonstration'),
      account: word('account', ''),
      name: word('name', ''),
      timeZone: Number(zone),
    },
  };
}

/**
 * `callsPerSecond`, `for`, `to` (a list), `talk`, `patience`, `variables`, `seed`.
 *
 * @param everyNumber called where `to` is absent
 * @throws SimulationError
 */
export function readLoad(input: Input, everyNumber: readonly string[], newSeed: () => number): LoadPlan {
  refuseOthers(input, ['callsPerSecond', 'for', 'to', 'talk', 'patience', 'variables', 'seed']);
  const to = readNumbers(input.to) ?? everyNumber;
  if (to.length === 0)
    throw new SimulationError('unknownNumber', 'there is no dialled number that customers could call');
  const alternatives = readVariables(input);
  // Every alternative must fit, also in the call with the longest number, so that no later arrival fails.
  const longest = Object.entries(alternatives).map(([name, values]) => {
    const filled = values.split('|').map((value) => withNumber(value, NUMBER_MAX));
    for (const value of filled) readCallData({ [name]: value });
    return [name, filled.reduce((a, b) => (Buffer.byteLength(b) > Buffer.byteLength(a) ? b : a))];
  });
  readCallData(Object.fromEntries(longest));
  const hasData = Object.keys(alternatives).length > 0;
  return {
    callsPerSecond: number(input, 'callsPerSecond', 0.001, CALLS_PER_SECOND_MAX),
    durationMs: readSpan('for', text(input, 'for') ?? 'none'),
    to,
    talk: readDistribution('talk', text(input, 'talk') ?? LOAD_TALK),
    patience: readDistribution('patience', text(input, 'patience') ?? LOAD_PATIENCE),
    ...(hasData ? { data: (n, random) => drawn(alternatives, n, random) } : {}),
    seed: input.seed === undefined ? newSeed() : Math.floor(number(input, 'seed', 0, SEED_MAX)),
  };
}

/** One of the alternatives of each value; `{n}` is the number of the call. */
function drawn(
  alternatives: Readonly<Record<string, string>>,
  n: number,
  random: Parameters<typeof pick>[0],
): CallDataPatch {
  const values = Object.entries(alternatives).map(([name, list]) => [
    name,
    withNumber(pick(random, list.split('|')), n),
  ]);
  return readCallData(Object.fromEntries(values));
}

const withNumber = (value: string, n: number): string => value.replaceAll('{n}', String(n));

/** The text of a member; a number counts as its digits. Undefined: absent. @throws SimulationError */
export function text(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw bad(`${name} must be text`);
  return value;
}

export function required(name: string, value: string | undefined): string {
  if (value === undefined || value === '') throw bad(`${name} is missing`);
  return value;
}

/** A misspelt name must not be overlooked: `patince` would let customers wait as long as the default says. */
export function refuseOthers(input: Input, names: readonly string[]): void {
  const other = Object.keys(input).find((name) => !names.includes(name));
  if (other !== undefined)
    throw bad(`there is no member ${JSON.stringify(other.slice(0, 64))}; the names are ${names.join(', ')}`);
}

function number(input: Input, name: string, min: number, max: number): number {
  const raw = required(name, text(input, name));
  const value = /^\d{1,10}(\.\d{1,6})?$/.test(raw) ? Number(raw) : Number.NaN;
  if (!(value >= min && value <= max))
    throw bad(
      `${name} cannot be ${JSON.stringify(raw.slice(0, 64))}; allowed: a number from ${min} to ${max}`,
    );
  return value;
}

function readFrom(input: Input): string {
  const from = text(input, 'from') ?? DEFAULT_FROM;
  if (!FROM.test(from))
    throw bad(`from cannot be ${JSON.stringify(from.slice(0, 64))}; allowed: 1 to 32 digits`);
  return from;
}

/** A list, or a text with commas. */
function readNumbers(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list = Array.isArray(value) ? value : String(value).split(',');
  const numbers = list.map((each) => String(each).trim()).filter((each) => each !== '');
  if (numbers.length === 0 || numbers.length > NUMBERS_MAX)
    throw bad(`to must name 1 to ${NUMBERS_MAX} numbers`);
  return numbers;
}

function readVariables({ variables }: Input): Readonly<Record<string, string>> {
  if (variables === undefined || variables === null) return {};
  if (typeof variables !== 'object' || Array.isArray(variables))
    throw bad('variables must be an object of names and values');
  const entries = Object.entries(variables as Input);
  if (entries.length > VARIABLES_MAX) throw bad(`at most ${VARIABLES_MAX} variables can be given`);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, text({ [name]: value } as Input, name) ?? '']),
  );
}

const bad = (sentence: string): SimulationError => new SimulationError('badValue', sentence);
