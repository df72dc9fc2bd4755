import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { error } from '../../../test/centre/call-centre.ts';
import { openStoredCentre, type StoredCentre } from '../../../test/centre/stored-centre.ts';

let stored: StoredCentre;
beforeEach(async () => {
  stored = await openStoredCentre();
});
afterEach(() => stored.close());

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';
const admin = (method: Method, path: string, body?: string | Buffer, headers: Record<string, string> = {}) =>
  stored.centre.call('admin', method, path, body as string, headers);
const plain = async (path: string, user = 'admin') =>
  (await stored.centre.call(user, 'GET', path)).body.replace(/>\s+</g, '><');
const values = async (path: string, name: string) =>
  [...(await plain(path)).matchAll(new RegExp(`<${name}>([^<]*)<`, 'g'))].map((match) => match[1]);
const element = (root: string, fields: Record<string, unknown>) =>
  `<${root}>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</${root}>`;
const book = (fields: Record<string, unknown>) => element('PhoneBook', fields);
const contact = (fields: Record<string, unknown>) => element('Contact', fields);
const made = async (path: string, body: string) => {
  const { statusCode, body: text, headers } = await admin('POST', path, body);
  expect([statusCode, text]).toEqual([200, '']);
  return Number(/(\d+)$/.exec(String(headers.location))?.[1]);
};
/** In a book: its names, as they are after an import. */
const numbers = (id: number) => values(`PhoneBook/${id}/Contacts`, 'phoneNumber');

describe('phone books', () => {
  it('are made, read, changed and deleted', async () => {
    const id = await made('PhoneBook/', book({ name: 'Partners', type: 'TEAM' }));
    expect(await plain(`PhoneBook/${id}`)).toMatch(
      new RegExp(
        `<PhoneBook><uri>/finesse/api/PhoneBook/${id}</uri><name>Partners</name><type>TEAM</type>` +
          `<contacts>/finesse/api/PhoneBook/${id}/Contacts</contacts></PhoneBook>$`,
      ),
    );
    expect(await values('PhoneBooks', 'name')).toContain('Partners');
    expect((await admin('PUT', `PhoneBook/${id}`, book({ type: 'GLOBAL' }))).statusCode).toBe(200);
    expect(await values(`PhoneBook/${id}`, 'name')).toEqual(['Partners']);
    expect(await plain('User/3001/PhoneBooks', '3001')).toContain('Partners');
    expect((await admin('DELETE', `PhoneBook/${id}`)).statusCode).toBe(200);
    expect(error(await admin('GET', `PhoneBook/${id}`))).toEqual([404, 'Not Found', String(id)]);
  });

  it.each([
    ['no name', { type: 'TEAM' }, 'Parameter Missing', 'name'],
    ['no type', { name: 'x' }, 'Parameter Missing', 'type'],
    ['an empty name', { name: '', type: 'TEAM' }, 'Invalid Input', 'name'],
    ['a name that nobody sees', { name: '\u202e', type: 'TEAM' }, 'Invalid Input', 'name'],
    ['a name of 65', { name: 'x'.repeat(65), type: 'TEAM' }, 'Invalid Input', 'name'],
    ['another type', { name: 'x', type: 'MINE' }, 'Invalid Input', 'type'],
    ['a name that is used', { name: 'Company', type: 'TEAM' }, 'Finesse API Error', 'PhoneBook'],
    ['nothing', {}, 'Parameter Missing', 'name'],
  ])('are refused with %s', async (_, fields, type, data) => {
    expect(error(await admin('POST', 'PhoneBook', book(fields)))).toEqual([400, type, data]);
  });

  it('that a team has are in use', async () => {
    const [name] = await values('PhoneBook/2', 'name');
    const inUse = [400, 'In Use', name];
    expect(error(await admin('DELETE', 'PhoneBook/2'))).toEqual(inUse);
    expect(error(await admin('PUT', 'PhoneBook/2', book({ type: 'GLOBAL' })))).toEqual(inUse);
    expect((await admin('PUT', 'PhoneBook/2', book({ name: 'New', type: 'TEAM' }))).statusCode).toBe(200);
    for (const team of [5000, 5001, 5002]) await admin('PUT', `Team/${team}/PhoneBooks`, '<PhoneBooks/>');
    expect((await admin('DELETE', 'PhoneBook/2')).statusCode).toBe(200);
  });

  it('are at most 10 for all and 300 for teams', async () => {
    for (let n = 0; n < 9; n++) await made('PhoneBook', book({ name: `b${n}`, type: 'GLOBAL' }));
    const full = [400, 'Maximum Exceeded', 'PhoneBook'];
    expect(error(await admin('POST', 'PhoneBook', book({ name: 'b', type: 'GLOBAL' })))).toEqual(full);
    const id = await made('PhoneBook', book({ name: 'b', type: 'TEAM' }));
    expect(error(await admin('PUT', `PhoneBook/${id}`, book({ type: 'GLOBAL' })))).toEqual(full);
  });

  it('and contacts are for administrators', async () => {
    for (const [method, path] of [
      ['GET', 'PhoneBooks'],
      ['GET', 'PhoneBook/1'],
      ['POST', 'PhoneBook'],
      ['PUT', 'PhoneBook/1'],
      ['DELETE', 'PhoneBook/1'],
      ['GET', 'PhoneBook/1/Contacts'],
      ['GET', 'PhoneBook/1/Contact/1'],
      ['POST', 'PhoneBook/1/Contact'],
      ['PUT', 'PhoneBook/1/Contact/1'],
      ['DELETE', 'PhoneBook/1/Contact/1'],
      ['PUT', 'PhoneBook/1/Contacts'],
      ['GET', 'PhoneBook/1/Contacts/csvFileContent'],
      ['POST', 'PhoneBook/1/Contacts/csvFileContent'],
    ] as const)
      expect([path, (await stored.centre.call('2050', method, path)).statusCode]).toEqual([path, 401]);
  });
});

describe('contacts', () => {
  it('are made, read, changed and deleted', async () => {
    const id = await made(
      'PhoneBook/1/Contact/',
      contact({ firstName: 'Emmy', phoneNumber: '10 005', extra: 1 }),
    );
    expect(await plain(`PhoneBook/1/Contact/${id}`)).toMatch(
      new RegExp(
        '<Contact><description></description><firstName>Emmy</firstName><lastName></lastName>' +
          `<phoneNumber>10 005</phoneNumber><uri>/finesse/api/PhoneBook/1/Contact/${id}</uri></Contact>$`,
      ),
    );
    const change = contact({ lastName: 'Noether', description: 'R &amp; D' });
    expect((await admin('PUT', `PhoneBook/1/Contact/${id}`, change)).statusCode).toBe(200);
    expect(await plain('User/3001/PhoneBooks', '3001')).toContain(
      '<description>R &amp; D</description><firstName>Emmy</firstName><lastName>Noether</lastName>',
    );
    expect((await admin('DELETE', `PhoneBook/1/Contact/${id}`)).statusCode).toBe(200);
    expect(error(await admin('GET', `PhoneBook/1/Contact/${id}`))).toEqual([404, 'Not Found', String(id)]);
  });

  it.each([
    ['no number', { firstName: 'x' }, 'Parameter Missing', 'phoneNumber'],
    ['an empty number', { phoneNumber: ' ' }, 'Parameter Missing', 'phoneNumber'],
    ['a number that nobody sees', { phoneNumber: '\u200b' }, 'Invalid Input', 'phoneNumber'],
    ['a number of 33', { phoneNumber: '1'.repeat(33) }, 'Invalid Input', 'phoneNumber'],
    ['a first name of 129', { firstName: 'x'.repeat(129), phoneNumber: '1' }, 'Invalid Input', 'firstName'],
    ['a last name of 129', { lastName: 'x'.repeat(129), phoneNumber: '1' }, 'Invalid Input', 'lastName'],
    ['a note of 129', { description: 'x'.repeat(129), phoneNumber: '1' }, 'Invalid Input', 'description'],
  ])('are refused with %s', async (_, fields, type, data) => {
    expect(error(await admin('POST', 'PhoneBook/1/Contact', contact(fields)))).toEqual([400, type, data]);
  });

  it('belong to one book', async () => {
    const [uri = ''] = await values('PhoneBook/2/Contacts', 'uri');
    const id = uri.split('/').at(-1)!;
    expect(error(await admin('GET', `PhoneBook/1/Contact/${id}`))).toEqual([404, 'Not Found', id]);
    expect(error(await admin('DELETE', `PhoneBook/1/Contact/${id}`))).toEqual([404, 'Not Found', id]);
    expect(error(await admin('GET', 'PhoneBook/99/Contacts'))).toEqual([404, 'Not Found', '99']);
    expect(error(await admin('POST', 'PhoneBook/99/Contact', contact({ phoneNumber: '1' })))).toEqual([
      404,
      'Not Found',
      '99',
    ]);
    expect(error(await admin('PUT', `PhoneBook/2/Contact/${id}`, contact({})))).toEqual([
      400,
      'Invalid Input',
      'Contact',
    ]);
  });
});

const FILE = 'PhoneBook/2/Contacts/csvFileContent';
const HEADER = '"First Name","Last Name","Phone Number","Notes"\r\n';
function upload(file: string | Buffer, name = 'datafile', path = FILE) {
  const head = `--b\r\nContent-Disposition: form-data; name="${name}"; filename="c.csv"\r\nContent-Type: text/csv\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), Buffer.from(file), Buffer.from('\r\n--b--\r\n')]);
  return admin('POST', path, body, { 'content-type': 'multipart/form-data; boundary=b' });
}

describe('a file of contacts', () => {
  it('replaces all contacts of the book', async () => {
    const answer = await upload(
      `${HEADER}Emmy,"Noether ""E.""",10005,\r\n\r\n"Max","Born","10006","a, b"\r\n`,
    );
    expect([answer.statusCode, answer.body]).toEqual([202, '']);
    expect(await plain('PhoneBook/2/Contacts')).toMatch(
      /<Contacts><Contact><description><\/description><firstName>Emmy<\/firstName><lastName>Noether (&quot;|")E\.(&quot;|")<\/lastName><phoneNumber>10005<\/phoneNumber>.*<description>a, b<\/description>/,
    );
    expect(await numbers(2)).toEqual(['10005', '10006']);
    expect((await numbers(1)).length).toBeGreaterThan(2);
  });

  it('is read in UTF-8, with a mark or without, and in Latin-1', async () => {
    for (const file of [
      Buffer.from(`${HEADER}Zoë,Łuk,1,`),
      Buffer.from(`\ufeff${HEADER}Zoë,Łuk,1,`),
      Buffer.from(`${HEADER}Zoë,Luk,1,`, 'latin1'),
    ]) {
      expect((await upload(file)).statusCode).toBe(202);
      expect(await values('PhoneBook/2/Contacts', 'firstName')).toEqual(['Zoë']);
    }
  });

  it.each([
    ['a line that is no heading', 'bad header\r\n1,2,3,4\r\n'],
    ['the headings in another order', 'Last Name,First Name,Notes,Phone Number\r\nA,B,note,4000\r\n'],
    ['a line without number', 'A,B,,note\r\nA,B,4000,note\r\n'],
  ])('leaves the book as it is when the first line is %s', async (_, file) => {
    await upload(`${HEADER}A,B,4000,C\r\n`);
    const before = (await admin('GET', FILE)).body;
    expect(error(await upload(file))).toEqual([400, 'Invalid Input', '1']);
    expect((await admin('GET', FILE)).body).toBe(before);
  });

  it('may have headings in another language', async () => {
    expect((await upload('Vorname;,Nachname,Rufnummer,Notizen\r\nA,B,4000,C\r\n')).statusCode).toBe(202);
    expect((await admin('GET', FILE)).body).toBe(`${HEADER}"A","B","4000","C"\r\n`);
  });

  it('may have no headings', async () => {
    expect((await upload('Emmy,Noether,10005\nMax,Born,10006')).statusCode).toBe(202);
    expect(await numbers(2)).toEqual(['10005', '10006']);
  });

  it('is imported but for the lines that cannot be', async () => {
    const file = `${HEADER}a,b,,\n${'x'.repeat(129)},b,1,\nonly one\nc,d,2,ok\ne,f,${'3'.repeat(33)},\ng,\u0001h,4,`;
    expect((await upload(file)).statusCode).toBe(202);
    expect(await numbers(2)).toEqual(['2']);
  });

  it('without a single contact is refused, with the lines, and changes nothing', async () => {
    const before = await numbers(2);
    expect(error(await upload(`${HEADER}a,b,,\nc,d,,`))).toEqual([400, 'Invalid Input', '2,3']);
    expect(error(await upload(HEADER))).toEqual([400, 'Invalid Input', '']);
    expect(error(await upload(''))).toEqual([400, 'Invalid Input', '']);
    expect(error(await upload(`${HEADER}a,b,1,`, 'file'))).toEqual([400, 'Invalid Input', 'datafile']);
    expect(error(await admin('POST', FILE, `${HEADER}a,b,1,`))).toEqual([400, 'Invalid Input', 'datafile']);
    expect(error(await admin('POST', FILE))).toEqual([400, 'Invalid Input', 'datafile']);
    expect(error(await upload(`${HEADER}a,b,1,`, 'datafile', FILE.replace('2', '99')))).toEqual([
      404,
      'Not Found',
      '99',
    ]);
    expect(await numbers(2)).toEqual(before);
  });

  it('has at most 6,000 contacts, and 50,000 are the most in all', async () => {
    const rows = (count: number) =>
      HEADER + Array.from({ length: count }, (_, n) => `a,b,${n + 1},\n`).join('');
    expect(error(await upload(rows(6_001)))).toEqual([400, 'Maximum Exceeded', 'Contact']);
    expect((await upload(rows(6_000))).statusCode).toBe(202);
    expect((await numbers(2)).length).toBe(6_000);
    expect(error(await admin('POST', 'PhoneBook/2/Contact', contact({ phoneNumber: '1' })))).toEqual([
      400,
      'Maximum Exceeded',
      'Contact',
    ]);
    const many = Array.from({ length: 6_000 }, (_, n) => ({
      firstName: '',
      lastName: '',
      phoneNumber: `${n}`,
      description: '',
    }));
    await stored.store.change(async ({ phoneBooks }) => {
      for (let n = 0; n < 7; n++)
        await phoneBooks.replaceContacts(
          await phoneBooks.create({ name: `b${n}`, type: 'TEAM', teamIds: [] }),
          many,
        );
    });
    const one = await made('PhoneBook', book({ name: 'last', type: 'TEAM' }));
    expect(error(await upload(rows(2_000), 'datafile', `PhoneBook/${one}/Contacts/csvFileContent`))).toEqual([
      400,
      'Maximum Exceeded',
      'Contact',
    ]);
    expect(
      (await upload(rows(1_000), 'datafile', `PhoneBook/${one}/Contacts/csvFileContent`)).statusCode,
    ).toBe(202);
  });

  it('as it is written is read again', async () => {
    await upload(`${HEADER}Zoë,"O""Neil",1,"=1+1, x"`);
    const latin = await admin('GET', FILE);
    expect([latin.statusCode, latin.headers['content-type']]).toEqual([200, 'text/csv;charset=ISO-8859-1']);
    expect(latin.rawPayload.toString('latin1')).toBe(`${HEADER}"Zoë","O""Neil","1","=1+1, x"\r\n`);
    await upload(latin.rawPayload);
    expect(await values('PhoneBook/2/Contacts', 'firstName')).toEqual(['Zoë']);
    await upload(`${HEADER}Łuk,"a\nb",2,`);
    const wide = await admin('GET', FILE);
    expect(wide.headers['content-type']).toBe('text/csv;charset=UTF-8');
    expect(wide.rawPayload.toString('utf8')).toBe(`\ufeff${HEADER}"Łuk","a b","2",""\r\n`);
    await upload(wide.rawPayload);
    expect(await values('PhoneBook/2/Contacts', 'lastName')).toEqual(['a b']);
    expect(error(await admin('GET', FILE.replace('2', '99')))).toEqual([404, 'Not Found', '99']);
  });

  it('can be XML, too', async () => {
    const xml = (...contacts: string[]) => `<Contacts>${contacts.join('')}</Contacts>`;
    const answer = await admin(
      'PUT',
      'PhoneBook/2/Contacts',
      xml(contact({ firstName: 'a' }), contact({ phoneNumber: '7' }), contact({ phoneNumber: '' })),
    );
    expect([answer.statusCode, answer.body]).toEqual([202, '']);
    expect(await numbers(2)).toEqual(['7']);
    expect(error(await admin('PUT', 'PhoneBook/2/Contacts', xml(contact({ firstName: 'a' }))))).toEqual([
      400,
      'Invalid Input',
      '1',
    ]);
    expect(error(await admin('PUT', 'PhoneBook/2/Contacts', '<Contact/>'))).toEqual([
      400,
      'Bad Request',
      'Contact',
    ]);
    const many = Array.from({ length: 6_000 }, (_, n) =>
      contact({
        firstName: 'x'.repeat(100),
        lastName: 'y'.repeat(100),
        phoneNumber: n,
        description: 'z'.repeat(100),
      }),
    );
    expect((await admin('PUT', 'PhoneBook/2/Contacts', xml(...many))).statusCode).toBe(202);
    expect((await numbers(2)).length).toBe(6_000);
  });
});
