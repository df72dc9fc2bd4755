/**
 * `GET /poise/api/history/{userId}/calls` and `/states`: the shift of an agent, newest first, in JSON (Basic). The own one for
 * everybody, for supervisors those of their teams, for administrators all. docs/history.md describes it.
 */
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts, Principal } from '../accounts/accounts.ts';
import { check, readAuthorization } from '../accounts/authorization.ts';
import { decide, lockScopeOf } from '../accounts/policy.ts';
import type { Shift, ShiftState } from '../domain/shift.ts';
import { durationOf, type ShiftCall } from '../domain/shift-call.ts';
import type { DirectorySource } from '../store/directory.ts';
import { isUnavailable } from '../store/store-error.ts';
import type { EntriesQuery, ShiftBook, ShiftPage } from './shift-book.ts';

export interface HistoryPluginDependencies {
  readonly accounts: Accounts;
  readonly directory: DirectorySource;
  readonly shifts: Pick<ShiftBook, 'shift' | 'calls' | 'states'>;
}

const OPERATION = 'history.read';
const PARAMETERS = ['shift', 'since', 'before', 'limit'] as const;
const LIMIT_DEFAULT = 200;
const LIMIT_MAX = 1_000;
const NUMBER = /^\d{1,15}$/;

export const historyPlugin =
  ({ accounts, directory, shifts }: HistoryPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    app.setErrorHandler((error: Error, _request, reply) => {
      if (!isUnavailable(error)) throw error;
      return refuse(reply, 503, 'What is over cannot be read at the moment.', 'unavailable');
    });
    const list =
      <T>(
        versionOf: (shift: Shift) => number,
        page: (shift: Shift, query: EntriesQuery) => Promise<ShiftPage<T>>,
        answer: (entries: readonly T[]) => object,
      ) =>
      async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
        void reply.header('Cache-Control', 'private, no-cache');
        const principal = await authenticated(accounts, request, reply);
        if (principal === null) return reply;
        const { userId } = request.params as { readonly userId: string };
        if (decide(principal, OPERATION, { userId }, directory.current) !== 'allow')
          return refuse(reply, 403, 'This agent is in no team that you supervise.', 'forbidden');
        const user = directory.current.user(userId) ?? directory.current.userByName(userId);
        if (user === undefined) return refuse(reply, 404, 'There is no such user.', 'unknownUser');
        const asked = readQuery(request.query as Readonly<Record<string, unknown>>);
        if (typeof asked === 'string') return refuse(reply, 400, asked, 'badValue');
        const shift = shifts.shift(user.loginId);
        if (shift === undefined)
          return { userId: user.loginId, shift: null, version: 0, more: false, ...answer([]) };
        const tag = `"${shift.id}-${versionOf(shift)}"`;
        void reply.header('ETag', tag);
        if (request.headers['if-none-match'] === tag) return reply.code(304).send();
        const { shiftId, ...query } = asked;
        // What is known of another shift is of no use.
        const since = shiftId === shift.id ? query.since : undefined;
        const found = await page(shift, { ...query, since });
        return {
          userId: user.loginId,
          shift: { id: shift.id, startedAt: iso(shift.startedAt), endedAt: iso(shift.endedAt) },
          version: versionOf(shift),
          more: found.more,
          ...answer(found.entries),
        };
      };
    app.get(
      '/history/:userId/calls',
      list(
        ({ callsVersion }) => callsVersion,
        (shift, query) => shifts.calls(shift, query),
        (calls) => ({ calls: calls.map(callOf) }),
      ),
    );
    app.get(
      '/history/:userId/states',
      list(
        ({ statesVersion }) => statesVersion,
        (shift, query) => shifts.states(shift, query),
        (states) => ({ states: states.map(stateOf) }),
      ),
    );
    done();
  };

/** @returns null when the request was refused */
async function authenticated(
  accounts: Accounts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Principal | null> {
  const credentials = readAuthorization(request.headers.authorization);
  const known = credentials && (await check(accounts, lockScopeOf(OPERATION), credentials, request.ip));
  if (known?.ok === true) return known.principal;
  if (known?.ok === false && known.reason === 'unavailable') {
    refuse(reply, 503, 'The password cannot be checked at the moment.', 'unavailable');
    return null;
  }
  void reply.header('WWW-Authenticate', 'Basic realm="Poise", charset="UTF-8"');
  refuse(reply, 401, 'Sign in with login id and password.', 'unauthorized');
  return null;
}

const refuse = (reply: FastifyReply, status: number, error: string, problem: string): FastifyReply =>
  reply.code(status).send({ error, problem });

/** @returns one plain sentence for what cannot be read */
function readQuery(
  query: Readonly<Record<string, unknown>>,
): (EntriesQuery & { readonly shiftId: number | undefined }) | string {
  const other = Object.keys(query).find((name) => name !== 'nocache' && !isParameter(name));
  if (other !== undefined)
    return `There is no parameter ${JSON.stringify(other.slice(0, 64))}. The parameters are ${PARAMETERS.join(', ')}.`;
  const values: Partial<Record<(typeof PARAMETERS)[number], number>> = {};
  for (const name of PARAMETERS) {
    const value = query[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || !NUMBER.test(value)) return `${name} must be one whole number.`;
    values[name] = Number(value);
  }
  const { shift: shiftId, since, before, limit = LIMIT_DEFAULT } = values;
  if (limit < 1 || limit > LIMIT_MAX) return `limit must be a whole number from 1 to ${LIMIT_MAX}.`;
  if (since !== undefined && shiftId === undefined)
    return 'since needs shift: the id of the shift that is known.';
  return { shiftId, since, before, limit };
}

const isParameter = (name: string): boolean => (PARAMETERS as readonly string[]).includes(name);

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function callOf(call: ShiftCall) {
  const { spent, phase, phaseSince } = call;
  const over = phase === 'gone';
  return {
    id: call.ordinal,
    dialogId: call.dialogId,
    type: call.type,
    direction: call.direction,
    callType: call.callType,
    number: call.number,
    disposition: call.disposition,
    continuedAs: call.continuedAs,
    wrapUpReason: call.wrapUpReason,
    queueName: call.queueName,
    startTime: iso(call.startTime),
    endTime: iso(call.endTime),
    durationMs: durationOf(call),
    spentMs: spent,
    phase: over ? null : phase,
    phaseSince: over ? null : iso(phaseSince),
    beganAway: call.beganAway,
    endedAway: call.endedAway,
    interrupted: call.interrupted,
  };
}

function stateOf(state: ShiftState) {
  const { startTime, endTime } = state;
  return {
    id: state.ordinal,
    state: state.state,
    reasonCode: state.reasonCode === 0 ? null : state.reasonCode,
    reasonLabel: state.reasonLabel,
    startTime: iso(startTime),
    endTime: iso(endTime),
    durationMs: startTime === null || endTime === null ? null : Math.max(0, endTime - startTime),
    beganAway: state.beganAway,
    endedAway: state.endedAway,
    interrupted: state.interrupted,
  };
}
