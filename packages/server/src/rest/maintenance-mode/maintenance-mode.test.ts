import { parse } from '@poise/xml';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';

let centre: TestCentre;
beforeEach(async () => {
  centre = await TestCentre.open();
  centre.published.length = 0;
});
afterEach(() => centre.close());

const call = (method: 'GET' | 'POST', user = 'admin', body?: string) =>
  centre.call(user, method, 'MaintenanceMode', body);
/** The words of SystemInfo on its node, one for each Update. */
const told = () =>
  centre.published
    .filter(({ node }) => node === '/finesse/api/SystemInfo')
    .map(({ payload }) => /finesseMMode>(\w*)</.exec(payload)?.[1] ?? null);
const status = async () => parse((await call('GET')).body).child('status')?.text;

it('is announced, begins, is over when no desktop is left, and stays until it is ended', async () => {
  centre.connected = { desktop: 2, fippa: 0, thirdparty: 3 };
  expect((await call('GET')).statusCode).toBe(404);
  const started = await call('POST');
  const completion = new Date(
    centre.clock.now() - centre.clock.monotonic() + (centre.desk.maintenance.state.since ?? 0) + 135_000,
  ).toISOString();
  expect([started.statusCode, started.body]).toEqual([202, '']);
  expect(told()).toEqual(['INITIATING']);
  expect((await call('GET')).body).toBe(`<MaintenanceMode>
  <status>IN_PROGRESS</status>
  <usersLoggedIn>
    <desktop>2</desktop>
    <fippa>0</fippa>
    <thirdpartyclients>3</thirdpartyclients>
  </usersLoggedIn>
  <pendingUserDisconnections>2</pendingUserDisconnections>
  <estimatedCompletionTime>${completion}</estimatedCompletionTime>
</MaintenanceMode>`);
  await centre.clock.advance(120_000);
  expect(told()).toEqual(['INITIATING', 'IN_PROGRESS']);
  await centre.clock.advance(60_000);
  expect(await status()).toBe('IN_PROGRESS');
  centre.connected = { desktop: 0, fippa: 0, thirdparty: 3 };
  await centre.clock.advance(5_000);
  expect(await status()).toBe('COMPLETED');
  // Who comes back is to be moved, too.
  expect(centre.desk.systemInfo().finesseMMode).toBe('IN_PROGRESS');
  expect(centre.desk.systemInfo().finesseSecondsInMMode).toBe(185);
  centre.desk.maintenance.end();
  expect(told()).toEqual(['INITIATING', 'IN_PROGRESS', null]);
  expect(await status()).toBe('COMPLETED');
});

it('has failed when desktops are left after its limit; the node works on, and may try again', async () => {
  centre.connected = { desktop: 1, fippa: 0, thirdparty: 0 };
  await call('POST');
  await centre.clock.advance(3_600_000);
  expect(await status()).toBe('FAILED');
  expect(told()).toEqual(['INITIATING', 'IN_PROGRESS', null]);
  expect((await call('POST')).statusCode).toBe(202);
  expect(await status()).toBe('IN_PROGRESS');
});

it.each([-2, 2])('takes its time when the wall clock is set by %i hours meanwhile', async (hours) => {
  centre.connected = { desktop: 1, fippa: 0, thirdparty: 0 };
  await call('POST');
  await centre.clock.advance(60_000);
  centre.clock.step(hours * 3_600_000);
  const [, estimate] = /Time>(.*?)</.exec((await call('GET')).body) ?? [];
  expect(Math.round((Date.parse(estimate as string) - centre.clock.now()) / 1_000)).toBe(75);
  // Not before they move: without any desktop it would be over at once.
  await centre.clock.advance(61_000);
  centre.connected = { desktop: 0, fippa: 0, thirdparty: 0 };
  await centre.clock.advance(9_000);
  expect(await status()).toBe('IN_PROGRESS');
  await centre.clock.advance(10_000);
  expect(await status()).toBe('COMPLETED');
});

it('tells of whoever has come since it was over, and waits for him when it is begun again', async () => {
  centre.connected = { desktop: 0, fippa: 0, thirdparty: 0 };
  await call('POST');
  await centre.clock.advance(3_000);
  expect(await status()).toBe('COMPLETED');
  expect((await call('POST')).statusCode).toBe(400);
  centre.connected = { desktop: 1, fippa: 0, thirdparty: 0 };
  const { body } = await call('GET');
  expect(parse(body).child('status')?.text).toBe('IN_PROGRESS');
  expect(parse(body).child('pendingUserDisconnections')?.text).toBe('1');
  expect((await call('POST')).statusCode).toBe(202);
  expect((await call('POST')).statusCode).toBe(400);
  centre.connected = { desktop: 0, fippa: 0, thirdparty: 0 };
  await centre.clock.advance(20_000);
  expect(await status()).toBe('COMPLETED');
  // Nobody is told anything that he does not know.
  expect(told()).toEqual(['INITIATING', 'IN_PROGRESS']);
});

it('may be ended before it has begun: nobody moves', async () => {
  await call('POST');
  expect(centre.desk.maintenance.end()).toBe(true);
  expect(centre.desk.maintenance.end()).toBe(false);
  await centre.clock.advance(7_200_000);
  expect(told()).toEqual(['INITIATING', null]);
  expect(await status()).toBe('FAILED');
});

it('refuses a second one, another object, and whoever is no administrator', async () => {
  expect((await call('POST', '2050')).statusCode).toBe(401);
  expect((await call('POST', 'admin', '<User/>')).statusCode).toBe(400);
  expect((await call('POST', 'admin', '<MaintenanceMode/>')).statusCode).toBe(202);
  const again = await call('POST');
  expect([again.statusCode, parse(again.body).child('ApiError')?.child('ErrorType')?.text]).toEqual([
    400,
    'Invalid Input',
  ]);
  expect(told()).toEqual(['INITIATING']);
});
