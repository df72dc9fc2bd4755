import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { Happenings } from '../happenings.ts';
import type { DirectorySection } from '../store/directory.ts';
import { CONFIGURATION_NODE, ConfigurationNotifier, GATHER_MS } from './configuration-notifier.ts';
import { Publisher } from './publisher.ts';

let clock: VirtualClock;
let published: { node: string; payload: string }[];
let isHeard: boolean;
let notifier: ConfigurationNotifier;

beforeEach(() => {
  clock = new VirtualClock(0);
  published = [];
  isHeard = true;
  const port = {
    publish: (node: string, payload: string) => void published.push({ node, payload }),
    hasSubscribers: () => isHeard,
  };
  const happenings = new Happenings(
    () => 0,
    (error) => {
      throw error;
    },
  );
  notifier = new ConfigurationNotifier({ publisher: new Publisher(port, happenings), clock });
});

const changed = (...sections: DirectorySection[]) => notifier.changed(new Set(sections));
const told = () =>
  published.map(({ payload }) => [...payload.matchAll(/<section>(\w+)</g)].map((match) => match[1]));

test('what was written in a row is told once, and named', () => {
  changed('reasonCodes');
  clock.advance(GATHER_MS - 1);
  changed('phoneBooks', 'reasonCodes');
  expect(published).toEqual([]);
  clock.advance(1);
  expect(published).toEqual([
    {
      node: CONFIGURATION_NODE,
      payload:
        '<Update>\n<data>\n<configuration>\n<sections>\n<section>reasonCodes</section>\n<section>phoneBooks</section>\n' +
        '</sections>\n</configuration>\n</data>\n<event>PUT</event>\n<requestId></requestId>\n' +
        '<source>/poise/api/configuration</source>\n</Update>',
    },
  ]);
  changed('workflows');
  clock.advance(GATHER_MS);
  expect(told().at(-1)).toEqual(['workflows']);
});

test('users, queues and phones have nodes of their own', () => {
  changed('users', 'skillGroups', 'devices');
  clock.advance(10 * GATHER_MS);
  expect(published).toEqual([]);
});

test('what nobody hears is not said, and not kept', () => {
  isHeard = false;
  changed('reasonCodes');
  clock.advance(GATHER_MS);
  isHeard = true;
  changed('teams');
  clock.advance(GATHER_MS);
  expect(told()).toEqual([['teams']]);
});

test('after its end nothing is told', () => {
  changed('reasonCodes');
  notifier.close();
  clock.advance(GATHER_MS);
  expect(published).toEqual([]);
});
