/** Call control in the words of GED-188 (ged188.md 8.4, 9, 11). */
import {
  CallMannerType,
  CallType,
  ConnectionDeviceIDType,
  ConsultType,
  DeviceIDType,
  type Fields,
  type MessageName,
  NONE_UINT,
  SupervisoryAction,
} from '@poise/ged188';
import { RESPONSE_VARIABLE } from '../domain/outbound.ts';
import type { Connection } from './connections.ts';
import type { CallControl, CallDataWish } from './port.ts';

/** One request. `mayFail`: the next one follows whatever the answer to this one is. */
export interface CallRequest {
  readonly name: MessageName;
  /** Without InvokeID. */
  readonly fields: Fields;
  readonly mayFail?: true;
}

/** Finds the connection of a device in a dialog; undefined: not known. */
export type FindConnection = (dialogId: string, extension: string) => Connection | undefined;

/**
 * The requests that carry out a wish, in order: one, but for barging in from a silent monitor call, which is ended
 * first (ged188.md 9). Null: a connection is not known.
 */
export function callRequests(
  wish: CallControl,
  peripheralId: number,
  find: FindConnection,
): readonly CallRequest[] | null {
  const common = { PeripheralID: peripheralId };
  const ofAgent = { ...common, AgentInstrument: 'extension' in wish ? wish.extension : '' };
  switch (wish.verb) {
    case 'MAKE_CALL':
      return [
        {
          name: 'MAKE_CALL_REQ',
          fields: {
            ...ofAgent,
            CallMannerType: wish.fromReady ? CallMannerType.BELLIGERENT : CallMannerType.UNSPECIFIED,
            SkillGroupNumber: NONE_UINT,
            DialedNumber: wish.toAddress,
            ...dataFields(wish.data),
          },
        },
      ];
    case 'ANSWER':
    case 'HOLD':
    case 'DROP':
    case 'START_RECORDING':
    case 'RETRIEVE':
      return onConnection(find(wish.dialogId, wish.extension), (connection) => {
        const { name, prefix } = PLAIN[wish.verb];
        return { name, fields: { ...ofAgent, ...connectionFields(prefix, connection) } };
      });
    case 'SEND_DTMF':
      return onConnection(find(wish.dialogId, wish.extension), (connection) => ({
        name: 'SEND_DTMF_SIGNAL_REQ',
        fields: { ...ofAgent, ...connectionFields('Connection', connection), DTMFString: wish.digits },
      }));
    case 'UPDATE_CALL_DATA':
      return onConnection(find(wish.dialogId, wish.extension), (connection) => ({
        name: 'SET_CALL_DATA_REQ',
        fields: {
          ...common,
          ...connectionFields('Connection', connection),
          CallType: CallType.NULL,
          ...dataFields(wish.data),
        },
      }));
    case 'RESPOND':
      return onConnection(find(wish.dialogId, wish.extension), (connection) =>
        wish.responses.map((value) => ({
          name: 'SET_CALL_DATA_REQ' as const,
          fields: {
            ...common,
            ...connectionFields('Connection', connection),
            CallType: CallType.NULL,
            ...dataFields({ named: [{ name: RESPONSE_VARIABLE, index: null, value }] }),
          },
        })),
      );
    case 'PARTICIPANT_DROP':
      return onConnection(find(wish.dialogId, wish.target), (connection) => ({
        name: 'CLEAR_CONNECTION_REQ',
        fields: {
          ...ofAgent,
          ...connectionFields('Connection', connection),
          RequestingDeviceID: wish.extension,
          RequestingDeviceIDType: DeviceIDType.AGENT_DEVICE,
        },
      }));
    case 'CONSULT_CALL':
      return onConnection(find(wish.dialogId, wish.extension), (connection) => ({
        name: 'CONSULTATION_CALL_REQ',
        fields: {
          ...ofAgent,
          ...connectionFields('ActiveConnection', connection),
          // Whether a transfer or a conference will follow is decided later.
          ConsultType: ConsultType.UNSPECIFIED,
          DialedNumber: wish.toAddress,
        },
      }));
    case 'TRANSFER_SST':
      return onConnection(find(wish.dialogId, wish.extension), (connection) => ({
        name: 'TRANSFER_CALL_REQ',
        fields: {
          ...ofAgent,
          ...connectionFields('ActiveConnection', connection),
          HeldConnectionCallID: NONE_UINT,
          HeldConnectionDeviceIDType: ConnectionDeviceIDType.NONE,
          DialedNumber: wish.toAddress,
        },
      }));
    case 'TRANSFER':
    case 'CONFERENCE': {
      const held = find(wish.heldDialogId, wish.extension);
      return onConnection(find(wish.activeDialogId, wish.extension), (active) =>
        held === undefined
          ? null
          : {
              name: wish.verb === 'TRANSFER' ? 'TRANSFER_CALL_REQ' : 'CONFERENCE_CALL_REQ',
              fields: {
                ...ofAgent,
                ...connectionFields('ActiveConnection', active),
                ...connectionFields('HeldConnection', held),
              },
            },
      );
    }
    case 'SILENT_MONITOR':
    case 'BARGE_CALL':
      return supervision(wish, common, find);
  }
}

/** Requests that name one connection and nothing else. */
const PLAIN = {
  ANSWER: { name: 'ANSWER_CALL_REQ', prefix: 'Connection' },
  HOLD: { name: 'HOLD_CALL_REQ', prefix: 'Connection' },
  RETRIEVE: { name: 'RETRIEVE_CALL_REQ', prefix: 'HeldConnection' },
  DROP: { name: 'CLEAR_CONNECTION_REQ', prefix: 'Connection' },
  START_RECORDING: { name: 'START_RECORDING_REQ', prefix: 'Connection' },
} as const;

function supervision(
  wish: Extract<CallControl, { verb: 'SILENT_MONITOR' | 'BARGE_CALL' }>,
  common: Fields,
  find: FindConnection,
): readonly CallRequest[] | null {
  const { dialogId, agentExtension, supervisorExtension, monitorDialogId } = wish;
  const monitor = monitorDialogId === null ? undefined : find(monitorDialogId, supervisorExtension);
  return onConnection(find(dialogId, agentExtension), (agent) => {
    const request = (action: number, supervisor: Connection | undefined): CallRequest => ({
      name: 'SUPERVISE_CALL_REQ',
      fields: {
        ...common,
        ...connectionFields('AgentConnection', agent),
        ...(supervisor === undefined
          ? {
              SupervisorConnectionCallID: NONE_UINT,
              SupervisorConnectionDeviceIDType: ConnectionDeviceIDType.NONE,
            }
          : connectionFields('SupervisorConnection', supervisor)),
        SupervisoryAction: action,
        AgentInstrument: agentExtension,
        SupervisorInstrument: supervisorExtension,
      },
    });
    if (wish.verb === 'SILENT_MONITOR') return request(SupervisoryAction.MONITOR, undefined);
    const barge = request(SupervisoryAction.BARGE_IN, undefined);
    // The monitor call may have ended by itself: barging in does not depend on it.
    return monitor === undefined
      ? barge
      : [{ ...request(SupervisoryAction.CLEAR, monitor), mayFail: true }, barge];
  });
}

function onConnection(
  connection: Connection | undefined,
  make: (connection: Connection) => CallRequest | readonly CallRequest[] | null,
): readonly CallRequest[] | null {
  const made = connection === undefined ? null : make(connection);
  return made === null || Array.isArray(made) ? made : [made as CallRequest];
}

const connectionFields = (prefix: string, { callId, deviceIdType, deviceId }: Connection): Fields => ({
  [`${prefix}CallID`]: callId,
  [`${prefix}DeviceIDType`]: deviceIdType,
  [`${prefix}DeviceID`]: deviceId,
});

/** Only what changes is sent (ged188.md 11); an empty text takes a value away. */
function dataFields({ variables = {}, named = [], wrapUpReason }: CallDataWish): Fields {
  const scalars = named.filter(({ index }) => index === null);
  const elements = named.filter(({ index }) => index !== null);
  return {
    ...Object.fromEntries(
      Object.entries(variables).map(([index, value]) => [`CallVariable${Number(index) + 1}`, value]),
    ),
    ...(wrapUpReason === undefined ? {} : { CallWrapupData: wrapUpReason }),
    ...(scalars.length === 0
      ? {}
      : {
          namedVariables: scalars.map(({ name, value }) => ({ NamedVariable: { name, value } })),
        }),
    ...(elements.length === 0
      ? {}
      : {
          namedArrays: elements.map(({ name, index, value }) => ({
            NamedArray: { name, index: index ?? 0, value },
          })),
        }),
  };
}
