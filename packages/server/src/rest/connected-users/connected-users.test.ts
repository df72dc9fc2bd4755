import { afterEach, beforeEach, expect, test } from 'vitest';
import { error } from '../../../test/centre/call-centre.ts';
import { TestCentre } from '../../../test/centre/test-centre.ts';

let centre: TestCentre;
beforeEach(async () => {
  centre = await TestCentre.open({ profile: { release: '12.6' } });
  const session = (user: string, resource: string, ago: number) => ({
    jid: `${user}@fin1.example/${resource}`,
    user,
    resource,
    connectedAt: centre.clock.now() - ago,
  });
  centre.sessions = [
    session('2001', 'desktop', 61_500),
    session('2001', 'crm', 1_000),
    session('2050', 'desktop', 0),
    session('2050', 'desktop2', 0),
    session('2002', 'FippaAgent', 0),
    session('finesse', 'desktop', 0),
  ];
});
afterEach(() => centre.close());

const plain = async (query = '') =>
  (await centre.call('admin', 'GET', `ConnectedUsersInfo${query}`)).body.replace(/>\s+</g, '><');

test('counts users by what they are connected with', async () => {
  expect(await plain()).toBe(
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><ConnectedUsersInfo><userSummary><desktopUsers>2</desktopUsers>' +
      '<fippaUsers>1</fippaUsers><thirdPartyUsers>2</thirdPartyUsers><totalConnectedUsers>5</totalConnectedUsers>' +
      '<totalConnectedUsersViaProxy>0</totalConnectedUsersViaProxy></userSummary><uri>/finesse/api/ConnectedUsersInfo</uri></ConnectedUsersInfo>',
  );
});

test('names them when it is asked to', async () => {
  const text = await plain('?userDetails=true');
  expect(text).toContain(
    '<userDetails><userDetail><loginId>2001</loginId><userType>DESKTOP</userType><xmppJID>2001@fin1.example/desktop</xmppJID>' +
      '<teamName>Minnies_Team</teamName><extension></extension><firstName>Mickey</firstName><lastName>Mouse</lastName>' +
      '<connectedDuration>61</connectedDuration><connectedHostName>localhost</connectedHostName></userDetail>',
  );
  expect(text.match(/<userDetail>/g)).toHaveLength(5);
  expect(text).not.toContain('<loginId>finesse');
});

test('is for administrators', async () => {
  for (const user of ['2001', '2050'])
    expect(error(await centre.call(user, 'GET', 'ConnectedUsersInfo'))).toEqual([403, 'Forbidden', '']);
});
