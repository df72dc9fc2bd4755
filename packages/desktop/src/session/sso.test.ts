import { expect, it } from 'vitest';
import {
  endOf,
  nextAt,
  readKept,
  readTokens,
  refreshAt,
  type SsoTokens,
  warningAt,
  withoutRefresh,
} from './sso.ts';

const MINUTE = 60_000;
const answer = (over: object = {}) => ({
  token: 'a',
  refresh_token: 'r',
  expires_in: 300,
  refresh_expires_in: 3_600,
  user_id: '3001',
  ...over,
});
const tokensAt = (now: number, over: object = {}, before: SsoTokens | null = null) =>
  readTokens(answer(over), now, before) as SsoTokens;
const warnings = (tokens: SsoTokens, ...minutes: number[]) =>
  minutes.map((m) => warningAt(tokens, m * MINUTE)?.warning ?? null);

it('a token is refreshed at 75 % of its life', () => {
  const tokens = tokensAt(1_000);
  expect(refreshAt(tokens)).toBe(1_000 + 225_000);
  expect(nextAt(tokens, 1_000, true)).toBe(226_000);
});

it('warnings come at ten and five minutes and in the last one', () => {
  const tokens = tokensAt(0);
  expect(warnings(tokens, 0, 49.9, 50, 54.9, 55, 58.9, 59, 59.9)).toEqual([
    null,
    null,
    'ten',
    'ten',
    'five',
    'five',
    'last',
    'last',
  ]);
  expect(nextAt(tokens, 40 * MINUTE, true)).toBe(50 * MINUTE);
  expect(nextAt(tokens, 59 * MINUTE, true)).toBe(60 * MINUTE);
  expect(nextAt(tokens, 60 * MINUTE, true)).toBeNull();
});

it('an end that each refresh moves on is nothing to be warned of from its beginning', () => {
  const eight = { refresh_expires_in: 480 };
  let tokens = tokensAt(0, eight);
  expect(warnings(tokens, 0, 2.9, 3)).toEqual([null, null, 'five']);
  tokens = tokensAt(3 * MINUTE, eight, tokens);
  expect(tokens.isLast).toBe(false);
  expect(warnings(tokens, 3, 5)).toEqual([null, null]);
});

it('an end that a refresh did not move is the last one, and told at once', () => {
  const before = tokensAt(0, { refresh_expires_in: 480 });
  const tokens = tokensAt(3 * MINUTE, { refresh_expires_in: 301 }, before);
  expect(tokens.isLast).toBe(true);
  expect(warnings(tokens, 3)).toEqual(['ten']);
});

it('without a refresh token the access token is the end; without a known end there is none', () => {
  const short = tokensAt(0, { refresh_token: undefined });
  expect(endOf(short)).toBe(5 * MINUTE);
  expect(warnings(short, 0, 4)).toEqual(['five', 'last']);
  expect(endOf(tokensAt(0, { refresh_expires_in: undefined }))).toBeNull();
  expect(endOf(withoutRefresh(tokensAt(0)))).toBe(5 * MINUTE);
});

it('what an answer does not say again stays', () => {
  const before = tokensAt(0);
  const tokens = tokensAt(1_000, { refresh_token: undefined, user_id: undefined }, before);
  expect([tokens.user, tokens.refreshToken, tokens.refreshExpiresAt]).toEqual(['3001', 'r', 60 * MINUTE]);
});

it.each([
  [null],
  ['text'],
  [{}],
  [answer({ token: 5 })],
  [answer({ expires_in: -1 })],
  [answer({ expires_in: 'soon' })],
  [answer({ user_id: '' })],
])('reads nothing from %j', (given) => {
  expect(readTokens(given, 0, null)).toBeNull();
});

it('what was kept is used while it holds', () => {
  const kept = { tokens: tokensAt(0), extension: '3001', dialNumber: '', mode: '' };
  expect(readKept(JSON.stringify(kept), 59 * MINUTE)).toEqual(kept);
  expect(readKept(JSON.stringify(kept), 60 * MINUTE)).toBeNull();
  for (const broken of [null, '', '{', '5', '{"tokens":{}}']) expect(readKept(broken, 0)).toBeNull();
});
