import { afterEach, expect, test } from 'vitest';
import { EmbeddedCentre } from '../../test/centre/embedded-centre.ts';
import { agent, TEST_DATA } from '../../test/centre/test-directory.ts';

let centre: EmbeddedCentre | undefined;
afterEach(async () => {
  await centre?.close();
  centre = undefined;
});

const login = (extension: string) => `<User><state>LOGIN</state><extension>${extension}</extension></User>`;
const to = (state: string) => `<User><state>${state}</state></User>`;

test('an agent signs in, goes ready and not ready, signs out: each step is answered by the embedded CTI server', async () => {
  centre = await new EmbeddedCentre(TEST_DATA.users.filter(({ teamId }) => teamId !== null)).open([
    '2003',
    '2004',
  ]);
  const steps: Array<[string, RegExp]> = [
    [login('2003'), /<extension>2003<\/extension>[\s\S]*<state>NOT_READY<\/state>/],
    [login('2003'), /<state>NOT_READY<\/state>/],
    [to('READY'), /<state>READY<\/state>/],
    [login('2003'), /<state>READY<\/state>/],
    [to('NOT_READY'), /<state>NOT_READY<\/state>/],
    [login('2004'), /<extension>2004<\/extension>/],
    [to('LOGOUT'), /<extension><\/extension>[\s\S]*<state>LOGOUT<\/state>/],
    [login('9999'), /<errorData>260<\/errorData>[\s\S]*<errorType>Invalid Device<\/errorType>/],
  ];
  for (const [index, [body, outcome]] of steps.entries()) {
    expect(await centre.put('3001', body, `r${index}`)).toBe(202);
    await centre.updates(index + 1);
    expect(centre.payloads.get(`r${index}`)).toEqual([expect.stringMatching(outcome)]);
  }
  expect(await centre.put('2001', login('2003'), 'mouse')).toBe(202);
  await centre.updates(steps.length + 1);
  expect(await centre.put('3001', login('2003'), 'busy')).toBe(202);
  await centre.updates(steps.length + 2);
  expect(centre.payloads.get('busy')![0]).toMatch(
    /<errorData>33<\/errorData>\n<errorMessage>CF_RESOURCE_BUSY<\/errorMessage>\n<errorType>Device Busy<\/errorType>/,
  );
});

test('a storm of sign-ins reaches an Update for every agent, each exactly once', async () => {
  const count = Number(process.env.POISE_STORM ?? 300);
  const ids = Array.from({ length: count }, (_, index) => String(7_000_001 + index));
  const users = ids.map((id, index) => agent(id, `u${id}`, 'A', `B${index}`, 5000));
  centre = await new EmbeddedCentre(users).open(ids);
  const started = performance.now();
  const statuses = await Promise.all(ids.map((id) => centre!.put(id, login(id), `storm-${id}`)));
  await centre.updates(count);
  if (process.env.POISE_STORM)
    console.log(`${count} sign-ins in ${Math.round(performance.now() - started)} ms`);
  expect(new Set(statuses)).toEqual(new Set([202]));
  expect(centre.payloads.size).toBe(count);
  for (const payloads of centre.payloads.values()) expect(payloads).toHaveLength(1);
});

test('when the CTI server goes and comes back, so does the service, and the agents are where they were', async () => {
  centre = await new EmbeddedCentre(TEST_DATA.users.filter(({ teamId }) => teamId !== null)).open(['2003']);
  await centre.put('3001', login('2003'), 'r1');
  await centre.updates(1);
  const down = new Promise<void>((resolve) =>
    centre!.desk.status.onChange((now) => now === 'OUT_OF_SERVICE' && resolve()),
  );
  await Promise.all([centre.server.goOffline('A', 'crash'), centre.server.goOffline('B', 'crash')]);
  await down;
  expect(await centre.put('3001', to('READY'), 'r2')).toBe(503);
  const up = new Promise<void>((resolve) =>
    centre!.desk.status.onChange((now) => now === 'IN_SERVICE' && resolve()),
  );
  await centre.server.comeBack('B');
  await up;
  expect(centre.desk.agents.get('3001')).toMatchObject({ state: 'NOT_READY', extension: '2003' });
  expect(await centre.put('3001', to('READY'), 'r3')).toBe(202);
  await centre.updates(2);
});

test('when side A goes the link moves to side B, where the agents are still signed in', async () => {
  centre = await new EmbeddedCentre(TEST_DATA.users.filter(({ teamId }) => teamId !== null)).open(['2003']);
  await centre.put('3001', login('2003'), 'r1');
  await centre.updates(1);
  const up = new Promise<void>((resolve) => {
    centre!.desk.status.onChange((now) => now === 'IN_SERVICE' && resolve());
  });
  await centre.server.goOffline('A', 'orderly');
  await up;
  expect(centre.link.health().detail).toMatchObject({ side: 'B', state: 'IN_SERVICE' });
  expect(centre.desk.agents.get('3001')).toMatchObject({ state: 'NOT_READY', extension: '2003' });
});
