/** What a command has stored, told to the servers of the data directory. */
import { controlRequest } from '../control/client.ts';
import { controlLocation } from '../control/location.ts';

/**
 * Servers that run on this data directory read what was stored before the command is over, so that a script goes on with it at once.
 * By themselves they find it out within two seconds, and so does one that does not answer here.
 *
 * @param request asks one of them
 */
export async function tellStored(data: string, request = controlRequest): Promise<void> {
  await Promise.all(
    (['server', 'cti'] as const).map((role) =>
      request(controlLocation(data, role), 'store.refresh').catch(() => {}),
    ),
  );
}
