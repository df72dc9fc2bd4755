/** Passwords and single sign-on. */
import { boolean, choice, duration, integer, issuer, origins, secretText, text, texts } from '../parsers.ts';
import { HOUR, MINUTE, SECOND, type SettingTable, secret, setting } from '../setting.ts';

export const ACCOUNTS = {
  'accounts.iterations': setting(
    integer(4096, 10_000_000),
    100_000,
    'PBKDF2 iterations for passwords that are set from now on (RFC 7677: at least 4096).',
  ),
  'accounts.cacheTtl': setting(
    duration(0, 24 * HOUR),
    30 * MINUTE,
    'How long a verified credential is remembered (as a keyed hash).',
  ),
  'accounts.cacheMax': setting(integer(0, 1_000_000), 20_000, 'Verified credentials that are remembered.'),
  'accounts.derivationsMax': setting(
    integer(1, 100_000),
    4000,
    'Passwords that may wait for verification; more are answered with an error at once.',
  ),
  'accounts.lockAfter': setting(integer(1, 1000), 5, 'Wrong passwords in a row that lock a user.'),
  'accounts.lockFor': setting(
    duration(SECOND, 24 * HOUR),
    5 * MINUTE,
    'How long a locked user stays locked after the last attempt.',
  ),
  'accounts.consoleLockFor': setting(
    duration(SECOND, 24 * HOUR),
    30 * MINUTE,
    'The same for the administration console.',
  ),
  'accounts.failureDelay': setting(
    duration(0, 5 * SECOND),
    100,
    'How long the answer to a wrong password is held back: twice as long with each further one in a row, up to eight times. Only whoever sent it waits.',
  ),
  'accounts.passwordMin': setting(integer(1, 128), 8, 'Shortest password that can be set.'),

  'sso.systemAuthMode': setting(
    choice('NON_SSO', 'SSO', 'HYBRID'),
    'NON_SSO',
    'How agents and supervisors sign in: with passwords here, at an OpenID Connect provider, or each user in one of the two ways (`sso.users`, `sso.teams`). Administrators keep their passwords.',
  ),
  'sso.issuer': setting(
    issuer,
    '',
    'Issuer of the OpenID Connect provider, as its metadata names it; http only on this machine.',
  ),
  'sso.clientId': setting(text(0, 255), '', 'Client ID of Poise at the provider.'),
  'sso.clientSecret': secret(
    secretText(0, 1024),
    '',
    'Client secret of Poise at the provider; empty: a public client.',
  ),
  'sso.audience': setting(
    text(0, 255),
    {
      words: 'the value of `sso.clientId`',
      compute: ({ get }): string => get('sso.clientId') as string,
    },
    'What must stand in `aud` of an access token.',
  ),
  'sso.userClaim': setting(
    text(1, 64),
    'preferred_username',
    'Claim of the access token that holds the login id or login name of the agent.',
  ),
  'sso.scope': setting(text(6, 255), 'openid profile', 'Scopes asked for at sign-in; `openid` must be one.'),
  'sso.users': setting(
    texts,
    [],
    'HYBRID: login ids of the users who sign in at the provider; all others have passwords.',
  ),
  'sso.teams': setting(
    texts,
    [],
    'HYBRID: names of teams whose members sign in at the provider, besides `sso.users`.',
  ),
  'sso.origin': setting(
    origins,
    [],
    'Origins at which browsers reach this server, for the redirect from the provider. Empty: the names of the nodes and this machine, as the browser addressed them.',
  ),
  'sso.requestsMax': setting(
    integer(1, 100_000),
    600,
    'Requests to `/desktop/sso` from one address within a minute; more are answered 429.',
  ),
  'sso.enableUserAuthMode': setting(
    boolean,
    true,
    'Whether UserAuthMode answers (enableUserAuthMode of the original); without it a hybrid desktop cannot tell who signs in how.',
  ),
} as const satisfies SettingTable;
