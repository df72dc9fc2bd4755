import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { error } from '../../../test/centre/call-centre.ts';
import { openStoredCentre, type StoredCentre } from '../../../test/centre/stored-centre.ts';

let stored: StoredCentre;
beforeEach(async () => {
  stored = await openStoredCentre();
});
afterEach(() => stored.close());

const admin = (method: 'GET' | 'PUT' | 'POST', path: string, body?: string) =>
  stored.centre.call('admin', method, path, body);
const plain = async (path: string, user = 'admin') =>
  (await stored.centre.call(user, 'GET', path)).body.replace(/>\s+</g, '><');
const uris = async (path: string) =>
  [...(await plain(path)).matchAll(/<uri>([^<]*)</g)].map((match) => match[1]);
const list = (object: string, ...ids: number[]) =>
  `<${object}s>${ids.map((id) => `<${object}><uri>https://any.host/finesse/api/${object}/${id}</uri></${object}>`).join('')}</${object}s>`;

it('the list of teams has id, name and uri of each', async () => {
  expect(await plain('Teams')).toMatch(
    /<Teams><Team><id>5000<\/id><name>Minnies_Team<\/name><uri>\/finesse\/api\/Team\/5000<\/uri><\/Team>/,
  );
  expect((await stored.centre.call('2050', 'GET', 'Teams')).statusCode).toBe(401);
});

describe.each([
  ['ReasonCode', 'ReasonCodes?category=NOT_READY'],
  ['WrapUpReason', 'WrapUpReasons'],
  ['PhoneBook', 'PhoneBooks'],
] as const)('what a team has of %s', (object, path) => {
  const own = (id: number) => `/finesse/api/${object}/${id}`;
  const ID = object === 'PhoneBook' ? 2 : 1;

  it('is replaced, and its members get it at once', async () => {
    expect((await admin('PUT', `Team/5002/${path}`, list(object, ID))).statusCode).toBe(200);
    expect(await uris(`Team/5002/${path}`)).toEqual([own(ID)]);
    expect(await plain(`User/3001/${path}`, '3001')).toContain(`/${object}/${ID}`);
    expect((await admin('PUT', `Team/5002/${path}`, list(object))).statusCode).toBe(200);
    expect(await uris(`Team/5002/${path}`)).toEqual([]);
    // The other teams keep theirs.
    expect(await uris(`Team/5000/${path}`)).toContain(own(ID));
  });

  it('is refused for an unknown team, something unknown or twice, and changes nothing then', async () => {
    const before = await uris(`Team/5000/${path}`);
    for (const method of ['GET', 'PUT'] as const)
      expect(
        error(await admin(method, `Team/574/${path}`, method === 'PUT' ? list(object) : undefined)),
      ).toEqual([404, 'finesse.api.team.team_assignment_invalid_team', '574']);
    expect(error(await admin('PUT', `Team/5000/${path}`, list(object, ID, 9999)))).toEqual([
      400,
      'Finesse API Error',
      own(9999),
    ]);
    expect(error(await admin('PUT', `Team/5000/${path}`, list(object, ID, ID)))).toEqual([
      400,
      'Bad Request',
      `${object}s`,
    ]);
    // A slip is no shorter list.
    const item = `<${object}><uri>${own(ID)}</uri></${object}>`;
    for (const slip of ['<Other/>', `<uri>${own(ID)}</uri>`, own(ID), `${item}${item.toLowerCase()}`])
      expect(error(await admin('PUT', `Team/5000/${path}`, `<${object}s>${slip}</${object}s>`))).toEqual([
        400,
        'Bad Request',
        `${object}s`,
      ]);
    expect(error(await admin('PUT', `Team/5000/${path}`, `<${object}/>`))).toEqual([
      400,
      'Bad Request',
      object,
    ]);
    expect(await uris(`Team/5000/${path}`)).toEqual(before);
  });

  it('is for administrators', async () => {
    expect((await stored.centre.call('2050', 'GET', `Team/5000/${path}`)).statusCode).toBe(401);
    expect((await stored.centre.call('2050', 'PUT', `Team/5000/${path}`, list(object))).statusCode).toBe(401);
  });
});

it('reason codes of one category leave those of the other alone, and have to be of it', async () => {
  const logout = await uris('Team/5000/ReasonCodes?category=LOGOUT');
  expect(logout).toHaveLength(2);
  await admin('PUT', 'Team/5000/ReasonCodes?category=NOT_READY', list('ReasonCode'));
  expect(await uris('Team/5000/ReasonCodes?category=LOGOUT')).toEqual(logout);
  const body = list('ReasonCode', 4);
  expect(error(await admin('PUT', 'Team/5000/ReasonCodes?category=NOT_READY', body))).toEqual([
    400,
    'Finesse API Error',
    '/finesse/api/ReasonCode/4',
  ]);
  for (const query of ['', '?category=ALL', '?category=x'])
    expect(error(await admin('PUT', `Team/5000/ReasonCodes${query}`, body))).toEqual([
      400,
      'Bad Request',
      'category',
    ]);
});

it('what everybody has is assigned to nobody', async () => {
  const made = async (path: string, body: string) =>
    Number(/(\d+)$/.exec(String((await admin('POST', path, body)).headers.location))?.[1]);
  const id = await made(
    'WrapUpReason',
    '<WrapUpReason><label>all</label><forAll>true</forAll></WrapUpReason>',
  );
  expect(error(await admin('PUT', 'Team/5000/WrapUpReasons', list('WrapUpReason', id)))).toEqual([
    400,
    'Finesse API Error',
    `/finesse/api/WrapUpReason/${id}`,
  ]);
  expect(error(await admin('PUT', 'Team/5000/PhoneBooks', list('PhoneBook', 1)))).toEqual([
    400,
    'Finesse API Error',
    '/finesse/api/PhoneBook/1',
  ]);
});

it('a team has at most 100 wrap-up reasons', async () => {
  const ids = [];
  for (let n = 0; n < 101; n++)
    ids.push(
      await stored.store.change(({ wrapUpReasons }) =>
        wrapUpReasons.create({ label: `w${n}`, forAll: false, teamIds: [] }),
      ),
    );
  await admin(
    'POST',
    'WrapUpReason',
    '<WrapUpReason><label>so that the directory knows</label></WrapUpReason>',
  );
  expect(error(await admin('PUT', 'Team/5000/WrapUpReasons', list('WrapUpReason', ...ids)))).toEqual([
    400,
    'Maximum Exceeded',
    'WrapUpReason',
  ]);
  expect(
    (await admin('PUT', 'Team/5000/WrapUpReasons', list('WrapUpReason', ...ids.slice(1)))).statusCode,
  ).toBe(200);
});
