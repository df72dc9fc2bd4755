import type { CallView } from './call.ts';
import type { CallOutcome, CallRequest } from './call-request.ts';
import type { OutboundContact } from './outbound.ts';
import type { SkillGroupFigures } from './skill-group-figures.ts';

/** The call model as the server around it sees it: requests in, facts out (handed to the constructor), views. */
export interface CallControl {
  /**
   * Carries out a request. `done` is called exactly once, possibly before this returns; never before what the
   * request needs of the switch has been answered, always before the facts that the request causes.
   */
  request(request: CallRequest, done: (outcome: CallOutcome) => void): void;
  call(id: number): CallView | undefined;
  /** Calls with a connection at the device, and the call whose wrap-up its agent is in. Oldest first. */
  callsAt(device: string): readonly CallView[];
  calls(): Iterable<CallView>;
  /** Offers a contact of a campaign to the agent at a phone; false: nobody is available there. */
  offerContact(device: string, contact: OutboundContact): boolean;
  /** Undefined: no such skill group. */
  figures(skillGroup: number): SkillGroupFigures | undefined;
}
