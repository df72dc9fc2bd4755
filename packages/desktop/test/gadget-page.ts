/** A container without a page around it: gadgets connect, ask, and hear. */
import { VirtualClock } from '@poise/clock';
import { GadgetContainer } from '@poise/gadgets';

const OWN = 'https://poise.test';

export function gadgetPage() {
  const container = new GadgetContainer(
    {
      clock: new VirtualClock(),
      nodes: { subscribe: async () => {}, unsubscribe: async () => {}, isConnected: () => true },
      activeTab: () => 'home',
      activateTab: () => false,
      showView: () => {},
      availableHeight: () => 0,
      keepPreference: () => {},
      proxy: async () => ({ status: 0, text: '' }),
      log: () => {},
      flooded: () => {},
    },
    OWN,
  );
  const connected = (id: string) => {
    const url = `/3rdpartygadget/files/${id}.xml`;
    const gadget = container.gadget({ id, url, tabId: 'home', alternateHosts: [], preferences: {} });
    const source = { id };
    const heard: [string, unknown][] = [];
    container.attach(gadget, source, (message) => {
      const { type, topic, payload } = message as { type: string; topic: string; payload?: string };
      if (type === 'event') heard.push([topic, payload === undefined ? undefined : JSON.parse(payload)]);
    });
    const say = (message: object) => container.received(source, OWN, { poise: 1, ...message });
    say({ type: 'connect' });
    return {
      gadget,
      heard,
      hears: (topic: string) => say({ type: 'subscribe', id: topic, topic }),
      ask: (topic: string, type: string, data: object) =>
        say({ type: 'publish', topic, payload: JSON.stringify({ type, data, invokeID: 'i' }) }),
      leave: () => container.detach(source),
    };
  };
  return { container, connected };
}
