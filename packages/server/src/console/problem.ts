/** Refusals of the console's API, in the form of those of the configuration API (RFC 9457). */
import type { FastifyReply } from 'fastify';

/** @param title one plain sentence */
export function problem(reply: FastifyReply, status: number, code: string, title: string): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .send({ title, status, code, errors: [] });
}
