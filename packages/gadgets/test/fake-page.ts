import { VirtualClock } from '@poise/clock';
import { GadgetContainer } from '../src/container/container.ts';
import type { WireMessage } from '../src/hub/wire.ts';

const OWN = 'https://poise.test';

/** A page without a page: gadgets connect, ask, and hear. */
export function fakePage() {
  const clock = new VirtualClock();
  const log: string[] = [];
  const container = new GadgetContainer(
    {
      clock,
      nodes: { subscribe: async () => {}, unsubscribe: async () => {}, isConnected: () => true },
      activeTab: () => 'home',
      activateTab: () => false,
      showView: () => {},
      availableHeight: () => 0,
      keepPreference: () => {},
      proxy: async () => ({ status: 0, text: '' }),
      log: (line) => void log.push(line),
      flooded: () => {},
    },
    OWN,
  );
  const connected = (id: string) => {
    const gadget = container.gadget({
      id,
      url: `/3rdpartygadget/files/${id}.xml`,
      tabId: 'home',
      alternateHosts: [],
      preferences: {},
    });
    const source = { id };
    const heard: [string, unknown][] = [];
    container.attach(gadget, source, (message) => {
      const { type, topic, payload } = message as { type: string; topic: string; payload?: string };
      if (type === 'event') heard.push([topic, payload === undefined ? undefined : JSON.parse(payload)]);
    });
    const say = (message: WireMessage) => container.received(source, OWN, { poise: 1, ...message });
    say({ type: 'connect' });
    return {
      gadget,
      heard,
      say,
      hears: (topic: string) => say({ type: 'subscribe', id: topic, topic }),
      ask: (topic: string, type: string, data: object, invokeID: unknown = 'i') =>
        say({ type: 'publish', topic, payload: JSON.stringify({ type, data, invokeID }) }),
      leave: () => container.detach(source),
    };
  };
  return { clock, log, container, connected };
}
