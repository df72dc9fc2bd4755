/** Named faults of the corpus: what happens to the simulated system, what is collected afterwards, and what may be said then. */
import type { Verdict } from '@poise/trace';
import { PAGE_LINES } from '../../packages/desktop/src/session/page-events.ts';
import { between, chance, pick, type Random } from '../../test/faults/chance.ts';
import { CENTRE } from '../../test/faults/directory.ts';
import type { Wire } from '../../test/faults/network.ts';
import type { World } from '../../test/faults/world.ts';
import { type ClientEvidence, consoleText, harOf, type Surroundings } from './evidence.ts';

export interface Scene {
  readonly world: World;
  /** Whom it happens to. */
  readonly agent: string;
  readonly random: Random;
  readonly client: ClientEvidence;
  readonly around: Surroundings;
  /** The logs are those of the original: nothing that only Poise writes is among them. */
  readonly isOriginal: boolean;
}

/** What somebody collected: all, the server's logs only, or its webservices log only. */
export type Collected = 'everything' | 'server' | 'webservices';

export interface Fault {
  /** What happened. */
  readonly cause: Verdict;
  /** The right verdict for what was collected, if that cannot tell the cause: a group that the cause belongs to. */
  readonly group?: Verdict;
  readonly collected?: Collected;
  /** Only in the form of the original. */
  readonly original?: true;
  readonly transport?: 'bosh';
  readonly deployment?: 'CCX';
  /** The client's log was kept in the browser's storage. */
  readonly persistent?: true;
  /** Time until it has happened and was noticed, beyond {@link AFTER_MS}, ms. */
  readonly lastsMs?: number;
  /** Lines that the service concerned would not have written: the simulated node is one process. */
  readonly unwritten?: RegExp;
  readonly begin: (scene: Scene) => void;
}

const SECOND = 1_000;

const page = ({ world, agent }: Scene) =>
  world.desktops.get(agent) as NonNullable<ReturnType<World['desktops']['get']>>;
/** Nobody opens another page for this user. */
const forget = ({ world, agent }: Scene) => void world.desktops.delete(agent);
const later = ({ world }: Scene, ms: number, work: () => void) => void world.clock.schedule(ms, work);

/** The page does not run for so long; what else happens when it goes on. */
function stall(scene: Scene, ms: number, then: () => void = () => {}): void {
  const { process } = page(scene);
  process.freeze();
  later(scene, ms, () => {
    then();
    process.thaw();
  });
}

/** One stall after the other, each with a moment between in which the page works. */
function stalls(scene: Scene, lengths: readonly number[], pauseMs: number): void {
  const [first, ...rest] = lengths;
  if (first === undefined) return;
  stall(scene, first);
  later(scene, first + pauseMs, () => stalls(scene, rest, pauseMs));
}

/** The page may not reach the notification service: what it is told instead, and what its console says of that. */
function bar(scene: Scene, what: 'certificate' | 'port' | 'proxy'): void {
  const { world, agent, client, random, around } = scene;
  const { wire, process } = page(scene);
  const text = consoleText(random, what);
  const status = what === 'proxy' ? Number(/\b(407|502|504)\b/.exec(text)?.[1] ?? 0) || undefined : undefined;
  const polls: { at: number; status: number }[] = [];
  let told = 0;
  wire.refuses = (path) => {
    if (!path.startsWith('/http-bind/')) return undefined;
    if (told++ < 4) client.console(process.clock.now(), text);
    if (status !== undefined) polls.push({ at: process.clock.now(), status });
    return { status };
  };
  later(scene, between(random, 200, 220) * SECOND, () => {
    wire.refuses = undefined;
    if (polls.length > 0 && chance(random, 0.5)) around.file(`clientlogs/${agent}.har`, harOf(polls, agent));
  });
  void world;
}

/** The whole server stands still, as in a garbage collection, or while its machine is moved. */
function standstill({ world, random }: Scene, then: () => void = () => {}): void {
  const process = world.node?.process;
  process?.freeze();
  world.clock.schedule(between(random, 100, 130) * SECOND, () => {
    then();
    process?.thaw();
  });
}

/** The service is gone without a word, and comes back. */
function crash({ world, random }: Scene): void {
  world.killNode();
  world.clock.schedule(between(random, 25, 50) * SECOND, () => void world.startNode());
}

function asleep(scene: Scene, ms: number): void {
  const { process, wire } = page(scene);
  // A sleeping computer answers nothing, its network card neither.
  wire.swallows = true;
  stall(scene, ms, () => {
    wire.swallows = false;
    if (chance(scene.random, 0.5))
      scene.client.console(process.clock.now(), consoleText(scene.random, 'asleep'));
  });
}

function networkCut(scene: Scene): void {
  const { wire, process } = page(scene);
  wire.swallows = true;
  if (chance(scene.random, 0.5))
    later(scene, 20 * SECOND, () =>
      scene.client.console(
        process.clock.now(),
        scene.isOriginal || chance(scene.random, 0.5)
          ? consoleText(scene.random, 'offline')
          : PAGE_LINES.offline,
      ),
    );
  later(scene, between(scene.random, 190, 220) * SECOND, () => {
    wire.swallows = false;
  });
}

function highLatency(scene: Scene): void {
  const wire: Wire = page(scene).wire;
  const usual = wire.latencyMs;
  wire.latencyMs = between(scene.random, 650, 700);
  later(scene, 130 * SECOND, () => {
    wire.latencyMs = 40_000;
  });
  later(scene, 330 * SECOND, () => {
    wire.latencyMs = usual;
  });
}

function gadget(scene: Scene): void {
  const { process } = page(scene);
  const ms = between(scene.random, 150, 190) * SECOND;
  const name = pick(scene.random, ['crm', 'wallboard', 'ticket']);
  stall(scene, ms, () => {
    const now = process.clock.now();
    const script = `https://${name}.example/gadgets/${name}.js`;
    if (!scene.isOriginal)
      scene.client.console(
        now,
        `Watchdog: gadget 7 (https://${name}.example/${name}.xml) kept the page from answering for ${Math.round(ms / SECOND)} s`,
      );
    else
      scene.client.console(
        now,
        pick(scene.random, [
          `${script}:311 [Violation] 'setTimeout' handler took ${ms}ms`,
          `Script terminated by timeout at: poll@${script}:88:14`,
          `gadget ${name}: Uncaught TypeError: Cannot read properties of undefined (reading 'rows') at ${script}:88`,
        ]),
      );
  });
}

function closed(scene: Scene): void {
  const { controller, process } = page(scene);
  if (!scene.isOriginal)
    scene.client.own(
      process.clock.now(),
      `${new Date(process.clock.now()).toISOString()}: : ${PAGE_LINES.pagehide}`,
    );
  controller.suspend();
  later(scene, 100, () => process.kill());
  forget(scene);
}

const killed = (scene: Scene): void => {
  page(scene).process.kill();
  forget(scene);
};

const throttled = (scene: Scene): void => {
  const { process } = page(scene);
  if (!scene.isOriginal)
    scene.client.own(
      process.clock.now(),
      `${new Date(process.clock.now()).toISOString()}: : ${PAGE_LINES.hidden}`,
    );
  const ms = between(scene.random, 71, 76) * SECOND;
  stalls(scene, [ms, ms, ms, ms, 165 * SECOND], 2 * SECOND);
};

const starved = (scene: Scene): void =>
  stalls(
    scene,
    [46, 80, 54, 76, 170].map((s) => (s + between(scene.random, -2, 2)) * SECOND),
    between(scene.random, 3, 9) * SECOND,
  );

const THROTTLE_MS = 420 * SECOND;

const notificationStopped = ({ world, random }: Scene): void => {
  void world.node?.stopNotification();
  world.clock.schedule(between(random, 90, 150) * SECOND, () => void world.node?.startNotification());
};

function ctiManagerDown(scene: Scene): void {
  const { world, random, around } = scene;
  around.syslog(
    pick(random, [
      'local7 2 : 41: cucm1.example: Jan 01 2024 00:01:01.5 UTC : %UC_CALLMANAGER-2-ServiceStopped: %[ServiceName=Cisco CTIManager]: Cisco CTIManager service stopped',
      'local7 1 : 12: cucm1.example: %UC_RTMT-2-RTMT_ALERT: %[Name=CriticalServiceDown][Detail=Service operational status is DOWN. Cisco CTIManager. ]: CTIManager is down',
      'user 3 ServM: Cisco CTIManager terminated unexpectedly, signal 6',
    ]),
    3_000,
  );
  if (chance(random, 0.4)) around.core('CTIDManager', 6);
  const { model, calls } = world.cti.server.centre;
  for (const { loginId } of CENTRE.users) {
    if (loginId === '2050') continue;
    const outcome = model.request({ state: 'LOGOUT', agentId: loginId, reason: 50_003 });
    if (outcome.ok) calls.agentChanged(outcome.changes);
  }
}

/** Faults by name. Where nothing else is said, everything is collected and the cause can be told. */
export const FAULTS = {
  nothing: { cause: 'connected', begin: () => {} },
  browserClosed: { cause: 'client.browserClosed', begin: closed },
  browserClosedWebservicesOnly: {
    cause: 'client.browserClosed',
    group: 'server.presenceLogout',
    collected: 'webservices',
    original: true,
    begin: closed,
  },
  // Whoever kills a browser kills its log: nothing tells it from a computer that fell silent.
  browserKilled: {
    cause: 'client.browserClosed',
    group: 'client.stoppedPolling',
    collected: 'server',
    begin: killed,
  },
  browserKilledAndReopened: {
    cause: 'client.browserClosed',
    transport: 'bosh',
    persistent: true,
    begin: (scene) => {
      const { lines, process } = page(scene);
      process.kill();
      later(
        scene,
        between(scene.random, 200, 220) * SECOND,
        () => void scene.world.openBrowser(scene.agent, lines).signIn(),
      );
    },
  },
  computerAsleep: {
    cause: 'client.computerAsleep',
    begin: (scene) => asleep(scene, between(scene.random, 175, 225) * SECOND),
  },
  computerAsleepBriefly: {
    cause: 'client.computerAsleep',
    transport: 'bosh',
    begin: (scene) => asleep(scene, between(scene.random, 128, 140) * SECOND),
  },
  computerAsleepNoClientLog: {
    cause: 'client.computerAsleep',
    group: 'client.stoppedPolling',
    collected: 'server',
    begin: (scene) => asleep(scene, 250 * SECOND),
  },
  computerAsleepWebservicesOnly: {
    cause: 'client.computerAsleep',
    group: 'server.presenceLogout',
    collected: 'webservices',
    original: true,
    begin: (scene) => asleep(scene, 250 * SECOND),
  },
  tabThrottled: {
    cause: 'client.tabThrottled',
    transport: 'bosh',
    lastsMs: THROTTLE_MS,
    begin: throttled,
  },
  networkCut: { cause: 'client.networkCut', begin: networkCut },
  networkCutNoClientLog: {
    cause: 'client.networkCut',
    group: 'client.stoppedPolling',
    collected: 'server',
    begin: (scene) => {
      page(scene).wire.swallows = true;
    },
  },
  proxyCut: { cause: 'client.proxyCut', transport: 'bosh', begin: (scene) => bar(scene, 'proxy') },
  proxyCutNoClientLog: {
    cause: 'client.proxyCut',
    group: 'client.stoppedPolling',
    collected: 'server',
    transport: 'bosh',
    begin: (scene) => bar(scene, 'proxy'),
  },
  highLatency: {
    cause: 'client.highLatency',
    transport: 'bosh',
    lastsMs: 160 * SECOND,
    begin: highLatency,
  },
  highLatencyNoClientLog: {
    cause: 'client.highLatency',
    group: 'client.stoppedPolling',
    collected: 'server',
    transport: 'bosh',
    lastsMs: 160 * SECOND,
    begin: highLatency,
  },
  certificate: {
    cause: 'client.certificate',
    transport: 'bosh',
    begin: (scene) => bar(scene, 'certificate'),
  },
  portBlocked: { cause: 'client.certificate', transport: 'bosh', begin: (scene) => bar(scene, 'port') },
  unsupportedBrowser: {
    cause: 'client.unsupportedBrowser',
    begin: (scene) => {
      scene.client.console(
        page(scene).process.clock.now(),
        pick(scene.random, [
          'Internet Explorer 8 is not supported',
          'unsupported browser: Opera 12.16',
          'this browser is not supported by the compatibility matrix',
          'Internet Explorer in compatibility view is not supported',
        ]),
      );
      stall(scene, between(scene.random, 170, 210) * SECOND);
    },
  },
  gadget: { cause: 'client.gadget', begin: gadget },
  gadgetNoClientLog: {
    cause: 'client.gadget',
    group: 'client.stoppedPolling',
    collected: 'server',
    transport: 'bosh',
    begin: gadget,
  },
  starved: { cause: 'client.starved', transport: 'bosh', lastsMs: THROTTLE_MS, begin: starved },
  starvedNoClientLog: {
    cause: 'client.starved',
    group: 'client.stoppedPolling',
    collected: 'server',
    transport: 'bosh',
    lastsMs: THROTTLE_MS,
    begin: starved,
  },
  clientClockSet: {
    cause: 'server.clockDrift',
    transport: 'bosh',
    begin: (scene) => {
      const { process } = page(scene);
      // Timers of old browsers wait for the clock to come where it was.
      stall(scene, between(scene.random, 160, 200) * SECOND, () => {
        process.wallOffsetMs -= between(scene.random, 150, 900) * SECOND;
      });
    },
  },
  reloaded: {
    cause: 'returned',
    begin: (scene) => {
      const { controller, process, lines } = page(scene);
      const { world, agent, random } = scene;
      controller.suspend();
      later(scene, 50, () => process.kill());
      later(scene, between(random, 500, 4_000), () => void world.openBrowser(agent, lines).signIn());
    },
  },
  signedOut: { cause: 'agent.signedOut', begin: (scene) => void page(scene).controller.signOut(21) },
  supervisor: {
    cause: 'supervisor.signedOut',
    begin: ({ world, agent }) => world.desktops.get('2050')?.supervise(agent, 'LOGOUT'),
  },
  secondSignIn: {
    cause: 'agent.duplicateSignIn',
    begin: ({ world, agent }) => void world.openBrowser(agent).signIn(),
  },
  atThePhone: {
    cause: 'server.systemSignOut',
    begin: ({ world, agent }) => {
      const { model, calls } = world.cti.server.centre;
      const outcome = model.request({ state: 'LOGOUT', agentId: agent, reason: 1 });
      if (outcome.ok) calls.agentChanged(outcome.changes);
    },
  },
  notificationStopped: { cause: 'server.notificationStopped', begin: notificationStopped },
  notificationStoppedWebservicesOnly: {
    cause: 'server.notificationStopped',
    group: 'server.manyAtOnce',
    collected: 'webservices',
    original: true,
    begin: notificationStopped,
  },
  notificationCrashed: {
    cause: 'server.notificationCrashed',
    begin: (scene) => {
      if (chance(scene.random, 0.5)) scene.around.core(pick(scene.random, ['openfire', 'java.openfire']), 11);
      else scene.around.file('desktop/logs/openfire/java_pid4711.hprof');
      crash(scene);
    },
  },
  notificationCrashedNoCore: { cause: 'server.notificationCrashed', begin: crash },
  invalidXml: {
    cause: 'server.invalidXml',
    begin: (scene) => {
      scene.around.openfireError(
        pick(scene.random, [
          'org.jivesoftware.openfire.nio.ConnectionHandler - Closing connection due to error while processing message: org.xmlpull.v1.XmlPullParserException: An invalid XML character (Unicode: 0x1f) was found in the element content of the document.',
          'org.dom4j.DocumentException: Error on line 1 of document  : Character reference "&#26" is an invalid XML character.',
          'com.ctc.wstx.exc.WstxUnexpectedCharException: Illegal character ((CTRL-CHAR, code 11)): illegal XML character',
        ]),
        between(scene.random, 1, 20) * SECOND,
      );
      if (chance(scene.random, 0.5)) scene.around.core('openfire', 6);
      crash(scene);
    },
  },
  overload: {
    cause: 'server.overload',
    begin: (scene) =>
      standstill(scene, () => {
        const text = pick(scene.random, [
          'Exception in thread "openfire-worker-3": java.lang.OutOfMemoryError: GC overhead limit exceeded',
          'java.util.concurrent.RejectedExecutionException: Task rejected from ThreadPoolExecutor',
          'java.lang.OutOfMemoryError: unable to create new native thread',
        ]);
        if (chance(scene.random, 0.6)) scene.around.openfireError(text);
        else
          scene.around.syslog(
            'local7 2 : 88: fin1.example: %UC_RTMT-2-RTMT_ALERT: %[Name=CpuPegging][Detail=CPU load over configured threshold (99%)]: RTMT Alert',
          );
      }),
  },
  serverClockSet: {
    cause: 'server.clockDrift',
    begin: (scene) =>
      standstill(scene, () =>
        scene.around.syslog(
          pick(scene.random, [
            'ntpd[2841]: time reset +83.211402 s',
            'chronyd[911]: System clock wrong by 96.340211 seconds, adjustment started',
            'chronyd[911]: System clock was stepped by 96.340211 seconds',
            'ntpdate[77]: step time server 10.1.1.9 offset 104.220118 sec',
          ]),
        ),
      ),
  },
  ntpStratum: {
    cause: 'server.ntp',
    begin: (scene) => {
      scene.around.file(
        'utils-ntp-status.txt',
        [
          'ntpd (pid 8271) is running...',
          '',
          '     remote           refid      st t when poll reach   delay   offset  jitter',
          '==============================================================================',
          ' 10.1.1.9        .INIT.          16 u    - 1024    0    0.000    0.000   0.000',
          '',
          pick(scene.random, [
            'unsynchronised',
            'synchronised to NTP server (10.1.1.9) at stratum 7',
            'unsynchronized',
          ]),
          '   polling server every 1024 s',
          '',
        ].join('\n'),
      );
      standstill(scene);
    },
  },
  tomcatRestarted: {
    cause: 'server.webservicesRestarted',
    unwritten: /HTTP bind service started/,
    begin: (scene) => {
      const { world, random, around } = scene;
      around.catalina('INFO: Pausing ProtocolHandler ["http-nio-8082"]');
      around.catalina('INFO: Stopping service Catalina');
      world.killNode();
      later(scene, between(random, 40, 80) * SECOND, () => {
        around.catalina(`INFO: Server startup in ${between(random, 20_000, 60_000)} ms`);
        void world.startNode();
      });
    },
  },
  ctiLinkLost: {
    cause: 'server.ctiLinkLost',
    begin: (scene) => {
      const { world, random } = scene;
      for (const wire of Object.values(world.ctiWires)) wire.swallows = true;
      later(scene, between(random, 60, 100) * SECOND, () => {
        for (const wire of Object.values(world.ctiWires)) wire.swallows = false;
      });
    },
  },
  ctiManagerDownCce: { cause: 'telephony.ctiManagerDown', begin: ctiManagerDown },
  ctiManagerDownCcx: {
    cause: 'telephony.ctiManagerDown',
    deployment: 'CCX',
    begin: (scene) => {
      ctiManagerDown(scene);
      // On CCX the engine goes out of service with its telephony, and the desktop shows its banner.
      later(scene, 2 * SECOND, () => {
        for (const wire of Object.values(scene.world.ctiWires)) wire.swallows = true;
      });
      later(scene, 70 * SECOND, () => {
        for (const wire of Object.values(scene.world.ctiWires)) wire.swallows = false;
      });
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];
