/** The contract of all APIs and events, put together from what each room says of its own, and the pages that show it. */
import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import { ACTION_TRACE_PATHS } from '../action-trace/contract.ts';
import { ADMINISTRATION_PATHS } from '../admin-api/contract.ts';
import { openApi } from '../admin-api/openapi.ts';
import { descriptionsFor } from '../configuration/descriptions.ts';
import { CONSOLE_PATHS } from '../console/contract.ts';
import type { Paths, Schema } from '../contract/operations.ts';
import { DESKTOP_PATHS } from '../desktop-api/contract.ts';
import type { Profile } from '../domain/profile.ts';
import { HISTORY_PATHS } from '../history/contract.ts';
import type { HttpPlugin } from '../http/index.ts';
import { HEALTH_PATHS } from '../ops/contract.ts';
import { NODES_PATHS } from '../peers/nodes-plugin.ts';
import { SIGN_OUT_PATHS } from '../presence/contract.ts';
import { objectSchemas } from '../rest/answers.ts';
import { contractPage } from '../rest/contract-page.ts';
import { asyncApi, restPaths } from '../rest/documentation.ts';
import { SIMULATION_PATHS } from '../simulation/contract.ts';

/** Our own APIs in JSON, besides that of the configuration. */
const OWN_PATHS: Paths = {
  ...ACTION_TRACE_PATHS,
  ...ADMINISTRATION_PATHS,
  ...CONSOLE_PATHS,
  ...DESKTOP_PATHS,
  ...HEALTH_PATHS,
  ...HISTORY_PATHS,
  ...NODES_PATHS,
  ...SIGN_OUT_PATHS,
  ...SIMULATION_PATHS,
};

export interface Documented {
  readonly profile: Profile;
  /** Characters that a new password must have. */
  readonly passwordMin: number;
  readonly version: string;
}

/** OpenAPI 3.1: XML under /finesse/api, JSON elsewhere. */
export const openApiDocument = ({ profile, passwordMin, version }: Documented): Schema =>
  openApi(descriptionsFor({ deployment: profile.deployment, passwordMin }), version, {
    paths: { ...restPaths(), ...OWN_PATHS },
    schemas: objectSchemas(profile),
  });

/** `/openapi.json`, `/asyncapi.json`, and `/poise/api/docs` for people. */
export function documentPlugins(documented: Documented): HttpPlugin[] {
  const api = openApiDocument(documented);
  const events = asyncApi(documented.profile, documented.version);
  const page = contractPage(api, events);
  const serve =
    (answer: (reply: FastifyReply) => unknown): FastifyPluginCallback =>
    (app, _options, done) => {
      app.get('/', (_request, reply) => answer(reply));
      done();
    };
  return [
    { prefix: '/openapi.json', plugin: serve(() => api) },
    { prefix: '/asyncapi.json', plugin: serve(() => events) },
    {
      prefix: '/poise/api/docs',
      plugin: serve((reply) =>
        reply.header('Content-Security-Policy', page.policy).type('text/html; charset=utf-8').send(page.html),
      ),
    },
  ];
}
