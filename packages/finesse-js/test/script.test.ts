/** finesse.js as gadgets load it: the built script in a global scope of its own, among their sloppy scripts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { referencePage } from '../scripts/reference.ts';
import { TOPICS } from '../src/frame/topics.ts';
import { bundled, FakeHub, FakeStorage } from './frame.ts';

const here = join(import.meta.dirname, '..');
let script = '';

beforeAll(async () => {
  script = await bundled();
});

const sessionStorage = new FakeStorage();
let prefs: Record<string, string>;
// biome-ignore lint/suspicious/noExplicitAny: the global scope of a gadget
let scope: any;
const run = (code: string): unknown => runInContext(code, scope);

beforeEach(() => {
  prefs = { id: '1001', host: 'h', restHost: 'localhost' };
  sessionStorage.setItem('userFinesseAuth', 'MTAwMTp4');
  scope = createContext({
    sessionStorage,
    console,
    setTimeout,
    clearTimeout,
    crypto,
    atob,
    btoa,
    TextEncoder,
    TextDecoder,
    URLSearchParams,
    location: { search: '?mid=3', hostname: 'page', href: 'https://page/?mid=3' },
    parent: {},
    gadgets: {
      Hub: new FakeHub(),
      Prefs: class {
        getString = (name: string): string => prefs[name] ?? '';
        set = (name: string, value: string): void => {
          prefs[name] = value;
        };
      },
      io: { makeRequest: () => undefined },
    },
  });
});

describe('the script', () => {
  test('fills the preference authorization and makes the Config of the gadget', () => {
    run(script);
    expect(prefs.authorization).toBe('MTAwMTp4');
    expect(run('finesse.gadget.Config.authorization')).toBe('MTAwMTp4');
    expect(run('finesse.container.Config === finesse.gadget.Config')).toBe(true);
    expect(run('finesse.gadget.Config.host')).toBe('h');
  });

  test('may be followed by declarations and namespaces of gadgets', () => {
    run(script);
    run(`var finesse = finesse || {}; finesse.gadget = finesse.gadget || {}; finesse.container = finesse.container || {};
      clientLogs = finesse.cslogger.ClientLogger || {};
      finesse.modules = finesse.modules || {}; finesse.modules.Mine = (function () { return { init: function () { return 5; } }; }());
      finesse.gadget.Config = (function () { var p = new gadgets.Prefs(); return { authorization: p.getString('authorization'), id: p.getString('id'), host: p.getString('host'), restHost: 'localhost', own: true }; }());
      finesse.restservices.Mine = 1;`);
    expect(run('finesse.modules.Mine.init()')).toBe(5);
    expect(run('typeof clientLogs.log')).toBe('function');
    run('finesse.clientservices.ClientServices.init(finesse.gadget.Config)');
    expect(run('finesse.gadget.Config.own')).toBe(true);
  });

  test('does no harm when it is loaded twice', () => {
    run(script);
    run('finesse.restservices.Mine = 1; before = finesse.restservices.User; config = finesse.gadget.Config;');
    run(script);
    expect(
      run(
        'finesse.restservices.Mine === 1 && before === finesse.restservices.User && config === finesse.gadget.Config',
      ),
    ).toBe(true);
  });

  test('adds itself to a finesse that is there', () => {
    run('var finesse = { gadget: { Config: { id: "own" } }, utilities: { MessageDisplay: 1, Mine: 2 } };');
    run(script);
    expect(run('finesse.gadget.Config.id + finesse.utilities.Mine')).toBe('own2');
    expect(run('typeof finesse.utilities.Utilities.trim')).toBe('function');
  });

  test('loads where there is no gadget container, without a Config', () => {
    scope.gadgets = undefined;
    run(script);
    expect(run('typeof finesse.gadget.Config')).toBe('undefined');
    expect(() => run('new finesse.restservices.User({ id: "1" })')).toThrow('gadgets');
  });

  test('has every namespace with its classes', () => {
    run(script);
    const names = run('Object.keys(finesse)') as string[];
    expect(names).toEqual(
      expect.arrayContaining([
        'restservices',
        'clientservices',
        'containerservices',
        'cslogger',
        'utilities',
        'digital',
        'shortcutkey',
        'gadget',
        'container',
        'interfaces',
        'modules',
      ]),
    );
    const classes =
      'User Users Dialog Dialogs Queue Queues Team Teams SystemInfo PhoneBook PhoneBooks Contact Contacts ReasonCode ReasonCodes WrapUpReason WrapUpReasons Workflow Workflows WorkflowAction WorkflowActions MediaPropertiesLayout MediaPropertiesLayouts Media MediaList MediaDialog MediaDialogs TeamMessage TeamMessages ClientLog LayoutConfig RestBase RestCollectionBase InterruptActions DialogLogoutActions';
    expect(classes.split(' ').filter((name) => run(`finesse.restservices.${name}`) === undefined)).toEqual(
      [],
    );
  });
});

test('the table of topics names every topic of the library', () => {
  const page = readFileSync(join(here, '../../docs/finesse-js.md'), 'utf8');
  const missing = Object.values(TOPICS).filter(
    (topic) => !page.includes(`\`${topic}\``) && !page.includes(`\`${topic}.<`),
  );
  expect(missing).toEqual([]);
});

test('the reference page has every class with its members', () => {
  const page = referencePage(join(here, 'src'));
  for (const id of [
    'restservices.User.setState',
    'restservices.Dialog.getMediaProperties',
    'utilities.Utilities.generateUUID',
    'containerservices.ContainerServices.addHandler',
    'clientservices.ClientServices.init',
    'digital.ChannelService.addChannel',
    'interfaces.RequestHandlers.success',
  ])
    expect(page).toContain(`id="${id}"`);
  expect(page).not.toContain('makeItem');
  expect(page).not.toMatch(/<script/);
});
