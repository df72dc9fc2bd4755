/**
 * Desktop properties (gadgets.md 1.3, desktop.md 17): each with its type, range and default in one table. The value of the team's
 * layout wins over that of the default layout, that one over the server's setting.
 */
import { refuseUrl } from './url.ts';

export type DropParticipantFor = 'supervisor_only' | 'conference_controller_and_supervisor' | 'all';

/** Every property, with the value that counts. */
export interface DesktopProperties {
  /** Null: the name of the product. */
  readonly title: string | null;
  /** Null: the logo of the product. */
  readonly logo: string | null;
  readonly enableDragDropAndResizeGadget: boolean;
  readonly enableShortCutKeys: boolean;
  readonly forceWrapUp: boolean;
  readonly wrapUpCountDown: boolean;
  readonly showWrapUpTimer: boolean;
  readonly desktopChatAttachmentEnabled: boolean;
  /** Bytes in millions. */
  readonly desktopChatMaxAttachmentSize: number;
  /** Endings with their dot, lower case. */
  readonly desktopChatUnsupportedFileTypes: readonly string[];
  readonly showAgentHistoryGadgets: boolean;
  readonly showActiveCallDetails: boolean;
  readonly pendingDTMFThresholdCount: number;
  readonly dtmfRequestTimeoutInMs: number;
  readonly enableDropParticipantFor: DropParticipantFor;
  readonly dropParticipant: 'agents' | 'all';
  readonly displayNavLevelGadgetsFirstInMultitab: boolean;
  readonly maxTabsOnTabbedGadgetHeader: number;
  readonly enableWrapupButtonForAllCallTypes: boolean;
  readonly enableMobileAgentLogin: boolean;
  readonly enhanceContrast: boolean;
  /** Whether consult calls run workflows. */
  readonly triggerWorkFlowForConsult: boolean;
  readonly enableToasterNotificationForRONA: boolean;
  readonly enableToasterNotificationForFailover: boolean;
  readonly loginFailureRetryAttempts: number;
  /** Seconds. */
  readonly loginFailureRetryInterval: number;
  /** Seconds. */
  readonly unreadNotificationsWaitTime: number;
  /** Seconds. */
  readonly notificationPopupWaitTime: number;
  readonly securityBannerMessage: string;
  /** To be acknowledged before the sign-in; empty: none. */
  readonly logonMessage: string;
  /** The tab of call control asks for attention when … (desktop.md 11). */
  readonly showNotificationOnCallVariablesChange: boolean;
  readonly showNotificationOnParticipantChange: boolean;
  readonly showNotificationOnWrapUpReasonsChange: boolean;
  readonly showNotificationOnNumCallsChange: boolean;
  /** The panel for who develops gadgets. */
  readonly developerTools: boolean;
}

type Read<T> = { readonly value: T } | { readonly wanted: string };

interface Property<T> {
  readonly fallback: T;
  /** Whether a layout may set it; the others are settings of the server only. */
  readonly inLayout: boolean;
  read(text: string): Read<T>;
}

const flag = (fallback: boolean, inLayout = true): Property<boolean> => ({
  fallback,
  inLayout,
  read: (text) =>
    /^(true|false)$/i.test(text) ? { value: text.toLowerCase() === 'true' } : { wanted: 'true or false' },
});

const integer = (fallback: number, min: number, max: number, inLayout = true): Property<number> => ({
  fallback,
  inLayout,
  read(text) {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? { value } : { wanted: `a whole number from ${min} to ${max}` };
  },
});

const choice = <T extends string>(fallback: T, others: readonly T[]): Property<T> => ({
  fallback,
  inLayout: true,
  read(text) {
    const value = [fallback, ...others].find((known) => known === text.toLowerCase());
    return value === undefined ? { wanted: `one of ${[fallback, ...others].join(', ')}` } : { value };
  },
});

const text = <T extends string | null>(
  fallback: T,
  lengthMax: number,
  inLayout = true,
): Property<T | string> => ({
  fallback,
  inLayout,
  read: (given) =>
    given.length > lengthMax
      ? { wanted: `at most ${lengthMax} characters` }
      : { value: given === '' ? fallback : given },
});

const image: Property<string | null> = {
  fallback: null,
  inLayout: true,
  read(given) {
    if (given === '') return { value: null };
    const refused = refuseUrl(given);
    if (refused !== null) return { wanted: 'an address of this server, or one with http: or https:' };
    const isImage = /\.(svg|png|gif|jpe?g)$/i.test(given.replace(/[?#].*$/s, ''));
    return isImage ? { value: given } : { wanted: 'the address of an .svg, .png, .gif or .jpg file' };
  },
};

const endings: Property<readonly string[]> = {
  fallback: ['.exe', '.msi', '.sh', '.bat'],
  inLayout: true,
  read(given) {
    const list = given
      .split(',')
      .map((ending) => ending.trim().toLowerCase())
      .filter((ending) => ending !== '');
    const fits = list.length <= 100 && list.every((ending) => /^\.[a-z0-9_-]{1,20}$/.test(ending));
    return fits ? { value: list } : { wanted: 'file name endings such as .exe, parted by commas' };
  },
};

/** The table. A key of a layout that is not in it is another product's, and is kept without a word. */
export const DESKTOP_PROPERTIES: { readonly [K in keyof DesktopProperties]: Property<DesktopProperties[K]> } =
  {
    title: text<string | null>(null, 128),
    logo: image,
    enableDragDropAndResizeGadget: flag(false),
    enableShortCutKeys: flag(true),
    forceWrapUp: flag(true),
    wrapUpCountDown: flag(true),
    showWrapUpTimer: flag(true),
    desktopChatAttachmentEnabled: flag(true),
    desktopChatMaxAttachmentSize: integer(5, 5, 10),
    desktopChatUnsupportedFileTypes: endings,
    showAgentHistoryGadgets: flag(true),
    showActiveCallDetails: flag(true),
    pendingDTMFThresholdCount: integer(20, 1, 20),
    dtmfRequestTimeoutInMs: integer(5000, 1000, 200_000),
    enableDropParticipantFor: choice<DropParticipantFor>('supervisor_only', [
      'conference_controller_and_supervisor',
      'all',
    ]),
    dropParticipant: choice<'agents' | 'all'>('agents', ['all']),
    displayNavLevelGadgetsFirstInMultitab: flag(false),
    maxTabsOnTabbedGadgetHeader: integer(7, 1, 20, false),
    enableWrapupButtonForAllCallTypes: flag(false, false),
    enableMobileAgentLogin: flag(true, false),
    enhanceContrast: flag(true, false),
    triggerWorkFlowForConsult: flag(true, false),
    enableToasterNotificationForRONA: flag(true, false),
    enableToasterNotificationForFailover: flag(true, false),
    loginFailureRetryAttempts: integer(3, 0, 10, false),
    loginFailureRetryInterval: integer(60, 15, 180, false),
    unreadNotificationsWaitTime: integer(20, 1, 3600, false),
    notificationPopupWaitTime: integer(8, 1, 3600, false),
    securityBannerMessage: text('', 220, false),
    logonMessage: text('', 4000, false),
    showNotificationOnCallVariablesChange: flag(true, false),
    showNotificationOnParticipantChange: flag(true, false),
    showNotificationOnWrapUpReasonsChange: flag(true, false),
    showNotificationOnNumCallsChange: flag(true, false),
    developerTools: flag(false, false),
  };

export type ConfigSource = 'team' | 'default';

export interface ConfigSources {
  /** `configs` of the team's layout. */
  readonly team?: Readonly<Record<string, string>> | undefined;
  /** `configs` of the default layout. */
  readonly default?: Readonly<Record<string, string>> | undefined;
  /** Settings of the server, checked when they were read. Its enableDropParticipantFor is that of the API: no layout allows more. */
  readonly server?: Partial<DesktopProperties> | undefined;
}

/** A value that does not count, and why. */
export interface ConfigProblem {
  readonly source: ConfigSource;
  readonly key: string;
  readonly value: string;
  /** A plain sentence. */
  readonly message: string;
}

/** The properties that count. A value that is wrong is reported, and the next source's takes its place. */
export function configOf(sources: ConfigSources): {
  readonly properties: DesktopProperties;
  readonly problems: readonly ConfigProblem[];
} {
  const problems: ConfigProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(DESKTOP_PROPERTIES) as [string, Property<unknown>][]) {
    const server = sources.server?.[key as keyof DesktopProperties];
    values[key] = server === undefined ? property.fallback : server;
    for (const source of ['default', 'team'] as const) {
      const configs = sources[source];
      if (configs === undefined || !Object.hasOwn(configs, key)) continue;
      const value = configs[key] as string;
      const read: Read<unknown> = property.inLayout
        ? property.read(value.trim())
        : { wanted: 'a setting of the server; a layout cannot change it' };
      if ('value' in read) values[key] = read.value;
      else problems.push({ source, key, value, message: sentence(key, read.wanted) });
    }
  }
  const wanted = values.enableDropParticipantFor as DropParticipantFor;
  const allowed = sources.server?.enableDropParticipantFor;
  if (allowed !== undefined) values.enableDropParticipantFor = stricter(wanted, allowed);
  return { properties: Object.freeze(values) as unknown as DesktopProperties, problems };
}

const DROP_RULES: readonly DropParticipantFor[] = [
  'supervisor_only',
  'conference_controller_and_supervisor',
  'all',
];

/** The API refuses what its own setting does not allow, so the stricter one counts (gadgets.md 1.3). */
const stricter = (a: DropParticipantFor, b: DropParticipantFor): DropParticipantFor =>
  DROP_RULES.indexOf(a) < DROP_RULES.indexOf(b) ? a : b;

const sentence = (key: string, wanted: string): string =>
  wanted.startsWith('a setting') ? `${key} is ${wanted}.` : `The value of ${key} must be ${wanted}.`;
