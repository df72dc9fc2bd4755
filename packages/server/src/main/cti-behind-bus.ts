/** The CTI session behind the bus: what it tells is heard after what other nodes have said before (docs/cluster.md, *Requests*). */
import type { Gate } from '../cluster/index.ts';
import type { CtiSocketFactory } from '../cti/socket.ts';

/** @param gate lets through, in order, what the CTI server has sent */
export const behindBus =
  (connect: CtiSocketFactory, gate: Gate): CtiSocketFactory =>
  (address, events) =>
    connect(address, {
      connected: () => events.connected(),
      data: (chunk) => gate.pass(() => events.data(chunk)),
      closed: (reason) => gate.pass(() => events.closed(reason)),
    });
