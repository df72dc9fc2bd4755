import { AgentState } from '@poise/ged188';
import { beforeEach, expect, it } from 'vitest';
import { DESKTOP, FakeClient } from './testing/fake-client.ts';
import { call, FlowCentre } from './testing/flow.ts';

/** A bridge that opens is told of the wishes that wait for the end of a call: no query tells them. */

let centre: FlowCentre;
let customer: string;
beforeEach(() => {
  centre = new FlowCentre();
  centre.signIn('2001', '2003', true);
  centre.signIn('2002', '2005');
  customer = centre.exchange.arrive('15551234', '6001');
  centre.ask('ANSWER_CALL_REQ', { ConnectionCallID: call(1), ConnectionDeviceID: '2003' });
  centre.test.clock.advance(42_000);
});

/** What a session of states hears when it opens: fields of AGENT_STATE_EVENTs. */
function heardAtOpening(options: ConstructorParameters<typeof FakeClient>[1] = {}) {
  const client = new FakeClient(centre.test.centre, options);
  centre.test.centre.opened(client);
  return client.inbox.filter(({ name }) => name === 'AGENT_STATE_EVENT').map(({ fields }) => fields);
}

it('with the present state, how long it has lasted, and what follows', () => {
  expect(heardAtOpening()).toEqual([]);
  centre.ask('SET_AGENT_STATE_REQ', {
    PeripheralID: 0xffffffff,
    AgentState: AgentState.NOT_READY,
    AgentID: '2001',
    AgentInstrument: '2003',
    EventReasonCode: 10,
  });
  expect(heardAtOpening()).toMatchObject([
    {
      MonitorID: 0,
      AgentID: '2001',
      AgentExtension: '2003',
      AgentState: AgentState.TALKING,
      SkillGroupState: AgentState.TALKING,
      StateDuration: 42,
      NextAgentState: AgentState.NOT_READY,
    },
  ]);
  const other = { services: DESKTOP, binding: { agentId: '2002', instrument: '2005' } };
  expect(heardAtOpening(other).map(({ AgentID }) => AgentID)).toEqual(['2002']);
});

it('no more once it has been carried out', () => {
  centre.bridge.setState(AgentState.NOT_READY, { AgentID: '2001', EventReasonCode: 10 });
  centre.exchange.gone(customer);
  expect(centre.test.centre.model.agent('2001')?.status.state).toBe('NOT_READY');
  expect(heardAtOpening()).toEqual([]);
});
