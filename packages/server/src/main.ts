/**
 * The composition root: with `main/`, the only room that knows every other. It makes the parts, ties them together and
 * starts them in order; nothing is decided here that a room could decide.
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '@poise/clock';
import { decodedBean } from '@poise/ged188';
import { DEFAULT_LAYOUT } from '@poise/layout';
import { TraceBook } from './action-trace/index.ts';
import { tellingWrites } from './audit/write-line.ts';
import { CertificateKeeper, hostsOf } from './certificates/keeper.ts';
import { PART_NAMES, type PartName, type RunningServer, type StartOptions } from './cli/main-types.ts';
import { REQUEST_LIMITS } from './commands/agent-requests.ts';
import { DIALOG_REQUEST_LIMITS } from './commands/dialog-requests.ts';
import { CTI_LINK_DEFAULTS, CtiLink } from './cti/link.ts';
import { tcpSocket } from './cti/socket.ts';
import type { CtiHost } from './cti-host/index.ts';
import { createDesk, type Desk } from './desk/desk.ts';
import { createServices, type Services } from './desk/services.ts';
import { isApiUser } from './domain/teams.ts';
import { createGadgets, layoutWithGadgets, watchFolder } from './gadgets/index.ts';
import { Happenings } from './happenings.ts';
import { ShiftBook, shiftStore } from './history/index.ts';
import {
  corsPolicy,
  gadgetFilesOf,
  HttpHost,
  httpLimits,
  originAllowed,
  trustedProxies,
} from './http/index.ts';
import { Journal } from './journal/index.ts';
import { LogCases, processTracer } from './log-cases/index.ts';
import { ctiSideA, identityOf, listenersOf, pageListeners, urlsOf } from './main/addresses.ts';
import { clusterOf } from './main/cluster.ts';
import { restoredCommand, serverProperties, teamMessageStore } from './main/configuration.ts';
import { ctiHostOf } from './main/cti.ts';
import { behindBus } from './main/cti-behind-bus.ts';
import { awaitedBy, connectedTo, countedNode } from './main/figures.ts';
import { openFoundation } from './main/foundation.ts';
import { interfacesOf } from './main/interfaces.ts';
import { nodesOf, takersAmong } from './main/nodes.ts';
import { notificationOf, subscriptionsOf } from './main/notification.ts';
import { NO_SESSION, type Presence, peerPresenceOf, presenceOf } from './main/presence.ts';
import { propertyBook } from './main/shell.ts';
import { phrase, words } from './messages/catalogue.ts';
import { Leaving, Metrics, NodeFigures } from './ops/index.ts';
import { maintenanceCommands } from './parts/maintenance-commands.ts';
import type { Part } from './parts/part.ts';
import { Parts } from './parts/parts.ts';
import { serviceCommands } from './parts/service-commands.ts';
import { NodeReports, type OwnNode } from './peers/node-reports.ts';
import {
  answerPresence,
  KeptPresences,
  type PresenceWatch,
  presenceStore,
  SignOutLog,
  signOutStore,
} from './presence/index.ts';
import { embedsCti } from './settings/exposure.ts';
import { sealerIn } from './settings/seal.ts';
import { SimulationCommands } from './simulation/index.ts';
import { StorePart } from './store/part.ts';
import type { Store } from './store/store.ts';
import { SystemSettings } from './system-settings/system-settings.ts';
import { headersOf, httpPost, Telemetry } from './telemetry/index.ts';
import { LogCollection, nodeFigures, serviceability } from './utils/index.ts';

export const VERSION = '0.1.0';

/** Where the clock comes from in tests. */
export interface Surroundings {
  readonly clock?: Clock;
}

/** How long clients have, at an orderly stop, to fetch the last events before their streams end, ms. */
const GOODBYE_MS = 200;

/** Seeds that a load without one of its own may get. */
const SEEDS = 0x1_0000_0000;

/** What the composition root gives back: the command line's view, and more for what runs in the process. */
export interface Poise extends RunningServer {
  readonly parts: Parts;
  readonly store: Store;
  readonly ctiHost: CtiHost | undefined;
}

/** Starts everything that the options name. Rejects with one plain sentence, and leaves nothing running, when a part cannot start. */
export async function startPoise(options: StartOptions, surroundings: Surroundings = {}): Promise<Poise> {
  const { settings, demo, operator } = options;
  const clock = surroundings.clock ?? systemClock();
  const wanted = new Set<PartName>(options.only ?? PART_NAMES);
  const instance = randomUUID();
  const happenings = new Happenings(
    () => clock.now(),
    (error) => operator.error(`A listener of happenings failed: ${String(error)}`),
  );
  happenings.observe((happening) => {
    if (happening.kind === 'operator') operator[happening.level](happening.text, happening.detail);
  });

  const foundation = await openFoundation(options, clock, happenings);
  const { store, directory, accounts } = foundation;
  // Whoever starts a server for the first time would stand before a console that lets nobody in.
  if (
    wanted.has('webservices') &&
    !directory.current.users().some(({ roles }) => roles.includes('Administrator'))
  )
    operator.warn(
      'There is no administrator yet. This makes the first one: poise user set-password NAME --administrator',
    );
  const journal = new Journal({
    happenings,
    clock,
    directory: join(settings.data, 'logs'),
    host: settings.domain,
    form: settings.compatibility,
    deployment: settings.deployment,
    levels: {
      webservices: settings.logs.level,
      notification: settings.notification.log.debug ? 'debug' : 'information',
    },
    limits: { queueCharactersMax: settings.logs.queueMax },
    json: settings.logs.json,
    bean: (name, fields, form) =>
      decodedBean({ name, fields } as Parameters<typeof decodedBean>[0], { form }),
  });
  /** Replaced as a whole when an administrator sets one. */
  let desktopProperties = serverProperties(options);
  const telemetry =
    settings.otlp.url === ''
      ? undefined
      : new Telemetry({
          clock,
          signals: new Set(settings.otlp.signals),
          teller: { version: VERSION, host: settings.domain, instance },
          post: httpPost(settings.otlp.url, headersOf(settings.otlp.headers) ?? {}),
          book: { action: (requestId) => traceBook.action(requestId) },
          parts: () => all,
          process: new NodeFigures(),
          leaving: () => leaving.now,
          metricsMs: settings.otlp.interval,
        });
  // Only who has a CTI session of his own is a node; it is undefined without `cluster.nats`, too.
  const nodes = wanted.has('webservices')
    ? await clusterOf(settings, { instance, version: VERSION }, clock, happenings)
    : undefined;
  const centre = nodesOf(settings, nodes?.cluster.members);
  const verifiers = nodes && foundation.shareVerifiers(nodes.cluster, settings.node.secret);
  // Among the first, and so the last to stop: what the others do at their end is told, too.
  const parts: Part[] = [
    new StorePart(store),
    journal,
    ...(telemetry === undefined ? [] : [telemetry]),
    ...(nodes === undefined ? [] : [nodes.part]),
  ];
  const systemSettings = new SystemSettings({
    settings,
    origins: options.origins ?? new Map(),
    sealer: sealerIn(settings.data, settings.node.secret),
  });

  const embedded = embedsCti(settings) && wanted.has('cti');
  const ctiHost = embedded ? await ctiHostOf(settings, clock, happenings, foundation, journal) : undefined;
  if (ctiHost) parts.push(ctiHost);
  const simulation = new SimulationCommands({
    simulation: () => ctiHost?.simulation,
    dialledNumbers: () => directory.current.dialledNumbers().map(({ number }) => number),
    newSeed: () => randomInt(SEEDS),
  });

  const needsTls = ['notification', 'webservices', 'desktop'].some((name) => wanted.has(name as PartName));
  const keeper = needsTls
    ? new CertificateKeeper({
        clock,
        data: settings.data,
        certificate: settings.https.certificate,
        key: settings.https.key,
        hosts: hostsOf(settings),
        onProblem: (problem) => operator.warn(words(problem)),
      })
    : undefined;
  const secureContext = keeper ? { cert: keeper.current.certificate, key: keeper.current.key } : undefined;

  const warn = (text: string) => operator.warn(text);
  const subscriptions = wanted.has('notification')
    ? await subscriptionsOf(foundation, clock, warn)
    : undefined;
  let desk: Desk | undefined;
  let services: Services | undefined;
  let watch: PresenceWatch | undefined;
  let presence: Presence | undefined;
  let logCollection: LogCollection | undefined;
  const webservices = wanted.has('webservices');
  // Who is here can be told only where both run.
  const watches = webservices && wanted.has('notification');
  const signOuts = await SignOutLog.open({
    store: signOutStore(store, () => clock.now()),
    clock,
    happenings,
    onProblem: (error) => operator.warn(`Forced sign-outs could not be recorded: ${String(error)}`),
  });
  const presences = new KeptPresences({
    store: presenceStore(store),
    clock,
    isPassing: (loginId) => foundation.unrestricted({ loginId }),
    onProblem: (error) => operator.warn(`Presences could not be kept: ${String(error)}`),
  });
  const shifts = webservices
    ? await ShiftBook.open({
        store: shiftStore(store),
        clock,
        directory,
        isPassing: (loginId) => foundation.unrestricted({ loginId }),
        onProblem: (error) => operator.warn(`The history of shifts could not be kept: ${String(error)}`),
      })
    : undefined;
  const trustsProxy = trustedProxies(settings.http.trustedProxies);
  const command = fileURLToPath(new URL('../bin/poise.mjs', import.meta.url));
  const logCases = new LogCases({
    root: join(settings.data, 'log-cases'),
    ownLogs: { folder: join(settings.data, 'logs'), flush: () => journal.flush() },
    tracer: processTracer(command),
    clock,
  });
  await logCases.open();
  const traceBook = new TraceBook(() => clock.now(), queueMicrotask);
  happenings.observe(traceBook.happened);
  if (telemetry !== undefined) {
    traceBook.forgotten = telemetry.forgotten;
    happenings.observe(telemetry.happened);
  }
  const notification =
    subscriptions &&
    notificationOf(options, {
      version: VERSION,
      clock,
      happenings,
      foundation,
      secureContext,
      subscriptions,
      traceBook,
      journal,
      trustsProxy,
      desk: () => desk,
      watch: watches ? () => watch : undefined,
    });
  if (notification) parts.push(notification);

  if (webservices) {
    const link: CtiLink = new CtiLink({
      settings: {
        ...CTI_LINK_DEFAULTS,
        a: ctiSideA(settings),
        b: settings.cti.b ?? null,
        version: settings.cti.version,
        peripheralId: settings.cti.peripheralId,
        clientSignature: settings.cti.user || `Poise-${settings.node.name}`,
        clientId: settings.cti.clientId,
        clientPassword: settings.cti.password,
        heartbeatIntervalMs: settings.cti.heartbeat,
        requestTimeoutMs: settings.cti.requestTimeout,
        // Nobody else depends on the embedded one.
        ...(embedded ? { recoveryWindow: { least: 1_000, most: 1_000 } } : {}),
      },
      clock,
      happenings,
      connect: nodes === undefined ? tcpSocket : behindBus(tcpSocket, nodes.gate),
      agentIds: () => desk?.agentIds() ?? [],
      listener: () => (desk as Desk).ctiListener,
    });
    desk = createDesk({
      profile: { release: settings.compatibility, deployment: settings.deployment },
      identity: identityOf(settings, centre.pair),
      directory,
      cti: link,
      notification: notification ?? { publish: () => {} },
      teamMessages: teamMessageStore(store, () => clock.now()),
      newId: randomUUID,
      requestLimits: { ...REQUEST_LIMITS, perAgentMax: settings.cti.pendingMax },
      dialogRequestLimits: { ...DIALOG_REQUEST_LIMITS, perLaneMax: settings.dialogs.pendingMax },
      participantDrop: settings.dialogs.participantDrop,
      mediaChannels: settings.media.channels,
      comings: {
        signedIn: (loginId) => watch?.signedIn(loginId),
        signedOut: (going) => {
          if (watch !== undefined) watch.signedOut(going);
          else if (going.by !== 'agent') signOuts.signedOut(going, NO_SESSION);
        },
        idle: (agent) => watch?.idle(agent),
      },
      ...(shifts === undefined ? {} : { shifts }),
      ...(nodes === undefined
        ? {}
        : {
            nodes: { bus: nodes.cluster, gate: nodes.gate, answerMs: settings.cti.requestTimeout },
          }),
      maintenance: { noticeMs: settings.maintenance.notice, limitMs: settings.maintenance.limit },
      connected: () => connectedTo(notification),
      awaited: () => awaitedBy(presence?.watch),
      clock,
      happenings,
    });
    await desk.teamMessages.load();
    const { notifier } = desk;
    logCollection = new LogCollection({
      clock,
      findUser(id) {
        const user = directory.current.user(id);
        return user !== undefined && isApiUser(user) ? user.loginId : undefined;
      },
      ask: (loginId) => notifier.askForClientLog(loginId, randomUUID()),
      note: (text) => happenings.publish('operator', { level: 'info', text }),
      tellWrite: tellingWrites(happenings),
    });
    if (watches) {
      presence = await presenceOf(
        settings,
        clock,
        happenings,
        foundation,
        desk,
        presences,
        signOuts,
        peerPresenceOf(settings, clock, instance, nodes !== undefined, warn),
        nodes?.cluster,
      );
      watch = presence.watch;
      if (presence.signs) centre.followSigns(presence.signs);
    } else if (nodes !== undefined) answerPresence(nodes.cluster, () => undefined);
    const { agents, status, foreignRequests } = desk;
    services = createServices({
      status,
      link,
      notification: notification?.name,
      setServicePresence: (available) => notification?.setServicePresence(available),
      watch,
      detail: () => ({
        agentsSignedIn: agents.signedIn,
        ...(watch ? { presence: watch.counts() } : {}),
        ...(foreignRequests ? { foreignRequests } : {}),
      }),
    });
    status.onChange((now) => {
      if (now === 'IN_SERVICE') watch?.inService();
      else watch?.outOfService();
      nodes?.say({ inService: now === 'IN_SERVICE' });
    });
    const { maintenance } = desk;
    centre.onPair(() => notifier.publishSystemInfo());
    maintenance.onChange(() => nodes?.say({ inMaintenance: maintenance.state.mode !== null }));
    parts.push(services.cti, services.webservices);
  }

  const leaving = new Leaving({
    clock,
    inMaintenance: () => desk !== undefined && desk.maintenance.state.mode !== null,
  });

  const all: Part[] = parts;
  // A page whose node is lost goes on with another one: each lets the others' pages call.
  const cors = corsPolicy(centre.callers, demo, nodes !== undefined);
  const gadgetFiles = {
    gadgetFilesDir: join(settings.data, '3rdpartygadget', 'files'),
    gadgetFolder: options.gadget,
  };
  const changes = options.gadget && watchFolder(options.gadget.dir);
  if (options.gadget !== undefined) {
    const xml = layoutWithGadgets(DEFAULT_LAYOUT, options.gadget);
    await store.change(({ desktopLayouts }) => desktopLayouts.save({ teamId: null, xml, useDefault: false }));
  }
  const gadgets = createGadgets({
    clock,
    happenings,
    accounts,
    directory,
    settings: settings.gadgets,
    files: gadgetFilesOf(gadgetFiles),
    changes: changes?.count,
    scriptsDir: resolve(import.meta.dirname, '../../gadgets/dist'),
    finesseJsDir: resolve(import.meta.dirname, '../../finesse-js/dist'),
    key: () => store.secret('gadgets.tokenKey', () => randomBytes(32)),
    hosts: new Set([settings.node.primary.toLowerCase(), settings.host.toLowerCase()]),
    otherHosts: () =>
      [...centre.origins].map((origin) => new URL(origin).hostname.replace(/^\[(.*)\]$/, '$1')),
    allowsOrigin: (origin) => originAllowed(cors, origin),
    listeners: () => pageListeners(settings, http),
    ownPorts: new Set(
      Object.values(settings.ports).filter((port) => port !== null && port > 0),
    ) as Set<number>,
    certificate: () => keeper?.current.certificate,
    trustsProxy,
  });
  const ownNode: OwnNode = {
    maintenance: desk?.maintenance,
    connected: () => connectedTo(notification),
    parts: () => all,
    ordered: (want, who) =>
      operator.info(words(phrase(want === 'begin' ? 'maintenance.begunBy' : 'maintenance.endedBy', { who }))),
  };
  const nodeReports = nodes && new NodeReports(nodes.cluster, clock, ownNode);
  const http: HttpHost = new HttpHost({
    clock,
    happenings,
    listeners: listenersOf(settings, wanted),
    pages: {
      desktopDir: resolve(import.meta.dirname, '../../desktop/dist'),
      consoleDir: resolve(import.meta.dirname, '../../console/dist'),
      ...gadgetFiles,
      serviceWorker: settings.desktop.serviceWorker,
      nodeOrigins: centre.origins,
      workflowOrigins: settings.http.workflowOrigins,
    },
    tunnelDir: resolve(import.meta.dirname, '../../tunnel/dist'),
    plugins: interfacesOf({
      settings,
      version: VERSION,
      instance,
      wanted,
      clock,
      happenings,
      foundation,
      systemSettings,
      desktopProperties: () => desktopProperties,
      centre,
      cluster: nodes?.cluster,
      ownNode,
      nodeReports,
      desk,
      leaving,
      notification,
      watch,
      unseenNodes: () => presence?.shared?.unseen() ?? [],
      signOuts,
      shifts,
      keeper,
      gadgets,
      simulation,
      traceBook,
      journal,
      logCases,
      command,
      parts: () => all,
    }),
    ...(notification ? { notification } : {}),
    ...(secureContext ? { secureContext } : {}),
    cors,
    clearAllowed: settings.http.allowInsecure,
    limits: httpLimits(settings),
  });
  if (needsTls) all.push(http);
  keeper?.onChange((certificate) => {
    const context = { cert: certificate.certificate, key: certificate.key };
    http.setSecureContext(context);
  });

  // The CTI server alone runs beside another Poise on the same machine, which has the port.
  if (needsTls && settings.ports.metrics !== null) {
    all.push(new Metrics({ port: settings.ports.metrics, parts: () => all, leaving }));
  }

  if (needsTls && settings.ports.ssh !== null) {
    // Off as a rule, and the implementation of SSH takes several MB.
    const { sshShell } = await import('./main/ssh.ts');
    all.push(sshShell(settings, settings.ports.ssh, clock, foundation, command, operator));
  }

  const begun = clock.monotonic();
  let startSeconds = 0;
  const properties = propertyBook(options, clock, happenings, foundation, (key, value) => {
    desktopProperties = { ...desktopProperties, [key]: value };
  });
  // Another node may have stored some.
  directory.onChange((_, changed) => changed.has('settings') && properties.follow());
  const utilities = serviceability({
    logs: journal,
    notificationDebug: settings.notification.log.debug,
    figures: () => desk && nodeFigures(countedNode(desk, directory, startSeconds)),
    sessions: () => notification?.sessions() ?? [],
    lockedOut: () => accounts.lockedUsers(),
    properties,
    async note({ command, before, after }) {
      const [old, now] = [JSON.stringify(before), JSON.stringify(after)];
      const row = { who: '', address: '', client: 'cli', method: 'set', path: command } as const;
      await store.change(({ audit }) =>
        audit.add([
          { ...row, at: clock.now(), resource: 'logs', objectId: 'server', before: old, after: now },
        ]),
      );
      tellingWrites(happenings)({ user: '', method: 'set', url: command, payload: now });
    },
  });
  const running = new Parts(all, {
    clock,
    onProblem: (text) => happenings.publish('operator', { level: 'warn', text }),
    onRecovery: (text) => happenings.publish('operator', { level: 'info', text }),
    onChange: (name, change) => {
      utilities.partChanged(name, change);
      services?.partChanged(name, change);
    },
  });
  const close = async () => {
    desk?.status.apply({ type: 'stopping' });
    notification?.setServicePresence(false);
    notification?.stopsForGood();
    if (notification && [...notification.sessions()].length > 0) {
      // Those who poll fetch the news first. Then they are told goodbye, while the listeners are still open.
      await new Promise<void>((done) => clock.schedule(GOODBYE_MS, done));
      await running.stopPart(notification.name).catch((error) => operator.warn(String(error)));
    }
    gadgets.close();
    logCollection?.close();
    changes?.close();
    nodeReports?.close();
    await presence?.shared?.close();
    await verifiers?.close();
    await running.stop();
    watch?.close();
    desk?.close();
    keeper?.close();
    await subscriptions?.flush();
    await presences.flush();
    await signOuts.flush();
    await logCases.close();
    await shifts?.close();
    await store.close();
  };
  try {
    await running.start();
    startSeconds = Math.round((clock.monotonic() - begun) / 1000);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    urls: urlsOf(settings, wanted, { http: needsTls ? http : undefined, notification, ctiHost }),
    parts: running,
    store,
    ctiHost,
    health: () => running.health(),
    desktops: () => connectedTo(notification).desktop,
    announceStop: () => leaving.announce(),
    withdrawStop: () => leaving.withdraw(),
    stop: close,
    control: {
      ...simulation.control,
      ...serviceCommands(running),
      'store.refresh': () => store.refresh(),
      'store.restored': restoredCommand(store, happenings),
      ...(desk ? maintenanceCommands(desk.maintenance, () => takersAmong(nodes?.cluster.members)) : {}),
      ...logCollection?.control,
      ...utilities.control,
      'utils.node': () => ({
        deployment: settings.deployment,
        host: settings.domain,
        store: settings.store.url === '' ? 'sqlite' : 'postgres',
        certificate: settings.https.certificate,
      }),
    },
  };
}
