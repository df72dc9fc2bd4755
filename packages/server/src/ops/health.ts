/** How the server is, for people and for monitors: every part, and whether it serves its users. */
import { BlockList, isIPv6 } from 'node:net';
import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { readBasic } from '../accounts/basic.ts';
import type { Part, PartHealth } from '../parts/part.ts';

export interface HealthSummary {
  /** `IN_SERVICE` when every part is ready, `OUT_OF_SERVICE` when none is, else `DEGRADED`. */
  readonly status: 'IN_SERVICE' | 'DEGRADED' | 'OUT_OF_SERVICE';
  readonly parts: Readonly<Record<string, PartHealth>>;
}

/** A part whose health cannot be told counts as failed. */
export function healthSummary(parts: Iterable<Part>): HealthSummary {
  const told: Record<string, PartHealth> = {};
  for (const part of parts) {
    try {
      told[part.name] = part.health();
    } catch (error) {
      told[part.name] = { state: 'failed', ready: false, reason: `Cannot tell: ${String(error)}` };
    }
  }
  const ready = Object.values(told).filter((health) => health.ready).length;
  const all = Object.keys(told).length;
  return { status: ready === all ? 'IN_SERVICE' : ready === 0 ? 'OUT_OF_SERVICE' : 'DEGRADED', parts: told };
}

/** What a load balancer has to know of a node. */
export type Readiness =
  /** It takes new clients. */
  | 'ready'
  /** It is about to be stopped: whoever is here may stay until he has moved, nobody else shall come. */
  | 'draining'
  /** It serves nobody, as SystemInfo says. */
  | 'out of service';

/**
 * 404 is how HAProxy is told to send no new clients and to leave those that are there alone (`http-check disable-on-404`); to
 * everybody else it means the same as 503.
 */
const READINESS_STATUS: Readonly<Record<Readiness, number>> = {
  ready: 200,
  draining: 404,
  'out of service': 503,
};

export interface HealthDependencies {
  readonly parts: () => Iterable<Part>;
  readonly accounts: Accounts;
  readonly readiness: () => Readiness;
}

/**
 * `GET /health` below the prefix it is registered at: 200 or, unless everything is in service, 503, with the
 * summary as JSON. For programs on this machine, and for administrators (Basic) from anywhere.
 *
 * `GET /ready` beside it: one word ({@link Readiness}), for everybody, because load balancers have no credentials. It tells nothing that
 * SystemInfo does not tell. A part that is not ready while agents are served (telemetry, the shell) does not matter to it.
 */
export const healthPlugin =
  ({ parts, accounts, readiness }: HealthDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    app.route({
      method: ['GET', 'HEAD'],
      url: '/ready',
      handler: async (_request, reply) => {
        const state = readiness();
        return reply
          .code(READINESS_STATUS[state])
          .header('Cache-Control', 'no-store')
          .type('text/plain; charset=utf-8')
          .send(`${state}\n`);
      },
    });
    app.route({
      method: ['GET', 'HEAD'],
      url: '/health',
      handler: async (request, reply) => {
        reply.header('Cache-Control', 'no-store');
        if (!isLocal(request) && !(await isAdministrator(request, accounts))) {
          return reply
            .code(401)
            .header('WWW-Authenticate', 'Basic realm="Poise"')
            .send({ error: 'Only programs on this machine and administrators may ask.' });
        }
        const summary = healthSummary(parts());
        return reply.code(summary.status === 'IN_SERVICE' ? 200 : 503).send(summary);
      },
    });
    done();
  };

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * From this machine, not passed on by a proxy, and asked for under a local name: a page whose host name
 * was pointed at 127.0.0.1 (DNS rebinding) is none of us.
 */
function isLocal(request: FastifyRequest): boolean {
  const { headers } = request;
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false;
  const address = request.raw.socket.remoteAddress ?? '';
  if (!LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return false;
  return isLocalName(headers.host);
}

/** Whether a Host header names this machine's loopback. */
export function isLocalName(host: string | undefined): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host ?? '');
}

async function isAdministrator(request: FastifyRequest, accounts: Accounts): Promise<boolean> {
  const given = readBasic(request.headers.authorization);
  if (given === undefined) return false;
  const result = await accounts.authenticate('serviceability', given.user, given.secret);
  return result.ok && result.principal.roles.has('Administrator');
}
