/** Every limit of the BOSH service: one table with name, default, unit and reason. */

interface LimitDef {
  readonly default: number;
  readonly unit: 'bytes' | 'seconds' | 'count';
  readonly meaning: string;
}

export const BOSH_LIMITS = {
  waitSeconds: {
    default: 60,
    unit: 'seconds',
    meaning: 'longest wait granted, and the wait when none is asked',
  },
  holdMax: { default: 2, unit: 'count', meaning: 'requests that may wait at the server at once' },
  inactivitySeconds: {
    default: 60,
    unit: 'seconds',
    meaning: 'silence after which a sweep closes a session; also how long a gap of rids may stay open',
  },
  pollingSeconds: {
    default: 5,
    unit: 'seconds',
    meaning: 'shortest interval of empty polls that is asked for',
  },
  maxpauseSeconds: { default: 300, unit: 'seconds', meaning: 'longest pause granted' },
  sweepSeconds: { default: 30, unit: 'seconds', meaning: 'period of the sweep over all sessions' },
  pollBurst: {
    default: 20,
    unit: 'count',
    meaning: 'needless requests (early empty polls, repeats) tolerated at once',
  },
  pollBurstSeconds: { default: 10, unit: 'seconds', meaning: 'time in which the whole burst is earned back' },
  bodyBytesMax: { default: 65_536, unit: 'bytes', meaning: 'one request body' },
  // 16 KiB of base64 must fit together with <body/> and <auth/>.
  unauthenticatedBodyBytesMax: {
    default: 17_408,
    unit: 'bytes',
    meaning: 'one request body before authentication',
  },
  bodySeconds: {
    default: 20,
    unit: 'seconds',
    meaning: 'from the header of a request to the end of its body',
  },
  xmlDepthMax: { default: 32, unit: 'count', meaning: 'nesting of elements below <body/>' },
  xmlAttributesMax: { default: 64, unit: 'count', meaning: 'attributes of one element' },
  queuedStanzasMax: { default: 1_000, unit: 'count', meaning: 'stanzas waiting for one client' },
  queuedBytesMax: { default: 1_048_576, unit: 'bytes', meaning: 'stanzas waiting for one client' },
  sessionsMax: { default: 20_000, unit: 'count', meaning: 'sessions of one service' },
  unauthenticatedSeconds: {
    default: 60,
    unit: 'seconds',
    meaning: 'from the session request to authentication',
  },
  unauthenticatedPerAddressMax: {
    default: 4_096,
    unit: 'count',
    meaning: 'unauthenticated sessions of one address (2,000 desktops may share a proxy)',
  },
} as const satisfies Record<string, LimitDef>;

export type BoshLimits = { readonly [K in keyof typeof BOSH_LIMITS]: number };

/** The defaults of {@link BOSH_LIMITS} with some replaced. */
export function boshLimitsWith(overrides: Partial<BoshLimits> = {}): BoshLimits {
  const limits: Record<string, number> = {};
  for (const [name, limit] of Object.entries(BOSH_LIMITS)) limits[name] = limit.default;
  return { ...(limits as BoshLimits), ...overrides };
}
