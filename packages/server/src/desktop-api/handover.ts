/**
 * `/poise/api/desktop/handover`: what a desktop page takes along that has lost its node and is opened anew at this one (desktop.md 12 of the
 * contract: "redirect the browser there, sign in automatically"). The page leaves it with its credentials and gets a ticket; the page that
 * is loaded shows the ticket and gets it back, once, soon. It is enciphered by the page: this server cannot read it.
 *
 * A ticket signs in whoever opens the address with it, so it must not be good in an address that somebody has sent: it belongs to the
 * page of another node, and is given to a page that was opened from there (`from`, what the browser says of it: `session/handover.ts`).
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
/** Characters: tokens of single sign-on are long. */
export const HANDOVER_TEXT_MAX = 32_768;
/** Further ones take the place of the oldest; of each user there is one. */
export const HANDOVERS_MAX = 10_000;

interface Waiting {
  readonly user: string;
  readonly from: string;
  readonly text: string;
  readonly until: number;
}

/** What waits for the page that comes for it. */
export class Handovers {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** By ticket, oldest first. */
  readonly #waiting = new Map<string, Waiting>();
  /** The ticket of each user. */
  readonly #ofUser = new Map<string, string>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * In the place of what this user has left before.
   * @param from origin of the page that leaves it
   * @returns the ticket
   */
  keep(user: string, from: string, text: string): string {
    const now = this.#clock.monotonic();
    this.#remove(this.#ofUser.get(user));
    for (const [ticket, { until }] of this.#waiting) {
      if (until > now && this.#waiting.size < HANDOVERS_MAX) break;
      this.#remove(ticket);
    }
    const ticket = randomBytes(24).toString('base64url');
    this.#waiting.set(ticket, { user, from, text, until: now + HANDOVER_MS });
    this.#ofUser.set(user, ticket);
    return ticket;
  }

  /**
   * Once, also when it is refused.
   * @param from origin of the page from which the one was opened that has come
   * @returns null: there is nothing, or there was, or another page has left it
   */
  take(ticket: string, from: string): string | null {
    const kept = this.#remove(ticket);
    const isDue = kept !== undefined && kept.until > this.#clock.monotonic() && kept.from === from;
    return isDue ? kept.text : null;
  }

  #remove(ticket: string | undefined): Waiting | undefined {
    const kept = ticket === undefined ? undefined : this.#waiting.get(ticket);
    if (ticket === undefined || kept === undefined) return undefined;
    this.#waiting.delete(ticket);
    this.#ofUser.delete(kept.user);
    return kept;
  }
}

export interface HandoverDependencies {
  readonly accounts: Accounts;
  readonly directory: DirectorySource;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Origins of the pages of all nodes; may grow. */
  readonly origins: ReadonlySet<string>;
}

/** Whoever has a desktop may take its sign-in along. */
const OPERATION = 'desktop.layout';

export const handoverPlugin =
  ({ accounts, directory, clock, origins }: HandoverDependencies): FastifyPluginCallback =>
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
      // Another page may be allowed to ask this server, and leads people to whatever address somebody has written there.
      const from = request.headers.origin?.toLowerCase() ?? '';
      if (!origins.has(from))
        return refuse(reply, 403, 'Only the page of another node leaves something here.', 'forbidden');
      const text = member(request.body, 'text');
      if (text === null || text.length > HANDOVER_TEXT_MAX)
        return refuse(reply, 400, `text: up to ${HANDOVER_TEXT_MAX} characters.`, 'invalid');
      return { ticket: handovers.keep(known.principal.loginId, from, text) };
    });
    app.post('/desktop/handover/take', async (request, reply) => {
      void reply.header('Cache-Control', 'no-store');
      const { body } = request;
      const text = handovers.take(member(body, 'ticket') ?? '', member(body, 'from') ?? '');
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
