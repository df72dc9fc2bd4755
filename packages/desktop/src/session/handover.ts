/**
 * A page that is opened anew at the node that has taken over (desktop.md 12): the sign-in goes along. It is enciphered with random bytes as
 * long as it is, used once; the node keeps the cipher under a ticket, once and for half a minute, and the bytes are in the fragment of the address,
 * which no server sees. Also for pages in clear HTTP, where browsers have no other cipher.
 *
 * Such an address signs in whoever opens it. So that nobody is brought to work under the name of somebody who has sent him one, the page
 * that comes asks the browser where it was opened from: from the page of another node, to which the ticket belongs, and now, not by a
 * reload. No other page can make a browser say that, and none but the desktop page has it say anything: all others of a node
 * have the policy `same-origin`.
 */
import type { SignInOptions } from '@poise/client';
import type { KeptSignIn } from './kept-sign-in.ts';
import type { SsoKept } from './sso.ts';

const RESOURCE = '/poise/api/desktop/handover';
const FRAGMENT = /^#handover=([\w-]+)\.([\w-]+)$/;
/** While nothing has come, the page goes on as it is, ms. */
const ANSWER_MS = 10_000;

/** The tokens of a user of single sign-on, and where he works. */
export interface HandedTokens {
  readonly sso: SsoKept;
}

export type HandedOver = KeptSignIn | HandedTokens;

/** A page that has come, as the browser tells of it. */
export interface Arrival {
  /** The page's own. */
  readonly origin: string;
  /** Of its address. */
  readonly fragment: string;
  /** Address of the page that has opened it; empty: there is none, or it is not told. */
  readonly referrer: string;
  /** `PerformanceNavigationTiming.type`. */
  readonly navigation: string;
}

export type Ask = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Leaves the sign-in with a node. Rejects when that one does not take it.
 * @param node origin
 * @param authorization header of the agent
 * @returns fragment of the address for the page that comes for it
 */
export async function leaveSignIn(
  node: string,
  authorization: string,
  signIn: HandedOver,
  ask: Ask,
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes),
): Promise<string> {
  const plain = new TextEncoder().encode(JSON.stringify(signIn));
  const pad = random(new Uint8Array(plain.length));
  const { ticket } = await answerOf(node, '', { text: encode(mixed(plain, pad)) }, ask, authorization);
  if (ticket === undefined) throw new Error('the node has given no ticket');
  return `#handover=${ticket}.${encode(pad)}`;
}

/**
 * What the page has left that opened this one.
 * @returns null: nothing was left. The promise never rejects; null: it is gone, or was not left for this page
 */
export function takeSignIn(arrival: Arrival, ask: Ask): Promise<HandedOver | null> | null {
  const [, ticket, pad] = FRAGMENT.exec(arrival.fragment) ?? [];
  if (ticket === undefined || pad === undefined) return null;
  const from = openedFrom(arrival);
  return from === null ? Promise.resolve(null) : taken(arrival.origin, { ticket, from }, pad, ask);
}

/** Origin of the page that has led the browser here; null: none has, as far as the browser tells. */
function openedFrom({ origin, referrer, navigation }: Arrival): string | null {
  // A reload has the referrer that its page had, and perhaps another fragment.
  if (navigation !== 'navigate' || !/^https?:/.test(referrer) || !URL.canParse(referrer)) return null;
  const from = new URL(referrer).origin;
  return from === origin ? null : from;
}

async function taken(
  node: string,
  shown: { readonly ticket: string; readonly from: string },
  pad: string,
  ask: Ask,
): Promise<HandedOver | null> {
  try {
    const { text } = await answerOf(node, '/take', shown, ask);
    const plain = mixed(decode(text ?? ''), decode(pad));
    const left = JSON.parse(new TextDecoder().decode(plain)) as Partial<KeptSignIn & HandedTokens>;
    if (typeof left.sso === 'object' && left.sso !== null) return { sso: left.sso };
    const { user, password, seat } = left;
    if (typeof user !== 'string' || typeof password !== 'string') return null;
    // Whom the loss has signed out is signed in again: nobody has left.
    const hasSeat = typeof (seat as SignInOptions | undefined)?.extension === 'string';
    return { user, password, hasWaited: true, isHandedOver: true, ...(hasSeat && { seat }) };
  } catch {
    return null;
  }
}

async function answerOf(
  node: string,
  path: string,
  body: object,
  ask: Ask,
  authorization?: string,
): Promise<{ readonly ticket?: string; readonly text?: string }> {
  const answer = await ask(`${node}${RESOURCE}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(authorization && { Authorization: authorization }) },
    body: JSON.stringify(body),
    credentials: 'omit',
    cache: 'no-store',
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (!answer.ok) throw new Error(`the node answers ${answer.status}`);
  return (await answer.json()) as { ticket?: string; text?: string };
}

function mixed(bytes: Uint8Array, pad: Uint8Array): Uint8Array {
  if (bytes.length !== pad.length) throw new Error('the pad is of another text');
  return bytes.map((byte, index) => byte ^ (pad[index] as number));
}

const encode = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const decode = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
