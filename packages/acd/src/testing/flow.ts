import { enumName, type Fields, type MessageName } from '@poise/ged188';
import { CallCopies } from '../call-copies.ts';
import { callsOf } from '../call-source.ts';
import type { CallFact } from '../calls/call-fact.ts';
import { ScriptedSwitch } from '../calls/testing/scripted-switch.ts';
import type { ContactCentreOptions } from '../contact-centre.ts';
import type { FakeClient } from './fake-client.ts';
import { FIRST_CALL_ID, TestCentre } from './test-centre.ts';

/** A contact centre with the real call model over a scripted switch, and a bridge that writes down what it hears. */
export class FlowCentre {
  readonly exchange = new ScriptedSwitch();
  readonly test: TestCentre;
  readonly bridge: FakeClient;
  /** Who knows of which call, by the same rules as the centre's own. */
  readonly copies = new CallCopies();

  constructor(
    options: Partial<Pick<ContactCentreOptions, 'manners' | 'callSettings'>> = {},
    deployment: 'CCE' | 'CCX' = 'CCE',
  ) {
    const { manners = {}, callSettings = {} } = options;
    this.test = new TestCentre(deployment, {
      manners,
      calls: (context) => {
        const { dialect, model, emit } = context;
        const listen = (fact: CallFact) => {
          if (fact.type !== 'agent')
            this.copies.of(fact, { dialect, roster: model.roster, signatureOf: () => '', time: 0 });
          emit(fact);
        };
        return callsOf({ switch: this.exchange, callSettings }, { ...context, emit: listen });
      },
    });
    this.bridge = this.test.open({ services: 0x96 });
  }

  /** Signs an agent in and, if wanted, makes it available; nothing of it is written down. */
  signIn(agentId: string, phone: string, available = false): void {
    this.bridge.setState(0, { AgentID: agentId, AgentInstrument: phone, ForcedFlag: 1 });
    if (available) this.bridge.setState(3, { AgentID: agentId });
    this.test.clock.advance(0);
    this.bridge.inbox.length = 0;
  }

  /** A request of the bridge and what it hears then. Calls are told as #1, #2 … in the order of their making. */
  ask(name: MessageName, fields: Fields): string[] {
    this.bridge.request(name, fields);
    return this.told();
  }

  /** What the bridge has heard since the last look. */
  told(client = this.bridge): string[] {
    return client.inbox.splice(0).map(({ name, fields }) => line(name, fields));
  }
}

/** ConnectionCallID of the n-th call. */
export const call = (n: number): number => FIRST_CALL_ID + n - 1;

type Read = Readonly<Record<string, unknown>>;

/** One message on one line: calls as #1, #2 …, states and types by their names. */
function line(name: string, fields: Read): string {
  if (name === 'AGENT_STATE_EVENT') return agentLine(fields);
  const merging = fields.PrimaryCallID !== undefined;
  const parts = [
    name.replace(/_EVENT$/, ''),
    fields.ConnectionDeviceID ??
      fields.PrimaryDeviceID ??
      fields.NewConnectionDeviceID ??
      fields.AgentInstrument,
    number(fields.ConnectionCallID ?? fields.PrimaryCallID ?? fields.NewConnectionCallID),
    merging && number(fields.SecondaryCallID) && `+${number(fields.SecondaryCallID)}`,
    fields.CallType !== undefined && enumName('CallType', Number(fields.CallType)),
    fields.LocalConnectionState !== undefined &&
      enumName('LocalConnectionState', Number(fields.LocalConnectionState)),
    cause(fields.EventCause),
    fields.FailureCode !== undefined && `CF ${String(fields.FailureCode)}`,
    fields.Status !== undefined && `E ${String(fields.Status)}`,
  ];
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ');
}

function agentLine(fields: Read): string {
  const state = (field: string) => enumName('AgentState', Number(fields[field]));
  const group = state('SkillGroupState');
  return [
    'AGENT_STATE',
    fields.AgentID,
    state('AgentState'),
    group !== state('AgentState') && `(${group})`,
    Number(fields.EventReasonCode) > 0 && String(fields.EventReasonCode),
    fields.NextAgentState !== undefined && `then ${state('NextAgentState')}`,
    fields.Duration !== undefined && `in ${String(fields.Duration)} s`,
  ]
    .filter((part) => part !== false)
    .join(' ');
}

function number(id: unknown): string | undefined {
  return typeof id === 'number' && id !== 0xffffffff ? `#${id - FIRST_CALL_ID + 1}` : undefined;
}

function cause(value: unknown): string | undefined {
  return typeof value === 'number' && value !== 0xffff ? enumName('EventCause', value) : undefined;
}
