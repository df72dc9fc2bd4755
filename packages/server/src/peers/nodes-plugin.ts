/**
 * `GET /poise/api/nodes`: the nodes of the centre, for pages and other clients that know more than the two of SystemInfo. Without credentials, as
 * SystemInfo is. docs/rest.md
 */
import type { FastifyPluginCallback } from 'fastify';
import { answer, listOf, members, oneOf, type Paths, TEXT } from '../contract/operations.ts';

const STATES = ['IN_SERVICE', 'OUT_OF_SERVICE', 'MAINTENANCE', 'GONE', 'UNKNOWN'] as const;
/** `UNKNOWN`: it is in the settings, and nothing tells whether it lives. */
export type NodeState = (typeof STATES)[number];

export interface ToldNode {
  /** Empty: not known. */
  readonly name: string;
  readonly host: string;
  readonly state: NodeState;
}

/** @param nodes this one first */
export const nodesPlugin =
  (nodes: () => readonly ToldNode[]): FastifyPluginCallback =>
  (app, _options, done) => {
    app.get('/nodes', (_request, reply) =>
      reply.header('Cache-Control', 'no-store').send({ nodes: nodes() }),
    );
    done();
  };

export const NODES_PATHS: Paths = {
  '/poise/api/nodes': {
    get: {
      operationId: 'nodes.list',
      security: [{}],
      description: 'For pages and other clients that look for a node, which have no credentials there yet.',
      responses: {
        200: answer(
          'The nodes of the centre, the one that answers first',
          members({ nodes: listOf(members({ name: TEXT, host: TEXT, state: oneOf(...STATES) })) }),
        ),
      },
    },
  },
};
