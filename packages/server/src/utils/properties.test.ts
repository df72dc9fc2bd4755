import { beforeEach, describe, expect, test } from 'vitest';
import { PROPERTIES } from '../settings/property-names.ts';
import { type Settings, settingsOf } from '../settings/settings.ts';
import { STORED_KEYS } from '../settings/stored.ts';
import { nodeFigures } from './node-figures.ts';
import { PropertyBook } from './properties.ts';
import { type Levels, serviceability } from './serviceability.ts';

let stored: Map<string, string>;
let commands: string[];
let settings: Settings;
let book: PropertyBook;
const bookOf = (origins: ConstructorParameters<typeof PropertyBook>[0]['origins']) =>
  new PropertyBook({
    settings,
    origins,
    stored: () => stored,
    save: async (key, value, command) => {
      commands.push(command);
      if (value === null) stored.delete(key);
      else stored.set(key, value);
    },
  });
const DEFAULTS = new Map(STORED_KEYS.map((key) => [key, { kind: 'default' } as const]));

beforeEach(() => {
  stored = new Map();
  commands = [];
  settings = settingsOf();
  book = bookOf(DEFAULTS);
});

test('what another node has stored is in force here, too, but for what this one has otherwise or only a start brings', () => {
  const applied: unknown[] = [];
  const origins = new Map<(typeof STORED_KEYS)[number], { kind: 'default' } | { kind: 'command' }>(DEFAULTS);
  origins.set('desktop.showWrapUpTimer', { kind: 'command' });
  book = new PropertyBook({
    settings,
    origins,
    stored: () => stored,
    apply: (key, value) => key.startsWith('desktop.') && applied.push([key, value]) > 0,
    save: () => Promise.resolve(),
  });
  stored
    .set('desktop.forceWrapUp', 'false')
    .set('desktop.showWrapUpTimer', 'false')
    .set('maintenance.limit', '2h');
  book.follow();
  book.follow();
  expect(applied).toEqual([['desktop.forceWrapUp', false]]);
  expect(book.show('desktop', 'forceWrapUp')).toEqual({ value: 'false', waiting: null });
  stored.clear();
  book.follow();
  expect(applied).toHaveLength(2);
});

describe('a property', () => {
  test('shows what is in force, and what waits for the next start', async () => {
    expect(book.show('desktop', 'forceWrapUp')).toEqual({ value: 'true', waiting: null });
    expect(await book.set('desktop', 'forceWrapUp', 'false')).toEqual({ value: 'true', waiting: 'false' });
    expect(stored.get('desktop.forceWrapUp')).toBe('false');
    expect(commands).toEqual(['utils finesse set_property']);
    // The default is not stored: a later release may have another one.
    await book.set('desktop', 'forceWrapUp', 'true');
    expect(stored.size).toBe(0);
  });

  test('that can be put in force at once is', async () => {
    const applied: unknown[] = [];
    const live = new PropertyBook({
      settings,
      origins: DEFAULTS,
      stored: () => stored,
      save: async (key, value) => void stored.set(key, String(value)),
      apply: (key, value) => key.startsWith('desktop.') && applied.push([key, value]) > 0,
    });
    expect(await live.set('desktop', 'forceWrapUp', 'false')).toEqual({ value: 'false', waiting: null });
    expect(applied).toEqual([['desktop.forceWrapUp', false]]);
    expect((await live.set('webservices', 'maxMMTimeSec', '1800')).waiting).toBe('1800');
    await expect(live.set('desktop', 'forceWrapUp', 'maybe')).rejects.toThrow('is not allowed');
    expect(applied).toHaveLength(1);
  });

  test('that counts seconds does', async () => {
    expect(book.show('webservices', 'maxMMTimeSec').value).toBe('3600');
    expect((await book.set('webservices', 'maxMMTimeSec', '1800')).waiting).toBe('1800');
    expect(settingsOf({ 'maintenance.limit': stored.get('maintenance.limit') }).maintenance.limit).toBe(
      1_800_000,
    );
    await expect(book.set('webservices', 'maxMMTimeSec', '1h')).rejects.toThrow('is not allowed');
  });

  test.each([
    ['desktop', 'nothing', 'x', 'There is no property nothing here'],
    ['desktop', 'maxMMTimeSec', '1', 'The property maxMMTimeSec belongs to webservices'],
    ['desktop', 'forceWrapUp', 'maybe', 'The value "maybe" is not allowed. Allowed: true or false'],
    ['desktop', 'pendingDTMFThresholdCount', '21', 'from 1 to 20'],
    ['constructor', 'toString', '', 'There is no property toString here'],
  ])('%s %s cannot be %j', async (module, name, value, sentence) => {
    await expect(book.set(module, name, value)).rejects.toThrow(sentence);
    expect(stored.size).toBe(0);
  });

  test('that the settings file or the command line says is not changed', async () => {
    const fixed = bookOf(new Map([['desktop.forceWrapUp', { kind: 'file', path: '/etc/poise.yaml' }]]));
    await expect(fixed.set('desktop', 'forceWrapUp', 'false')).rejects.toThrow(
      'The setting desktop.forceWrapUp is fixed by /etc/poise.yaml',
    );
    await expect(bookOf(new Map()).set('desktop', 'forceWrapUp', 'false')).rejects.toThrow(
      'the command line',
    );
    expect(stored.size).toBe(0);
  });

  test('is one that may be stored, each of them', () => {
    for (const { module, name, key } of PROPERTIES) {
      expect(STORED_KEYS).toContain(key);
      expect(book.show(module, name).waiting).toBeNull();
    }
  });
});

describe('a list', () => {
  test('takes entries in and out for the next start', async () => {
    expect(await book.add('corsOrigins', 'https://a.example, https://b.example')).toEqual({
      entries: [],
      waiting: ['https://a.example', 'https://b.example'],
    });
    expect((await book.add('corsOrigins', 'https://a.example')).waiting).toHaveLength(2);
    expect((await book.remove('corsOrigins', ['https://a.example'])).waiting).toEqual(['https://b.example']);
    expect(settingsOf({ 'http.corsOrigins': stored.get('http.corsOrigins') }).http.corsOrigins).toEqual([
      'https://b.example',
    ]);
    expect((await book.remove('corsOrigins', ['https://b.example'])).waiting).toBeNull();
    expect(stored.size).toBe(0);
  });

  test.each([
    ['corsOrigins', '*', '* is refused'],
    ['gadgetHosts', 'a.example,*', '* is refused'],
    ['corsOrigins', '', 'Name hosts or origins'],
    ['corsOrigins', 'https://a.example/path', 'is not allowed'],
    ['corsOrigins', `https://${'a'.repeat(4000)}.example`, 'may have 4000 characters'],
    ['nothing', 'a', 'There is no property nothing here'],
  ])('%s does not take %j', async (list, entries, sentence) => {
    await expect(book.add(list, entries)).rejects.toThrow(sentence);
  });

  test('gives out nothing that is not in it', async () => {
    await expect(book.remove('gadgetHosts', ['a.example'])).rejects.toThrow('a.example is not in the list');
  });
});

describe('the control commands', () => {
  const noted: unknown[] = [];
  let levels: Levels;
  const serviceabilityOf = (notificationDebug: boolean) =>
    serviceability({
      logs: {
        get levels() {
          return levels;
        },
        setLevels(after) {
          levels = after;
        },
      },
      notificationDebug,
      figures: () => undefined,
      sessions: () => [
        { user: '1', resource: 'desktop' },
        { user: '2', resource: 'desktop' },
        { user: '3', resource: 'pidgin' },
      ],
      lockedOut: () => ['1001'],
      properties: book,
      note: async (change) => void noted.push(change),
    });
  beforeEach(() => {
    levels = { webservices: 'information', notification: 'information' };
    noted.length = 0;
  });

  test('the debug log does not survive its service, and what was switched is written down once', async () => {
    const { control, partChanged } = serviceabilityOf(false);
    expect(await control['utils.notification_log']?.({ enable: true })).toEqual({
      debug: true,
      afterRestart: false,
    });
    await control['utils.notification_log']?.({ enable: true });
    expect(noted).toHaveLength(1);
    partChanged('webservices', 'stopped');
    partChanged('notification', 'started');
    expect(levels.notification).toBe('debug');
    partChanged('notification', 'stopped');
    expect(levels.notification).toBe('information');
  });

  test('where the setting wants it, it is there again', () => {
    const { partChanged } = serviceabilityOf(true);
    partChanged('notification', 'stopped');
    expect(levels.notification).toBe('debug');
  });

  test('levels, sessions and locks', async () => {
    const { control } = serviceabilityOf(false);
    await control['utils.log_level']?.({ level: 'warning' });
    expect(levels.webservices).toBe('warning');
    await expect(control['utils.log_level']?.({ level: 'loud' })).rejects.toThrow('The level must be');
    expect(control['utils.connected_users']?.({})).toEqual({ desktop: 2, fippa: 0, thirdParty: 1 });
    expect(control['utils.locked_out_users']?.({})).toEqual(['1001']);
    expect(() => control['utils.node_statistics']?.({})).toThrow('do not run');
  });
});

test('the figures of a node are over those who are signed in', () => {
  const agent = { signedIn: true, skillGroupNumbers: [1, 2], configuredMedia: 3, signedInMedia: 1, tasks: 1 };
  expect(
    nodeFigures({
      activeDialogs: 4,
      startSeconds: 2,
      agents: [agent, { ...agent, skillGroupNumbers: [2], signedInMedia: 0 }, { ...agent, signedIn: false }],
    }),
  ).toEqual({
    activeDialogs: 4,
    activeTasks: 2,
    configuredMediaPerAgent: 3,
    signedInMediaPerAgent: 0.5,
    skillGroupsPerAgent: 1.5,
    skillGroupsMax: 2,
    startSeconds: 2,
    signedInAgents: 2,
    skillGroups: 2,
  });
  expect(nodeFigures({ activeDialogs: 0, startSeconds: 0, agents: [] }).skillGroupsPerAgent).toBe(0);
});
