import type { Broadcast, CtiMessage } from '@poise/ged188';

/** What the contact centre knows of one open CTI session; the connection behind it is not its business. */
export interface CtiClient {
  /** Number of the session, unique in the process. */
  readonly id: number;
  readonly version: number;
  /** Services granted (ServiceMask). */
  readonly services: number;
  readonly agentStateMask: number;
  readonly callMsgMask: number;
  readonly configMsgMask: number;
  readonly clientId: string;
  readonly clientSignature: string;
  /** IP address. */
  readonly address: string;
  /** The agent device of a CLIENT_EVENTS session, else null. */
  readonly binding: Binding | null;
  /** Sends a message whose recipients were already chosen. */
  send(message: CtiMessage | Broadcast): void;
  /** Sends many messages in order without blocking others; streams of one client follow each other. */
  stream(messages: Iterable<CtiMessage>): void;
  /** Reports a session fault (FAILURE_EVENT) and resets the connection. */
  end(status: number): void;
}

/** The device a CLIENT_EVENTS session is bound to: an agent, a phone, or both. */
export interface Binding {
  readonly agentId: string | null;
  readonly instrument: string | null;
}

export function hasService(client: CtiClient, service: number): boolean {
  return (client.services & service) !== 0;
}
