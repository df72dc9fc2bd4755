/** What binds this node to the others, where `cluster.nats` names servers of NATS. */
import type { Clock } from '@poise/clock';
import {
  BusGate,
  type Cluster,
  ClusterPart,
  type Gate,
  NodeCluster,
  type OwnWord,
  type Self,
} from '../cluster/index.ts';
import type { Happenings } from '../happenings.ts';
import type { Part } from '../parts/part.ts';
import type { Settings } from '../settings/settings.ts';

export interface ClusterOfNode {
  /** Can be asked, and listened to, before {@link part} has started: then nobody else is known yet. */
  readonly cluster: Cluster;
  readonly part: Part;
  /** Keeps the order between the bus and the CTI session. */
  readonly gate: Gate;
  /** Tells the others what is different with this node. */
  say(word: Partial<OwnWord>): void;
}

/** Undefined: no NATS is named; a pair of nodes asks over HTTPS then. */
export async function clusterOf(
  settings: Settings,
  self: Omit<Self, 'name'> & { readonly version: string },
  clock: Clock,
  happenings: Happenings,
): Promise<ClusterOfNode | undefined> {
  const { nats, user, password, token, credentials, ca, name: prefix, replicas } = settings.cluster;
  if (nats.length === 0) return undefined;
  const { name, secret } = settings.node;
  const teller = {
    problem: (text: string) => happenings.publish('operator', { level: 'warn', text }),
    info: (text: string) => happenings.publish('operator', { level: 'info', text }),
  };
  // A node alone has no use for the client of NATS, which takes several MB.
  const { NatsFabric } = await import('../cluster/nats.ts');
  const engine = new NatsFabric({
    clock,
    servers: nats,
    credentials: { user, password, token, file: credentials },
    ca,
    prefix,
    replicas: Number(replicas),
    clientName: `Poise ${name}`,
    random: Math.random,
    onProblem: teller.problem,
  });
  const { https, xmpp, xmppTls, boshTls } = settings.ports;
  const open = Object.entries({ https, xmpp, xmppTls, boshTls }).filter(
    (port): port is [string, number] => port[1] !== null,
  );
  const cluster = new NodeCluster({
    clock,
    fabric: engine,
    secret,
    self: { name, instance: self.instance },
    word: {
      host: settings.domain,
      inService: false,
      inMaintenance: false,
      version: self.version,
      ports: Object.fromEntries(open),
    },
    teller,
  });
  return {
    cluster,
    part: new ClusterPart({ clock, cluster, engine, teller }),
    gate: new BusGate({
      clock,
      fabric: engine,
      isNeeded: () => cluster.members.living().length > 0,
      afterReading: setImmediate,
    }),
    say: (word) => cluster.members.say(word),
  };
}
