/**
 * Writes phone books of three contacts with all their speed, and says the id of each when it is acknowledged: to be killed in the middle.
 * Argument: options of the store as JSON.
 */
import { Store, type StoreOptions } from '../src/store/store.ts';

/** Changes that wait at a time. */
const AT_ONCE = 8;
const store = await Store.open(JSON.parse(process.argv[2]!) as StoreOptions);
let next = Number(process.argv[3]);

async function write(): Promise<never> {
  for (;;) {
    const name = `book ${next++}`;
    const id = await store.change(async ({ phoneBooks }) => {
      const made = await phoneBooks.create({ name, type: 'GLOBAL', teamIds: [] });
      for (const firstName of ['a', 'b', 'c'])
        await phoneBooks.createContact(made, { firstName, lastName: '', phoneNumber: '1', description: '' });
      return made;
    });
    await new Promise<void>((resolve) => process.stdout.write(`${id}\n`, () => resolve()));
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, write));
