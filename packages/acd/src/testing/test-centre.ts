import { VirtualClock } from '@poise/clock';
import { ContactCentre } from '../contact-centre.ts';
import { demoDirectory } from './demo-directory.ts';
import { FakeClient } from './fake-client.ts';

/** A contact centre over the demo directory, without sockets, on a clock that stands still. */
export class TestCentre {
  readonly directory = demoDirectory();
  readonly clock = new VirtualClock(1_366_756_808_000);
  /** What the centre told the operator. */
  readonly noted: string[] = [];
  readonly centre: ContactCentre;

  constructor(deployment: 'CCE' | 'CCX' = 'CCE') {
    const { directory, clock } = this;
    const log = (text: string) => this.noted.push(text);
    this.centre = new ContactCentre({ directory, clock, deployment, onDisconnect: 'notReady', log });
  }

  /** An open session whose inbox is empty. */
  open(options: ConstructorParameters<typeof FakeClient>[1] = {}): FakeClient {
    const client = new FakeClient(this.centre, options);
    this.centre.opened(client);
    client.inbox.length = 0;
    return client;
  }
}

/** A bridge's sign-in of agent 2001, as a desktop server writes it. */
export const LOGIN = { AgentID: '2001', AgentInstrument: '2003', EventReasonCode: 50004, ForcedFlag: 1 };

/** Lets promises settle. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
