/**
 * The event stanza in its three forms. What is the same for all receivers is built once per event;
 * per receiver only `to` and `id` are put between.
 */
import { escapeAttr, escapeText } from '@poise/xml';
import { NS } from '../namespaces.ts';
import type { RandomIds } from '../random.ts';

/** Release whose form is printed: 9.1 and 11.6 differ in the item id, 12.6 in ids and namespace. */
export type EventForm = '9.1' | '11.6' | '12.6';

/** One event, ready to be addressed. */
export class EventStanza {
  readonly itemId: string;
  readonly #form: EventForm;
  readonly #ids: RandomIds;
  readonly #head: string;
  /** From `" id="` to the subscriber's JID. */
  readonly #middle: string;
  readonly #tail: string;

  /** @param itemXml content of `<item/>`, with its own xmlns */
  constructor(
    form: EventForm,
    ids: RandomIds,
    pubsubJid: string,
    node: string,
    itemId: string,
    itemXml: string,
  ) {
    const nodeXml = escapeAttr(node);
    this.itemId = itemId;
    this.#form = form;
    this.#ids = ids;
    this.#head = ` from="${escapeAttr(pubsubJid)}" to="`;
    this.#middle = form === '12.6' ? '" id="' : `" id="${nodeXml}__`;
    this.#tail =
      `"><event xmlns="${NS.pubsubEvent}"><items node="${nodeXml}"><item id="${escapeAttr(itemId)}">` +
      `${itemXml}</item></items></event></message>`;
  }

  /**
   * The stanza from behind its name `<message` on.
   * @param to bare or full JID, escaped for an attribute
   * @param bareJid the subscriber's bare JID, escaped for an attribute
   */
  addressed(to: string, bareJid: string): string {
    return this.#form === '12.6'
      ? this.#head + to + this.#middle + this.#ids.alphanumeric(8) + this.#tail
      : `${this.#head}${to}${this.#middle}${bareJid}__${this.#ids.alphanumeric(5)}${this.#tail}`;
  }
}

/** `<notification/>` around a payload, which travels as escaped text. */
export function notificationXml(form: EventForm, payload: string): string {
  const ns = form === '12.6' ? NS.push : NS.pubsub;
  return `<notification xmlns="${ns}">${escapeText(payload)}</notification>`;
}

/** Item ids as each release prints them. */
export class ItemIds {
  readonly #form: EventForm;
  readonly #ids: RandomIds;
  #running = 0;

  constructor(form: EventForm, ids: RandomIds) {
    this.#form = form;
    this.#ids = ids;
  }

  next(): string {
    if (this.#form === '9.1') return this.#ids.alphanumeric(15);
    if (this.#form === '11.6') return this.#ids.uuid();
    this.#running += 1;
    return `${this.#ids.uuid()}${this.#running}`;
  }
}
