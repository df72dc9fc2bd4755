/**
 * Puts the configuration of the demonstration centre (teams, queues, reasons, phone books) into a new
 * store, once: what an administrator changes later stays changed. Users stay out of the store, because
 * their passwords are public.
 */
import type { Repositories } from '../store/repositories.ts';
import type { Store } from '../store/store.ts';
import { demoConfiguration } from './centre.ts';

const FACT = 'demo.seeded';

/** @returns whether anything was written */
export async function seedDemo(store: Store): Promise<boolean> {
  if ((await store.repositories.facts.get(FACT)) !== undefined) return false;
  // Several nodes may start at the same time.
  return store.changeAlone(FACT, async (repositories) => {
    if ((await repositories.facts.get(FACT)) !== undefined) return false;
    // A store that is in use is left alone: the centre's ids may mean something else there.
    const inUse = await holdsAny(repositories);
    await repositories.facts.set(FACT, inUse ? 'no' : 'yes');
    if (inUse) return false;
    const data = demoConfiguration();
    for (const team of data.teams) await repositories.teams.create(team);
    for (const group of data.skillGroups) await repositories.skillGroups.create(group);
    for (const number of data.dialledNumbers) await repositories.dialledNumbers.create(number);
    await repositories.devices.create(...data.devices);
    for (const reason of data.reasonCodes) await repositories.reasonCodes.create(reason);
    for (const reason of data.wrapUpReasons) await repositories.wrapUpReasons.create(reason);
    for (const book of data.phoneBooks) {
      const id = await repositories.phoneBooks.create(book);
      await repositories.phoneBooks.replaceContacts(id, book.contacts);
    }
    for (const workflow of data.workflows) {
      const actionIds: number[] = [];
      for (const action of workflow.actions)
        actionIds.push(await repositories.workflowActions.create(action));
      await repositories.workflows.create(workflow, actionIds);
    }
    return true;
  });
}

async function holdsAny({ teams, skillGroups, devices }: Repositories): Promise<boolean> {
  for (const repository of [teams, skillGroups, devices])
    if ((await repository.all()).length > 0) return true;
  return false;
}
