import type { Clock } from '@poise/clock';
import type { Accounts } from '../accounts/accounts.ts';
import type { ChangeOrigin } from '../audit/trail.ts';
import type { CommandContext } from '../commands/admission.ts';
import type { MediaDesk } from '../commands/media-desk.ts';
import type { TeamMessageBoard } from '../commands/team-message-board.ts';
import type { AgentBook } from '../domain/agents.ts';
import type { SystemStatus } from '../domain/system-status.ts';
import type { Happenings } from '../happenings.ts';
import type { MaintenanceModeSource } from '../objects/maintenance-mode.ts';
import type { Presenter } from '../objects/presenter.ts';
import type { SystemInfoSource } from '../objects/system-info.ts';
import type { DirectorySource } from '../store/directory.ts';
import type { Repositories } from '../store/repositories.ts';
import type { SystemSettings } from '../system-settings/system-settings.ts';

/** What the API writes so far. */
export type ConfigurationRepositories = Pick<
  Repositories,
  | 'desktopLayouts'
  | 'mediaPropertiesLayouts'
  | 'workflows'
  | 'workflowActions'
  | 'reasonCodes'
  | 'wrapUpReasons'
  | 'phoneBooks'
  | 'settings'
>;

/** The maintenance mode of this node, as the API uses it. */
export interface Maintenance {
  /** Null: there was none since the start. */
  readonly report: MaintenanceModeSource | null;
  /** @returns false: it is on already */
  start(): boolean;
}

/** A session of the notification service. */
export interface ConnectedSession {
  /** Full JID. */
  readonly jid: string;
  /** Login id. */
  readonly user: string;
  readonly resource: string;
  /** Wall ms. */
  readonly connectedAt: number;
}

/** What the webservices need. */
export interface RestDependencies {
  readonly directory: DirectorySource;
  readonly accounts: Accounts;
  readonly agents: AgentBook;
  readonly presenter: Presenter;
  readonly status: SystemStatus;
  readonly systemInfo: () => SystemInfoSource;
  readonly maintenance: Maintenance;
  /** Default: nobody. */
  readonly connected?: () => Iterable<ConnectedSession>;
  readonly commands: CommandContext;
  readonly teamMessages: TeamMessageBoard;
  readonly media: MediaDesk;
  /** Writes to the store in one transaction; the directory has it when this is done. @throws StoreError */
  readonly change: <T>(
    work: (repositories: ConfigurationRepositories) => Promise<T>,
    origin: ChangeOrigin,
  ) => Promise<T>;
  readonly systemSettings: SystemSettings;
  /** Of this software. */
  readonly version: string;
  readonly clock: Clock;
  readonly happenings: Happenings;
  /** Random bytes for session cookies. */
  readonly random: (bytes: number) => Uint8Array;
  /** Longest body of any request; resources have lower limits of their own. */
  readonly bodyBytesMax?: number;
  /** enableUserAuthMode; default true. */
  readonly userAuthMode?: boolean;
  /** How a user signs in, by login id or name; default: everybody with a password. */
  readonly authModeOf?: (name: string) => 'SSO' | 'NON_SSO';
}
