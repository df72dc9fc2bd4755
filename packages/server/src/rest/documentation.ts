/** What machines and people are told of the API: the table of docs/rest.md, paths of OpenAPI, AsyncAPI; made of the tables that the server uses. */
import { type NodeKind, nodePath } from '../accounts/nodes.ts';
import { OPERATIONS, type OperationRule, type Ownership } from '../accounts/operations.ts';
import type { Profile } from '../domain/profile.ts';
import type { Schema } from '../objects/xml-schema.ts';
import { ANSWERS, EVENTS, refTo, schemaOfAnswer, schemaOfUpdate } from './answers.ts';
import { isBodyNeeded, requestOf } from './requests.ts';
import type { Method } from './resource.ts';
import { RESOURCES } from './resources.ts';

const OWNERSHIP_TEXT: Readonly<Record<Ownership, string>> = {
  any: '',
  own: 'the own one',
  'own-or-administrator': 'the own one; administrators all',
  'own-or-supervised': 'the own one; supervisors those of their teams; administrators all',
  'supervised-team': 'supervised teams; administrators all',
  'member-team': 'own and supervised teams',
};

/** Markdown table, one row per method of a resource. */
export function resourceTable(): string {
  const rows = RESOURCES.flatMap(({ path, methods }) =>
    (Object.keys(methods) as Method[]).map((method) => {
      const handler = methods[method]!;
      const { roles, ownership }: OperationRule = OPERATIONS[handler.operation];
      const who = roles === null ? 'everybody' : roles.length === 0 ? 'every user' : roles.join(', ');
      const service = handler.always === true ? 'yes' : '';
      return `| ${method} | \`/${path.replace('{userId}', '{id}').replace('{teamId}', '{id}')}\` | ${who} | ${OWNERSHIP_TEXT[ownership]} | ${service} |`;
    }),
  );
  return [
    '| method | path | roles | whose | also while out of service |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** The resources as paths of OpenAPI: who may ask, with what, and what is answered. */
export function restPaths(): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    RESOURCES.map(({ path, methods }) => {
      const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      }));
      const operations = (Object.keys(methods) as Method[]).map((method) => {
        const { roles }: OperationRule = OPERATIONS[methods[method]!.operation];
        const operation = {
          // A name that can stand in a URL: generators make functions of it.
          operationId: `${method.toLowerCase()}.${path.replace(/[{}]/g, '').replaceAll('/', '.')}`,
          ...(roles === null
            ? { security: [] }
            : { description: `For ${roles.length === 0 ? 'every user' : roles.join(', ')}.` }),
          ...bodyOf(method, path),
          responses: {
            ...(method === 'GET' ? { 200: answerOf(path) } : { '2XX': DONE }),
            default: { description: 'ApiErrors', ...xml(refTo('ApiErrors')) },
          },
        };
        return [method.toLowerCase(), operation];
      });
      return [`/finesse/api/${path}`, { parameters, ...Object.fromEntries(operations) }];
    }),
  );
}

const DONE = {
  description:
    'Done (200, with Location where something was made), or accepted (202): an Update tells what came of it',
};

const xml = (schema: Schema) => ({ content: { 'application/xml': { schema } } });

function answerOf(path: string) {
  const shape = ANSWERS[path];
  const description = 'The object, or the list';
  if (shape === undefined) return { description };
  if ('mediaType' in shape)
    return { description, content: { [shape.mediaType]: { schema: { type: 'string' } } } };
  return { description, ...xml(schemaOfAnswer(shape) as Schema) };
}

function bodyOf(method: Method, path: string) {
  const shape = requestOf(method, path);
  if (shape === undefined) return {};
  if ('file' in shape) {
    const file = { type: 'object', properties: { [shape.file as string]: { type: 'string' } } };
    return { requestBody: { required: true, content: { 'multipart/form-data': { schema: file } } } };
  }
  return { requestBody: { required: isBodyNeeded(method, path), ...xml(shape) } };
}

/** What there is to say of a node. */
const MORE: Readonly<Partial<Record<NodeKind, string>>> = {
  Media: ' Each Update comes on /finesse/api/User/{userId}/Media, too.',
  Configuration: ' A node of our own: nobody is subscribed to it by itself.',
};

/** The kinds of nodes with what their Updates carry, as AsyncAPI 3.0 (notification-service.md 5). */
export function asyncApi(profile: Profile, version: string): Schema {
  const kinds = Object.keys(EVENTS) as NodeKind[];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Poise notification service',
      version,
      description:
        'Events of XEP-0060 nodes at pubsub.<domain>. The payload of an item is a notification whose text is the Update; requestId is that of the request which caused it.',
    },
    defaultContentType: 'application/xml',
    servers: {
      bosh: {
        host: 'localhost:7443',
        pathname: '/http-bind/',
        protocol: 'https',
        description: 'XMPP over BOSH',
      },
      webSocket: {
        host: 'localhost:7443',
        pathname: '/ws/',
        protocol: 'wss',
        description: 'XMPP over WebSocket',
      },
      tcp: { host: 'localhost:5222', protocol: 'xmpp', description: 'XMPP over TCP, with STARTTLS' },
    },
    channels: Object.fromEntries(
      kinds.map((kind) => {
        const address = addressOf(kind);
        const names = [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
        const { roles }: OperationRule = OPERATIONS[`node.subscribe:${kind}`];
        const who = roles === null || roles.length === 0 ? 'every user' : roles.join(', ');
        return [
          kind,
          {
            address,
            description: `May be subscribed by ${who}.${MORE[kind] ?? ''}`,
            ...(names.length > 0 && {
              parameters: Object.fromEntries(names.map((name) => [name, { description: PARAMETERS[name] }])),
            }),
            messages: { Update: { $ref: `#/components/messages/${kind}` } },
          },
        ];
      }),
    ),
    operations: Object.fromEntries(
      kinds.map((kind) => [
        `receive${kind}`,
        {
          action: 'receive',
          channel: { $ref: `#/channels/${kind}` },
          messages: [{ $ref: `#/channels/${kind}/messages/Update` }],
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        kinds.map((kind) => [kind, { name: 'Update', payload: schemaOfUpdate(kind, profile) }]),
      ),
    },
  };
}

const PARAMETERS: Readonly<Record<string, string>> = {
  userId: 'Login id',
  teamId: 'Number of the team',
  queueId: 'Number of the queue',
  mediaId: 'Media routing domain',
};

/** The node with braces for what is different from one to the other. */
const addressOf = (kind: NodeKind): string =>
  nodePath({ kind, userId: '{userId}', mediaId: '{mediaId}' })
    .replace('Team/0', 'Team/{teamId}')
    .replace('Queue/0', 'Queue/{queueId}');
