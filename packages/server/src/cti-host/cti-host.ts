/**
 * The embedded CTI server as a part of the server: package acd on the directory of the store. The CTI link
 * reaches it over TCP, as it would reach a foreign one.
 */
import {
  type AcdDirectory,
  type AcdTeam,
  type CallSettings,
  type CtiServer,
  holdsBesideActive,
  SimulatedSwitch,
  Simulation,
  startCtiServer,
} from '@poise/acd';
import type { Clock } from '@poise/clock';
import type { Accounts } from '../accounts/accounts.ts';
import type { Happenings } from '../happenings.ts';
import type { Part, PartHealth, PartState } from '../parts/part.ts';
import type { Directory, DirectorySource, TeamRecord, UserRecord } from '../store/directory.ts';

export interface CtiHostOptions {
  readonly clock: Clock;
  readonly happenings: Happenings;
  readonly directory: DirectorySource;
  readonly accounts: Accounts;
  /** SSOEnabled of the configuration records. Default: nobody. */
  readonly signsOnElsewhere?: (user: UserRecord) => boolean;
  readonly deployment: 'CCE' | 'CCX';
  readonly onDisconnect: 'notReady' | 'logout';
  readonly peripheralId: number;
  readonly host: string;
  /** 0: any free port; null: this side is off. At least one side must be on. */
  readonly portA: number | null;
  readonly portB: number | null;
  /** One line of the CTI trace. */
  readonly trace: (line: string) => void;
  readonly calls: {
    /** Never gives a number twice, also not after a restart. */
    readonly nextCallId: () => number;
    readonly settings: Partial<CallSettings>;
    /** Seed of the simulated telephony. */
    readonly seed: number;
  };
}

/** The store's directory as the CTI server asks for it: agents are those who may sign in to a phone. */
export function acdDirectory(
  options: Pick<CtiHostOptions, 'directory' | 'accounts' | 'peripheralId' | 'signsOnElsewhere'>,
): AcdDirectory {
  const { directory, accounts, peripheralId, signsOnElsewhere } = options;
  return {
    peripheralId,
    *agents() {
      for (const user of directory.current.users()) {
        if (!user.roles.includes('Agent') && !user.roles.includes('Supervisor')) continue;
        yield {
          loginId: user.loginId,
          loginName: user.loginName,
          firstName: user.firstName,
          lastName: user.lastName,
          skillTargetId: user.skillTargetId,
          teamId: user.teamId,
          skillGroups: user.skillGroupNumbers,
          supervisorOf: user.supervisedTeamIds,
          ...(signsOnElsewhere?.(user) === true && { ssoEnabled: true }),
        };
      }
    },
    *teams() {
      for (const team of directory.current.teams()) yield acdTeam(team, directory.current);
    },
    skillGroups: () => directory.current.skillGroups(),
    devices: () => directory.current.devices(),
    *dialledNumbers() {
      for (const { number, skillGroupNumber, priority } of directory.current.dialledNumbers())
        yield { number, skillGroup: skillGroupNumber, priority };
    },
    async checkPassword(loginId, password, from) {
      const known = await accounts.authenticate('cti', loginId, password, from);
      return known.ok || (known.reason === 'locked' && 'locked');
    },
    onChange: (listener) => directory.onChange(() => listener()),
  };
}

/** A team that has reason codes of a category must give one, as the webservices demand it too. */
function acdTeam(team: TeamRecord, directory: Directory): AcdTeam {
  return {
    ...team,
    notReadyReasonRequired: directory.reasonCodes('NOT_READY', team.id).length > 0,
    logoutReasonRequired: directory.reasonCodes('LOGOUT', team.id).length > 0,
  };
}

export class CtiHost implements Part {
  readonly name = 'cti-server';
  readonly #options: CtiHostOptions;
  #state: PartState = 'stopped';
  #reason = '';
  #server: CtiServer | undefined;
  #simulation: Simulation | undefined;

  constructor(options: CtiHostOptions) {
    this.#options = options;
  }

  /** The running server, for simulation and tests. */
  get server(): CtiServer | undefined {
    return this.#server;
  }

  /** The simulated telephony below the running server. */
  get simulation(): Simulation | undefined {
    return this.#server && this.#simulation;
  }

  async start(): Promise<void> {
    if (this.#state === 'running') return;
    const { clock, deployment, onDisconnect, host, portA, portB, trace, happenings, calls } = this.#options;
    if (portA === null && portB === null) {
      this.#state = 'failed';
      this.#reason =
        'The embedded CTI server has no port: ports.ctiA and ports.ctiB are both off. Give it one, or set cti.embedded to false.';
      throw new Error(this.#reason);
    }
    this.#state = 'starting';
    try {
      this.#server = await startCtiServer({
        directory: acdDirectory(this.#options),
        clock,
        host,
        ...(portA === null ? {} : { portA }),
        ...(portB === null ? {} : { portB }),
        deployment,
        onDisconnect,
        trace,
        switch: this.#exchange(),
        callSettings: calls.settings,
        nextCallId: calls.nextCallId,
        log: (text) => happenings.publish('operator', { level: 'warn', text }),
      });
      this.#state = 'running';
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#state = 'failed';
      this.#reason =
        code === 'EADDRINUSE'
          ? `A port of the CTI server (ports.ctiA ${portA}, ports.ctiB ${portB}) is in use by another program.`
          : `The CTI server cannot listen: ${message}`;
      throw new Error(this.#reason);
    }
  }

  async stop(): Promise<void> {
    if (this.#server === undefined) return;
    this.#state = 'stopping';
    this.#simulation?.stop();
    this.#simulation = undefined;
    await this.#server.stop();
    this.#server = undefined;
    this.#state = 'stopped';
  }

  /** The simulated exchange; it knows the numbers and agents of the server that is about to run on it. */
  #exchange(): SimulatedSwitch {
    const { clock, calls } = this.#options;
    const model = () => this.#server?.centre.model;
    const plan = {
      isPhone: (number: string) => model()?.roster.hasDevice(number) === true,
      isRoutePoint: (number: string) => model()?.roster.dialledNumber(number) !== undefined,
    };
    const attended = (extension: string) => model()?.agentOn(extension) !== undefined;
    const holdsAnother = (extension: string) =>
      this.#server !== undefined && holdsBesideActive(this.#server.centre.calls, extension);
    const exchange = new SimulatedSwitch({ clock, plan, attended, holdsAnother, seed: calls.seed });
    this.#simulation = new Simulation({
      clock,
      plan,
      switch: exchange,
      offerContact: (device, contact) => this.#server?.centre.calls.offerContact(device, contact) === true,
    });
    return exchange;
  }

  health(): PartHealth {
    if (this.#server === undefined)
      return {
        state: this.#state,
        ready: false,
        reason: this.#reason || `The CTI server is ${this.#state}.`,
      };
    const { ready, reason, ...detail } = this.#server.health();
    return { state: this.#state, ready, ...(reason === undefined ? {} : { reason }), detail };
  }
}
