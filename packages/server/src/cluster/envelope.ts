/**
 * The form of every message and value that nodes share: JSON with version, sender and kind, and a MAC under `node.secret`, so that
 * whoever can reach the engine cannot speak as a node. docs/cluster.md
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const ENVELOPE_VERSION = 1;
/** Longer ones are refused unread. */
export const ENVELOPE_BYTES_MAX = 256 * 1024;

export interface Envelope {
  /** `node.name` of the sender. */
  readonly node: string;
  /** Of the sender's process. */
  readonly instance: string;
  /** The sender's wall clock, ms; tells nothing but how wrong his clock is. */
  readonly at: number;
  /** Of what this process has sealed, counted from 1, so that what somebody plays back is known; earlier releases have none. */
  readonly number?: number | undefined;
  readonly kind: string;
  readonly body: unknown;
}

/** Why a message was not taken. */
export type EnvelopeProblem =
  | 'too long'
  | 'unreadable'
  | 'unknown version'
  | 'not one of ours'
  | 'impossible clock';

/** 2020 and 2100: a sender's clock outside is none. */
const EARLIEST_MS = 1_577_836_800_000;
const LATEST_MS = 4_102_444_800_000;
const MAC_LENGTH = 64;

/** Whether others believe a wall clock, ms. */
export const isPossibleClock = (at: number): boolean => at >= EARLIEST_MS && at <= LATEST_MS;

const macOf = (secret: string, place: string, text: string): Buffer =>
  createHmac('sha256', secret).update(`cluster ${place}\n${text}`).digest();

/** @param place topic or key: what was made for one is nothing at another */
export function sealed(secret: string, place: string, envelope: Envelope): Uint8Array {
  const text = JSON.stringify({ v: ENVELOPE_VERSION, ...envelope });
  return Buffer.from(macOf(secret, place, text).toString('hex') + text, 'utf8');
}

/** Never throws. */
export function opened(secret: string, place: string, bytes: Uint8Array): Envelope | EnvelopeProblem {
  if (bytes.length > ENVELOPE_BYTES_MAX) return 'too long';
  const all = Buffer.from(bytes).toString('utf8');
  const [mac, text] = [all.slice(0, MAC_LENGTH), all.slice(MAC_LENGTH)];
  // Before anything of it is believed, also its version.
  if (!/^[0-9a-f]{64}$/.test(mac)) return 'unreadable';
  if (!timingSafeEqual(macOf(secret, place, text), Buffer.from(mac, 'hex'))) return 'not one of ours';
  let read: Partial<Envelope> & { readonly v?: unknown };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return 'unreadable';
    read = value;
  } catch {
    return 'unreadable';
  }
  if (read.v !== ENVELOPE_VERSION) return 'unknown version';
  const { node, instance, at, number, kind, body } = read;
  if (typeof node !== 'string' || typeof instance !== 'string' || typeof kind !== 'string')
    return 'unreadable';
  if (number !== undefined && (!Number.isSafeInteger(number) || number < 1)) return 'unreadable';
  if (typeof at !== 'number' || !isPossibleClock(at)) return 'impossible clock';
  return { node, instance, at, number, kind, body };
}

/** Problems of what was sealed under our secret: who has sent it can be told. */
const OF_ONE_OF_US: readonly EnvelopeProblem[] = ['unknown version', 'impossible clock'];

/** Who has sent what was refused for this, as it says itself; empty: cannot be told. Never throws. */
export function senderOf(bytes: Uint8Array, problem: EnvelopeProblem): string {
  if (!OF_ONE_OF_US.includes(problem)) return '';
  const { node } = JSON.parse(Buffer.from(bytes).toString('utf8').slice(MAC_LENGTH)) as Partial<Envelope>;
  return typeof node === 'string' ? node : '';
}
