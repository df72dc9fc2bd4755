/** What the page of the administration console asks besides the configuration (docs/console.md). */
import {
  answer,
  body,
  listOf,
  members,
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
