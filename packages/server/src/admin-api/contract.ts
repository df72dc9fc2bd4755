/** What is told of the configuration besides its objects: its description, its changes, the certificate (docs/configuration-api.md, docs/console.md). */
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
  query,
  type Schema,
  TEXT,
  TIME,
  WHOLE,
} from '../contract/operations.ts';
import { LOG_LEVELS } from './logs-plugin.ts';

const PEM: Schema = { type: 'string', pattern: '-----BEGIN [A-Z ]+-----' };
const OBJECT: Schema = { type: 'object' };
const CHANGE = members({
  serial: WHOLE,
  at: TIME,
  who: TEXT,
  address: TEXT,
  client: oneOf('rest', 'console', 'cli'),
  method: TEXT,
  path: TEXT,
  resource: TEXT,
  id: TEXT,
  before: nullable(OBJECT),
  after: nullable(OBJECT),
});
const CERTIFICATE = members({
  source: oneOf('configured', 'installed', 'own'),
  chain: listOf(
    members({
      subject: TEXT,
      names: listOf(TEXT),
      issuer: TEXT,
      validFrom: TIME,
      validUntil: TIME,
      fingerprint: TEXT,
    }),
  ),
});
const certificate = (operationId: string, description: string, requestBody?: object) => ({
  operationId,
  description: 'For administrators.',
  ...(requestBody && { requestBody }),
  responses: { 200: answer(description, CERTIFICATE), default: PROBLEM },
});

const FOLDER = members({
  name: TEXT,
  files: WHOLE,
  bytes: WHOLE,
  changedAt: TIME,
  gadgets: listOf(TEXT),
});
const files = (...types: string[]) => ({
  required: true,
  content: Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }])),
});

const LEVELS = {
  webservices: oneOf(...LOG_LEVELS.webservices),
  notification: oneOf(...LOG_LEVELS.notification),
};
const LOGS = members({ ...LEVELS, folder: TEXT });

const CASE_FILE = members({ name: TEXT, bytes: WHOLE });

export const ADMINISTRATION_PATHS: Paths = {
  '/poise/api/config/schema': {
    get: {
      operationId: 'schema.get',
      description: 'For administrators.',
      responses: {
        200: answer(
          'Fields of all objects, with their bounds',
          members({ resources: OBJECT, teamResources: OBJECT, settings: OBJECT }),
        ),
        default: PROBLEM,
      },
    },
  },
  '/poise/api/audit': {
    get: {
      operationId: 'audit.list',
      description: 'For administrators.',
      parameters: query('offset', 'limit', 'search', 'who', 'resource', 'id', 'from', 'to'),
      responses: {
        200: answer('Changes, newest first', members({ items: listOf(CHANGE), total: WHOLE })),
        default: PROBLEM,
      },
    },
  },
  '/poise/api/logs': {
    get: {
      operationId: 'logs.get',
      description: 'For administrators.',
      responses: { 200: answer('How much is written, and where, with an ETag', LOGS), default: PROBLEM },
    },
    put: {
      operationId: 'logs.update',
      description: 'For administrators. In force at once, until the next start.',
      parameters: [parameter('If-Match', 'header', false)],
      requestBody: body(members({ ...LEVELS, folder: TEXT }, ['webservices', 'notification', 'folder'])),
      responses: { 200: answer('How much is written now, with an ETag', LOGS), default: PROBLEM },
    },
  },
  '/poise/api/logs/notification': {
    get: {
      operationId: 'logs.notification',
      description:
        'For administrators. The last debug lines of the notification service, in the form of its debug.log, also of times when none was written.',
      responses: {
        200: {
          description: 'A line for each, oldest first',
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
        default: PROBLEM,
      },
    },
  },
  '/poise/api/shell': {
    post: {
      operationId: 'shell.run',
      description:
        'For administrators, where the setting shell.api is on. A command of the serviceability command line.',
      requestBody: body(members({ words: listOf(TEXT), answers: listOf(TEXT) }, ['answers'])),
      responses: {
        200: answer('What it said', members({ status: WHOLE, output: TEXT, isCut: FLAG })),
        default: PROBLEM,
      },
    },
  },
  '/poise/api/logCases': {
    post: {
      operationId: 'logCases.create',
      description:
        'For administrators. A case for the tracer; it goes when nobody has touched it for an hour.',
      responses: {
        201: answer('The new case', members({ id: TEXT, files: listOf(CASE_FILE) })),
        default: PROBLEM,
      },
    },
  },
  '/poise/api/logCases/{id}': {
    parameters: [parameter('id', 'path', true)],
    delete: {
      operationId: 'logCases.delete',
      responses: { 204: { description: 'It is gone, with its files and reports' }, default: PROBLEM },
    },
  },
  '/poise/api/logCases/{id}/files/{name}': {
    parameters: [parameter('id', 'path', true), parameter('name', 'path', true)],
    put: {
      operationId: 'logCases.write',
      requestBody: {
        required: true,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
      responses: { 200: answer('What was stored', CASE_FILE), default: PROBLEM },
    },
  },
  '/poise/api/logCases/{id}/reports': {
    parameters: [parameter('id', 'path', true)],
    post: {
      operationId: 'logCases.report',
      description: 'The case `own` are the logs of this server.',
      requestBody: body(
        members(
          {
            ask: oneOf('overview', 'signin', 'why'),
            agent: TEXT,
            at: TEXT,
            language: oneOf('en', 'de', 'fr'),
          },
          ['agent', 'at', 'language'],
        ),
      ),
      responses: { 201: answer('The report', members({ number: WHOLE, url: TEXT })), default: PROBLEM },
    },
  },
  '/poise/api/logCases/{id}/reports/{number}': {
    parameters: [parameter('id', 'path', true), parameter('number', 'path', true, 'integer')],
    get: {
      operationId: 'logCases.page',
      responses: {
        200: {
          description: 'A page without scripts',
          content: { 'text/html': { schema: { type: 'string' } } },
        },
        default: PROBLEM,
      },
    },
  },
  '/poise/api/gadgetFiles': {
    get: {
      operationId: 'gadgetFiles.list',
      description: 'For administrators.',
      responses: {
        200: answer('Folders of gadgets', members({ items: listOf(FOLDER), total: WHOLE })),
        default: PROBLEM,
      },
    },
    post: {
      operationId: 'gadgetFiles.unpack',
      description: 'For administrators. Without a name the folder has that of the one in the archive.',
      parameters: query('name', 'replace'),
      requestBody: files('application/zip'),
      responses: {
        200: answer('The folder, in place of the one that was there', FOLDER),
        201: answer('The new folder', FOLDER),
        default: PROBLEM,
      },
    },
  },
  '/poise/api/gadgetFiles/{name}': {
    parameters: [parameter('name', 'path', true)],
    put: {
      operationId: 'gadgetFiles.write',
      description: 'For administrators. Writes one file.',
      parameters: [parameter('path', 'query', true)],
      requestBody: files('application/octet-stream'),
      responses: { 200: answer('The folder', FOLDER), default: PROBLEM },
    },
    delete: {
      operationId: 'gadgetFiles.remove',
      description: 'For administrators.',
      responses: { 204: { description: 'It is gone' }, default: PROBLEM },
    },
  },
  '/poise/api/certificate': {
    get: certificate('certificate.get', 'What is served'),
    put: certificate(
      'certificate.install',
      'What is served now',
      body(members({ certificate: PEM, key: PEM })),
    ),
    delete: certificate('certificate.uninstall', 'What is served now: our own'),
  },
};
