/**
 * A page that is opened anew at the node that has taken over (desktop.md 12): the sign-in goes along. It is enciphered with random bytes as
 * long as it is, used once; the node keeps the cipher under a ticket, once and for half a minute, and the bytes are in the fragment of the address,
 * which no server sees. Also for pages in clear HTTP, where browsers have no other cipher.
 */
import type { SignInOptions } from '@poise/client';
import type { KeptSignIn } from './kept-sign-in.ts';

const RESOURCE = '/poise/api/desktop/handover';
const FRAGMENT = /^#handover=([\w-]+)\.([\w-]+)$/;
/** While nothing has come, the page goes on as it is, ms. */
const ANSWER_MS = 10_000;

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
  signIn: KeptSignIn,
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
 * What a page left that was here before.
 * @param fragment of the page's address
 * @returns null: nothing was left. The promise never rejects; null: it is gone
 */
export function takeSignIn(node: string, fragment: string, ask: Ask): Promise<KeptSignIn | null> | null {
  const [, ticket, pad] = FRAGMENT.exec(fragment) ?? [];
  return ticket === undefined || pad === undefined ? null : taken(node, ticket, pad, ask);
}

async function taken(node: string, ticket: string, pad: string, ask: Ask): Promise<KeptSignIn | null> {
  try {
    const { text } = await answerOf(node, '/take', { ticket }, ask);
    const plain = mixed(decode(text ?? ''), decode(pad));
    const { user, password, seat } = JSON.parse(new TextDecoder().decode(plain)) as Partial<KeptSignIn>;
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
