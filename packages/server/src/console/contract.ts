/** What the page of the administration console asks besides the configuration (docs/console.md). */
import {
  answer,
  body,
  FLAG,
  listOf,
  members,
  nullable,
  oneOf,
  type Paths,
  PROBLEM,
  parameter,
  TEXT,
  TIME,
  WHOLE,
} from '../contract/operations.ts';

const SESSION = members({ user: TEXT, csrf: TEXT, expiresInSeconds: WHOLE });
const CONNECTION = members({
  loginId: TEXT,
  firstName: TEXT,
  lastName: TEXT,
  teamName: TEXT,
  extension: TEXT,
  state: TEXT,
  client: TEXT,
  connectedAt: TIME,
});
const REPORT = members({
  drain: oneOf('off', 'announced', 'moving', 'empty', 'failed', 'unknown'),
  desktops: WHOLE,
  programs: WHOLE,
  problems: listOf(members({ part: TEXT, reason: TEXT })),
});
const NODE = members({
  name: TEXT,
  host: TEXT,
  state: oneOf('IN_SERVICE', 'OUT_OF_SERVICE', 'MAINTENANCE', 'CUT_OFF', 'GONE', 'UNKNOWN'),
  role: oneOf('primary', 'secondary', ''),
  isOwn: FLAG,
  version: TEXT,
  clockOffsetMs: nullable(WHOLE),
  report: nullable(REPORT),
});

export const CONSOLE_PATHS: Paths = {
  '/poise/api/console/session': {
    get: {
      operationId: 'console.session.get',
      security: [{ session: [] }],
      responses: { 200: answer('Who is signed in, by its cookie', SESSION), default: PROBLEM },
    },
    post: {
      operationId: 'console.session.open',
      security: [],
      requestBody: body(members({ username: TEXT, password: TEXT })),
      responses: {
        200: answer('Signed in; a cookie is set, and writes need the token as X-Poise-CSRF', SESSION),
        default: PROBLEM,
      },
    },
    delete: {
      operationId: 'console.session.end',
      security: [{ session: [], csrf: [] }],
      responses: { 204: { description: 'Signed out' }, default: PROBLEM },
    },
  },
  '/poise/api/console/nodes': {
    get: {
      operationId: 'console.nodes.list',
      description: 'For administrators.',
      responses: {
        200: answer('The nodes, the one that answers first', members({ at: TIME, nodes: listOf(NODE) })),
        default: PROBLEM,
      },
    },
  },
  '/poise/api/console/nodes/{name}/maintenance': {
    parameters: [parameter('name', 'path', true)],
    post: {
      operationId: 'console.maintenance.begin',
      description: 'For administrators. The desktops of the node move to others.',
      responses: { 204: { description: 'It has begun, or was on' }, default: PROBLEM },
    },
    delete: {
      operationId: 'console.maintenance.end',
      description: 'For administrators.',
      responses: { 204: { description: 'The node takes desktops, as it did before' }, default: PROBLEM },
    },
  },
  '/poise/api/connected': {
    get: {
      operationId: 'connected.list',
      description: 'For administrators.',
      responses: {
        200: answer('Sessions at this node', members({ at: TIME, items: listOf(CONNECTION), total: WHOLE })),
        default: PROBLEM,
      },
    },
  },
  '/poise/api/connected/{loginId}/signOut': {
    parameters: [parameter('loginId', 'path', true)],
    post: {
      operationId: 'connected.signOut',
      description: 'For administrators.',
      responses: { 204: { description: 'The agent is signed out' }, default: PROBLEM },
    },
  },
};
