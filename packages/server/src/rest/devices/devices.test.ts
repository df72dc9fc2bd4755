import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestCentre, type TestCentreOptions } from '../../../test/centre/test-centre.ts';
import { TEST_DATA } from '../../../test/centre/test-directory.ts';

let centre: TestCentre;
const ENTRY = { displayName: 'x', showInPopOver: false, uiEditable: false };
const DATA = {
  ...TEST_DATA,
  devices: ['2001', '2002'],
  mediaPropertiesLayouts: [
    {
      id: 1,
      name: 'Default',
      description: '',
      isDefault: true,
      header: { ...ENTRY, mediaProperty: 'user.media.id' },
      columns: [
        [
          { ...ENTRY, mediaProperty: 'callVariable1' },
          { ...ENTRY, mediaProperty: 'user.account[1]' },
        ],
        [
          { ...ENTRY, mediaProperty: 'user.account[0]' },
          { ...ENTRY, mediaProperty: 'BAStatus' },
        ],
      ],
    },
  ],
};
const open = async (options: TestCentreOptions = {}) => {
  centre = await TestCentre.open({ data: DATA, ...options });
};
beforeEach(() => open());
afterEach(() => centre.close());
const get = async (path: string, user = '2001') => {
  const { statusCode, body } = await centre.call(user, 'GET', path);
  return [statusCode, statusCode === 200 ? body : /<ErrorType>(.*)<\/ErrorType>/.exec(body)?.[1]];
};

describe('Devices', () => {
  it('has the phone of an extension', async () => {
    expect(await get('Devices/2002')).toEqual([
      200,
      [
        '<Devices>',
        '  <Device>',
        '    <deviceId>2002</deviceId>',
        '    <deviceType></deviceType>',
        '    <deviceTypeName>Phone</deviceTypeName>',
        '  </Device>',
        '</Devices>',
      ].join('\n'),
    ]);
  });

  it('refuses what is no extension, and does not know others', async () => {
    expect(await get('Devices/9999')).toEqual([404, 'Not Found']);
    for (const wrong of ['abc', '1'.repeat(33), '%3Cb%3E'])
      expect([wrong, ...(await get(`Devices/${wrong}`))]).toEqual([wrong, 400, 'Bad Request']);
  });

  it('is refused with CCX', async () => {
    await centre.close();
    await open({ profile: { deployment: 'CCX' } });
    expect(await get('Devices/2002')).toEqual([400, 'Bad Request']);
  });
});

describe('ECCVariableConfig', () => {
  it('lists what the layouts show, each once, for everybody', async () => {
    for (const user of ['2001', '2050', 'admin'])
      expect(await get('ECCVariableConfig', user)).toEqual([
        200,
        [
          '<ECCVariableConfig>',
          '  <ECCVariable>',
          '    <name>user.account</name>',
          '    <length>210</length>',
          '  </ECCVariable>',
          '  <ECCVariable>',
          '    <name>user.media.id</name>',
          '    <length>210</length>',
          '  </ECCVariable>',
          '</ECCVariableConfig>',
        ].join('\n'),
      ]);
  });

  it('is not there with CCX', async () => {
    await centre.close();
    await open({ profile: { deployment: 'CCX' } });
    expect((await get('ECCVariableConfig'))[0]).toBe(501);
  });
});
