/**
 * Incidents of known cause: the whole system of the simulation (test/faults) under one named fault, and the logs that
 * its node writes, as the product writes them. What a browser would write into its client log stands beside them.
 */
import { decodedBean } from '@poise/ged188';
import type { Verdict } from '@poise/trace';
import { Journal } from '../../packages/server/src/journal/index.ts';
import { MemoryLogFiles } from '../../packages/server/src/journal/memory-log-files.ts';
import { openfireLine } from '../../packages/server/src/journal/openfire-lines.ts';
import { Timestamps } from '../../packages/server/src/journal/timestamps.ts';
import { between, chance, pick, type Random } from '../../test/faults/chance.ts';
import { CENTRE } from '../../test/faults/directory.ts';
import type { SimNode } from '../../test/faults/node.ts';
import { World } from '../../test/faults/world.ts';

export interface Incident {
  readonly seed: number;
  readonly fault: FaultName;
  /** Whom somebody asks about. */
  readonly agent: string;
  /** What happened, whatever the logs can show. */
  readonly truth: Verdict;
  /** When, by the server's clock. */
  readonly at: number;
  /** Minutes east of UTC of the server's clock. */
  readonly zone: number;
  readonly form: '9.1' | '11.6';
  /** Paths below the log folder → content. */
  readonly files: ReadonlyMap<string, string>;
}

const SECOND = 1_000;
/** Time until everybody is signed in, and for what follows a fault: 60 s of silence, 60 s of grace, and room. */
const CALM_MS = 45 * SECOND;
const AFTER_MS = 240 * SECOND;
const MINUTE = 60 * SECOND;
const ZONES = [330, -300, 60, 0, 570] as const;

interface Scene {
  readonly world: World;
  readonly agent: string;
  readonly random: Random;
}

interface Fault {
  readonly truth: Verdict;
  /** Does it; what it returns is done at the end of its length. */
  readonly begin: (scene: Scene) => void;
}

const page = ({ world, agent }: Scene) =>
  world.desktops.get(agent) as NonNullable<ReturnType<World['desktops']['get']>>;
/** Nobody opens another page for this user. */
const forget = ({ world, agent }: Scene) => void world.desktops.delete(agent);

/** Faults by name. */
export const FAULTS = {
  nothing: { truth: 'connected', begin: () => {} },
  browserClosed: {
    truth: 'client.browserClosed',
    begin: (scene) => {
      const { controller, process } = page(scene);
      controller.suspend();
      scene.world.clock.schedule(100, () => process.kill());
      forget(scene);
    },
  },
  browserKilled: {
    truth: 'client.browserClosed',
    begin: (scene) => {
      page(scene).process.kill();
      forget(scene);
    },
  },
  computerAsleep: {
    truth: 'client.computerAsleep',
    begin: (scene) => {
      const { process, wire } = page(scene);
      // A sleeping computer answers nothing, its network card neither.
      wire.swallows = true;
      process.freeze();
      scene.world.clock.schedule(between(scene.random, 130, 230) * SECOND, () => {
        wire.swallows = false;
        process.thaw();
      });
    },
  },
  networkCut: {
    truth: 'client.networkCut',
    begin: (scene) => {
      page(scene).wire.swallows = true;
    },
  },
  reloaded: {
    truth: 'returned',
    begin: (scene) => {
      const { controller, process, wire } = page(scene);
      const { world, agent, random } = scene;
      controller.suspend();
      world.clock.schedule(50, () => process.kill());
      world.clock.schedule(between(random, 500, 4_000), () => void world.openBrowser(agent, wire).signIn());
    },
  },
  signedOut: {
    truth: 'agent.signedOut',
    begin: (scene) => void page(scene).controller.signOut(21),
  },
  supervisor: {
    truth: 'supervisor.signedOut',
    begin: ({ world, agent }) => world.desktops.get('2050')?.supervise(agent, 'LOGOUT'),
  },
  atThePhone: {
    truth: 'server.systemSignOut',
    begin: ({ world, agent }) => {
      const { model, calls } = world.cti.server.centre;
      const outcome = model.request({ state: 'LOGOUT', agentId: agent, reason: 1 });
      if (outcome.ok) calls.agentChanged(outcome.changes);
    },
  },
  secondSignIn: {
    truth: 'agent.duplicateSignIn',
    begin: ({ world, agent }) => void world.openBrowser(agent).signIn(),
  },
  notificationStopped: {
    truth: 'server.notificationStopped',
    begin: ({ world, random }) => {
      void world.node?.stopNotification();
      world.clock.schedule(between(random, 90, 150) * SECOND, () => void world.node?.startNotification());
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

/** Runs a seed. Never two at a time in one process: identifiers come from one place. */
export async function incident(seed: number, fault: FaultName): Promise<Incident> {
  const clients = new Map<string, string[]>();
  const world = new World({ seed, print: (line) => clientStatus(line) });
  const random = world.random('incident');
  const zone = pick(random, ZONES);
  const clientZone = pick(random, ZONES);
  const form = chance(random, 0.4) ? '9.1' : '11.6';
  const memory = new MemoryLogFiles(() => world.clock.now());
  const journals: Journal[] = [];
  const nodes: SimNode[] = [];
  const clientLine = (loginId: string, text: string) => {
    const lines = clients.get(loginId) ?? [];
    const server = world.node?.process.clock.now() ?? world.clock.now();
    const own = world.desktops.get(loginId)?.process.clock.now() ?? world.clock.now();
    lines.push(`${iso(own, clientZone)}: : desk.example: ${cisco(server, zone)}: ${text}`);
    clients.set(loginId, lines);
  };
  const clientStatus = (line: string) => {
    const found = /\b(\d{4}) connection (\w+)/.exec(line);
    if (found !== null)
      clientLine(
        found[1] as string,
        `Container : [ClientServices] MasterPublisher._connInfoHandler() - Connection status: ${found[2]}`,
      );
  };
  world.onNode = (node) => {
    const journal = journalOf(node, memory, form, zone);
    journals.push(journal);
    nodes.push(node);
    void journal.start();
  };
  const restore = seededIds(() => world.newId());
  try {
    await world.start();
    world.rest();
    for (const desktop of world.desktops.values()) void desktop.signIn();
    // Once a minute, as the page does, while it runs.
    const tick = () => {
      for (const { loginId, process } of world.desktops.values())
        if (process.running)
          clientLine(
            loginId,
            `Header : Client: ${new Date(process.clock.now()).toISOString()}, Server: ${new Date(world.clock.now()).toISOString()}, Drift: ${between(random, -40, 40)} ms, Network Latency (round trip): ${between(random, 5, 90)} ms`,
          );
      world.clock.schedule(MINUTE, tick);
    };
    world.clock.schedule(between(random, 1, 20) * SECOND, tick);
    await world.pass(CALM_MS + between(random, 0, 40) * SECOND);
    const agents = CENTRE.users.map(({ loginId }) => loginId).filter((id) => id !== '2050');
    const agent = pick(random, agents);
    const at = world.node?.process.clock.now() ?? world.clock.now();
    FAULTS[fault].begin({ world, agent, random });
    await world.pass(AFTER_MS);
    for (const journal of journals) await journal.stop();
    const files = new Map(memory.names().map((name) => [name.replace('/logs/', ''), memory.text(name)]));
    const times = new Timestamps(() => zone);
    // What the notification service keeps of its debug lines, as somebody who asks for debug.log has it.
    const debug = nodes.flatMap((node) => [...node.notification.debugLines()]);
    files.set(
      'desktop/logs/openfire/debug.log',
      debug.map(({ atMs, line }) => `${openfireLine(line, atMs, times)}\n`).join(''),
    );
    const lines = clients.get(agent);
    if (lines !== undefined) files.set(`clientlogs/clientlog.${agent}.x.log`, `${lines.join('\n')}\n`);
    return { seed, fault, agent, truth: FAULTS[fault].truth, at, zone, form, files };
  } finally {
    restore();
  }
}

function journalOf(node: SimNode, files: MemoryLogFiles, form: '9.1' | '11.6', zone: number): Journal {
  return new Journal({
    happenings: node.happenings,
    // Writing takes no time here: what is queued is written when the virtual clock goes on.
    clock: node.process.clock,
    directory: '/logs',
    host: '10.10.10.5',
    form,
    deployment: 'CCE',
    levels: { webservices: 'information', notification: 'debug' },
    bean: (name, fields, kind) =>
      decodedBean({ name, fields } as Parameters<typeof decodedBean>[0], { form: kind }),
    files,
    zone: () => zone,
  });
}

function seededIds(newId: () => string): () => void {
  Object.defineProperty(crypto, 'randomUUID', { value: newId, configurable: true });
  return () => {
    delete (crypto as { randomUUID?: unknown }).randomUUID;
  };
}

const offset = (zone: number, separator: string): string => {
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  return `${zone < 0 ? '-' : '+'}${two(Math.abs(zone) / 60)}${separator}${two(Math.abs(zone) % 60)}`;
};
const shifted = (at: number, zone: number): string => new Date(at + zone * MINUTE).toISOString();
const iso = (at: number, zone: number): string => `${shifted(at, zone).slice(0, 23)} ${offset(zone, ':')}`;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const cisco = (at: number, zone: number): string => {
  const text = shifted(at, zone);
  return `${MONTHS[Number(text.slice(5, 7)) - 1]} ${text.slice(8, 10)} ${text.slice(0, 4)} ${text.slice(11, 23)} ${offset(zone, '')}`;
};
