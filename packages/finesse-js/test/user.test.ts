import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Frame, frame } from './frame.ts';

let f: Frame;
beforeEach(async () => {
  f = await frame();
  f.begun();
});

const XML = `<User><activeDeviceId/><extension>3001</extension><firstName>Ada</firstName><lastName>Lovelace</lastName>
<loginId>1001</loginId><loginName>ada</loginName><mobileAgent><mode>NAILED_CONNECTION</mode><dialNumber>77</dialNumber></mobileAgent>
<pendingState/><reasonCode><category>NOT_READY</category><code>5</code><id>12</id><label>Break</label><uri>/finesse/api/ReasonCode/12</uri></reasonCode>
<reasonCodeId>12</reasonCodeId><roles><role>Agent</role><role>Supervisor</role></roles>
<settings><wrapUpOnIncoming>REQUIRED_WITH_WRAP_UP_DATA</wrapUpOnIncoming></settings><state>NOT_READY</state>
<stateChangeTime>2026-01-01T00:00:00.000Z</stateChangeTime><teamId>5</teamId><teamName>Blue</teamName>
<teams><Team><id>5</id><name>Blue</name><uri>/finesse/api/Team/5</uri></Team></teams><wrapUpTimer>30</wrapUpTimer></User>`;

function loaded(xml = XML) {
  const user = new f.finesse.restservices.User({ id: '1001' });
  f.last().answer(200, xml);
  return user;
}

describe('a user', () => {
  test('tells what is known of him', () => {
    const u = loaded();
    expect({
      state: u.getState(),
      extension: u.getExtension(),
      names: [u.getFirstName(), u.getLastName(), u.getFullName(), u.getLoginName()],
      team: [u.getTeamId(), u.getTeamName()],
      roles: [u.hasAgentRole(), u.hasSupervisorRole(), u.hasRole('Admin')],
      teams: u.getSupervisedTeams(),
      reason: [u.getNotReadyReasonCodeId(), u.getReasonCodeLabel(), u.getReasonCode()?.code],
      pending: u.getPendingState(),
      since: u.getStateChangeTime(),
      wrapUp: [u.getWrapUpOnIncoming(), u.isWrapUpRequired(), u.isWrapUp(), u.getWrapUpTimer()],
      mobile: [u.isMobileAgent(), u.getMobileAgentMode(), u.getMobileAgentDialNumber()],
      devices: [u.getActiveDeviceId(), u.getDevices()],
    }).toEqual({
      state: 'NOT_READY',
      extension: '3001',
      names: ['Ada', 'Lovelace', 'Ada Lovelace', 'ada'],
      team: ['5', 'Blue'],
      roles: [true, true, false],
      teams: [{ id: '5', name: 'Blue', uri: '/finesse/api/Team/5' }],
      reason: ['12', 'Break', '5'],
      pending: '',
      since: '2026-01-01T00:00:00.000Z',
      wrapUp: ['REQUIRED_WITH_WRAP_UP_DATA', true, false, '30'],
      mobile: [true, 'NAILED_CONNECTION', '77'],
      devices: ['', []],
    });
  });

  test('has text, an array or undefined where nothing is known', () => {
    const u = loaded('<User><extension/><firstName/><reasonCodeId>-1</reasonCodeId><roles/><teams/></User>');
    expect([u.getExtension(), u.getFirstName(), u.getFullName(), u.getPendingState()]).toEqual([
      '',
      '',
      '',
      '',
    ]);
    expect([u.getNotReadyReasonCodeId(), u.getReasonCode(), u.getReasonCodeLabel()]).toEqual([
      undefined,
      undefined,
      '',
    ]);
    expect([u.getSupervisedTeams(), u.getRoles(), u.isMobileAgent()]).toEqual([[], [], false]);
  });

  test.each([
    ['TALKING', true, false],
    ['HOLD', true, false],
    ['RESERVED_OUTBOUND_PREVIEW', true, false],
    ['WORK', false, true],
    ['WORK_READY', false, true],
    ['READY', false, false],
  ])('in %s', (state, pending, wrapUp) => {
    const u = loaded(`<User><state>${state}</state></User>`);
    expect([u.isPendingStateChange(), u.isWrapUp()]).toEqual([pending, wrapUp]);
  });

  test.each<[string, (u: ReturnType<typeof loaded>) => unknown, string, string, string]>([
    ['setState', (u) => u.setState('READY'), 'PUT', '', '<User><state>READY</state></User>'],
    [
      'setState with a reason',
      (u) => u.setState('NOT_READY', { id: '12' }),
      'PUT',
      '',
      '<User><state>NOT_READY</state><reasonCodeId>12</reasonCodeId></User>',
    ],
    ['updateToReady', (u) => u.updateToReady(), 'PUT', '', '<User><state>READY</state></User>'],
    [
      'updateToNotReady',
      (u) => u.updateToNotReady({ id: 3 }),
      'PUT',
      '',
      '<User><state>NOT_READY</state><reasonCodeId>3</reasonCodeId></User>',
    ],
    ['logout', (u) => u.logout(null), 'PUT', '', '<User><state>LOGOUT</state></User>'],
    [
      'setState with a reason that is empty',
      (u) => u.setState('NOT_READY', '' as never),
      'PUT',
      '',
      '<User><state>NOT_READY</state></User>',
    ],
    [
      'loginMobileAgent',
      (u) => u.loginMobileAgent('3001', 'NAILED_CONNECTION', '77'),
      'PUT',
      '',
      '<User><state>LOGIN</state><extension>3001</extension><mobileAgent><mode>NAILED_CONNECTION</mode><dialNumber>77</dialNumber></mobileAgent></User>',
    ],
    [
      'login',
      (u) => u.login('3001'),
      'PUT',
      '',
      '<User><state>LOGIN</state><extension>3001</extension></User>',
    ],
    [
      'signIn of a mobile agent',
      (u) => u.signIn({ extension: '3001', mobileAgent: { mode: 'CALL_BY_CALL', dialNumber: '77' } }),
      'PUT',
      '',
      '<User><state>LOGIN</state><extension>3001</extension><mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>77</dialNumber></mobileAgent></User>',
    ],
    [
      'makeCall',
      (u) => u.makeCall('5000'),
      'POST',
      '/Dialogs',
      '<Dialog><requestedAction>MAKE_CALL</requestedAction><toAddress>5000</toAddress><fromAddress>3001</fromAddress></Dialog>',
    ],
    [
      'makeSMCall',
      (u) => u.makeSMCall('3002'),
      'POST',
      '/Dialogs',
      '<Dialog><requestedAction>SILENT_MONITOR</requestedAction><toAddress>3002</toAddress><fromAddress>3001</fromAddress></Dialog>',
    ],
    [
      'makeBargeCall',
      (u) => u.makeBargeCall('3002', '/finesse/api/Dialog/1'),
      'POST',
      '/Dialogs',
      '<Dialog><requestedAction>BARGE_CALL</requestedAction><toAddress>3002</toAddress><associatedDialogUri>/finesse/api/Dialog/1</associatedDialogUri><fromAddress>3001</fromAddress></Dialog>',
    ],
  ])('%s asks for it', (_name, act, method, path, body) => {
    const u = loaded();
    expect(act(u)).toBe(u);
    expect([f.last().method, f.last().path, f.last().body]).toEqual([
      method,
      `/finesse/api/User/1001${path}`,
      body,
    ]);
  });

  test('gives reasons as labels with ids, or undefined', () => {
    const u = loaded();
    const success = vi.fn();
    u.getNotReadyReasonCodes({ success });
    expect(f.last().path).toBe('/finesse/api/User/1001/ReasonCodes?category=NOT_READY');
    f.last().answer(
      200,
      '<ReasonCodes category="NOT_READY"><ReasonCode><uri>/finesse/api/ReasonCode/12</uri><label>Break</label></ReasonCode></ReasonCodes>',
    );
    u.getSignoutReasonCodes({ success });
    expect(f.last().path).toBe('/finesse/api/User/1001/ReasonCodes?category=LOGOUT');
    f.last().answer(200, '<ReasonCodes/>');
    u.getReasonCodeById({ success }, '12');
    expect(f.last().path).toBe('/finesse/api/User/1001/ReasonCode/12');
    f.last().answer(
      200,
      '<ReasonCode><uri>/finesse/api/ReasonCode/12</uri><label>Break</label></ReasonCode>',
    );
    expect(success.mock.calls).toEqual([
      [[{ label: 'Break', id: '12' }]],
      [undefined],
      [{ uri: '/finesse/api/ReasonCode/12', label: 'Break', id: '12' }],
    ]);
  });

  test.each<[string, (u: ReturnType<typeof loaded>) => unknown, string]>([
    ['phone books', (u) => u.getPhoneBooks(), '/PhoneBooks'],
    ['queues', (u) => u.getQueues(), '/Queues'],
    ['wrap-up reasons', (u) => u.getWrapUpReasons(), '/WrapUpReasons'],
    ['the layout of call data', (u) => u.getMediaPropertiesLayout(), '/MediaPropertiesLayout'],
    ['all layouts', (u) => u.getMediaPropertiesLayouts(), '/MediaPropertiesLayouts'],
    ['workflows', (u) => u.loadWorkflows(), '/Workflows'],
    ['media', (u) => u.getMediaList(), '/Media'],
  ])('reads %s', (_name, act, path) => {
    act(loaded());
    expect(f.last().path).toBe(`/finesse/api/User/1001${path}`);
  });

  test('sends logs', () => {
    const onLoad = vi.fn();
    const log = loaded().getClientLog({ onLoad });
    expect(onLoad).toHaveBeenCalledWith(log);
    log.sendLogs({ logData: 'a < b' });
    expect([f.last().method, f.last().path, f.last().body]).toEqual([
      'POST',
      '/finesse/api/User/1001/ClientLog',
      '<ClientLog><logData>a &lt; b</logData></ClientLog>',
    ]);
  });
});
