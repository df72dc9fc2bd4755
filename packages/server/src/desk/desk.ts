/**
 * The heart put together: the picture of the agents, the requests under way, and what is told of both.
 * Everything that lives outside (directory, CTI link, notification service) is handed in.
 */
import type { Clock } from '@poise/clock';
import type { Gate } from '../cluster/index.ts';
import type { CommandContext } from '../commands/admission.ts';
import { AgentRequests, type RequestLimits } from '../commands/agent-requests.ts';
import { mayAskForWrapUp } from '../commands/change-state.ts';
import { type DialogRequestLimits, DialogRequests } from '../commands/dialog-requests.ts';
import { MediaDesk } from '../commands/media-desk.ts';
import type { Comings } from '../commands/sign-out-witness.ts';
import { TeamMessageBoard, type TeamMessageStore } from '../commands/team-message-board.ts';
import type { AgentKey } from '../cti/agent-messages.ts';
import type { CtiListener } from '../cti/listener.ts';
import type { CtiPort } from '../cti/port.ts';
import { AgentBook, unknownAgent } from '../domain/agents.ts';
import type { CtiInfo } from '../domain/cti-info.ts';
import type { DialogChange } from '../domain/dialog.ts';
import { DialogBook } from '../domain/dialogs.ts';
import type { MediaChannel } from '../domain/media.ts';
import type { ParticipantDropRule } from '../domain/participant-drop.ts';
import type { Profile } from '../domain/profile.ts';
import { QueueBook } from '../domain/queues.ts';
import { isRoutePointOf } from '../domain/route-points.ts';
import type { ShiftListener } from '../domain/shift.ts';
import { SystemStatus } from '../domain/system-status.ts';
import { isApiUser } from '../domain/teams.ts';
import type { Happenings } from '../happenings.ts';
import { ConfigurationNotifier } from '../notify/configuration-notifier.ts';
import { DialogNotifier } from '../notify/dialog-notifier.ts';
import { MediaNotifier } from '../notify/media-notifier.ts';
import { Notifier } from '../notify/notifier.ts';
import { type NotificationPort, Publisher } from '../notify/publisher.ts';
import { QueueNotifier } from '../notify/queue-notifier.ts';
import { TeamMessageNotifier } from '../notify/team-message-notifier.ts';
import { Presenter } from '../objects/presenter.ts';
import type { SystemInfoSource } from '../objects/system-info.ts';
import { type SystemIdentity, systemInfoSource } from '../objects/system-info-source.ts';
import type { DirectorySource } from '../store/directory.ts';
import { GapExchange } from './gap-exchange.ts';
import { type ConnectedUsers, MaintenanceMode } from './maintenance-mode.ts';
import { tellMedia } from './media-exchange.ts';
import { hearMessages, tellMessage } from './message-exchange.ts';
import { type QueueFigures, QueueWatch } from './queue-watch.ts';
import { type ExchangeCounts, type RequestBus, RequestExchange } from './request-exchange.ts';

/** The limit is that of the original (maxMMTimeSec, admin.md). */
const MAINTENANCE_DEFAULTS = { noticeMs: 120_000, limitMs: 3_600_000 };

export interface DeskDependencies {
  readonly profile: Profile;
  readonly identity: SystemIdentity;
  readonly directory: DirectorySource;
  readonly cti: CtiPort & QueueFigures & { readonly info: CtiInfo };
  readonly notification: NotificationPort;
  readonly clock: Clock;
  readonly happenings: Happenings;
  readonly requestLimits?: RequestLimits;
  readonly teamMessages: TeamMessageStore;
  /** Ids of team messages: UUIDs. */
  readonly newId: () => string;
  /** How often queue figures are asked for and told at most, ms; default 10 s. */
  readonly queueIntervalMs?: number;
  readonly dialogRequestLimits?: DialogRequestLimits;
  /** Default: supervisors only. */
  readonly participantDrop?: ParticipantDropRule;
  /** Media beside voice; default: none. */
  readonly mediaChannels?: readonly MediaChannel[];
  /** Hears who signs in and out, and by whom. */
  readonly comings?: Comings;
  /** Ms; default: two minutes of notice, one hour in all. */
  readonly maintenance?: { readonly noticeMs: number; readonly limitMs: number };
  /** Default: nobody. */
  readonly connected?: () => ConnectedUsers;
  /** How many users without a session may come back here. Default: nobody. */
  readonly awaited?: () => number;
  /** Keeps what becomes of agents and calls for the history of the shift. */
  readonly shifts?: ShiftListener;
  /** The other nodes; absent: there are none. */
  readonly nodes?: {
    readonly bus: RequestBus;
    /** Where a request waits until the other nodes have word of it; absent: it does not. */
    readonly gate?: Gate;
    /** How long the CTI server may take to answer, ms; default 20 s. */
    readonly answerMs?: number;
  };
}

export interface Desk {
  readonly agents: AgentBook;
  readonly dialogs: DialogBook;
  readonly presenter: Presenter;
  readonly status: SystemStatus;
  readonly systemInfo: () => SystemInfoSource;
  readonly maintenance: MaintenanceMode;
  readonly notifier: Notifier;
  readonly requests: AgentRequests;
  readonly queues: QueueBook;
  readonly teamMessages: TeamMessageBoard;
  readonly dialogRequests: DialogRequests;
  readonly media: MediaDesk;
  /** For commands. */
  readonly context: CommandContext;
  /** For the CTI link. */
  readonly ctiListener: CtiListener;
  /** Agents whose state the CTI link asks for. */
  readonly agentIds: () => readonly AgentKey[];
  /** What other nodes have told of their requests; undefined: there are none. */
  readonly foreignRequests: ExchangeCounts | undefined;
  /** Ends the observation of the directory. */
  close(): void;
}

export function createDesk(dependencies: DeskDependencies): Desk {
  const { profile, directory, cti, clock, happenings, shifts } = dependencies;
  const { deployment } = profile;
  const agents = new AgentBook(deployment);
  const queues = new QueueBook();
  const participantDrop = dependencies.participantDrop ?? 'supervisor_only';
  const dialogs = new DialogBook({
    agents,
    deployment,
    isRoutePoint: isRoutePointOf(directory),
    queueName: (number) => directory.current.skillGroup(number)?.name,
    clock,
    late: (changes) => publisher.inOrder(() => tell(changes)),
  });
  dialogs.suspend();
  const presenter = new Presenter({ directory, agents, dialogs, queues, profile, participantDrop });
  const publisher = new Publisher(dependencies.notification, happenings);
  const dialogNotifier = new DialogNotifier({ presenter, dialogs, publisher });
  const status = new SystemStatus(() => cti.info.isPeripheralOffline);
  const maintenance = new MaintenanceMode({
    clock,
    ...(dependencies.maintenance ?? MAINTENANCE_DEFAULTS),
    connected: dependencies.connected ?? (() => ({ desktop: 0, fippa: 0, thirdparty: 0 })),
    ...(dependencies.awaited && { awaited: dependencies.awaited }),
  });
  const systemInfo = systemInfoSource(dependencies.identity, status, () => cti.info, clock, maintenance);
  const notifier = new Notifier({
    presenter,
    directory,
    systemInfo,
    publisher,
    clock,
    republishDialogs: (loginId) => dialogNotifier.republish(loginId, agents.get(loginId).extension),
  });
  let wasInService = false;
  const exchange =
    dependencies.nodes === undefined
      ? undefined
      : new RequestExchange({
          ...dependencies.nodes,
          clock,
          happenings,
          user: (loginId) => directory.current.user(loginId),
          wasInService: () => wasInService,
        });
  const requests = new AgentRequests({
    agents,
    cti,
    outcomes: notifier,
    clock,
    deployment,
    wrapUpOptional: (agentId) =>
      mayAskForWrapUp({ directory }, directory.current.user(agentId)?.teamId ?? null),
    ...(dependencies.requestLimits === undefined ? {} : { limits: dependencies.requestLimits }),
    ...(dependencies.comings === undefined ? {} : { comings: dependencies.comings }),
    ...(exchange === undefined ? {} : { teller: exchange.agents }),
  });
  const queueWatch = new QueueWatch({
    directory,
    queues,
    notifier: new QueueNotifier({ presenter, publisher }),
    clock,
    cti,
    ...(dependencies.queueIntervalMs === undefined ? {} : { intervalMs: dependencies.queueIntervalMs }),
  });
  const teamMessages = new TeamMessageBoard({
    deployment,
    clock,
    store: dependencies.teamMessages,
    outcomes: new TeamMessageNotifier({ presenter, publisher }),
    newId: dependencies.newId,
    onProblem: (text) => happenings.publish('operator', { level: 'warn', text }),
    ...(dependencies.nodes === undefined
      ? {}
      : { tellOthers: (told) => tellMessage(dependencies.nodes!.bus, told) }),
  });
  const endMessages = dependencies.nodes && hearMessages(dependencies.nodes.bus, teamMessages);
  const media = new MediaDesk({
    channels: dependencies.mediaChannels ?? [],
    outcomes: new MediaNotifier({ presenter, publisher }),
    clock,
    ...(dependencies.nodes === undefined
      ? {}
      : { tellOthers: (word) => tellMedia(dependencies.nodes!.bus, word) }),
  });
  // Queues and their figures exist with CCE only (objects.md 11).
  const hasQueues = deployment === 'CCE';
  const dialogRequests = new DialogRequests({
    deployment,
    dialogs,
    agentAt: (extension) => agents.at(extension),
    actionsOf: (dialog, participant) => presenter.actionsOf(dialog, participant),
    cti,
    outcomes: dialogNotifier,
    clock,
    ...(dependencies.dialogRequestLimits === undefined ? {} : { limits: dependencies.dialogRequestLimits }),
    ...(exchange === undefined ? {} : { teller: exchange.dialogs }),
  });
  exchange?.hear(requests, dialogRequests, media);
  const gaps =
    dependencies.nodes &&
    new GapExchange({
      bus: dependencies.nodes.bus,
      clock,
      agents,
      dialogs,
      newId: dependencies.newId,
      inService: () => status.inService,
      refused: (notice, reason) => exchange?.refuse(notice, reason),
      agentFound: (before, { agent, changes }) => {
        shifts?.agentHeard(agent, clock.now(), false);
        publisher.inOrder(() => notifier.publishChanges(before, agent, changes));
      },
      callsFound: (changes) => publisher.inOrder(() => tell(changes, false)),
    });
  const agentIds = () => directory.current.users().filter(isApiUser);

  /** @param live false: found when the link came back */
  const tell = (changes: readonly DialogChange[], live = true): void => {
    // First, so that whoever is told of an Update and asks finds it in the history.
    shifts?.dialogsChanged(changes, clock.now(), live);
    dialogRequests.heard(changes);
    notifier.dialogsChanged(changes.map(({ viewer }) => viewer));
  };

  status.onChange(() => notifier.publishSystemInfo());
  maintenance.onChange(() => notifier.publishSystemInfo());

  const configuration = new ConfigurationNotifier({ publisher, clock });
  let known = directory.current;
  const endObservation = directory.onChange((current, changed) => {
    const before = known;
    known = current;
    configuration.changed(changed);
    notifier.directoryChanged(before, current);
    if (hasQueues) queueWatch.directoryChanged(before, current);
    for (const user of before.users()) {
      if (current.user(user.loginId)?.loginId === user.loginId) continue;
      agents.forget(user.loginId);
      media.forget(user.loginId);
      shifts?.forget(user.loginId);
      requests.forget(user.loginId);
      dialogRequests.forget(user.loginId);
      tell(dialogs.agentChanged(unknownAgent(user.loginId), clock.now()));
    }
  });

  const ctiListener: CtiListener = {
    agentState(agentId, event) {
      const record = directory.current.user(agentId);
      // Agents of other systems on the same CTI server are none of ours.
      if (record === undefined) return;
      publisher.inOrder(() => {
        gaps?.heard(record.loginId, event);
        requests.heard(record.loginId, event);
        // Who leaves the desk leaves his media, too (user signout channel of the original).
        if (agents.get(record.loginId).state === 'LOGOUT') media.signOut(record);
        shifts?.agentHeard(agents.get(record.loginId), event.at, true);
        tell(dialogs.agentChanged(agents.get(record.loginId), event.at));
      });
    },
    agentSnapshot(agentId, event) {
      const record = directory.current.user(agentId);
      if (record === undefined) return;
      const agent = requests.recovered(record.loginId, event);
      gaps?.recovered(agent);
      shifts?.agentHeard(agent, clock.now(), false);
      dialogs.agentChanged(agent, clock.now());
    },
    agentChecked(agentId, event) {
      const record = directory.current.user(agentId);
      if (record === undefined) return;
      publisher.inOrder(() => {
        const agent = requests.checked(record.loginId, event);
        if (agent !== null) {
          gaps?.recovered(agent);
          shifts?.agentHeard(agent, clock.now(), false);
          tell(dialogs.agentChanged(agent, clock.now()));
        }
        gaps?.checked(agents.get(record.loginId));
      });
    },
    agentSince(agentId, event) {
      const record = directory.current.user(agentId);
      if (record === undefined) return;
      const { agent, changes } = agents.apply(record.loginId, event);
      if (changes.length > 0) gaps?.recovered(agent);
      shifts?.agentHeard(agent, clock.now(), false);
      // As part of the recovery it is told with the rest.
      if (changes.length > 0 && status.inService) notifier.publishAgent(record.loginId, '', {});
    },
    call(event) {
      // Found at a phone where somebody has just signed in: what events have told of it from its beginning on is more. Not so of what was only kept.
      const isKnown =
        event.type === 'snapshot' &&
        dialogs.isAt(event.callId, event.reportedBy) &&
        !dialogs.isInDoubt(event.callId) &&
        !dialogs.isPartial(event.callId);
      if (isKnown && status.inService) return;
      publisher.inOrder(() => tell(dialogs.apply(event)));
    },
    preCall: (call) => dialogs.expect(call),
    callsAt: (extension, callIds) =>
      publisher.inOrder(() => tell(dialogs.listed(extension, callIds, clock.now()))),
    untold(what) {
      if ('callId' in what) dialogs.keep([what.callId]);
      else if ('extension' in what) dialogs.keepAt(what.extension);
      else dialogs.keepAt(agents.get(what.agentId).extension);
    },
    inService(first) {
      wasInService = true;
      status.apply({ type: 'cti', inService: true });
      const changes = dialogs.resume(clock.now());
      const concerned = new Set(changes.map(({ viewer }) => viewer));
      const told = new Set(changes.map(({ dialog }) => dialog.id));
      publisher.inOrder(() => {
        for (const loginId of concerned) notifier.publishAgent(loginId, '', {});
        dialogNotifier.recovering(() => tell(changes, false));
        shifts?.recovered(clock.now(), (loginId, id) =>
          dialogs.at(agents.get(loginId).extension).some((dialog) => dialog.id === id),
        );
        for (const loginId of concerned)
          dialogNotifier.republish(loginId, agents.get(loginId).extension, told);
      });
      // At the first time nobody can have seen an older state; those who are signed out need no word.
      const ids = agentIds().flatMap(({ loginId }) => (concerned.has(loginId) ? [] : [loginId]));
      // Whoever waits for an answer is told after that: what follows it would be the same once more.
      notifier.republish(first ? ids.filter((id) => agents.get(id).state !== 'LOGOUT') : ids, () => {
        if (!cti.inService) return;
        publisher.inOrder(() => {
          requests.linkBack();
          dialogRequests.linkBack();
        });
      });
      if (hasQueues) queueWatch.start();
      gaps?.ask();
    },
    recoveryBegins: () => dialogs.begin(),
    outOfService() {
      requests.linkLost();
      queueWatch.stop();
      dialogRequests.linkLost();
      dialogs.suspend();
      status.apply({ type: 'cti', inService: false });
    },
  };

  const context: CommandContext = {
    directory,
    agents,
    requests,
    dialogs,
    dialogRequests,
    media,
    participantDrop,
    deployment,
  };
  const close = () => {
    endObservation();
    configuration.close();
    queueWatch.stop();
    teamMessages.close();
    exchange?.close();
    gaps?.close();
    endMessages?.();
    maintenance.close();
  };
  return {
    agents,
    dialogs,
    presenter,
    status,
    systemInfo,
    maintenance,
    notifier,
    requests,
    queues,
    teamMessages,
    dialogRequests,
    media,
    context,
    ctiListener,
    agentIds,
    foreignRequests: exchange?.counts,
    close,
  };
}
