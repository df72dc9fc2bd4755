/** What is served over HTTP: the interfaces of clients, of pages and of administrators, each a plugin below its prefix. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '@poise/clock';
import type { DesktopProperties } from '@poise/layout';
import { actionTracePlugin, PageTimes, type TraceBook } from '../action-trace/index.ts';
import {
  auditPlugin,
  certificatePlugin,
  gadgetFilesPlugin,
  logCasesPlugin,
  logsPlugin,
  type RecordingDependencies,
  shellPlugin,
  shellRunner,
} from '../admin-api/index.ts';
import { auditing } from '../audit/trail.ts';
import { tellingWrites } from '../audit/write-line.ts';
import type { CertificateKeeper } from '../certificates/keeper.ts';
import type { PartName } from '../cli/main-types.ts';
import type { Cluster } from '../cluster/index.ts';
import { signOutByAdministrator } from '../commands/force-sign-out.ts';
import { connectedPlugin, consoleNodesPlugin, consoleSessionPlugin } from '../console/index.ts';
import type { Desk } from '../desk/desk.ts';
import { desktopConfigPlugin } from '../desktop-api/desktop-config.ts';
import { desktopInterfacePlugin } from '../desktop-api/desktop-interface.ts';
import { desktopLayoutPlugin } from '../desktop-api/desktop-layout.ts';
import { handoverPlugin } from '../desktop-api/handover.ts';
import { documentPlugins } from '../documents/documents.ts';
import { GadgetFolders } from '../gadget-upload/index.ts';
import type { createGadgets } from '../gadgets/index.ts';
import type { Happenings } from '../happenings.ts';
import { historyPlugin, type ShiftBook } from '../history/index.ts';
import type { HttpPlugin } from '../http/http-host.ts';
import type { Journal } from '../journal/index.ts';
import type { LogCases } from '../log-cases/index.ts';
import { healthPlugin, type Leaving } from '../ops/index.ts';
import type { Part } from '../parts/part.ts';
import { answerOf, type NodeReports, type OwnNode } from '../peers/node-reports.ts';
import { nodesPlugin } from '../peers/nodes-plugin.ts';
import { peerPlugin } from '../peers/peer-plugin.ts';
import { type PresenceWatch, type SignOutLog, signOutsPlugin } from '../presence/index.ts';
import { restPlugin } from '../rest/plugin.ts';
import type { Settings } from '../settings/settings.ts';
import { type SimulationCommands, simulationPlugin } from '../simulation/index.ts';
import { ssoPlugin } from '../sso/index.ts';
import type { SystemSettings } from '../system-settings/system-settings.ts';
import type { XmppHost } from '../xmpp-host/index.ts';
import { configurationApi } from './configuration.ts';
import { linesOf, readinessOf } from './figures.ts';
import type { Foundation } from './foundation.ts';
import type { Nodes } from './nodes.ts';

/** What they are made of; what is undefined does not run in this process, and its interfaces are not there. */
export interface Served {
  readonly settings: Settings;
  readonly version: string;
  /** Of this process. */
  readonly instance: string;
  readonly wanted: ReadonlySet<PartName>;
  readonly clock: Clock;
  readonly happenings: Happenings;
  readonly foundation: Foundation;
  readonly systemSettings: SystemSettings;
  /** Those in force. */
  readonly desktopProperties: () => Partial<DesktopProperties>;
  readonly centre: Nodes;
  /** Undefined: there is no `cluster.nats`. */
  readonly cluster: Cluster | undefined;
  /** How this node is, and others are; these where there is a {@link cluster}. */
  readonly ownNode: OwnNode;
  readonly nodeReports: NodeReports | undefined;
  readonly desk: Desk | undefined;
  readonly leaving: Pick<Leaving, 'now'>;
  readonly notification: XmppHost | undefined;
  readonly watch: PresenceWatch | undefined;
  /** Nodes that are not heard, and have shown in the database that they live. */
  readonly unseenNodes: () => readonly { readonly name: string; readonly host: string }[];
  readonly signOuts: SignOutLog;
  readonly shifts: ShiftBook | undefined;
  readonly keeper: CertificateKeeper | undefined;
  readonly gadgets: ReturnType<typeof createGadgets>;
  readonly simulation: SimulationCommands;
  readonly traceBook: TraceBook;
  readonly journal: Journal;
  readonly logCases: LogCases;
  /** Path of the program `poise`. */
  readonly command: string;
  /** All that run. */
  readonly parts: () => readonly Part[];
}

export const interfacesOf = (served: Served): HttpPlugin[] => [
  ...clientInterfaces(served),
  ...pageInterfaces(served),
  ...nodeInterfaces(served),
  ...administratorInterfaces(served),
  ...documentPlugins({
    profile: { release: served.settings.compatibility, deployment: served.settings.deployment },
    passwordMin: served.settings.accounts.passwordMin,
    version: served.version,
  }),
];

/** For agents and supervisors, whatever program they use. */
function clientInterfaces({
  settings,
  version,
  clock,
  happenings,
  foundation,
  systemSettings,
  desk,
  notification,
  simulation,
  shifts,
}: Served): HttpPlugin[] {
  const { store, directory, accounts, signOn } = foundation;
  return [
    ...(desk
      ? [
          {
            prefix: '/finesse/api',
            plugin: restPlugin({
              directory,
              bodyBytesMax: settings.http.bodyMax,
              accounts,
              agents: desk.agents,
              presenter: desk.presenter,
              status: desk.status,
              systemInfo: desk.systemInfo,
              connected: () => notification?.sessions() ?? [],
              maintenance: desk.maintenance,
              teamMessages: desk.teamMessages,
              media: desk.media,
              change: (work, origin) =>
                store.change(
                  work,
                  auditing(origin, () => clock.now()),
                ),
              commands: desk.context,
              systemSettings,
              version,
              clock,
              happenings,
              random: (bytes) => randomBytes(bytes),
              userAuthMode: settings.sso.enableUserAuthMode,
              ...(signOn ? { authModeOf: (name: string) => signOn.users.authModeOf(name) } : {}),
            }),
          },
        ]
      : []),
    {
      prefix: '/poise/api',
      plugin: simulationPlugin({
        commands: simulation,
        accounts,
        directory,
        offerTask: (user, mediaId, variables) => desk?.media.offer(user, mediaId, variables) ?? null,
      }),
    },
    ...(shifts === undefined
      ? []
      : [{ prefix: '/poise/api', plugin: historyPlugin({ accounts, directory, shifts }) }]),
  ];
}

/** What the desktop page needs beside them, and gadgets in it. */
function pageInterfaces({
  settings,
  wanted,
  clock,
  happenings,
  foundation,
  desktopProperties,
  centre,
  desk,
  gadgets,
}: Served): HttpPlugin[] {
  const { store, directory, accounts, signOn } = foundation;
  return [
    ...(desk
      ? [
          {
            prefix: '/desktop/api',
            plugin: desktopConfigPlugin({
              deployment: settings.deployment,
              properties: desktopProperties,
              serviceWorker: settings.desktop.serviceWorker,
              status: desk.status,
              systemInfo: desk.systemInfo,
            }),
          },
        ]
      : []),
    {
      prefix: '/desktop/api',
      plugin: desktopInterfacePlugin({ gadgetFilesDir: join(settings.data, '3rdpartygadget', 'files') }),
    },
    ...(wanted.has('desktop')
      ? [
          {
            prefix: '/desktop/sso',
            plugin: ssoPlugin({
              signOn,
              clock,
              happenings,
              key: () => store.secret('sso.flowKey', () => randomBytes(32)),
              requestsMax: settings.sso.requestsMax,
              origins: settings.sso.origin,
              hosts: [settings.node.primary, settings.node.secondary, ...settings.node.others].filter(
                (host) => host !== '',
              ),
            }),
          },
        ]
      : []),
    { prefix: '/gadgets', plugin: gadgets.plugin },
    { prefix: '/desktop', plugin: gadgets.assets },
    {
      prefix: '/poise/api',
      plugin: desktopLayoutPlugin({ accounts, directory, properties: desktopProperties }),
    },
    { prefix: '/poise/api', plugin: handoverPlugin({ accounts, directory, clock, origins: centre.origins }) },
  ];
}

/** The nodes as this one tells of them. */
const toldNodesOf = (centre: Nodes, desk: Desk | undefined) =>
  centre.list({
    inService: desk?.status.inService ?? true,
    inMaintenance: desk !== undefined && desk.maintenance.state.mode !== null,
  });

/** For whoever watches over nodes, and for the nodes themselves. */
function nodeInterfaces({
  settings,
  instance,
  foundation: { accounts },
  centre,
  desk,
  leaving,
  watch,
  parts,
}: Served): HttpPlugin[] {
  return [
    {
      prefix: '/poise/api',
      plugin: nodesPlugin(() => toldNodesOf(centre, desk)),
    },
    {
      prefix: '/poise/api',
      plugin: healthPlugin({ parts, accounts, readiness: () => readinessOf(desk, leaving.now) }),
    },
    {
      prefix: '/poise/api',
      plugin: peerPlugin({
        secret: settings.node.secret,
        instance,
        // Whoever is away there is that node's to wait for.
        isPresent: (loginId) => ['present', 'away', 'unknown'].includes(watch?.phaseOf(loginId) ?? 'absent'),
      }),
    },
  ];
}

/** For administrators: the console, and programs in its place. */
function administratorInterfaces({
  settings,
  version,
  clock,
  happenings,
  foundation,
  systemSettings,
  centre,
  cluster,
  ownNode,
  nodeReports,
  unseenNodes,
  desk,
  notification,
  signOuts,
  keeper,
  traceBook,
  journal,
  logCases,
  command,
}: Served): HttpPlugin[] {
  const { store, directory, accounts, sessions } = foundation;
  const access = { accounts, sessions, directory };
  const recording: RecordingDependencies = {
    ...access,
    now: () => clock.now(),
    note: (row) => store.change(({ audit }) => audit.add([row])),
    tellWrite: tellingWrites(happenings),
  };
  return [
    { prefix: '/poise/api', plugin: consoleSessionPlugin(access) },
    {
      prefix: '/poise/api',
      plugin: consoleNodesPlugin({
        ...access,
        clock,
        version,
        nodes: () => toldNodesOf(centre, desk),
        pair: () => settings.node,
        living: () => cluster?.members.living() ?? [],
        isCurrent: () => cluster?.members.isCurrent ?? true,
        unseen: unseenNodes,
        ask: async (node, want, by) =>
          node === settings.node.name
            ? answerOf(ownNode, want, by)
            : ((await nodeReports?.ask(node, want, by)) ?? null),
      }),
    },
    ...(desk === undefined
      ? []
      : [
          {
            prefix: '/poise/api',
            plugin: connectedPlugin({
              ...access,
              clock,
              agents: desk.agents,
              connections: () => notification?.sessions() ?? [],
              inService: () => desk.status.inService,
              signOut: (agent, actingId, ended) =>
                signOutByAdministrator(desk.context, agent, actingId, ended),
            }),
          },
          configurationApi(settings, clock, happenings, foundation, desk, systemSettings),
        ]),
    { prefix: '/poise/api', plugin: signOutsPlugin({ ...access, find: (query) => signOuts.find(query) }) },
    {
      prefix: '/poise/api',
      plugin: actionTracePlugin({
        ...access,
        book: traceBook,
        pageTimes: settings.logs.pageTimes
          ? new PageTimes(traceBook, happenings, () => clock.now())
          : undefined,
      }),
    },
    {
      prefix: '/poise/api',
      plugin: auditPlugin({ ...access, find: (search) => store.repositories.audit.find(search) }),
    },
    {
      prefix: '/poise/api',
      plugin: logsPlugin({
        ...recording,
        logs: journal,
        folder: join(settings.data, 'logs'),
        notificationTrace: () => linesOf(journal, notification),
      }),
    },
    {
      prefix: '/poise/api',
      plugin: shellPlugin({
        ...recording,
        run: settings.shell.api ? shellRunner(command, settings.data) : undefined,
      }),
    },
    { prefix: '/poise/api', plugin: logCasesPlugin({ ...access, cases: logCases }) },
    {
      prefix: '/poise/api',
      plugin: gadgetFilesPlugin({
        ...recording,
        folders: new GadgetFolders({ root: join(settings.data, '3rdpartygadget', 'files') }),
      }),
    },
    ...(keeper === undefined
      ? []
      : [
          {
            prefix: '/poise/api',
            plugin: certificatePlugin({ ...recording, certificates: keeper }),
          },
        ]),
  ];
}
