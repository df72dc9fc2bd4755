import { ServiceMask } from '@poise/ged188';
import { AGENT_ID_LONG_SIZE } from './agent-event.ts';
import type { AgentModel } from './agent-model.ts';
import { type CtiClient, hasService } from './client.ts';
import { fits } from './clip.ts';
import { type ConfigurationContext, update } from './configuration.ts';
import type { Dialect } from './dialect.ts';
import { type AcdDirectory, Roster } from './directory.ts';
import type { EventRouter } from './event-router.ts';
import type { Calls } from './no-calls.ts';
import { teamChanges, wantsTeams } from './team-config.ts';

export interface DirectoryWatchOptions {
  readonly directory: AcdDirectory;
  readonly model: AgentModel;
  readonly calls: () => Calls;
  readonly router: EventRouter;
  readonly dialect: Dialect;
  readonly configuration: () => ConfigurationContext;
  /** An agent has left the directory. */
  readonly agentRemoved: (loginId: string) => void;
  readonly log: (text: string) => void;
}

/** Reads the directory again when it changes, and tells the clients that asked for it. */
export class DirectoryWatch {
  readonly #options: DirectoryWatchOptions;
  /** Clients that sent CONFIG_REQUEST_EVENT, with the items whose updates they want. */
  readonly #configured = new Map<CtiClient, number>();
  readonly #unobserve: (() => void) | undefined;

  constructor(options: DirectoryWatchOptions) {
    this.#options = options;
    noteUnfit(options.model.roster, options.log);
    this.#unobserve = options.directory.onChange?.(() => this.changed());
  }

  /** Ends the observation. */
  close(): void {
    this.#unobserve?.();
  }

  /** The client asked for the configuration: from now on it gets updates of these items. */
  wantsUpdates(client: CtiClient, mask = client.configMsgMask): void {
    this.#configured.set(client, mask);
  }

  closed(client: CtiClient): void {
    this.#configured.delete(client);
  }

  /** A directory that throws changes nothing. */
  changed(): void {
    const { directory, model, router, dialect, log, calls, configuration, agentRemoved } = this.#options;
    let roster: Roster;
    try {
      roster = new Roster(directory);
    } catch (error) {
      log(`the directory could not be read, the old one stays: ${String(error)}`);
      return;
    }
    noteUnfit(roster, log);
    const before = model.roster;
    const { difference, changes } = model.replaceRoster(roster);
    for (const [client, mask] of this.#configured) {
      client.stream(update(difference, mask, client.version, configuration()));
    }
    calls().rosterReplaced(difference, changes);
    for (const { loginId } of difference.agents.removed) agentRemoved(loginId);
    const teams = [...teamChanges(before, difference, model, dialect)];
    if (teams.length === 0) return;
    for (const client of router.clients) {
      if (wantsTeams(client) && hasService(client, ServiceMask.ALL_EVENTS)) client.stream(teams);
    }
  }

  async checkPassword(loginId: string, password: string, from: string): Promise<boolean | 'locked'> {
    const { directory, log } = this.#options;
    try {
      return await directory.checkPassword(loginId, password, from);
    } catch (error) {
      log(`the password of ${loginId} could not be checked: ${String(error)}`);
      return false;
    }
  }
}

/** The protocol has room for 31 bytes of an agent id; longer ones cannot be told apart by clients. */
function noteUnfit(roster: Roster, log: (text: string) => void): void {
  for (const { loginId } of roster.agents) {
    if (!fits(loginId, AGENT_ID_LONG_SIZE)) log(`the agent id ${loginId} is too long for the CTI protocol`);
  }
}
