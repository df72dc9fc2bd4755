/** Notification service, webservices and CTI link, each down alone: what the status says and who is told. */
import { afterEach, expect, test } from 'vitest';
import { PresenceCentre } from '../../test/centre/presence-centre.ts';

let p: PresenceCentre;
afterEach(() => p?.close());

const systemInfo = () => p.centre.published.filter(({ node }) => node === '/finesse/api/SystemInfo');

test('without the notification service: OUT_OF_SERVICE with its reason, 503 for everything but SystemInfo', async () => {
  p = await PresenceCentre.open();
  p.services.partChanged('notification', 'stopping');
  expect(systemInfo().at(-1)!.payload).toContain('<status>OUT_OF_SERVICE</status>');
  const info = await p.centre.call('2001', 'GET', 'SystemInfo');
  expect(info.statusCode).toBe(200);
  expect(info.body).toContain('<status>OUT_OF_SERVICE</status>');
  const user = await p.centre.call('2001', 'GET', 'User/2001');
  expect(user.statusCode).toBe(503);
  expect(user.body).toContain('<ErrorType>Service Unavailable</ErrorType>');
  expect((await p.centre.put('2001', { state: 'READY' }, 'r1')).statusCode).toBe(503);
  // The rest of stopping is no news.
  p.services.partChanged('notification', 'stopped');
  expect(systemInfo()).toHaveLength(1);
  p.services.partChanged('notification', 'started');
  expect(systemInfo().at(-1)!.payload).toContain('<status>IN_SERVICE</status>');
  expect((await p.centre.call('2001', 'GET', 'User/2001')).statusCode).toBe(200);
});

test('without the webservices: finesse leaves, SystemInfo says so, 503; then the picture is asked anew', async () => {
  p = await PresenceCentre.open();
  await p.signsIn('2001', '1001');
  await p.services.webservices.stop();
  await p.services.webservices.stop();
  expect(p.service).toBe(false);
  expect(p.services.webservices.health()).toMatchObject({
    state: 'stopped',
    ready: false,
    reason: 'The webservices are stopped.',
  });
  expect((await p.centre.call('2001', 'GET', 'SystemInfo')).body).toContain('OUT_OF_SERVICE');
  expect((await p.centre.call('2001', 'GET', 'User/2001')).statusCode).toBe(503);
  expect(p.centre.link.state).toBe('STOPPED');
  // Meanwhile at the CTI server.
  p.centre.server.agents.delete('2001');
  await p.services.webservices.start();
  expect(p.service).toBe(true);
  p.centre.clock.advance(100);
  expect(p.centre.desk.status.inService).toBe(true);
  expect(p.centre.desk.agents.get('2001').state).toBe('LOGOUT');
  expect(systemInfo().map(({ payload }) => /<status>(\w+)/.exec(payload)![1])).toEqual([
    'OUT_OF_SERVICE',
    'IN_SERVICE',
  ]);
});

test('requests at the CTI server when the webservices are stopped are answered', async () => {
  p = await PresenceCentre.open();
  await p.signsIn('2001', '1001');
  p.centre.server.onAgentRequest = () => {};
  await p.centre.put('2001', { state: 'READY' }, 'r1');
  await p.services.webservices.stop();
  expect(p.centre.answers('r1')[0]!.payload).toContain('<apiErrors>');
});

test('the CTI link alone: stays down until it is started, also when the webservices are restarted', async () => {
  p = await PresenceCentre.open();
  await p.services.cti.stop();
  expect(p.centre.desk.status.reason).toBe('The CTI server is not connected.');
  await p.services.webservices.stop();
  await p.services.webservices.start();
  p.centre.clock.advance(60_000);
  expect(p.centre.link.state).toBe('STOPPED');
  await p.services.cti.start();
  p.centre.clock.advance(100);
  expect(p.centre.desk.status.inService).toBe(true);
});

test('the CTI link started without the webservices waits for them, and says so', async () => {
  p = await PresenceCentre.open();
  await p.services.webservices.stop();
  await p.services.cti.stop();
  await p.services.cti.start();
  expect(p.services.cti.health()).toMatchObject({ ready: false, reason: 'The webservices are stopped.' });
  await p.services.webservices.start();
  p.centre.clock.advance(100);
  expect(p.services.cti.health().ready).toBe(true);
});
