/**
 * The heart put together: the picture of the agents, the requests under way, and what is told of both.
 * Everything that lives outside (directory, CTI link, notification service) is handed in.
 */
import type { Clock } from '@poise/clock';
import type { CommandContext } from '../commands/admission.ts';
import { AgentRequests, type RequestLimits } from '../commands/agent-requests.ts';
import { mayAskForWrapUp } from '../commands/change-state.ts';
import type { AgentKey } from '../cti/agent-messages.ts';
import type { CtiListener } from '../cti/link.ts';
import type { CtiPort } from '../cti/port.ts';
import { AgentBook } from '../domain/agents.ts';
import type { CtiInfo } from '../domain/cti-info.ts';
import { DialogBook } from '../domain/dialogs.ts';
import type { Profile } from '../domain/profile.ts';
import { SystemStatus } from '../domain/system-status.ts';
import { isApiUser } from '../domain/teams.ts';
import type { Happenings } from '../happenings.ts';
import { type NotificationPort, Notifier } from '../notify/notifier.ts';
import { Presenter } from '../objects/presenter.ts';
import type { SystemInfoSource } from '../objects/system-info.ts';
import { type SystemIdentity, systemInfoSource } from '../objects/system-info-source.ts';
import type { DirectorySource } from '../store/directory.ts';

export interface DeskDependencies {
  readonly profile: Profile;
  readonly identity: SystemIdentity;
  readonly directory: DirectorySource;
  readonly cti: CtiPort & { readonly info: CtiInfo };
  readonly notification: NotificationPort;
  readonly clock: Clock;
  readonly happenings: Happenings;
  readonly requestLimits?: RequestLimits;
}

export interface Desk {
  readonly agents: AgentBook;
  readonly dialogs: DialogBook;
  readonly presenter: Presenter;
  readonly status: SystemStatus;
  readonly systemInfo: () => SystemInfoSource;
  readonly notifier: Notifier;
  readonly requests: AgentRequests;
  /** For commands. */
  readonly context: CommandContext;
  /** For the CTI link. */
  readonly ctiListener: CtiListener;
  /** Agents whose state the CTI link asks for. */
  readonly agentIds: () => readonly AgentKey[];
  /** Ends the observation of the directory. */
  close(): void;
}

export function createDesk(dependencies: DeskDependencies): Desk {
  const { profile, directory, cti, clock, happenings } = dependencies;
  const { deployment } = profile;
  const agents = new AgentBook(deployment);
  // Updates of dialogs are not published yet.
  const dialogs = new DialogBook({
    agents,
    deployment,
    queueName: (number) => directory.current.skillGroup(number)?.name,
    clock,
    late: () => {},
  });
  dialogs.suspend();
  const presenter = new Presenter({ directory, agents, profile });
  const status = new SystemStatus();
  const systemInfo = systemInfoSource(dependencies.identity, status, () => cti.info, clock);
  const notifier = new Notifier({
    presenter,
    directory,
    systemInfo,
    port: dependencies.notification,
    happenings,
    clock,
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
  });
  const agentIds = () => directory.current.users().filter(isApiUser);

  status.onChange(() => notifier.publishSystemInfo());

  let known = directory.current;
  const close = directory.onChange((current) => {
    const before = known;
    known = current;
    notifier.directoryChanged(before, current);
    for (const user of before.users()) {
      if (current.user(user.loginId)?.loginId === user.loginId) continue;
      agents.forget(user.loginId);
      requests.forget(user.loginId);
    }
  });

  const ctiListener: CtiListener = {
    agentState(agentId, event) {
      const record = directory.current.user(agentId);
      // Agents of other systems on the same CTI server are none of ours.
      if (record === undefined) return;
      requests.heard(record.loginId, event);
      dialogs.agentChanged(agents.get(record.loginId), event.at);
    },
    agentSnapshot(agentId, event) {
      const record = directory.current.user(agentId);
      if (record === undefined) return;
      const { agent } = agents.apply(record.loginId, event);
      dialogs.agentChanged(agent, clock.now());
    },
    call: (event) => void dialogs.apply(event),
    preCall: (call) => dialogs.expect(call),
    inService(first) {
      status.apply({ type: 'cti', inService: true });
      dialogs.resume(clock.now());
      // At the first time nobody can have seen an older state; those who are signed out need no word.
      const ids = agentIds().map(({ loginId }) => loginId);
      notifier.republish(first ? ids.filter((id) => agents.get(id).state !== 'LOGOUT') : ids);
    },
    outOfService() {
      requests.linkLost();
      dialogs.suspend();
      status.apply({ type: 'cti', inService: false });
    },
  };

  const context: CommandContext = { directory, agents, requests, deployment };
  return {
    agents,
    dialogs,
    presenter,
    status,
    systemInfo,
    notifier,
    requests,
    context,
    ctiListener,
    agentIds,
    close,
  };
}
