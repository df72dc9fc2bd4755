/**
 * What goes between a gadget's frame and the page that holds it, by `postMessage`: one format, with a version. Both sides look at
 * source and origin before they read anything; what they cannot read they leave alone, since gadgets send messages of their own.
 */

/** Grows when an older side could not read it any more. */
const WIRE_VERSION = 1;

interface WireMessages {
  // Hub. `id` is chosen by the frame; `payload` is JSON.
  connect: object;
  connected: { readonly client: string };
  subscribe: { readonly id: string; readonly topic: string };
  unsubscribe: { readonly id: string };
  /** A subscription is made; with an error: it is not. */
  subscribed: { readonly id: string; readonly error?: string };
  publish: { readonly topic: string; readonly payload?: string };
  /** Something that was published is lost. */
  refused: { readonly topic: string; readonly error: string };
  event: { readonly ids: readonly string[]; readonly topic: string; readonly payload?: string };
  disconnect: object;
  // Calls, both ways. `args` and `value` are JSON; `call` where an answer is wanted.
  call: { readonly service: string; readonly args: string; readonly call?: number };
  result: { readonly call: number; readonly value?: string };
  // What the page wants to know of the frame.
  loaded: { readonly title: string };
  failed: { readonly text: string; readonly source: string; readonly line: number };
  /** A request of the gadget has ended. `ms`: how long it took. */
  asked: { readonly method: string; readonly url: string; readonly status: number; readonly ms: number };
}

export type WireType = keyof WireMessages;
export type WireMessage = { [Type in WireType]: { readonly type: Type } & WireMessages[Type] }[WireType];

/** The fields of each message, and their types; `?` may be missing. */
const FIELDS: Readonly<Record<WireType, Readonly<Record<string, string>>>> = {
  connect: {},
  connected: { client: 'string' },
  subscribe: { id: 'string', topic: 'string' },
  unsubscribe: { id: 'string' },
  subscribed: { id: 'string', error: 'string?' },
  publish: { topic: 'string', payload: 'string?' },
  refused: { topic: 'string', error: 'string' },
  event: { ids: 'strings', topic: 'string', payload: 'string?' },
  disconnect: {},
  call: { service: 'string', args: 'string', call: 'number?' },
  result: { call: 'number', value: 'string?' },
  loaded: { title: 'string' },
  failed: { text: 'string', source: 'string', line: 'number' },
  asked: { method: 'string', url: 'string', status: 'number', ms: 'number' },
};

/** As it is posted. */
export function wrap(message: WireMessage): object {
  return { poise: WIRE_VERSION, ...message };
}

/** @param data of a message event @returns null: none of ours, or of another version */
export function unwrap(data: unknown): WireMessage | null {
  if (typeof data !== 'object' || data === null) return null;
  const message = data as Readonly<Record<string, unknown>>;
  const type = message.type;
  if (message.poise !== WIRE_VERSION || typeof type !== 'string' || !Object.hasOwn(FIELDS, type)) return null;
  const fields = Object.entries(FIELDS[type as WireType]);
  return fields.every(([name, kind]) => isOf(kind, message[name]))
    ? (message as unknown as WireMessage)
    : null;
}

function isOf(kind: string, value: unknown): boolean {
  if (kind === 'strings') return Array.isArray(value) && value.every((each) => typeof each === 'string');
  if (kind.endsWith('?')) return value === undefined || typeof value === kind.slice(0, -1);
  return typeof value === kind;
}
