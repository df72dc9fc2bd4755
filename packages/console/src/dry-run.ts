/** What a workflow would do with a call, by the engine that the desktop has. Nothing is opened or sent. Pure. */
import {
  dialogsFromXml,
  type ExplainedStep,
  explainWorkflows,
  NO_WORKFLOWS_RUN,
  type WorkflowRules,
} from '@poise/workflow';
import type { Item } from './schema.ts';

/** What is happening to the call, as the desktop hears it. */
export const MOMENTS = ['ALERTING', 'ACTIVE', 'DROPPED'] as const;

export interface TriedCall {
  readonly moment: (typeof MOMENTS)[number];
  readonly isOutgoing: boolean;
  readonly from: string;
  readonly dialled: string;
  readonly callType: string;
  readonly queueName: string;
  /** By name, as they are configured: callVariable1, user.account. */
  readonly variables: readonly (readonly [name: string, value: string])[];
}

export const FIRST_CALL: TriedCall = {
  moment: 'ALERTING',
  isOutgoing: false,
  from: '15551234',
  dialled: '6001',
  callType: 'ACD_IN',
  queueName: '',
  variables: [],
};

/** Who tries it: somebody with an extension, because triggers ask for one. */
const AGENT = {
  loginId: '2001',
  loginName: 'agent',
  firstName: 'Anna',
  lastName: 'Agent',
  extension: '1001',
  teamName: '',
} as const;

type Workflow = WorkflowRules['workflows'][number];

/** @param item as the form has it @param actions those that it names, in order */
export function tryWorkflow(item: Item, actions: readonly Item[], call: TriedCall): ExplainedStep {
  const [event] = dialogsFromXml(dialogXml(call));
  const rules: WorkflowRules = { workflows: [workflowOf(item, actions)], user: AGENT, consultCalls: true };
  return explainWorkflows(rules, NO_WORKFLOWS_RUN, event!.dialog, call.moment === 'DROPPED');
}

function workflowOf(item: Item, actions: readonly Item[]): Workflow {
  const { name, description, media, triggerSet, conditionSet } = item as unknown as Workflow;
  return {
    uri: '/finesse/api/Workflow/1',
    name,
    description,
    media,
    triggerSet,
    conditionSet,
    workflowActions: actions.map((action) => {
      const { variables, ...rest } = action as unknown as Workflow['workflowActions'][number] & {
        readonly variables: Workflow['workflowActions'][number]['actionVariables'];
      };
      return { ...rest, uri: `/finesse/api/WorkflowAction/${action.id}`, actionVariables: variables };
    }),
  };
}

/** The call as an event bears it. */
function dialogXml({ moment, isOutgoing, from, dialled, callType, queueName, variables }: TriedCall): string {
  const [caller, called] = isOutgoing ? [AGENT.extension, dialled] : [from, AGENT.extension];
  const other = isOutgoing ? dialled : from;
  const own = moment === 'DROPPED' ? 'ACTIVE' : moment === 'ALERTING' && isOutgoing ? 'INITIATED' : moment;
  const party = (address: string, type: string, state: string) =>
    el('Participant', el('mediaAddress', text(address)) + el('mediaAddressType', type) + el('state', state));
  const given = variables
    .filter(([name]) => name !== '')
    .map(([name, value]) => el('CallVariable', el('name', text(name)) + el('value', text(value))))
    .join('');
  return el(
    'Dialog',
    [
      el('fromAddress', text(caller)),
      el('id', '16777217'),
      el(
        'mediaProperties',
        el('DNIS', text(dialled)) +
          el('callType', text(callType)) +
          el('dialedNumber', text(dialled)) +
          (queueName === '' ? '' : el('queueName', text(queueName))) +
          el('callvariables', given),
      ),
      el('mediaType', 'Voice'),
      el(
        'participants',
        party(AGENT.extension, 'AGENT_DEVICE', own) +
          party(other, '', moment === 'ALERTING' ? 'INITIATED' : 'ACTIVE'),
      ),
      el('state', own),
      el('toAddress', text(called)),
      el('uri', '/finesse/api/Dialog/16777217'),
    ].join(''),
  );
}

const el = (name: string, inner: string): string => `<${name}>${inner}</${name}>`;

/** What XML cannot hold is left out; the rest is text. */
const text = (value: string): string =>
  value
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
