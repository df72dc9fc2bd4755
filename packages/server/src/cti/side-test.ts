/** Tries whether a side of a CTI server takes a session: opens one and closes it at once (admin.md, Test Connection). */
import type { Clock } from '@poise/clock';
import { CtiClientSession, FailureStatus, ServiceMask } from '@poise/ged188';
import type { CtiAddress, CtiSocket, CtiSocketFactory } from './socket.ts';

export interface SideTest {
  readonly address: CtiAddress;
  readonly peripheralId: number;
  /** Protocol version asked for first. */
  readonly version: number;
  /** Null: this address must not have them, because anybody may have typed it. */
  readonly credentials: SideCredentials | null;
  /** One that nobody else has: the same would end the other session. */
  readonly clientSignature: string;
  readonly clock: Clock;
  readonly connect: CtiSocketFactory;
  /** Of the whole test, ms. */
  readonly limitMs?: number;
}

export interface SideCredentials {
  readonly clientId: string;
  readonly clientPassword: string;
}

export interface SideTestOutcome {
  readonly ok: boolean;
  readonly code:
    | 'OPEN'
    | 'OPEN_OFFLINE'
    /** A session, but the server has other peripherals than the one that is set. */
    | 'OTHER_PERIPHERAL'
    | 'UNREACHABLE'
    | 'REFUSED'
    /** It was asked without the credentials, and may be right to refuse that. */
    | 'REFUSED_WITHOUT_CREDENTIALS'
    | 'NO_ANSWER'
    | 'NO_CTI_SERVER';
  /** One sentence in English. */
  readonly text: string;
  /** Why, without the sentence around it; empty where the code says everything. */
  readonly detail: string;
}

/**
 * The credentials for an address: those that are set are for the sides in force alone, else whoever may test could have them sent to
 * a host of his own. Nothing is withheld where none are set.
 */
export function credentialsFor(
  address: CtiAddress,
  sides: ReadonlyArray<CtiAddress | null>,
  set: SideCredentials,
): SideCredentials | null {
  const isInForce = sides.some((side) => side?.host === address.host && side.port === address.port);
  return isInForce || (set.clientId === '' && set.clientPassword === '') ? set : null;
}

export const SIDE_TEST_LIMIT_MS = 10_000;
/** How long after OPEN_CONF the server may tell of its peripherals: one SYSTEM_EVENT for each (ged188.md 3), ms. */
export const PERIPHERALS_MS = 1_000;
/** CCX calls its only peripheral so, whatever is set (ged188.md 15). */
const CCX_PERIPHERAL_ID = 1;
/** Lower versions are tried on a connection each. */
const CONNECTIONS_MAX = 8;

/** Ends within the limit, whatever the other side does. */
export function testCtiSide(test: SideTest): Promise<SideTestOutcome> {
  const { address, clock } = test;
  const place = `${address.host}:${address.port}`;
  const limitMs = test.limitMs ?? SIDE_TEST_LIMIT_MS;
  return new Promise((resolve) => {
    let socket: CtiSocket | undefined;
    let turn = 0;
    let isConnected = false;
    let isOver = false;
    const end = (code: SideTestOutcome['code'], text: string, detail = ''): void => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      resolve({ ok: code === 'OPEN', code, text, detail });
      socket?.destroy();
    };
    let timer = clock.schedule(limitMs, () =>
      isConnected
        ? end(
            'NO_ANSWER',
            `${place} takes connections, but has not answered OPEN_REQ within ${limitMs / 1000} s.`,
          )
        : end(
            'UNREACHABLE',
            `${place} has not taken a connection within ${limitMs / 1000} s.`,
            `${limitMs / 1000} s`,
          ),
    );
    const session = new CtiClientSession({
      clock,
      open: {
        clientId: test.credentials?.clientId ?? '',
        clientPassword: test.credentials?.clientPassword ?? '',
        clientSignature: test.clientSignature,
        services: ServiceMask.ALL_EVENTS,
        servicesRequired: 0,
        version: test.version,
        callMsgMask: 0,
        agentStateMask: 0,
        configMsgMask: 0,
      },
      limits: { heartbeatIntervalMs: 0, openTimeoutMs: limitMs },
      send: (bytes) => socket?.write(bytes),
      onEvent: (event) => {
        switch (event.type) {
          case 'open':
            timer.cancel();
            timer = clock.schedule(PERIPHERALS_MS, () => opened(event.version));
            return;
          case 'status':
            if (session.status.peripherals.has(test.peripheralId)) opened(session.version);
            return;
          case 'refused':
            if (event.nextVersion !== null && turn < CONNECTIONS_MAX) begin();
            else if (test.credentials === null)
              end(
                'REFUSED_WITHOUT_CREDENTIALS',
                `${place} has refused the session: ${statusText(event.status)}. Client id and password are sent to the sides in force alone.`,
                statusText(event.status),
              );
            else
              end(
                'REFUSED',
                `${place} has refused the session: ${statusText(event.status)}.`,
                statusText(event.status),
              );
            return;
          case 'reset':
            if (event.reason === 'framing-lost')
              end('NO_CTI_SERVER', `What answers at ${place} is no CTI server.`);
            return;
          default:
        }
      },
    });
    begin();

    function opened(version: number): void {
      const { peripheralId } = test;
      const inService = session.status.inService(peripheralId);
      const told = [...session.status.peripherals.keys()];
      session.close();
      if (told.some((id) => id !== CCX_PERIPHERAL_ID) && !told.includes(peripheralId))
        end(
          'OTHER_PERIPHERAL',
          `${place} has opened a session, but has no peripheral ${peripheralId}; it has ${told.join(', ')}.`,
          told.join(', '),
        );
      else if (inService) end('OPEN', `${place} has opened a session, protocol version ${version}.`);
      else end('OPEN_OFFLINE', `${place} has opened a session, but its peripheral is not in service.`);
    }

    function begin(): void {
      const mine = ++turn;
      socket?.destroy();
      if (mine > 1) session.lost();
      socket = test.connect(address, {
        connected: () => {
          if (isOver || mine !== turn) return;
          isConnected = true;
          session.connected();
        },
        data: (chunk) => {
          if (!isOver && mine === turn) session.received(chunk);
        },
        closed: (reason) => {
          if (isOver || mine !== turn) return;
          if (isConnected) end('NO_CTI_SERVER', `${place} has closed the connection without an answer.`);
          else end('UNREACHABLE', `${place} cannot be reached: ${reason}.`, reason);
        },
      });
    }
  });
}

const statusText = (status: number | null): string =>
  (status === null ? undefined : Object.entries(FailureStatus).find(([, value]) => value === status)?.[0]) ??
  `status ${status}`;
