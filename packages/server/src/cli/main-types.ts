/** What the command line and the composition root (`main.ts`) agree on. */
import type { ControlCommands } from '../control/server.ts';
import type { PartsHealth } from '../parts/parts.ts';
import type { SettingKey } from '../settings/keys.ts';
import type { Origin, Settings } from '../settings/settings.ts';

/** The parts that `--only` chooses from. */
export const PART_NAMES = ['webservices', 'notification', 'cti', 'desktop'] as const;
export type PartName = (typeof PART_NAMES)[number];

type Say = (text: string, detail?: Readonly<Record<string, unknown>>) => void;

/** Tells the operator what happens: text on a terminal, JSON lines otherwise. */
export interface OperatorLog {
  readonly debug: Say;
  readonly info: Say;
  readonly warn: Say;
  readonly error: Say;
}

/** A folder that its developer works on, shown as a gadget. */
export interface ServedGadget {
  /** First segment of its paths below `/3rdpartygadget/files/`. */
  readonly name: string;
  readonly dir: string;
  /** Gadget files in it, as paths with `/`: at least one. */
  readonly files: readonly string[];
}

/** Does again what fails because a database is away, until it is there. */
export type Patiently = <Opened>(open: () => Promise<Opened>) => Promise<Opened>;

export interface StartOptions {
  readonly settings: Settings;
  /** Where the settings came from; undefined: all from the command line, so that no administrator changes them. */
  readonly origins?: ReadonlyMap<SettingKey, Origin>;
  readonly demo: boolean;
  /** Agents of `--bench N`; undefined: none, and no service user. */
  readonly bench?: number;
  /** Parts to run; undefined: all. */
  readonly only?: readonly PartName[];
  readonly operator: OperatorLog;
  /** Opens the store as soon as its database can be used; absent: what cannot be opened now ends the start. */
  readonly patiently?: Patiently;
  /** Shown in a tab of its own, and loaded anew whenever a file changes; only with a data directory for this alone. */
  readonly gadget?: ServedGadget;
}

export interface RunningServer {
  /** Where people and clients find it, the desktop first. */
  readonly urls: readonly string[];
  /**
   * Monitoring is told that the stop which comes next is wanted, when it asks as it does regularly. The server works on meanwhile.
   * At most 20 s; idempotent.
   */
  announceStop(): Promise<void>;
  /** It does not come. */
  withdrawStop(): void;
  /** Orderly and within 5 s; idempotent. */
  stop(): Promise<void>;
  /** Desktops that are connected here. */
  desktops(): number;
  health(): PartsHealth;
  /** What the control socket offers beside `status` and `stop`. */
  readonly control?: ControlCommands;
}
