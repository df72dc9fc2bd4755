/** The request for a desktop's log, as an event: no source shows one, so it has what every object has, its uri, and no logData. */
import { fieldsOf, type ObjectDescription } from './description.ts';

/** Of whom it is asked. */
export interface ClientLogSource {
  readonly loginId: string;
}

export const CLIENT_LOG: ObjectDescription<ClientLogSource> = {
  root: 'ClientLog',
  eventRoot: 'clientLog',
  declaration: false,
  fields: [fieldsOf<ClientLogSource>().uri('uri', ({ loginId }) => `/finesse/api/User/${loginId}/ClientLog`)],
};
