import { expect, test, vi } from 'vitest';
import { systemInfo } from '../../test/fake-client.ts';
import { GadgetLink } from './gadget-link.ts';

function link(password: string | null = 'pass: ü') {
  const client = { nodes: [], subscribe: vi.fn(async () => {}), unsubscribe: vi.fn(async () => {}) };
  const made = new GadgetLink();
  made.begin(client);
  made.serverTold(systemInfo('IN_SERVICE'));
  made.signedIn({ id: '1001', password, accessToken: async () => 'token', dialNumber: '' });
  return { made, client };
}

test('gadgets have subscriptions of their own, but for nodes that everybody has', async () => {
  const { made, client } = link();
  await made.subscribe('/finesse/api/Team/1/Users');
  await made.unsubscribe('/finesse/api/Team/1/Users');
  for (const node of ['/User/1001', '/User/1001/Dialogs', '/SystemInfo']) {
    await made.subscribe(`/finesse/api${node}`);
    await made.unsubscribe(`/finesse/api${node}`);
  }
  expect(client.subscribe.mock.calls).toEqual([['/finesse/api/Team/1/Users', 'gadgets']]);
  expect(client.unsubscribe.mock.calls).toEqual([['/finesse/api/Team/1/Users', 'gadgets']]);
});

test('the container hears of the connection what gadgets understand', () => {
  const { made } = link();
  const listener = { notified: vi.fn(), connectionIs: vi.fn(), presenceIs: vi.fn(), ended: vi.fn() };
  const end = made.listen(listener);
  for (const status of ['connected', 'interrupted', 'failing', 'moving', 'recovered'] as const)
    made.connectionIs(status);
  expect(listener.connectionIs.mock.calls.flat()).toEqual(['connected', 'failing', 'recovered']);
  expect(made.isConnected).toBe(true);
  made.end();
  expect(made.isConnected).toBe(false);
  expect(listener.ended).toHaveBeenCalledTimes(1);
  end();
  made.connectionIs('connected');
  expect(listener.connectionIs).toHaveBeenCalledTimes(4);
});

test('the header of the agent, with a password of any letters or a token', async () => {
  const basic = await link().made.authorization();
  expect(Buffer.from(basic.slice('Basic '.length), 'base64').toString()).toBe('1001:pass: ü');
  expect(await link(null).made.authorization()).toBe('Bearer token');
  await expect(new GadgetLink().authorization()).rejects.toThrow('nobody');
});
