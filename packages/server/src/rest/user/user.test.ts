import { afterEach, describe, expect, test } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';
import { TEST_DATA } from '../../../test/centre/test-directory.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

const error = ({ statusCode, body }: { statusCode: number; body: string }) => [
  statusCode,
  /<ErrorType>(.*)<\/ErrorType>/.exec(body)?.[1],
  /<ErrorData>(.*)<\/ErrorData>/.exec(body)?.[1],
];

describe('GET User', () => {
  test('agents see themselves, supervisors their members, administrators everybody', async () => {
    centre = await TestCentre.open();
    expect((await centre.call('2001', 'GET', 'User/2001')).statusCode).toBe(200);
    expect((await centre.call('2050', 'GET', 'User/2001')).statusCode).toBe(200);
    expect((await centre.call('admin', 'GET', 'User/2001')).statusCode).toBe(200);
    expect(error(await centre.call('2001', 'GET', 'User/2002'))).toEqual([
      401,
      'Invalid Authorization User Specified',
      '2002',
    ]);
    expect(error(await centre.call('2051', 'GET', 'User/2001'))).toEqual([
      401,
      'Invalid Authorization User Specified',
      '2001',
    ]);
  });

  test('ids are found in any case and printed as stored; a trailing slash is tolerated', async () => {
    centre = await TestCentre.open();
    const response = await centre.call('anna', 'GET', 'User/aNNA/');
    expect(response.body).toContain('<uri>/finesse/api/User/Anna</uri>');
    expect(response.body).toContain('<lastName>Å &lt;&amp;&gt; "B"</lastName>');
  });

  test('addressed by login name the uri echoes the name used; CCX knows ids only', async () => {
    centre = await TestCentre.open();
    const response = await centre.call('mmouse', 'GET', 'User/MMouse');
    expect(response.body).toContain('<uri>/finesse/api/User/MMouse</uri>');
    expect(response.body).toContain('<loginId>2001</loginId>');
    await centre.close();
    centre = await TestCentre.open({ profile: { deployment: 'CCX' } });
    expect((await centre.call('2001', 'GET', 'User/mmouse')).statusCode).toBe(404);
  });

  test('an unknown id and the administrator, who is no user, are not found', async () => {
    centre = await TestCentre.open();
    for (const id of ['999', 'admin', 'a%20b', '%3C']) {
      expect(error(await centre.call('2001', 'GET', `User/${id}`)).slice(0, 2)).toEqual([
        404,
        'User Not Found',
      ]);
    }
  });

  test('the list of all users is for administrators and leaves them out', async () => {
    centre = await TestCentre.open();
    const response = await centre.call('admin', 'GET', 'Users');
    expect(response.body.match(/<User>/g)).toHaveLength(7);
    expect(response.body).toMatch(/^<Users>\n {2}<User>\n {4}<dialogs>/);
    expect(error(await centre.call('2050', 'GET', 'Users'))).toEqual([401, 'Authorization Failure', '2050']);
  });

  test('HEAD answers like GET without the body', async () => {
    centre = await TestCentre.open();
    const authorization = `Basic ${Buffer.from('2001:2001').toString('base64')}`;
    const response = await centre.app.inject({
      method: 'HEAD',
      url: '/finesse/api/User/2001',
      headers: { authorization },
    });
    expect([response.statusCode, response.body]).toEqual([200, '']);
  });
});

describe('PUT User', () => {
  async function signedIn(user = '2001') {
    centre = await TestCentre.open();
    await centre.put(user, { state: 'LOGIN', extension: '2003' }, 'sign-in');
  }

  test('reason codes are required where the team has them and refused where it has none', async () => {
    await signedIn();
    expect(error(await centre.put('2001', { state: 'NOT_READY' }, 'r'))).toEqual([
      400,
      'Parameter Missing',
      'finesse.api.reasoncode.require_reasoncode',
    ]);
    expect(error(await centre.put('2001', { state: 'LOGOUT' }, 'r'))).toEqual([
      400,
      'Parameter Missing',
      'finesse.api.reasoncode.require_reasoncode',
    ]);
    expect(error(await centre.put('2001', { state: 'NOT_READY', reasonCodeId: '21' }, 'r'))).toEqual([
      400,
      'Invalid Input',
      'reasonCodeId',
    ]);
    expect(error(await centre.put('2001', { state: 'READY', reasonCodeId: '12' }, 'r'))).toEqual([
      400,
      'Invalid Input',
      'finesse.api.reasoncode.not_allowed',
    ]);
    await centre.put('3001', { state: 'LOGIN', extension: '2004' }, 'sign-in');
    expect(error(await centre.put('3001', { state: 'NOT_READY', reasonCodeId: '12' }, 'r'))).toEqual([
      400,
      'Invalid Input',
      'finesse.api.reasoncode.not_allowed',
    ]);
    expect((await centre.put('2001', { state: 'LOGOUT', reasonCodeId: '21' }, 'out')).statusCode).toBe(202);
    expect(centre.answers('out')[0]!.payload).toContain('<label>End of Shift</label>');
    expect(centre.answers('out')[0]!.payload).toContain('<extension></extension>');
  });

  test('a sign-out that is impossible is told at once', async () => {
    await signedIn('3001');
    await centre.put('3001', { state: 'READY' }, 'r');
    expect(error(await centre.put('3001', { state: 'LOGOUT' }, 'r'))).toEqual([
      400,
      'Invalid Input',
      'state',
    ]);
    await centre.put('3001', { state: 'NOT_READY' }, 'r');
    expect((await centre.put('3001', { state: 'LOGOUT' }, 'r')).statusCode).toBe(202);
    expect(error(await centre.put('3001', { state: 'LOGOUT' }, 'r'))).toEqual([
      400,
      'Invalid State',
      'state',
    ]);
  });

  test('on CCX an agent signs out from READY', async () => {
    centre = await TestCentre.open({ profile: { deployment: 'CCX' } });
    await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'r');
    await centre.put('3001', { state: 'READY' }, 'r');
    expect((await centre.put('3001', { state: 'LOGOUT' }, 'r')).statusCode).toBe(202);
  });

  test('only supervisors of the team act on others, only with their states, never with a reason', async () => {
    await signedIn();
    expect(error(await centre.put('2002', { state: 'READY' }, 'r', '2001'))).toEqual([
      401,
      'Invalid Authorization User Specified',
      '2001',
    ]);
    expect(error(await centre.put('2051', { state: 'READY' }, 'r', '2001'))).toEqual([
      401,
      'Invalid Supervisor',
      '2001',
    ]);
    expect(error(await centre.put('admin', { state: 'READY' }, 'r', '2001'))).toEqual([
      401,
      'Authorization Failure',
      'admin',
    ]);
    expect(error(await centre.put('2050', { state: 'LOGIN', extension: '1' }, 'r', '2001'))).toEqual([
      400,
      'Invalid State',
      'state',
    ]);
    expect(error(await centre.put('2050', { state: 'NOT_READY' }, 'r', '2001'))).toEqual([
      400,
      'Invalid State',
      'state',
    ]);
    expect(error(await centre.put('2050', { state: 'LOGOUT', reasonCodeId: '21' }, 'r', '2001'))).toEqual([
      400,
      'Invalid Input',
      'finesse.api.reasoncode.not_allowed',
    ]);
    expect((await centre.put('2050', { state: 'LOGOUT' }, 'r', '2001')).statusCode).toBe(202);
  });

  test('a mobile sign-in exists with CCE only', async () => {
    centre = await TestCentre.open({ profile: { deployment: 'CCX' } });
    const body =
      '<User><state>LOGIN</state><extension>1</extension><mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>2</dialNumber></mobileAgent></User>';
    expect(error(await centre.call('3001', 'PUT', 'User/3001', body))).toEqual([
      400,
      'Invalid Input',
      'mobileAgent',
    ]);
  });
});

describe('what belongs to a user', () => {
  test('dialogs are an empty list before calls exist', async () => {
    centre = await TestCentre.open();
    const response = await centre.call('2001', 'GET', 'User/2001/Dialogs');
    expect(response.body).toBe('<Dialogs/>');
  });

  test('reason codes come by category, in declaration order', async () => {
    centre = await TestCentre.open();
    const response = await centre.call('2001', 'GET', 'User/2001/ReasonCodes?category=LOGOUT&nocache=1');
    expect(response.body).toBe(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<ReasonCodes category="LOGOUT">
  <ReasonCode>
    <uri>/finesse/api/ReasonCode/21</uri>
    <id>21</id>
    <category>LOGOUT</category>
    <code>1</code>
    <label>End of Shift</label>
    <forAll>false</forAll>
    <systemCode>false</systemCode>
  </ReasonCode>
</ReasonCodes>`);
    expect((await centre.call('3001', 'GET', 'User/3001/ReasonCodes?category=NOT_READY')).body).toContain(
      '<ReasonCodes category="NOT_READY"/>',
    );
    // The system's own are for reading, not for choosing.
    expect(
      (await centre.call('2001', 'GET', 'User/2001/ReasonCodes?category=NOT_READY')).body.match(
        /<label>.*</g,
      ),
    ).toEqual(['<label>Team Meeting<', '<label>Lunch<']);
    const all = (await centre.call('2001', 'GET', 'User/2001/ReasonCodes?category=ALL')).body;
    expect(all.match(/<ReasonCode>/g)).toHaveLength(4);
    expect(all).toContain(`<code>32767</code>
    <label>Call Not Answered</label>
    <forAll>true</forAll>
    <systemCode>true</systemCode>`);
    expect(error(await centre.call('2001', 'GET', 'User/2001/ReasonCodes')).slice(0, 2)).toEqual([
      400,
      'Bad Request',
    ]);
    expect(error(await centre.call('2001', 'GET', 'User/2001/ReasonCodes?category=X')).slice(0, 2)).toEqual([
      400,
      'Bad Request',
    ]);
    expect(
      error(await centre.call('2050', 'GET', 'User/2001/ReasonCodes?category=LOGOUT')).slice(0, 2),
    ).toEqual([401, 'Invalid Authorization User Specified']);
  });

  test('one reason code or wrap-up reason is found when the team has it', async () => {
    centre = await TestCentre.open();
    expect((await centre.call('2001', 'GET', 'User/2001/ReasonCode/12')).body).toContain(
      '<label>Team Meeting</label>',
    );
    expect((await centre.call('2001', 'GET', 'ReasonCode/12')).body).toContain('<label>Team Meeting</label>');
    expect((await centre.call('admin', 'GET', 'ReasonCode/12')).statusCode).toBe(200);
    expect(error(await centre.call('3001', 'GET', 'User/3001/ReasonCode/12'))).toEqual([
      404,
      'Not Found',
      '12',
    ]);
    expect(error(await centre.call('2001', 'GET', 'User/2001/ReasonCode/x'))).toEqual([
      404,
      'Not Found',
      'x',
    ]);
    expect((await centre.call('2001', 'GET', 'User/2001/WrapUpReasons')).body).toContain(
      '<uri>/finesse/api/User/2001/WrapUpReason/31</uri>',
    );
    expect((await centre.call('2001', 'GET', 'User/2001/WrapUpReason/31')).body).toContain(
      '<label>Sale made</label>',
    );
    expect(error(await centre.call('3001', 'GET', 'User/3001/WrapUpReason/31'))).toEqual([
      404,
      'Not Found',
      '31',
    ]);
  });

  test('phone books come whole, or in part by range', async () => {
    centre = await TestCentre.open();
    const contacts = (body: string) => body.match(/<Contact>/g)?.length ?? 0;
    const whole = await centre.call('2001', 'GET', 'User/2001/PhoneBooks');
    expect([whole.statusCode, contacts(whole.body)]).toEqual([200, 8]);
    expect(whole.body).toContain('<description>R &amp; D</description>');
    const part = await centre.call('2001', 'GET', 'User/2001/PhoneBooks', undefined, {
      range: 'objects=1-6',
    });
    expect([part.statusCode, contacts(part.body), part.headers['content-range']]).toEqual([
      206,
      6,
      'objects 1-6/8',
    ]);
    const all = await centre.call('2001', 'GET', 'User/2001/PhoneBooks', undefined, {
      range: 'objects=1-6000',
    });
    expect(all.statusCode).toBe(200);
    for (const range of ['objects=0-1', 'objects=1-6001', 'bytes=0-1', 'objects=2-1']) {
      expect(
        error(await centre.call('2001', 'GET', 'User/2001/PhoneBooks', undefined, { range })).slice(0, 2),
      ).toEqual([416, 'Range Not Satisfiable']);
    }
  });

  test('a range of phone books that begins beyond the end is refused, and told how many there are', async () => {
    centre = await TestCentre.open();
    const ask = (range: string) => centre.call('2001', 'GET', 'User/2001/PhoneBooks', undefined, { range });
    const beyond = await ask('objects=9-10');
    expect(error(beyond)).toEqual([416, 'Range Not Satisfiable', 'objects=9-10']);
    expect(beyond.headers['content-range']).toBe('objects */8');
    const last = await ask('objects=8-10');
    expect([last.statusCode, last.headers['content-range']]).toEqual([206, 'objects 8-8/8']);
  });

  test('a user without contacts gets an empty list for the range that desktops ask for', async () => {
    centre = await TestCentre.open({ data: { ...TEST_DATA, phoneBooks: [] } });
    const ask = (range: string) => centre.call('2001', 'GET', 'User/2001/PhoneBooks', undefined, { range });
    expect((await ask('objects=1-6000')).statusCode).toBe(200);
    expect((await ask('objects=2-6000')).statusCode).toBe(416);
  });

  test('the way of signing in is told without credentials and says nothing about who exists', async () => {
    centre = await TestCentre.open();
    for (const name of ['2001', 'nobody']) {
      const response = await centre.app.inject({ url: `/finesse/api/UserAuthMode/${name}` });
      expect(response.body).toBe('<UserAuthMode>\n  <authMode>NON_SSO</authMode>\n</UserAuthMode>');
    }
  });

  test('the way of signing in is a call of CCE: on CCX it is not implemented', async () => {
    centre = await TestCentre.open({ profile: { deployment: 'CCX' } });
    const response = await centre.app.inject({ url: '/finesse/api/UserAuthMode/2001' });
    expect(error(response)).toEqual([501, 'Not Implemented', '/finesse/api/UserAuthMode/2001']);
    expect(response.body).toContain('<ErrorMessage>The call does not exist on CCX</ErrorMessage>');
  });

  test('a client log is taken up to 1,048,576 characters, from the user itself', async () => {
    centre = await TestCentre.open();
    const log = (text: string) => `<ClientLog><logData>${text}</logData></ClientLog>`;
    const post = (body: string, user = '2001') => centre.call(user, 'POST', 'User/2001/ClientLog', body);
    expect((await post(log('&#233;'.repeat(1_048_576)))).statusCode).toBe(202);
    expect(centre.told.find(({ kind }) => kind === 'client.log')).toMatchObject({
      user: '2001',
      data: 'é'.repeat(1_048_576),
    });
    expect(error(await post(log('x'.repeat(1_048_577))))).toEqual([400, 'Invalid Input', 'logData']);
    expect(error(await post(log('x'.repeat(9 * 1024 * 1024))))).toEqual([400, 'Invalid Input', 'logData']);
    expect(error(await post('<ClientLog/>'))).toEqual([400, 'Parameter Missing', 'logData']);
    expect(error(await post(log('x'), '2050')).slice(0, 2)).toEqual([
      401,
      'Invalid Authorization User Specified',
    ]);
    expect(centre.published).toEqual([]);
  });
});

describe('GET Team', () => {
  test('its supervisors and administrators see summaries of the members', async () => {
    centre = await TestCentre.open();
    await centre.put('2001', { state: 'LOGIN', extension: '2003' }, 'r');
    const all = await centre.call('2050', 'GET', 'Team/5000');
    expect(all.body).toMatch(
      /^<Team>\n {2}<id>5000<\/id>\n {2}<name>Minnies_Team<\/name>\n {2}<uri>\/finesse\/api\/Team\/5000<\/uri>\n {2}<users>\n {4}<User>\n {6}<dialogs>/,
    );
    expect(all.body.match(/<User>/g)).toHaveLength(3);
    const present = await centre.call('2050', 'GET', 'Team/5000?includeLoggedOutAgents=false');
    expect(present.body.match(/<User>/g)).toHaveLength(1);
    expect((await centre.call('admin', 'GET', 'Team/5001')).statusCode).toBe(200);
    expect(error(await centre.call('2051', 'GET', 'Team/5000')).slice(0, 2)).toEqual([
      401,
      'Authorization Failure',
    ]);
    expect(error(await centre.call('2001', 'GET', 'Team/5000')).slice(0, 2)).toEqual([
      401,
      'Authorization Failure',
    ]);
    expect(error(await centre.call('2050', 'GET', 'Team/9'))).toEqual([404, 'Not Found', '9']);
    expect(error(await centre.call('admin', 'GET', 'Team/x'))).toEqual([404, 'Not Found', 'x']);
  });
});
