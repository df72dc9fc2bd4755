/** Envelopes over the bus and nothing else: for tests of what nodes tell each other, without members and leases. */
import type { Clock } from '@poise/clock';
import type { Cluster } from '../cluster.ts';
import { opened, sealed } from '../envelope.ts';
import type { Fabric } from '../fabric.ts';

/** @param instance of the node's process; default: its name */
export function plainBus(
  fabric: Fabric,
  clock: Clock,
  node: string,
  instance = node,
  secret = 'a secret of tests',
): Pick<Cluster, 'tell' | 'hear' | 'fabric'> {
  return {
    fabric,
    tell: (topic, kind, body) =>
      fabric.bus.publish(topic, sealed(secret, topic, { node, instance, at: clock.now(), kind, body })),
    hear: (wanted, listener) =>
      fabric.bus.subscribe(wanted, (message, topic) => {
        const envelope = opened(secret, topic, message);
        if (typeof envelope !== 'string') listener({ topic, ...envelope });
      }),
  };
}
