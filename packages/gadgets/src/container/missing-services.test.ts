import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { GadgetContainer } from './container.ts';
import { answerMissingServices } from './missing-services.ts';

test('channels fail, shortcuts are in conflict, and everything is logged', () => {
  const log: string[] = [];
  const container = new GadgetContainer(
    {
      clock: new VirtualClock(),
      nodes: { subscribe: async () => {}, unsubscribe: async () => {}, isConnected: () => true },
      activeTab: () => '',
      activateTab: () => false,
      showView: () => {},
      availableHeight: () => 0,
      keepPreference: () => {},
      proxy: async () => ({ status: 0, text: '' }),
      log: () => {},
      flooded: () => {},
    },
    'https://poise.test',
  );
  answerMissingServices(container, (line) => log.push(line));
  const heard: unknown[] = [];
  for (const topic of ['finesse.digital.channel.responses.*', 'finesse.shortcutkey.responses.*'])
    container.subscribe(topic, (data, of) => heard.push([of, data]));
  const ask = (topic: string, type: string, invokeID: unknown, data: object) =>
    container.publish(topic, { type, invokeID, data: { gadgetId: '3', ...data } });
  ask('finesse.digital.channel.requests', 'AddChannelReq', 'a', { channelId: 'mail' });
  ask('finesse.digital.channel.requests', 'MenuClickResultReq', 'b', {});
  ask('finesse.digital.channel.requests', 'AddChannelReq', 'a.*', { channelId: 'mail' });
  ask('finesse.shortcutkey.requests', 'RegisterShortcutKeyReq', 'c', { shortcuts: [{ id: 's' }, null] });
  ask('finesse.containerservices.popover.requests', 'ShowPopoverReq', 'd', {});
  expect(heard).toMatchObject([
    ['finesse.digital.channel.responses.a', { channelId: 'mail', status: 'failure' }],
    ['finesse.shortcutkey.responses.c', { shortcuts: [{ id: 's', conflict: true }, { conflict: true }] }],
  ]);
  expect(log).toHaveLength(4);
  expect(log[0]).toBe('Gadget 3 asks for a digital channel, which this desktop does not have');
});
