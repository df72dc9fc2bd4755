/** `GET /peer/presence/<login id>`: what the other node asks before it signs an agent out. docs/presence.md */
import type { FastifyPluginCallback } from 'fastify';
import { ANSWER_HEADER, answerToken, nonceOf } from './peer-token.ts';

export interface PeerPluginDependencies {
  /** Setting `node.secret`; empty: nobody may ask. */
  readonly secret: string;
  /** Of this process, no secret: a node that asks itself notices it. */
  readonly instance: string;
  /** Whether the user has an available session at this node, or is waited for here. */
  readonly isPresent: (loginId: string) => boolean;
}

export const peerPlugin =
  ({ secret, instance, isPresent }: PeerPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    app.get('/peer/presence/:loginId', async (request, reply) => {
      reply.header('Cache-Control', 'no-store');
      const nonce = nonceOf(secret, request.url, request.headers.authorization);
      if (nonce === undefined)
        return reply.code(401).send({ error: 'Only the other node may ask.', instance });
      const { loginId } = request.params as { loginId: string };
      const body = JSON.stringify({ present: isPresent(loginId), instance });
      return reply
        .type('application/json')
        .header(ANSWER_HEADER, answerToken(secret, nonce, body))
        .send(body);
    });
    done();
  };
