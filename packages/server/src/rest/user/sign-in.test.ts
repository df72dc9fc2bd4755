import { afterEach, expect, test } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';

let centre: TestCentre | undefined;
afterEach(() => centre?.close());

test('an agent signs in and its Update carries the requestId, byte for byte as release 9.1 printed it', async () => {
  centre = await TestCentre.open({ profile: { release: '9.1' } });
  const requestId = '6e210ca9-5786-43bc-babf-64a397a6057f';
  const response = await centre.put('2001', { state: 'LOGIN', extension: '2003' }, requestId);
  expect(response.statusCode).toBe(202);
  expect(response.body).toBe('');
  expect(centre.published[0]).toEqual({
    node: '/finesse/api/User/2001',
    payload: `<Update>
<data>
<user>
<dialogs>/finesse/api/User/2001/Dialogs</dialogs>
<extension>2003</extension>
<firstName>Mickey</firstName>
<lastName>Mouse</lastName>
<loginId>2001</loginId>
<loginName>mmouse</loginName>
<reasonCodeId>-1</reasonCodeId>
<roles>
<role>Agent</role>
</roles>
<state>NOT_READY</state>
<stateChangeTime>2013-04-23T22:40:08Z</stateChangeTime>
<teamId>5000</teamId>
<teamName>Minnies_Team</teamName>
<uri>/finesse/api/User/2001</uri>
</user>
</data>
<event>PUT</event>
<requestId>${requestId}</requestId>
<source>/finesse/api/User/2001</source>
</Update>`,
  });
  expect(centre.published.map(({ node }) => node)).toEqual([
    '/finesse/api/User/2001',
    '/finesse/api/Team/5000/Users',
  ]);
});
