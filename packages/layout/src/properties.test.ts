import { describe, expect, test } from 'vitest';
import { configOf, DESKTOP_PROPERTIES } from './index.ts';

describe('desktop properties', () => {
  test('have the defaults of the table where nobody sets them', () => {
    const { properties, problems } = configOf({});
    expect(problems).toEqual([]);
    expect(properties).toMatchObject({
      title: null,
      logo: null,
      enableDragDropAndResizeGadget: false,
      wrapUpCountDown: true,
      desktopChatUnsupportedFileTypes: ['.exe', '.msi', '.sh', '.bat'],
      pendingDTMFThresholdCount: 20,
      dtmfRequestTimeoutInMs: 5000,
      enableDropParticipantFor: 'supervisor_only',
      securityBannerMessage: '',
      logonMessage: '',
      showNotificationOnCallVariablesChange: true,
      showNotificationOnParticipantChange: true,
      showNotificationOnWrapUpReasonsChange: true,
      showNotificationOnNumCallsChange: true,
    });
    expect(Object.keys(properties).sort()).toEqual(Object.keys(DESKTOP_PROPERTIES).sort());
  });

  test('of the team win over those of the default layout, those over the settings of the server', () => {
    const server = { forceWrapUp: false, wrapUpCountDown: false, showWrapUpTimer: false };
    const general = { wrapUpCountDown: 'true', showWrapUpTimer: 'true' };
    const { properties } = configOf({ server, default: general, team: { showWrapUpTimer: 'false' } });
    expect([properties.forceWrapUp, properties.wrapUpCountDown, properties.showWrapUpTimer]).toEqual([
      false,
      true,
      false,
    ]);
  });

  test.each([
    ['enableShortCutKeys', 'yes', 'true or false'],
    ['desktopChatMaxAttachmentSize', '4', 'a whole number from 5 to 10'],
    ['pendingDTMFThresholdCount', '21', 'a whole number from 1 to 20'],
    ['dtmfRequestTimeoutInMs', '1e3', 'a whole number from 1000 to 200000'],
    [
      'enableDropParticipantFor',
      'nobody',
      'one of supervisor_only, conference_controller_and_supervisor, all',
    ],
    ['logo', 'javascript:x.png', 'an address of this server, or one with http: or https:'],
    ['logo', '/logo.html', 'the address of an .svg, .png, .gif or .jpg file'],
    ['title', 'x'.repeat(129), 'at most 128 characters'],
    ['desktopChatUnsupportedFileTypes', 'exe, bat', 'file name endings such as .exe, parted by commas'],
  ])('%s cannot be %j: the next value counts, and it is told', (key, value, wanted) => {
    const { properties, problems } = configOf({ team: { [key]: value } });
    expect(properties).toEqual(configOf({}).properties);
    expect(problems).toEqual([
      { source: 'team', key, value, message: `The value of ${key} must be ${wanted}.` },
    ]);
  });

  test('that are settings of the server only cannot be changed by a layout', () => {
    const { properties, problems } = configOf({
      default: { securityBannerMessage: 'Hello' },
      server: { securityBannerMessage: 'Private' },
    });
    expect(properties.securityBannerMessage).toBe('Private');
    expect(problems.map(({ message }) => message)).toEqual([
      'securityBannerMessage is a setting of the server; a layout cannot change it.',
    ]);
  });

  test('never offer to drop participants whom the API would not drop', () => {
    const rule = (team: string, server: 'supervisor_only' | 'all') =>
      configOf({ team: { enableDropParticipantFor: team }, server: { enableDropParticipantFor: server } })
        .properties.enableDropParticipantFor;
    expect(rule('all', 'supervisor_only')).toBe('supervisor_only');
    expect(rule('conference_controller_and_supervisor', 'all')).toBe('conference_controller_and_supervisor');
  });

  test('keep keys of other products out, also those that every object has', () => {
    expect(configOf({ team: { constructor: 'x', myGadget: 'y' } }).problems).toEqual([]);
  });

  test('are read without regard to case and white space around', () => {
    const { properties } = configOf({ team: { forceWrapUp: ' FALSE ', logo: ' /logo.PNG?v=1 ' } });
    expect([properties.forceWrapUp, properties.logo]).toEqual([false, '/logo.PNG?v=1']);
  });
});
