import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { error } from '../../../test/centre/call-centre.ts';
import { openStoredCentre, type StoredCentre } from '../../../test/centre/stored-centre.ts';
import type { Deployment } from '../../domain/profile.ts';

let stored: StoredCentre;
const open = async (deployment: Deployment = 'CCE') => {
  stored = await openStoredCentre({ profile: { deployment } });
};
beforeEach(() => open());
afterEach(() => stored.close());

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';
const call = (user: string, method: Method, path: string, body?: string) =>
  stored.centre.call(user, method, path, body);
const admin = (method: Method, path: string, body?: string) => call('admin', method, path, body);
const plain = async (path: string, user = 'admin') =>
  (await call(user, 'GET', path)).body.replace(/>\s+</g, '><');
const values = async (path: string, name: string, user = 'admin') =>
  [...(await plain(path, user)).matchAll(new RegExp(`<${name}>([^<]*)<`, 'g'))].map((match) => match[1]);
const element = (root: string, fields: Record<string, unknown>) =>
  `<${root}>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</${root}>`;
const code = (fields: Record<string, unknown>) => element('ReasonCode', fields);
const reason = (fields: Record<string, unknown>) => element('WrapUpReason', fields);
const WHOLE = { category: 'NOT_READY', code: 413, label: 'Meeting', forAll: true };
/** The id of what was made. */
const made = async (path: string, body: string) => {
  const { statusCode, body: text, headers } = await admin('POST', path, body);
  expect([statusCode, text]).toEqual([200, '']);
  return Number(/\/finesse\/api\/\w+\/(\d+)$/.exec(String(headers.location))?.[1]);
};

describe('reason codes', () => {
  it('are made, read, found by their code, changed and deleted', async () => {
    const id = await made('ReasonCode/', code(WHOLE));
    expect(await plain(`ReasonCode/${id}`)).toMatch(
      new RegExp(
        `^<\\?xml[^>]*><ReasonCode><uri>/finesse/api/ReasonCode/${id}</uri><id>${id}</id><category>NOT_READY</category>` +
          '<code>413</code><label>Meeting</label><forAll>true</forAll><systemCode>false</systemCode></ReasonCode>$',
      ),
    );
    expect(await values('ReasonCode?category=NOT_READY&code=413', 'id')).toEqual([String(id)]);
    expect(await values('User/3001/ReasonCodes?category=NOT_READY', 'label', '3001')).toEqual(['Meeting']);
    const changed = await admin('PUT', `ReasonCode/${id}`, code({ label: ' Board &amp; Meeting ' }));
    expect([changed.statusCode, changed.body]).toEqual([200, '']);
    expect(await values(`ReasonCode/${id}`, 'label')).toEqual(['Board &amp; Meeting']);
    expect(await values(`ReasonCode/${id}`, 'code')).toEqual(['413']);
    expect((await admin('DELETE', `ReasonCode/${id}`)).statusCode).toBe(200);
    expect(error(await admin('GET', `ReasonCode/${id}`))).toEqual([404, 'Not Found', String(id)]);
  });

  it('are recorded with who changed what', async () => {
    const id = await made('ReasonCode', code(WHOLE));
    await admin('PUT', `ReasonCode/${id}`, code({ label: 'Board' }));
    await admin('PUT', `ReasonCode/${id}`, code({ code: 0 }));
    await admin('DELETE', `ReasonCode/${id}`);
    const { rows } = await stored.store.repositories.audit.find({ offset: 0, limit: 10 });
    const at = `/finesse/api/ReasonCode/${id}`;
    expect(
      rows.map(({ method, path, before, after }) => [method, path, before !== null, after !== null]),
    ).toEqual([
      ['DELETE', at, true, false],
      ['PUT', at, true, true],
      ['POST', '/finesse/api/ReasonCode', false, true],
    ]);
    expect(rows[1]).toMatchObject({
      who: 'admin',
      client: 'rest',
      resource: 'reasonCodes',
      objectId: String(id),
    });
    expect(JSON.parse(rows[1]!.after!)).toMatchObject({ label: 'Board' });
  });

  it('may be made at the plural, too', async () => {
    expect(await made('ReasonCodes', code(WHOLE))).toBeGreaterThan(0);
  });

  it('are listed by category, those of the system with ALL only', async () => {
    expect(await plain('ReasonCodes?category=LOGOUT')).toMatch(/<ReasonCodes category="LOGOUT"><ReasonCode>/);
    expect(await values('ReasonCodes?category=LOGOUT', 'label')).toEqual(['End of Shift', 'Break']);
    expect(await values('ReasonCodes?category=NOT_READY', 'systemCode')).not.toContain('true');
    expect(await values('ReasonCodes?category=ALL', 'label')).toEqual(
      expect.arrayContaining(['Break', 'Lunch', 'Call Not Answered']),
    );
    expect(error(await admin('GET', 'ReasonCodes'))).toEqual([400, 'Bad Request', 'category']);
    expect(error(await admin('GET', 'ReasonCodes?category=READY'))).toEqual([400, 'Bad Request', 'category']);
  });

  it.each([
    ['no category', { ...WHOLE, category: '' }, 'category'],
    ['another category', { ...WHOLE, category: 'READY' }, 'category'],
    ['no code', { ...WHOLE, code: '' }, 'code'],
    ['code 0', { ...WHOLE, code: 0 }, 'code'],
    ['a code above the range', { ...WHOLE, code: 65_536 }, 'code'],
    ['a code that is none', { ...WHOLE, code: '1e3' }, 'code'],
    ['no label', { ...WHOLE, label: ' ' }, 'label'],
    ['a label that nobody sees', { ...WHOLE, label: '\u202e\u2066' }, 'label'],
    ['a label of 41', { ...WHOLE, label: 'é'.repeat(41) }, 'label'],
    ['no forAll', { category: 'LOGOUT', code: 1234, label: 'x' }, 'forAll'],
    ['another forAll', { ...WHOLE, forAll: 'yes' }, 'forAll'],
  ])('are refused with %s', async (_, fields, data) => {
    expect(error(await admin('POST', 'ReasonCode', code(fields)))).toEqual([400, 'Bad Request', data]);
  });

  it('have labels of 40 characters, whatever their bytes are', async () => {
    await made('ReasonCode', code({ ...WHOLE, label: '😀'.repeat(40) }));
    expect(
      error(await admin('POST', 'ReasonCode', code({ ...WHOLE, code: 7, label: '😀'.repeat(41) }))),
    ).toEqual([400, 'Bad Request', 'label']);
  });

  it('have codes up to 999 on CCX', async () => {
    await stored.close();
    await open('CCX');
    expect(error(await admin('POST', 'ReasonCode', code({ ...WHOLE, code: 1000 })))).toEqual([
      400,
      'Bad Request',
      'code',
    ]);
    await made('ReasonCode', code({ ...WHOLE, code: 999 }));
  });

  it('are unique in code and label within the category, names with regard to case', async () => {
    await made('ReasonCode', code(WHOLE));
    const twice = [400, 'Finesse API Error', 'ReasonCode'];
    expect(error(await admin('POST', 'ReasonCode', code({ ...WHOLE, label: 'other' })))).toEqual(twice);
    expect(error(await admin('POST', 'ReasonCode', code({ ...WHOLE, code: 5 })))).toEqual(twice);
    // One of the system has it.
    expect(error(await admin('POST', 'ReasonCode', code({ ...WHOLE, label: 'x', code: 32_767 })))).toEqual(
      twice,
    );
    await made('ReasonCode', code({ ...WHOLE, category: 'LOGOUT' }));
    await made('ReasonCode', code({ ...WHOLE, code: 5, label: 'meeting' }));
  });

  it('are at most 100 for all and 100 for teams in a category', async () => {
    for (let n = 0; n < 100; n++)
      await made('ReasonCode', code({ ...WHOLE, code: 1000 + n, label: `r${n}` }));
    const full = [400, 'Maximum Exceeded', 'ReasonCode'];
    expect(error(await admin('POST', 'ReasonCode', code(WHOLE)))).toEqual(full);
    const ofTeams = await made('ReasonCode', code({ ...WHOLE, forAll: false }));
    expect(error(await admin('PUT', `ReasonCode/${ofTeams}`, code({ forAll: true })))).toEqual(full);
    await made('ReasonCode', code({ ...WHOLE, category: 'LOGOUT' }));
  });

  it('keep what an update leaves out, and refuse one that says nothing or changes the category', async () => {
    const id = await made('ReasonCode', code(WHOLE));
    for (const fields of [{}, { category: 'NOT_READY' }])
      expect(error(await admin('PUT', `ReasonCode/${id}`, code(fields)))).toEqual([
        400,
        'Invalid Input',
        'ReasonCode',
      ]);
    expect(error(await admin('PUT', `ReasonCode/${id}`, code({ ...WHOLE, category: 'LOGOUT' })))).toEqual([
      400,
      'Finesse API Error',
      'category',
    ]);
    expect((await admin('PUT', `ReasonCode/${id}`, code({ ...WHOLE, code: 414 }))).statusCode).toBe(200);
    expect(error(await admin('PUT', 'ReasonCode/9999', code(WHOLE)))).toEqual([404, 'Not Found', '9999']);
    expect(error(await admin('DELETE', 'ReasonCode/x'))).toEqual([404, 'Not Found', 'x']);
  });

  it('of the system let nobody change more than their label', async () => {
    const [id] = await values('ReasonCode?category=NOT_READY&code=32767', 'id');
    const fixed = (data: string) => [400, 'Finesse API Error', data];
    expect(error(await admin('PUT', `ReasonCode/${id}`, code({ code: 5 })))).toEqual(fixed('code'));
    expect(error(await admin('PUT', `ReasonCode/${id}`, code({ forAll: false })))).toEqual(fixed('forAll'));
    expect(error(await admin('DELETE', `ReasonCode/${id}`))).toEqual(fixed('systemCode'));
    expect((await admin('PUT', `ReasonCode/${id}`, code({ label: 'Missed' }))).statusCode).toBe(200);
    expect(await values(`ReasonCode/${id}`, 'label')).toEqual(['Missed']);
  });

  it('that become global leave their teams', async () => {
    const list = (id: number) =>
      `<ReasonCodes><ReasonCode><uri>/finesse/api/ReasonCode/${id}</uri></ReasonCode></ReasonCodes>`;
    const id = await made('ReasonCode', code({ ...WHOLE, forAll: false }));
    await admin('PUT', 'Team/5002/ReasonCodes?category=NOT_READY', list(id));
    await admin('PUT', `ReasonCode/${id}`, code({ forAll: true }));
    await admin('PUT', `ReasonCode/${id}`, code({ forAll: false }));
    expect(await plain('Team/5002/ReasonCodes?category=NOT_READY')).toMatch(
      /<ReasonCodes category="NOT_READY"\/>$/,
    );
  });

  it('are looked up by everybody, changed by administrators', async () => {
    expect(await values('ReasonCode?category=NOT_READY&code=32767', 'label', '2001')).toEqual([
      'Call Not Answered',
    ]);
    expect(error(await call('2001', 'GET', 'ReasonCode?category=NOT_READY'))).toEqual([
      400,
      'Bad Request',
      'code',
    ]);
    expect(error(await call('2001', 'GET', 'ReasonCode?code=3'))).toEqual([400, 'Bad Request', 'category']);
    expect(error(await call('2001', 'GET', 'ReasonCode?category=LOGOUT&code=3'))).toEqual([
      404,
      'Not Found',
      '3',
    ]);
    for (const [method, path] of [
      ['GET', 'ReasonCodes?category=ALL'],
      ['POST', 'ReasonCode'],
      ['PUT', 'ReasonCode/1'],
      ['DELETE', 'ReasonCode/1'],
      ['GET', 'WrapUpReasons'],
      ['GET', 'WrapUpReason/1'],
      ['POST', 'WrapUpReason'],
      ['PUT', 'WrapUpReason/1'],
      ['DELETE', 'WrapUpReason/1'],
    ] as const)
      for (const user of ['2001', '2050'])
        expect([
          path,
          (await call(user, method, path, method === 'GET' ? undefined : '<x/>')).statusCode,
        ]).toEqual([path, 401]);
  });

  it('are there while the CTI link is not', async () => {
    await stored.centre.link.stop();
    expect((await admin('GET', 'ReasonCodes?category=ALL')).statusCode).toBe(200);
    await made('ReasonCode', code(WHOLE));
  });
});

describe('wrap-up reasons', () => {
  it('are made, read, changed and deleted', async () => {
    const id = await made('WrapUpReason/', reason({ label: 'Refund', forAll: true }));
    expect(await plain(`WrapUpReason/${id}`)).toMatch(
      new RegExp(
        `<WrapUpReason><uri>/finesse/api/WrapUpReason/${id}</uri><label>Refund</label><forAll>true</forAll></WrapUpReason>$`,
      ),
    );
    expect(await values('WrapUpReasons', 'label')).toContain('Refund');
    expect(await values('User/3001/WrapUpReasons', 'label', '3001')).toEqual(['Refund']);
    expect((await admin('PUT', `WrapUpReason/${id}`, reason({ forAll: false }))).statusCode).toBe(200);
    expect(await values('User/3001/WrapUpReasons', 'label', '3001')).toEqual([]);
    expect((await admin('DELETE', `WrapUpReason/${id}`)).statusCode).toBe(200);
    expect(error(await admin('GET', `WrapUpReason/${id}`))).toEqual([404, 'Not Found', String(id)]);
  });

  it('have labels of 39 bytes', async () => {
    await made('WrapUpReason', reason({ label: `${'é'.repeat(19)}x`, forAll: true }));
    for (const label of ['é'.repeat(20), '', ' ', '\u202e'])
      expect(error(await admin('POST', 'WrapUpReason', reason({ label, forAll: true })))).toEqual([
        400,
        'Bad Request',
        'label',
      ]);
  });

  it('are refused without a label, twice, unknown, or when nothing is set', async () => {
    expect(error(await admin('POST', 'WrapUpReason', reason({})))).toEqual([400, 'Bad Request', 'label']);
    expect(error(await admin('POST', 'WrapUpReason', reason({ forAll: true })))).toEqual([
      400,
      'Bad Request',
      'label',
    ]);
    expect(error(await admin('POST', 'WrapUpReason', reason({ label: 'Sale made' })))).toEqual([
      400,
      'Finesse API Error',
      'WrapUpReason',
    ]);
    expect(error(await admin('PUT', 'WrapUpReason/1', reason({})))).toEqual([
      400,
      'Invalid Input',
      'WrapUpReason',
    ]);
    expect(error(await admin('PUT', 'WrapUpReason/99', reason({ label: 'x' })))).toEqual([
      404,
      'Not Found',
      '99',
    ]);
  });

  it('are at most 100 for all', async () => {
    for (let n = 0; n < 100; n++) await made('WrapUpReason', reason({ label: `w${n}`, forAll: true }));
    expect(error(await admin('POST', 'WrapUpReason', reason({ label: 'w', forAll: true })))).toEqual([
      400,
      'Maximum Exceeded',
      'WrapUpReason',
    ]);
    await made('WrapUpReason', reason({ label: 'w', forAll: false }));
  });
});
