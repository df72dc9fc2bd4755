import { VirtualClock } from '@poise/clock';
import { ContactCentre, type ContactCentreOptions } from '../contact-centre.ts';
import { demoDirectory } from './demo-directory.ts';
import { FakeCalls } from './fake-calls.ts';
import { FakeClient } from './fake-client.ts';

/** Number of the first call of a centre that is told no other. */
export const FIRST_CALL_ID = 0x100_0001;

/** A contact centre over the demo directory, without sockets, on a clock that stands still. */
export class TestCentre {
  readonly directory = demoDirectory();
  readonly clock = new VirtualClock(1_366_756_808_000);
  /** What the centre told the operator. */
  readonly noted: string[] = [];
  readonly traced: string[] = [];
  readonly centre: ContactCentre;

  constructor(
    deployment: 'CCE' | 'CCX' = 'CCE',
    options: Partial<Pick<ContactCentreOptions, 'manners' | 'calls' | 'switch' | 'callSettings'>> = {},
  ) {
    const { directory, clock } = this;
    this.centre = new ContactCentre({
      directory,
      clock,
      deployment,
      onDisconnect: 'notReady',
      log: (text) => this.noted.push(text),
      trace: (line) => this.traced.push(line),
      ...options,
    });
  }

  /** An open session whose inbox is empty. */
  open(options: ConstructorParameters<typeof FakeClient>[1] = {}): FakeClient {
    const client = new FakeClient(this.centre, options);
    this.centre.opened(client);
    client.inbox.length = 0;
    return client;
  }
}

/** A contact centre whose calls are put in by the test. */
export function centreWithFakeCalls(
  deployment: 'CCE' | 'CCX' = 'CCE',
  manners: ContactCentreOptions['manners'] = {},
): { test: TestCentre; calls: FakeCalls } {
  const made: FakeCalls[] = [];
  const test = new TestCentre(deployment, {
    manners,
    calls: (context) => {
      const calls = new FakeCalls(context);
      made.push(calls);
      return calls;
    },
  });
  return { test, calls: made[0] as FakeCalls };
}

/** A bridge's sign-in of agent 2001, as a desktop server writes it. */
export const LOGIN = { AgentID: '2001', AgentInstrument: '2003', EventReasonCode: 50004, ForcedFlag: 1 };

/** Lets promises settle. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
