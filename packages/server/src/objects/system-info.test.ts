import { expect, test } from 'vitest';
import type { Release } from '../domain/profile.ts';
import { SYSTEM_INFO, SYSTEM_INFO_TIMESTAMP, type SystemInfoSource } from './system-info.ts';
import { objectWriter } from './writer.ts';

const node = (host: string) => ({ host, httpsPort: 8445, xmppPort: 5222, xmppSecurePort: 5223 });
const source: SystemInfoSource = {
  now: Date.parse('2022-04-27T07:29:00.123Z'),
  timezoneOffsetMinutes: 330,
  status: 'IN_SERVICE',
  statusReason: '',
  primaryNode: node('UCCEFINESSSE91.vmlod.cvp'),
  secondaryNode: node('UCCEFINESSSE138.vmlod.cvp'),
  xmppDomain: 'UCCEFINESSSE138.vmlod.cvp',
  peripheralId: 5001,
  ctiVersion: 24,
  ctiHeartbeatIntervalSeconds: 5,
  systemAuthMode: 'NON_SSO',
  lastHeartbeatOk: true,
  lastHeartbeatAt: 1651736045266,
  ctiServers: [{ host: 'cti-a', connectedSeconds: 12, active: true }],
  finesseMMode: null,
  finesseSecondsInMMode: -1,
};

test('release 9.1 has the five fields of the trace and the 336 bytes of its access log', () => {
  const document = objectWriter(SYSTEM_INFO, { release: '9.1', deployment: 'CCE' }).document(source);
  expect(document).toBe(`<SystemInfo>
  <primaryNode>
    <host>UCCEFINESSSE91.vmlod.cvp</host>
  </primaryNode>
  <secondaryNode>
    <host>UCCEFINESSSE138.vmlod.cvp</host>
  </secondaryNode>
  <status>IN_SERVICE</status>
  <xmppDomain>UCCEFINESSSE138.vmlod.cvp</xmppDomain>
  <xmppPubSubDomain>pubsub.UCCEFINESSSE138.vmlod.cvp</xmppPubSubDomain>
</SystemInfo>`);
  expect(Buffer.byteLength(document)).toBe(336);
});

test('release 11.6 adds time, deployment, the CTI link and how people sign in, all that scripts of its time read', () => {
  const document = objectWriter(SYSTEM_INFO, { release: '11.6', deployment: 'CCE' }).document(source);
  expect([...document.matchAll(/^ {2}<(\w+)>/gm)].map(([, name]) => name)).toEqual([
    'currentTimestamp',
    'deploymentType',
    'lastCTIHeartbeatStatus',
    'license',
    'peripheralId',
    'primaryNode',
    'secondaryNode',
    'status',
    'statusReason',
    'systemAuthMode',
    'timezoneOffset',
    'uri',
    'xmppDomain',
    'xmppPubSubDomain',
  ]);
});

test('the licence is there in every deployment, and says something with CCX only', () => {
  const document = (release: Release, deployment: 'CCE' | 'CCX') =>
    objectWriter(SYSTEM_INFO, { release, deployment }).document(source);
  for (const release of ['11.6', '12.6'] as const) {
    expect(document(release, 'CCE')).toContain('<license></license>');
    expect(document(release, 'CCX')).toContain('<license>PREMIUM</license>');
    expect(document(release, 'CCX')).not.toContain('peripheralId');
  }
});

test('release 12.6 tells the state of the CTI link; a single node has an empty secondary host', () => {
  const writer = objectWriter(SYSTEM_INFO, { release: '12.6', deployment: 'CCE' });
  const document = writer.document({ ...source, secondaryNode: null });
  expect(document).toContain('<lastSuccessCTIHeartbeatTime>1651736045266</lastSuccessCTIHeartbeatTime>');
  expect(document).toContain('<secondaryNode>\n    <host></host>\n');
  expect(document).toContain('<ctiServer>\n      <host>cti-a</host>');
});

test('the answer begins with an XML declaration in 12.6 only', () => {
  const beginning = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<SystemInfo>\n';
  for (const description of [SYSTEM_INFO, SYSTEM_INFO_TIMESTAMP]) {
    const writer = (release: Release) => objectWriter(description, { release, deployment: 'CCE' });
    expect(writer('12.6').document(source).startsWith(beginning)).toBe(true);
    for (const release of ['9.1', '11.6'] as const)
      expect(writer(release).document(source)).toMatch(/^<SystemInfo>/);
    expect(writer('12.6').event(source)).toMatch(/^<systemInfo>/);
  }
});

test('timestamponly prints the two fields that the clock poll reads', () => {
  const writer = objectWriter(SYSTEM_INFO_TIMESTAMP, { release: '9.1', deployment: 'CCE' });
  expect(writer.document(source)).toBe(`<SystemInfo>
  <currentTimestamp>2022-04-27T07:29:00.123Z</currentTimestamp>
  <timezoneOffset>330</timezoneOffset>
</SystemInfo>`);
});

test('the maintenance mode is told in its place: by 12.6 always, by older releases while there is one', () => {
  const document = (release: Release, more: Partial<SystemInfoSource> = {}) =>
    objectWriter(SYSTEM_INFO, { release, deployment: 'CCE' }).document({ ...source, ...more });
  const on = { finesseMMode: 'IN_PROGRESS', finesseSecondsInMMode: 7 } as const;
  const after = (time: string) => `<finesseMMode>IN_PROGRESS</finesseMMode>\n  <finesseTimeInMMode>${time}`;
  expect(document('12.6')).toContain(
    '<ctiTimeInMMode>-1</ctiTimeInMMode>\n  <finesseMMode></finesseMMode>\n  <finesseTimeInMMode>-1<',
  );
  expect(document('12.6', on)).toContain(`<ctiTimeInMMode>-1</ctiTimeInMMode>\n  ${after('7<')}`);
  expect(document('11.6')).not.toContain('MMode');
  expect(document('11.6', on)).toContain(`</lastCTIHeartbeatStatus>\n  ${after('7<')}`);
});
