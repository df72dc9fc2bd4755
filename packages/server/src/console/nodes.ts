/**
 * `GET /poise/api/console/nodes`: every node as an administrator wants to see it; `POST` and `DELETE
 * /poise/api/console/nodes/{name}/maintenance` begin and end the maintenance mode of one, from whichever node the console is of.
 */
import type { Clock } from '@poise/clock';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { Member } from '../cluster/index.ts';
import type { Pair } from '../cluster/node-pair.ts';
import type { NodeAnswer, NodeReport, NodeWant } from '../peers/node-reports.ts';
import type { NodeState, ToldNode } from '../peers/nodes-plugin.ts';
import { type AdministratorDependencies, administrator } from './administrator.ts';
import { problem } from './problem.ts';

export interface ConsoleNodesDependencies extends AdministratorDependencies {
  readonly clock: Pick<Clock, 'now'>;
  /** Every node that is known, this one first. */
  readonly nodes: () => readonly ToldNode[];
  /** Those of the settings, so that each node tells the same. */
  readonly pair: () => Pair;
  /** The others that live, as they said of themselves. */
  readonly living: () => readonly Pick<Member, 'name' | 'version' | 'clockOffsetMs' | 'inService'>[];
  /** Whether those that live are known now: this node is not cut off. */
  readonly isCurrent: () => boolean;
  /** Those that are not heard, and have shown in the database that they live. */
  readonly unseen: () => readonly Pick<Member, 'name' | 'host'>[];
  /** Of this program. */
  readonly version: string;
  /** Asks a node by name, this one too. Null: it does not answer. */
  readonly ask: (node: string, want: NodeWant, by: string) => Promise<NodeAnswer | null>;
}

/** `CUT_OFF`: it lives, and is not heard. `UNKNOWN` also of a node that lived when this one heard the others last. */
type ConsoleNodeState = NodeState | 'CUT_OFF';

/** A node before it is asked. */
type KnownNode = Omit<ToldNode, 'state'> & { readonly state: ConsoleNodeState };

/** A line of the answer. */
interface ConsoleNode {
  readonly name: string;
  readonly host: string;
  readonly state: ConsoleNodeState;
  readonly role: 'primary' | 'secondary' | '';
  /** The one that answers. */
  readonly isOwn: boolean;
  /** Empty: not known. */
  readonly version: string;
  /** Its wall clock less that of the node that answers, ms; null: not known. */
  readonly clockOffsetMs: number | null;
  /** Null: it does not answer. */
  readonly report: NodeReport | null;
}

export const consoleNodesPlugin =
  (dependencies: ConsoleNodesDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const { clock, nodes, ask } = dependencies;
    /** With one name in front all have the same host, so hosts are those of silent nodes alone. */
    const known = (): KnownNode[] => {
      const told = nodes();
      const cutOff = dependencies.unseen().filter(({ name }) => !told.some((node) => node.name === name));
      const isCutOff = ({ name, host }: ToldNode) =>
        name === '' && cutOff.some((node) => node.host.toLowerCase() === host.toLowerCase());
      return [
        ...told.filter((node) => !isCutOff(node)),
        ...cutOff.map(({ name, host }): KnownNode => ({ name, host, state: 'CUT_OFF' })),
      ];
    };

    // Whatever comes as a body is not looked at.
    app.removeContentTypeParser('application/json');
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, _body, read) =>
      read(null),
    );
    app.get('/console/nodes', async (request, reply) => {
      const principal = await administrator(dependencies, 'console.nodes', request, reply);
      if (principal === undefined) return reply;
      const told = await Promise.all(
        known().map(async (node, at): Promise<ConsoleNode> => {
          const isHeard = node.name !== '' && node.state !== 'CUT_OFF';
          const answer = isHeard ? await ask(node.name, 'look', principal.loginId) : null;
          return lineOf(dependencies, node, at === 0, answer?.report ?? null);
        }),
      );
      return reply.send({ at: new Date(clock.now()).toISOString(), nodes: told });
    });

    const order =
      (want: 'begin' | 'end') =>
      async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
        const principal = await administrator(dependencies, 'console.maintenance', request, reply);
        if (principal === undefined) return reply;
        const { name } = request.params as { readonly name: string };
        if (name === '' || !nodes().some((node) => node.name === name))
          return problem(reply, 404, 'NOT_FOUND', 'No node of this name lives.');
        const answer = await ask(name, want, principal.loginId);
        if (answer === null)
          return problem(reply, 503, 'NO_ANSWER', 'The node does not answer. Look how it is now.');
        if (answer.outcome === 'refused')
          return problem(reply, 409, 'NO_DESKTOPS', 'This node serves no desktops.');
        return reply.code(204).send();
      };
    app.post('/console/nodes/:name/maintenance', order('begin'));
    app.delete('/console/nodes/:name/maintenance', order('end'));
    done();
  };

function lineOf(
  { pair, living, isCurrent, version }: ConsoleNodesDependencies,
  { name, host, state }: KnownNode,
  isOwn: boolean,
  report: NodeReport | null,
): ConsoleNode {
  const member = living().find((one) => one.name === name);
  // What it said before this node was cut off is no news of it.
  const isStale = !isOwn && report === null && !isCurrent();
  return {
    name,
    host,
    state: isStale ? 'UNKNOWN' : isOwn ? state : asReported(state, report, member?.inService ?? true),
    role: roleOf(host, pair()),
    isOwn,
    version: isOwn ? version : (member?.version ?? ''),
    clockOffsetMs: isOwn ? 0 : isStale ? null : (member?.clockOffsetMs ?? null),
    report,
  };
}

/**
 * What a node has just said of itself is newer than the word that it last spread, which may be on its way still: who has begun or ended its
 * maintenance asks once how it is now, and is not to be told how it was before.
 */
function asReported(
  state: ConsoleNodeState,
  report: NodeReport | null,
  inService: boolean,
): ConsoleNodeState {
  if (report === null) return state;
  const { drain } = report;
  if (drain === 'announced' || drain === 'moving' || drain === 'empty') return 'MAINTENANCE';
  if (state !== 'MAINTENANCE') return state;
  return inService ? 'IN_SERVICE' : 'OUT_OF_SERVICE';
}

function roleOf(host: string, { primary, secondary }: Pair): ConsoleNode['role'] {
  const isHost = (other: string) => other.toLowerCase() === host.toLowerCase();
  if (isHost(primary)) return 'primary';
  return secondary !== '' && isHost(secondary) ? 'secondary' : '';
}
