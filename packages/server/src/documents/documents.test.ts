import asyncApiSchemas from '@asyncapi/specs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import Fastify, { type FastifyPluginCallback } from 'fastify';
import { describe, expect, test } from 'vitest';
import { describedOperations, routeOf } from '../../test/centre/json-contract.ts';
import { actionTracePlugin } from '../action-trace/plugin.ts';
import {
  auditPlugin,
  certificatePlugin,
  configurationPlugin,
  gadgetFilesPlugin,
  logCasesPlugin,
  logsPlugin,
  shellPlugin,
} from '../admin-api/index.ts';
import { descriptionsFor } from '../configuration/descriptions.ts';
import { connectedPlugin, consoleNodesPlugin, consoleSessionPlugin } from '../console/index.ts';
import { desktopConfigPlugin } from '../desktop-api/desktop-config.ts';
import { desktopInterfacePlugin } from '../desktop-api/desktop-interface.ts';
import { desktopLayoutPlugin } from '../desktop-api/desktop-layout.ts';
import { handoverPlugin } from '../desktop-api/handover.ts';
import { historyPlugin } from '../history/index.ts';
import { healthPlugin } from '../ops/health.ts';
import { nodesPlugin } from '../peers/nodes-plugin.ts';
import { signOutsPlugin } from '../presence/plugin.ts';
import { asyncApi } from '../rest/documentation.ts';
import { simulationPlugin } from '../simulation/index.ts';
import { openApiDocument } from './documents.ts';

interface PathItem {
  readonly parameters?: readonly { readonly name: string }[];
  readonly [method: string]: unknown;
}

const document = JSON.parse(
  JSON.stringify(
    openApiDocument({ profile: { release: '12.6', deployment: 'CCE' }, passwordMin: 8, version: '1' }),
  ),
);

test('every reference leads to a schema, every parameter of a path is described, every operation has one name', () => {
  const names = new Set<string>();
  for (const [, to] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/([\w.]+)"/g))
    expect(document.components.schemas).toHaveProperty([to!]);
  for (const [path, { parameters = [], ...methods }] of Object.entries<PathItem>(document.paths)) {
    const described = parameters.map(({ name }) => name);
    expect(described, path).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    for (const { operationId } of Object.values(methods as Record<string, { operationId: string }>)) {
      expect(names, operationId).not.toContain(operationId);
      names.add(operationId);
    }
  }
  expect(document.paths).toHaveProperty(['/finesse/api/User/{userId}', 'put']);
  expect(document.paths).not.toHaveProperty(['/poise/api/config/devices/{id}', 'put']);
});

test('bounds are those of the descriptions', () => {
  expect(document.components.schemas.reasonCodes.properties.code).toMatchObject({
    minimum: 1,
    maximum: 65_535,
  });
  expect(document.components.schemas.users.properties.password).toMatchObject({
    writeOnly: true,
    minLength: 8,
  });
});

test('says how a client proves who it is, and that changes need the tag of what was read', () => {
  expect(Object.keys(document.components.securitySchemes)).toEqual(['basic', 'bearer', 'session', 'csrf']);
  expect(document.security).toEqual([{ basic: [] }, { bearer: [] }]);
  const withSession = (name: string) =>
    Object.entries<Record<string, { security?: object[] }>>(document.paths).flatMap(([path, item]) =>
      item[name]?.security?.some((one) => 'session' in one && 'basic' in one === false) ? [path] : [],
    );
  expect(withSession('get')).toContain('/poise/api/config/teams');
  expect(withSession('get')).toContain('/poise/api/console/session');
  expect(withSession('get')).not.toContain('/finesse/api/Users');
  expect(document.paths['/poise/api/config/teams'].post.security).toContainEqual({ session: [], csrf: [] });
  expect(document.paths['/finesse/api/SystemInfo'].get.security).toEqual([]);
  const changes = Object.entries<Record<string, { parameters?: object[] }>>(document.paths).filter(
    ([path, { put }]) => put !== undefined && /config\/.*(?:\{id\}|settings\/\w+|resources)$/.test(path),
  );
  expect(changes.length).toBeGreaterThan(10);
  for (const [path, { put }] of changes)
    expect(put?.parameters, path).toContainEqual(
      expect.objectContaining({ name: 'If-Match', in: 'header', required: true }),
    );
});

/** Everything that they need is asked for at the time of a request. */
const NOTHING = new Proxy({}, { get: () => () => undefined }) as never;

test('every route of our own APIs stands in the contract, and every operation of the contract has its route', async () => {
  const routes = new Set<string>();
  const app = Fastify({ exposeHeadRoutes: false });
  app.addHook('onRoute', ({ method, url, path }) => {
    if (path.endsWith('*')) return;
    for (const one of [method].flat()) routes.add(`${one} ${routeOf(url)}`);
  });
  const register = (plugin: FastifyPluginCallback, prefix = '/poise/api') => app.register(plugin, { prefix });
  const configuration = configurationPlugin({
    descriptions: descriptionsFor({ deployment: 'CCE', passwordMin: 8 }),
  } as never);
  for (const plugin of [
    healthPlugin(NOTHING),
    nodesPlugin(NOTHING),
    historyPlugin(NOTHING),
    signOutsPlugin(NOTHING),
    actionTracePlugin(NOTHING),
    auditPlugin(NOTHING),
    certificatePlugin(NOTHING),
    gadgetFilesPlugin(NOTHING),
    logsPlugin(NOTHING),
    logCasesPlugin(NOTHING),
    shellPlugin(NOTHING),
    consoleSessionPlugin(NOTHING),
    connectedPlugin(NOTHING),
    consoleNodesPlugin(NOTHING),
    simulationPlugin(NOTHING),
    desktopLayoutPlugin(NOTHING),
    handoverPlugin(NOTHING),
    configuration,
  ])
    await register(plugin);
  await register(desktopConfigPlugin({ properties: () => ({}) } as never), '/desktop/api');
  await register(desktopInterfacePlugin({ gadgetFilesDir: '' }), '/desktop/api');
  await app.ready();
  // One route stands for all settings; methods that a path refuses have routes, too.
  const settings = 'GET /poise/api/config/settings/{}';
  expect([...routes]).toContain(settings);
  const own = describedOperations().filter((one) => !one.includes(' /finesse/'));
  const named = own.map((one) => one.replace(/(settings\/)(?!cti\/test)\w+$/, '$1{}'));
  expect(named.filter((one) => !routes.has(one))).toEqual([]);
  // A method that a path does not have is refused by a route, too.
  const REFUSING =
    /^(?!GET ).* \/poise\/api\/(?:config\/|logs|certificate|audit|connected|gadgetFiles|logCases|shell)|^GET .*\/signOut$/;
  const isRefused = (one: string) => REFUSING.test(one);
  const served = [...routes].filter((one) => !one.startsWith('HEAD ') && !isRefused(one));
  expect(served.filter((one) => !named.includes(one))).toEqual([]);
});

test('the health is told to programs beside the server and by password: a token is no way in', () => {
  const paths = document.paths as Record<string, Record<string, { security?: unknown }>>;
  expect(paths['/poise/api/health']?.get?.security).toEqual([{}, { basic: [] }]);
});

describe('the official schemas hold', () => {
  const documented = {
    profile: { release: '12.6', deployment: 'CCE' },
    passwordMin: 8,
    version: '1',
  } as const;

  test('of OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(document);
    expect([valid, errors]).toEqual([true, undefined]);
  });

  test('of AsyncAPI 3.0', () => {
    // The draft of JSON Schema is in it, under its own name.
    const schema = asyncApiSchemas.schemas['3.0.0'] as Record<string, unknown>;
    const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false });
    (formats as unknown as (ajv: Ajv) => void)(ajv);
    const isValid = ajv.validate(schema, JSON.parse(JSON.stringify(asyncApi(documented.profile, '1'))));
    expect([isValid, ajv.errors]).toEqual([true, null]);
  });
});
