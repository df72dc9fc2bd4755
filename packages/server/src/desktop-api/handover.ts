/**
 * `/poise/api/desktop/handover`: what a desktop page takes along that has lost its node and is opened anew at this one (desktop.md 12 of the
 * contract: "redirect the browser there, sign in automatically"). The page leaves it with its credentials and gets a ticket; the page that
 * is loaded shows the ticket and gets it back, once, soon. It is enciphered by the page: this server cannot read it.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '@poise/clock';
import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { check, readAuthorization } from '../accounts/authorization.ts';
import { decide, lockScopeOf } from '../accounts/policy.ts';
import type { DirectorySource } from '../store/directory.ts';

/** Longer than a page takes to be loaded; shorter than the grace of a user who is gone. */
export const HANDOVER_MS = 30_000;
/** Characters. */
export const HANDOVER_TEXT_MAX = 4_096;
/** Further ones take the place of the oldest. */
export const HANDOVERS_MAX = 10_000;

/** What waits for the page that comes for it. */
export class Handovers {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** By ticket, oldest first. */
  readonly #waiting = new Map<string, { readonly text: string; readonly until: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** @returns the ticket */
  keep(text: string): string {
    const now = this.#clock.monotonic();
    for (const [ticket, { until }] of this.#waiting) {
      if (until > now && this.#waiting.size < HANDOVERS_MAX) break;
      this.#waiting.delete(ticket);
    }
    const ticket = randomBytes(24).toString('base64url');
    this.#waiting.set(ticket, { text, until: now + HANDOVER_MS });
    return ticket;
  }

  /** Once. @returns null: there is nothing, or there was */
  take(ticket: string): string | null {
    const kept = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    return kept !== undefined && kept.until > this.#clock.monotonic() ? kept.text : null;
  }
}

export interface HandoverDependencies {
  readonly accounts: Accounts;
  readonly directory: DirectorySource;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Whoever has a desktop may take its sign-in along. */
const OPERATION = 'desktop.layout';

export const handoverPlugin =
  ({ accounts, directory, clock }: HandoverDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const handovers = new Handovers(clock);
    app.post('/desktop/handover', { bodyLimit: 4 * HANDOVER_TEXT_MAX }, async (request, reply) => {
      void reply.header('Cache-Control', 'no-store');
      const credentials = readAuthorization(request.headers.authorization);
      const known = credentials && (await check(accounts, lockScopeOf(OPERATION), credentials, request.ip));
      if (known?.ok === false && known.reason === 'unavailable')
        return refuse(reply, 503, 'The password cannot be checked at the moment.', 'unavailable');
      if (known?.ok !== true) return refuse(reply, 401, 'Name or password is wrong.', 'unauthorized');
      if (decide(known.principal, OPERATION, {}, directory.current) !== 'allow')
        return refuse(reply, 403, 'Only agents and supervisors have a desktop.', 'forbidden');
      const text = member(request.body, 'text');
      if (text === null || text.length > HANDOVER_TEXT_MAX)
        return refuse(reply, 400, `text: up to ${HANDOVER_TEXT_MAX} characters.`, 'invalid');
      return { ticket: handovers.keep(text) };
    });
    app.post('/desktop/handover/take', async (request, reply) => {
      void reply.header('Cache-Control', 'no-store');
      const text = handovers.take(member(request.body, 'ticket') ?? '');
      return text === null ? refuse(reply, 404, 'Nothing waits for this ticket.', 'notFound') : { text };
    });
    done();
  };

function member(body: unknown, name: string): string | null {
  const value = typeof body === 'object' && body !== null && (body as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

const refuse = (reply: FastifyReply, status: number, error: string, problem: string): FastifyReply =>
  reply.code(status).send({ error, problem });
