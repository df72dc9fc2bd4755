/**
 * Security headers per path, as one table. REST and BOSH answers get none: they are data, and existing
 * clients compare what they receive.
 */

export interface SecurityPolicy {
  /** Paths that begin with this; the longest match wins. */
  readonly prefix: string;
  /** Directives of the Content-Security-Policy in order. */
  readonly directives: Readonly<Record<string, string>>;
}

const OWN_PAGES = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'frame-src': "'self'",
  'manifest-src': "'self'",
  'worker-src': "'self'",
  'form-action': "'self'",
  'base-uri': "'none'",
  'object-src': "'none'",
  'frame-ancestors': "'self'",
} as const;

/**
 * Gadgets and pages made elsewhere are trusted code of the operator (they reach into the desktop's frame
 * anyway) and were written before such policies: inline scripts, eval in template engines, libraries and
 * services of other hosts. What stays forbidden is plugins and framing by foreign sites.
 */
const GADGET_FILES = {
  'default-src': "'self' https: data: blob:",
  'script-src': "'self' 'unsafe-inline' 'unsafe-eval' https: blob:",
  'style-src': "'self' 'unsafe-inline' https:",
  'img-src': '* data: blob:',
  'connect-src': '*',
  'frame-src': '*',
  'object-src': "'none'",
  'base-uri': "'self'",
  'frame-ancestors': "'self'",
} as const;

/** The page around a gadget, too; its base is where the gadget is from, and that may be any host that gadgets may come from. */
const GADGET_FRAME = {
  ...GADGET_FILES,
  'default-src': "'self' https: http: data: blob:",
  'script-src': "'self' 'unsafe-inline' 'unsafe-eval' https: http: blob:",
  'style-src': "'self' 'unsafe-inline' https: http:",
  'base-uri': '*',
} as const;

export const SECURITY_POLICIES: readonly SecurityPolicy[] = [
  {
    prefix: '/',
    directives: { 'default-src': "'none'", 'style-src': "'self'", 'frame-ancestors': "'self'" },
  },
  { prefix: '/desktop/', directives: OWN_PAGES },
  { prefix: '/cfadmin', directives: OWN_PAGES },
  { prefix: '/3rdpartygadget/files/', directives: GADGET_FILES },
  { prefix: '/gadgets/ifr', directives: GADGET_FRAME },
];

/** Paths whose answers are left alone. */
const DATA_PREFIXES = ['/finesse/', '/http-bind', '/poise/api/'];

export interface SecurityHeaders {
  readonly 'content-security-policy': string;
  readonly 'x-content-type-options': 'nosniff';
  readonly 'referrer-policy': 'same-origin';
}

function policyText(directives: SecurityPolicy['directives'], connectTo: readonly string[] = []): string {
  return Object.entries(directives)
    .map(([name, value]) =>
      [name, value, ...(name === 'connect-src' && value === "'self'" ? connectTo : [])].join(' '),
    )
    .join('; ');
}

/** Of a gadget's frame, for whoever has more to add. */
export const GADGET_FRAME_POLICY = policyText(GADGET_FRAME);

function written(policy: SecurityPolicy, connectTo: readonly string[]): SecurityHeaders {
  return {
    'content-security-policy': policyText(policy.directives, connectTo),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  };
}

/**
 * The function that gives the headers for an answer at a path, or undefined where none belong.
 * @param origins further origins that the own pages may call, over HTTP and WebSocket: those of the pair of nodes
 * @param requestOrigins those that they may send requests to, over HTTP alone: other servers of workflows
 */
export function securityHeaders(
  origins: readonly string[] = [],
  requestOrigins: readonly string[] = [],
): (path: string) => SecurityHeaders | undefined {
  const connectTo = [
    ...origins.flatMap((origin) => [origin, origin.replace(/^http/, 'ws')]),
    ...requestOrigins,
  ];
  const table = [...SECURITY_POLICIES]
    .sort((a, b) => b.prefix.length - a.prefix.length)
    .map((policy) => ({ prefix: policy.prefix, headers: written(policy, connectTo) }));
  return (path) =>
    DATA_PREFIXES.some((prefix) => path.startsWith(prefix))
      ? undefined
      : table.find((policy) => path.startsWith(policy.prefix))?.headers;
}
