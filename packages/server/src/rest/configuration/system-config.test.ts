import { parse } from '@poise/xml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStoredCentre, type StoredCentre } from '../../../test/centre/stored-centre.ts';
import type { TestCentreOptions } from '../../../test/centre/test-centre.ts';

let stored: StoredCentre;
const open = async (options: TestCentreOptions = {}) => {
  stored = await openStoredCentre(options);
};
beforeEach(() => open());
afterEach(() => stored.close());
const reopen = async (options: TestCentreOptions) => {
  await stored.close();
  await open(options);
};

const get = (path: string, user = 'admin') => stored.centre.call(user, 'GET', path);
const put = (path: string, body: string, user = 'admin') => stored.centre.call(user, 'PUT', path, body);
const elements = (fields: Record<string, string | number>) =>
  Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');
const cti = (fields: Record<string, string | number>) =>
  put('SystemConfig', `<SystemConfig><cti>${elements(fields)}</cti></SystemConfig>`);
const database = (fields: Record<string, string | number>) =>
  put('EnterpriseDatabaseConfig', `<EnterpriseDatabaseConfig>${elements(fields)}</EnterpriseDatabaseConfig>`);
const cluster = (host: string) =>
  put('ClusterConfig', `<ClusterConfig><secondaryNode><host>${host}</host></secondaryNode></ClusterConfig>`);
const chat = (fields: Record<string, string>) =>
  put('ChatConfig', `<ChatConfig>${elements(fields)}</ChatConfig>`);
type Answer = Awaited<ReturnType<typeof put>>;
const told = ({ statusCode, body }: Answer) => {
  const [error] = body === '' ? [] : parse(body).elements('ApiError');
  const text = (name: string) => error?.child(name)?.text ?? '';
  return error === undefined
    ? statusCode
    : [statusCode, text('ErrorType'), text('ErrorData'), text('ErrorMessage')];
};
const rows = () => stored.store.repositories.settings.all();

describe('what is told', () => {
  it('is what was put, in the documented order', async () => {
    const backup = { backupHost: 'pg2.example', backupPort: 43027 };
    expect(told(await cti({ host: 'pg1.example', port: 42027, ...backup, peripheralId: 5000 }))).toBe(200);
    expect((await get('SystemConfig')).body).toBe(
      [
        '<SystemConfig>',
        '  <uri>/finesse/api/SystemConfig</uri>',
        '  <cti>',
        '    <host>pg1.example</host>',
        '    <port>42027</port>',
        '    <backupHost>pg2.example</backupHost>',
        '    <backupPort>43027</backupPort>',
        '    <peripheralId>5000</peripheralId>',
        '    <secure>false</secure>',
        '  </cti>',
        '</SystemConfig>',
      ].join('\n'),
    );
    const names = async (path: string) =>
      parse((await get(path)).body)
        .elements()
        .map(({ name }) => name);
    expect(await names('ClusterConfig')).toEqual(['uri', 'secondaryNode']);
    expect(await names('EnterpriseDatabaseConfig')).toEqual([
      'uri',
      'host',
      'backupHost',
      'port',
      'databaseName',
      'domain',
      'username',
      'password',
    ]);
    expect(await names('ChatConfig')).toEqual(['uri', 'primaryNode', 'secondaryNode']);
  });

  it('is in force from the next start on', async () => {
    const answer = await cti({ host: 'pg1.example', port: 42027 });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(await rows()).toEqual([{ key: 'cti.a', value: 'pg1.example:42027' }]);
    expect(stored.centre.told).toContainEqual(
      expect.objectContaining({
        kind: 'operator',
        text: 'SystemConfig was written; it is in force from the next start on.',
        detail: { by: 'admin' },
      }),
    );
  });

  it.each(['SystemConfig', 'ClusterConfig', 'EnterpriseDatabaseConfig', 'ChatConfig'])(
    'is for administrators only: %s',
    async (path) => {
      for (const user of ['2001', '2050']) {
        expect((await get(path, user)).statusCode).toBe(401);
        expect((await put(path, `<${path}/>`, user)).statusCode).toBe(401);
      }
      expect(await rows()).toEqual([]);
    },
  );

  it('belongs to CCE, but for the chat', async () => {
    await reopen({ profile: { deployment: 'CCX' } });
    for (const path of ['SystemConfig', 'ClusterConfig', 'EnterpriseDatabaseConfig']) {
      expect((await get(path)).statusCode).toBe(501);
      expect((await put(path, `<${path}/>`)).statusCode).toBe(501);
    }
    expect((await get('ChatConfig')).statusCode).toBe(200);
  });
});

describe('what is written', () => {
  it('keeps what a request leaves out, also of what waits', async () => {
    await cti({ host: 'pg1.example', port: 42027 });
    expect(told(await cti({ backupHost: 'pg2.example', backupPort: 43027 }))).toBe(200);
    expect(told(await cti({ port: 42028 }))).toBe(200);
    expect(await rows()).toEqual([
      { key: 'cti.a', value: 'pg1.example:42028' },
      { key: 'cti.b', value: 'pg2.example:43027' },
    ]);
    expect(told(await cti({ backupHost: '', backupPort: '' }))).toBe(200);
    expect(await rows()).toEqual([{ key: 'cti.a', value: 'pg1.example:42028' }]);
  });

  it('is forgotten when it is the default again', async () => {
    await cluster('fin2.example');
    expect(await rows()).toEqual([{ key: 'node.secondary', value: 'fin2.example' }]);
    await cluster('');
    expect(await rows()).toEqual([]);
  });

  it('is an address in brackets where it has colons', async () => {
    expect(told(await cti({ host: '2001:db8::7', port: 42027 }))).toBe(200);
    expect(await rows()).toEqual([{ key: 'cti.a', value: '[2001:db8::7]:42027' }]);
  });

  it('takes back what was read', async () => {
    for (const path of ['SystemConfig', 'ClusterConfig', 'EnterpriseDatabaseConfig', 'ChatConfig']) {
      if (path === 'EnterpriseDatabaseConfig') continue;
      expect([path, told(await put(path, (await get(path)).body))]).toEqual([path, 200]);
    }
    expect(await rows()).toEqual([]);
  });

  it('tells nobody a password, in the answer, in the store, in the record of changes', async () => {
    expect(told(await database({ host: 'awdb.example', username: 'u', password: ' s3cret ' }))).toBe(200);
    expect(await rows()).toContainEqual({
      key: 'enterpriseDatabase.password',
      value: `sealed:${Buffer.from(' s3cret ').toString('hex')}`,
    });
    expect((await get('EnterpriseDatabaseConfig')).body).toContain('<password></password>');
    const audit = JSON.stringify(await stored.store.repositories.audit.find({ offset: 0, limit: 100 }));
    expect(audit).toContain('enterpriseDatabase.password');
    expect(audit).not.toContain(Buffer.from(' s3cret ').toString('hex'));
    const lines = stored.centre.told.flatMap((one) => (one.kind === 'audit' ? [one.payload] : []));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('<password>***</password>');
    // Whoever sends back what was read does not take it away.
    expect(told(await database({ host: 'awdb2.example', password: '' }))).toBe(200);
    expect((await rows()).map(({ key }) => key)).toContain('enterpriseDatabase.password');
  });
});

describe('what is refused', () => {
  it.each([
    [{ port: 0 }, 'Invalid Input', 'port'],
    [{ port: 65_536 }, 'Invalid Input', 'port'],
    [{ port: 'x' }, 'Invalid Input', 'port'],
    [{ port: '' }, 'Parameter Missing', 'port'],
    [{ peripheralId: 0 }, 'Invalid Input', 'peripheralId'],
    [{ peripheralId: 32_768 }, 'Invalid Input', 'peripheralId'],
    [{ host: '' }, 'Parameter Missing', 'host'],
    [{ host: 'a host' }, 'Invalid Input', 'host'],
    [{ host: 'x'.repeat(254) }, 'Invalid Input', 'host'],
    [{ host: `'; DROP TABLE setting; --` }, 'Invalid Input', 'host'],
    [{ backupPort: 43_027 }, 'Parameter Missing', 'backupHost'],
    [{ backupHost: 'pg2.example' }, 'Parameter Missing', 'backupPort'],
    [{ backupHost: 'p g', backupPort: 1 }, 'Invalid Input', 'backupHost'],
    [{ secure: 'true' }, 'Invalid Input', 'secure'],
    [{ secure: 'perhaps' }, 'Invalid Input', 'secure'],
    [{ host: 'pg1.example', backupHost: 'pg1.example', backupPort: 43_027 }, 'Invalid Input', 'backupHost'],
    [{}, 'Invalid Input', 'SystemConfig'],
  ] as [Record<string, string | number>, string, string][])(
    'of a CTI server: %j',
    async (fields, type, data) => {
      expect(told(await cti(fields))).toEqual([400, type, data, expect.any(String)]);
      expect(await rows()).toEqual([]);
    },
  );

  it.each([
    ['SystemConfig', '<SystemConfig/>', 'Parameter Missing', 'cti'],
    ['SystemConfig', '<Other/>', 'Bad Request', 'Other'],
    ['SystemConfig', '<SystemConfig>', 'Bad Request', ''],
    ['ClusterConfig', '<ClusterConfig/>', 'Parameter Missing', 'secondaryNode'],
    ['ClusterConfig', '<ClusterConfig><secondaryNode/></ClusterConfig>', 'Parameter Missing', 'host'],
    [
      'ClusterConfig',
      '<ClusterConfig><secondaryNode><host>a b</host></secondaryNode></ClusterConfig>',
      'Invalid Input',
      'secondaryNode',
    ],
    ['EnterpriseDatabaseConfig', '<EnterpriseDatabaseConfig/>', 'Invalid Input', 'EnterpriseDatabaseConfig'],
    [
      'EnterpriseDatabaseConfig',
      '<EnterpriseDatabaseConfig><host/></EnterpriseDatabaseConfig>',
      'Parameter Missing',
      'host',
    ],
    [
      'EnterpriseDatabaseConfig',
      '<EnterpriseDatabaseConfig><backupHost>b</backupHost></EnterpriseDatabaseConfig>',
      'Parameter Missing',
      'host',
    ],
    [
      'EnterpriseDatabaseConfig',
      '<EnterpriseDatabaseConfig><port>99999</port></EnterpriseDatabaseConfig>',
      'Invalid Input',
      'port',
    ],
    [
      'ChatConfig',
      '<ChatConfig><primaryNode>http://chat</primaryNode></ChatConfig>',
      'Invalid Input',
      'primaryNode',
    ],
    [
      'ChatConfig',
      '<ChatConfig><primaryNode>https://u:p@chat/</primaryNode></ChatConfig>',
      'Invalid Input',
      'primaryNode',
    ],
    [
      'ChatConfig',
      '<ChatConfig><secondaryNode>https://chat/</secondaryNode></ChatConfig>',
      'Parameter Missing',
      'primaryNode',
    ],
  ])('of %s: %s', async (path, body, type, data) => {
    expect(told(await put(path, body))).toEqual([400, type, data, expect.any(String)]);
    expect(await rows()).toEqual([]);
  });

  it('is what something of higher precedence says, with where it is said; the same value is taken', async () => {
    await reopen({
      settings: { 'cti.a': 'pg1.example:42027', 'node.secondary': 'fin2.example', 'cti.peripheralId': 5000 },
      origins: new Map([
        ['cti.a', { kind: 'environment', name: 'POISE_CTI_A' }],
        ['cti.peripheralId', { kind: 'command' }],
        ['node.secondary', { kind: 'file', path: '/etc/poise.yaml' }],
      ]),
    });
    expect(told(await cti({ port: 1 }))).toEqual([
      400,
      'Invalid Input',
      'port',
      'port is fixed by the environment variable POISE_CTI_A',
    ]);
    expect(told(await cti({ peripheralId: 1 }))).toEqual([
      400,
      'Invalid Input',
      'peripheralId',
      'peripheralId is fixed by the command line',
    ]);
    expect(told(await cluster('fin3.example'))).toEqual([
      400,
      'Invalid Input',
      'secondaryNode',
      'secondaryNode is fixed by the settings file /etc/poise.yaml',
    ]);
    expect(told(await cti({ host: 'pg1.example', backupHost: 'pg2.example', backupPort: 2 }))).toBe(200);
    expect(await rows()).toEqual([{ key: 'cti.b', value: 'pg2.example:2' }]);
  });
});

it('a chat server is stored', async () => {
  expect(told(await chat({ primaryNode: 'https://chat.example:5280/http-bind/' }))).toBe(200);
  expect(await rows()).toEqual([{ key: 'chat.primary', value: 'https://chat.example:5280/http-bind/' }]);
});
