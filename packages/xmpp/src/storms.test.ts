/** Clients that come and go without end: each is slowed down, told of once, and nobody else notices. */
import { expect, test } from 'vitest';
import { NS } from '../test/bosh-fixture.ts';
import { auth, bind, DOMAIN, MemoryClient, rig, signIn } from '../test/kit.ts';

test.each([
  ['BOSH sessions that terminate', 'bosh', 'closed'],
  ['lines that are cut', 'tcp', 'lost'],
] as const)('%s a hundred times a second', async (_name, kind, how) => {
  const test = rig();
  const other = await signIn(test, '2002');
  test.seen.length = 0;
  const answers: string[] = [];
  for (let i = 0; i < 300; i++) {
    const client = new MemoryClient(test, { kind });
    client.open();
    await client.send(auth('2001'));
    client.open();
    answers.push(await client.send(bind('desktop')));
    await client.send('<presence/>', "<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
    client.lose(how);
    test.clock.advance(10);
  }
  const refused = answers.filter((answer) => answer.includes('<resource-constraint'));
  // 60 at once and one a second.
  expect(refused).toHaveLength(300 - 62);
  expect(test.seen.filter((line) => line.startsWith('info'))).toEqual([
    `info 2001@${DOMAIN} at 127.0.0.1 cannot bind a resource: too-many-binds`,
  ]);
  const presences = test.seen.filter((line) => line.startsWith('presence'));
  expect(presences).toHaveLength(2 * 62);
  expect(presences.every((line, i) => line.endsWith(i % 2 === 0 ? ' available' : ' unavailable last'))).toBe(
    true,
  );
  expect(test.server.health().lost).toBeLessThanOrEqual(1);
  test.server.publish('/finesse/api/User/2002', '<x/>');
  expect(other.take()).toContain('&lt;x/&gt;');
  expect(other.over).toBeNull();
});

test('random resources, all lost: few are kept', async () => {
  const test = rig();
  for (let i = 0; i < 40; i++) {
    const client = await signIn(test, '2001', `r${i}`);
    await client.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
    client.lose();
  }
  expect(test.server.health()).toMatchObject({ streams: 0, sessions: 0, lost: 4 });
});

test('requests for BOSH sessions that do not exist, and bodies that cannot be read: one line a minute, with the count', () => {
  const { server, seen, clock } = rig();
  const statuses = new Set<number>();
  const post = (body: string): boolean =>
    server.bosh.accept(Buffer.from(body), {
      held: null,
      secure: false,
      remoteAddress: '192.0.2.7',
      remotePort: 1,
      loopback: false,
      saslPolicy: undefined,
      answer: (text) => text.length,
      refuse: (status) => statuses.add(status),
    });
  const unknown = (n: number) => post(`<body rid='2' sid='s${n}' type='terminate' xmlns='${NS}'/>`);
  for (let n = 0; n < 500; n++) unknown(n);
  post('<body');
  expect([...statuses]).toEqual([404, 400]);
  clock.advance(60_000);
  unknown(500);
  expect(seen).toEqual([
    'info 192.0.2.7 is refused over BOSH: there is no such session',
    'info 192.0.2.7 is refused over BOSH: a request that cannot be read',
    'info 192.0.2.7 is refused over BOSH: there is no such session (and 499 times before)',
  ]);
});

test('2,000 desktops lost together keep what a busy minute brings, and all come back', async () => {
  const team = '/finesse/api/Team/5000/Users';
  const test = rig({
    authenticator: { plain: async (loginId) => ({ ok: true, loginId }) },
    access: {
      nodeAccess: () => 'allow',
      nodesOf: () => [team],
      automaticNodes: () => [team],
      canonicalNode: (node) => node,
      isService: () => false,
    },
  });
  const ids: string[] = [];
  const clients: MemoryClient[] = [];
  for (let i = 0; i < 2_000; i++) {
    const client = await signIn(test, `a${i}`);
    client.take();
    const answer = await client.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
    ids.push(/ id="([^"]+)"/.exec(answer)?.[1] ?? '');
    await client.send("<a xmlns='urn:xmpp:sm:3' h='0'/>");
    clients.push(client);
  }
  for (const client of clients) client.lose();
  const payload = 'x'.repeat(1_000);
  for (let i = 0; i < 80; i++) test.server.publish(team, payload);
  expect(test.server.health().lost).toBe(2_000);
  // The one that was lost first is the first to be given up.
  const client = new MemoryClient(test);
  client.open();
  await client.send(auth('a0'));
  client.open();
  const answer = await client.send(`<resume xmlns='urn:xmpp:sm:3' previd='${ids[0]}' h='0'/>`);
  expect(answer.split('<message')).toHaveLength(81);
  expect(answer.length).toBeGreaterThan(80 * 1_300);
});
