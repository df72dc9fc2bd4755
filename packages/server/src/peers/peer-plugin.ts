/** `GET /peer/presence/<login id>`: what the other node asks before it signs an agent out. docs/presence.md */
import type { FastifyPluginCallback } from 'fastify';
import { isPeer } from './peer-token.ts';

export interface PeerPluginDependencies {
  /** Setting `node.secret`; empty: nobody may ask. */
  readonly secret: string;
  /** Whether the user has an available session at this node. */
  readonly isPresent: (loginId: string) => boolean;
}

export const peerPlugin =
  ({ secret, isPresent }: PeerPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    app.get('/peer/presence/:loginId', async (request, reply) => {
      reply.header('Cache-Control', 'no-store');
      if (!isPeer(secret, request.url, request.headers.authorization))
        return reply.code(401).send({ error: 'Only the other node may ask.' });
      return { present: isPresent((request.params as { loginId: string }).loginId) };
    });
    done();
  };
