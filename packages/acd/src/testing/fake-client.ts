import {
  Broadcast,
  type CtiMessage,
  decode,
  encode,
  type Fields,
  type MessageName,
  ServiceMask,
} from '@poise/ged188';
import type { CtiClient } from '../client.ts';
import type { ContactCentre } from '../contact-centre.ts';

let nextId = 1;

/** A client without a connection: every message passes through the codec, so that it is known to fit. */
export class FakeClient implements CtiClient {
  readonly id = nextId++;
  readonly version: number;
  readonly services: number;
  readonly agentStateMask = 0x3fff;
  readonly callMsgMask: number;
  readonly configMsgMask = 0x3ff;
  readonly clientId: string;
  readonly clientSignature: string;
  readonly address = '192.0.2.7';
  readonly binding: CtiClient['binding'];
  readonly inbox: { name: string; fields: Fields }[] = [];
  ended: number | null = null;
  readonly #centre: ContactCentre;
  #invokeId = 0;

  /** Requests sent so far; the last InvokeID. */
  get requests(): number {
    return this.#invokeId;
  }

  constructor(
    centre: ContactCentre,
    options: Partial<
      Pick<CtiClient, 'version' | 'services' | 'callMsgMask' | 'clientId' | 'clientSignature' | 'binding'>
    > = {},
  ) {
    this.#centre = centre;
    this.version = options.version ?? 24;
    this.services = options.services ?? BRIDGE;
    this.callMsgMask = options.callMsgMask ?? 0xffffffff;
    this.clientId = options.clientId ?? `client-${this.id}`;
    this.clientSignature = options.clientSignature ?? '';
    this.binding = options.binding ?? null;
  }

  send(message: CtiMessage | Broadcast): void {
    const frame = message instanceof Broadcast ? message.frame(this.version) : encode(message, this.version);
    if (frame === null) return;
    const { name, fields } = decode(frame, this.version);
    this.inbox.push({ name, fields });
  }

  stream(messages: Iterable<CtiMessage>): void {
    for (const message of messages) this.send(message);
  }

  end(status: number): void {
    this.ended = status;
    this.#centre.closed(this);
  }

  /** Sends a request; returns its InvokeID. */
  request(name: MessageName, fields: Fields = {}): number {
    const invokeId = ++this.#invokeId;
    const withId = name.startsWith('CONFIG_') ? fields : { InvokeID: invokeId, ...fields };
    const { name: read, fields: decoded } = decode(
      encode({ name, fields: withId }, this.version),
      this.version,
    );
    this.#centre.received(this, { name: read, fields: decoded });
    return invokeId;
  }

  setState(state: number, fields: Fields): number {
    return this.request('SET_AGENT_STATE_REQ', {
      PeripheralID: 0xffffffff,
      AgentState: state,
      AgentInstrument: '',
      ...fields,
    });
  }

  /** Empties the inbox: one line per message, `NAME key=value …` of the fields asked for. */
  take(...keys: string[]): string[] {
    return this.inbox
      .splice(0)
      .map(({ name, fields }) =>
        [name, ...keys.filter((key) => fields[key] !== undefined).map((key) => `${key}=${fields[key]}`)].join(
          ' ',
        ),
      );
  }
}

export const BRIDGE = ServiceMask.ALL_EVENTS | ServiceMask.CLIENT_CONTROL | ServiceMask.SUPERVISOR;
export const DESKTOP = ServiceMask.CLIENT_EVENTS | ServiceMask.CLIENT_CONTROL;
