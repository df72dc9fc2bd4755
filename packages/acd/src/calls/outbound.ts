import type { CallTypeName } from './call.ts';
import { EMPTY_CALL_DATA, patched } from './call-data.ts';
import type { Call, Line } from './call-record.ts';
import type { CallRequest } from './call-request.ts';
import type { Parts } from './parts.ts';

/** How a contact of a campaign comes to an agent. */
export const OUTBOUND_MODES = ['preview', 'directPreview', 'callback', 'personalCallback'] as const;
export type OutboundMode = (typeof OUTBOUND_MODES)[number];

interface ModeRow {
  readonly reservation: CallTypeName;
  readonly customer: CallTypeName;
  /** First character of BAStatus: the mode. The second one is the direction. */
  readonly status: string;
}

/** Call types of GED-188 by mode. */
const OUTBOUND_TABLE: Readonly<Record<OutboundMode, ModeRow>> = {
  preview: { reservation: 'RESERVATION_PREVIEW', customer: 'CUSTOMER_PREVIEW', status: 'P' },
  directPreview: {
    reservation: 'RESERVATION_PREVIEW_DIRECT',
    customer: 'CUSTOMER_PREVIEW_DIRECT',
    status: 'D',
  },
  callback: { reservation: 'RESERVATION_CALLBACK', customer: 'CUSTOMER_CALLBACK', status: 'P' },
  personalCallback: {
    reservation: 'RESERVATION_PERSONAL_CALLBACK',
    customer: 'CUSTOMER_PERSONAL',
    status: 'P',
  },
};

/** What the agent writes into BAResponse while the reservation waits, and what it does. Other texts are kept as they are. */
export const RESPONSES: Readonly<Record<string, 'accept' | 'decline'>> = {
  Accept: 'accept',
  Reject: 'decline',
  'Reject-Close': 'decline',
  Skip: 'decline',
  'Skip-Close': 'decline',
};

/** A contact of a campaign. */
export interface OutboundContact {
  readonly mode: OutboundMode;
  /** Number of the customer: 1 to 39 characters. */
  readonly number: string;
  readonly campaign: string;
  readonly account: string;
  /** The customer's name. */
  readonly name: string;
  /** The customer's time zone in minutes east of UTC. */
  readonly timeZone: number;
}

/** The reservation of a phone for a contact: its call until that ended, then the customer's that is being placed. */
export interface OutboundReservation {
  readonly agentId: string;
  readonly contact: OutboundContact;
  readonly call: Call;
  accepted: boolean;
}

/** Number that reservation calls come from. */
const DIALER_PORT = '8900';

/**
 * Outbound option: an available agent is reserved for a contact, sees its data, and answers by BAResponse. The
 * reservation call has no sound: nothing rings at the switch. The customer is called from the agent's phone.
 */
export class Outbound {
  readonly #parts: Parts;
  readonly #make: (request: CallRequest & { type: 'make' }, failed: () => void) => void;
  #contacts = 0;

  /** @param make places a call from a phone; `failed` when it was refused */
  constructor(parts: Parts, make: (request: CallRequest & { type: 'make' }, failed: () => void) => void) {
    this.#parts = parts;
    this.#make = make;
  }

  /**
   * Offers a contact to the agent at a phone. Served within a turn.
   * @returns false when the agent is not available
   */
  offer(device: string, contact: OutboundContact): boolean {
    const { agents, board, desk, dialect, emit, nailed, settings } = this.#parts;
    const agent = desk.on(device);
    const line = board.line(device);
    if (!agent || !line || agent.status.state !== 'AVAILABLE' || line.load > 0) return false;
    if (line.reservation || line.outbound || board.size >= settings.callsMax) return false;
    const { loginId } = agent.profile;
    if (!agents.instrumentInService(device) || !nailed.ready(loginId)) return false;
    const { reservation: callType, status } = OUTBOUND_TABLE[contact.mode];
    const call = board.open(callType);
    call.data = patched(
      { ...EMPTY_CALL_DATA, ani: DIALER_PORT, dnis: device, dialedNumber: device },
      {
        named: Object.entries({
          BACampaign: contact.campaign,
          BAAccountNumber: contact.account,
          BAResponse: '',
          BAStatus: `${status}O`,
          BADialedListID: String(++this.#contacts),
          BATimeZone: String(contact.timeZone),
          BABuddyName: contact.name,
          ...(dialect.deployment === 'CCX' && { BACustomerNumber: contact.number }),
        }).map(([name, value]) => ({ name, index: null, value })),
      },
    );
    const outbound: OutboundReservation = { agentId: loginId, contact, call, accepted: false };
    line.outbound = outbound;
    desk.apply(loginId, 'offeredPreview');
    const dialer = { device: DIALER_PORT, kind: 'external', callType, leg: null, outgoing: true } as const;
    const from = board.add(call, 'initiate', dialer);
    const connection = board.add(call, 'alert', {
      device,
      kind: 'station',
      callType,
      leg: null,
      agentId: loginId,
    });
    board.begin(connection);
    emit({
      type: 'delivered',
      call,
      alerting: connection.name,
      calling: from.name,
      called: connection.name,
      lastRedirect: null,
      cause: 'NEW_CALL',
    });
    return true;
  }

  /** The data of a call was set: the agent may have answered. */
  responded(call: Call): void {
    const line = this.#lineOf(call);
    const { outbound } = line ?? {};
    if (!line || !outbound || outbound.accepted) return;
    const said =
      call.data.named.find(({ name, index }) => name === 'BAResponse' && index === null)?.value ?? '';
    const response = Object.hasOwn(RESPONSES, said) ? RESPONSES[said] : undefined;
    if (response === undefined) return;
    if (response === 'accept') this.#accept(line, outbound);
    else this.#end(line, outbound);
  }

  /** Whether the agent of the phone is reserved, or the customer is being called. */
  holds(line: Line): boolean {
    return line.outbound !== null;
  }

  /** Ends what the agent's state or the reservation call no longer bears out. */
  follow(line: Line): void {
    const { outbound } = line;
    if (!outbound) return;
    const agent = this.#parts.desk.on(line.device);
    const reserved =
      agent?.profile.loginId === outbound.agentId && agent.status.state === 'RESERVED_OUTBOUND_PREVIEW';
    if (!reserved) this.#end(line, outbound);
    else if (outbound.call.ended && !outbound.accepted) line.outbound = null;
  }

  #accept(line: Line, outbound: OutboundReservation): void {
    const { contact, call } = outbound;
    const { board, clearing, turns } = this.#parts;
    outbound.accepted = true;
    const { customer, status } = OUTBOUND_TABLE[contact.mode];
    const connected = this.#parts.dialect.deployment === 'CCX' ? 'C' : status;
    const named = call.data.named.map((variable) =>
      variable.name === 'BAStatus'
        ? { ...variable, value: `${connected}O` }
        : variable.name === 'BAResponse'
          ? { ...variable, value: '' }
          : variable,
    );
    clearing.call(call, 'NONE');
    this.#make(
      {
        type: 'make',
        outbound: customer,
        device: line.device,
        dialed: contact.number,
        belligerent: false,
        data: { named },
      },
      () =>
        turns.run(() => {
          if (line.outbound === outbound) line.outbound = null;
          board.touchLine(line);
        }),
    );
  }

  /** The reservation is off; the agent goes back to what it interrupted. */
  #end(line: Line, { call }: OutboundReservation): void {
    line.outbound = null;
    this.#parts.clearing.call(call, 'NONE');
    this.#parts.board.touchLine(line);
  }

  #lineOf(call: Call): Line | undefined {
    for (const { device, kind } of call.connections) {
      const line = kind === 'station' ? this.#parts.board.line(device) : undefined;
      if (line?.outbound?.call === call) return line;
    }
    return undefined;
  }
}
