import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { Contract } from '../../test/centre/contract.ts';
import { TestCentre } from '../../test/centre/test-centre.ts';
import type { NodeKind } from '../accounts/nodes.ts';
import { RELEASES } from '../domain/profile.ts';
import type { Schema } from '../objects/xml-schema.ts';
import { ANSWERS, EVENTS, objectSchemas, schemaOfAnswer, schemaOfUpdate } from './answers.ts';
import { contractPage } from './contract-page.ts';
import { asyncApi, restPaths } from './documentation.ts';
import { REQUESTS } from './requests.ts';
import { RESOURCES } from './resources.ts';

const PROFILE = { release: '12.6', deployment: 'CCE' } as const;

test('every resource that can be read has its answer, and nothing else has', () => {
  const readable = RESOURCES.filter(({ methods }) => methods.GET !== undefined).map(({ path }) => path);
  expect(Object.keys(ANSWERS).sort()).toEqual(readable.sort());
});

test('every resource that can be written has its request, but for those without a body', () => {
  const writable = RESOURCES.flatMap(({ path, methods }) =>
    (['PUT', 'POST'] as const).flatMap((method) =>
      methods[method] === undefined ? [] : `${method} ${path}`,
    ),
  );
  expect(Object.keys(REQUESTS).sort()).toEqual(writable.sort());
});

test('what is made needs what the answers ask for, and a change may leave it out', () => {
  const needed = (request: string) => {
    const shape = REQUESTS[request] as { readonly required?: readonly string[] };
    return shape.required ?? [];
  };
  for (const [object, change, required] of [
    ['ReasonCode', 'ReasonCode/{id}', ['category', 'code', 'label', 'forAll']],
    ['WrapUpReason', 'WrapUpReason/{id}', ['label']],
    ['PhoneBook', 'PhoneBook/{id}', ['name', 'type']],
    ['PhoneBook/{phoneBookId}/Contact', 'PhoneBook/{phoneBookId}/Contact/{id}', ['phoneNumber']],
    ['MediaPropertiesLayout', 'MediaPropertiesLayout/{id}', ['name']],
    ['Workflow', 'Workflow/{id}', ['name', 'TriggerSet']],
    ['WorkflowAction', 'WorkflowAction/{id}', ['name', 'type', 'params']],
  ] as const) {
    expect(needed(`POST ${object}`), object).toEqual(required);
    expect(needed(`POST ${object}s`), object).toEqual(required);
    expect(needed(`PUT ${change}`), object).toEqual([]);
  }
  const { post } = restPaths()['/finesse/api/ReasonCode'] as { post: { requestBody: { required: boolean } } };
  expect(post.requestBody.required).toBe(true);
});

test('all schemas are JSON Schema, in every release and deployment', () => {
  for (const release of RELEASES)
    for (const deployment of ['CCE', 'CCX'] as const) {
      const schemas = objectSchemas({ release, deployment });
      const all = [
        ...Object.values(schemas),
        ...Object.values(ANSWERS).flatMap((shape) => schemaOfAnswer(shape) ?? []),
        ...(Object.keys(EVENTS) as NodeKind[]).map((kind) => schemaOfUpdate(kind, { release, deployment })),
      ];
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      for (const schema of all as Schema[]) ajv.compile({ ...schema, components: { schemas } });
    }
});

test('an answer or an event that is not described does not pass', async () => {
  const contract = Contract.of({ release: '11.6', deployment: 'CCE' });
  const centre = await TestCentre.open();
  const { body } = await centre.call('3001', 'GET', 'User/3001');
  await centre.close();
  const told = (text: string) => () => contract.answer('GET', 'User/3001', 200, 'application/xml', text);
  expect(told(body)).not.toThrow();
  expect(told(body.replace(/<teamName>.*<\/teamName>\n/, ''))).toThrow(
    "must have required property 'teamName'",
  );
  expect(told(body.replace('</User>', '<more>1</more></User>'))).toThrow(
    'must NOT have additional properties',
  );
  expect(told(body.replace(/<teamId>\d+/, '<teamId>many'))).toThrow('The contract of User/{userId}');
  expect(told(body.replaceAll('User>', 'Person>'))).toThrow('root Person');
  expect(() => contract.answer('GET', 'Teams', 404, 'text/xml', '<ApiErrors/>')).toThrow('ApiErrors');
  const update = (data: string) => () =>
    contract.event(
      '/finesse/api/User/3001/Dialogs',
      `<Update>${data}<event>PUT</event><requestId></requestId><source>x</source></Update>`,
    );
  expect(update('')).not.toThrow();
  expect(update('<data><user/></data>')).toThrow('Updates of Dialogs');
  expect(update('<event>PUT</event>')).toThrow('Updates of Dialogs');
});

test('the page tells of every path, node and object, and shows markup as text', () => {
  const schemas = objectSchemas(PROFILE);
  const events = asyncApi(PROFILE, '1');
  const paths = { ...restPaths(), '/poise/<script>': { get: {} } };
  const { html, policy } = contractPage({ paths, components: { schemas } }, events);
  for (const { path } of RESOURCES) expect(html).toContain(`<code>/finesse/api/${path}</code>`);
  for (const { address } of Object.values(events.channels as Record<string, { address: string }>))
    expect(html).toContain(`<code>${address}</code>`);
  for (const name of Object.keys(schemas)) expect(html).toContain(`id="object-${name}"`);
  expect(html).not.toContain('<script');
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-/);
});

test('each node has its address and who may subscribe to it', () => {
  const { channels } = asyncApi(PROFILE, '1') as {
    channels: Record<string, { address: string; description: string }>;
  };
  const addresses = Object.entries(channels).map(([kind, { address }]) => [kind, address]);
  expect(Object.fromEntries(addresses)).toEqual({
    User: '/finesse/api/User/{userId}',
    Dialogs: '/finesse/api/User/{userId}/Dialogs',
    DialogsMedia: '/finesse/api/User/{userId}/Dialogs/Media',
    Media: '/finesse/api/User/{userId}/Media/{mediaId}',
    ClientLog: '/finesse/api/User/{userId}/ClientLog',
    Queues: '/finesse/api/User/{userId}/Queues',
    Queue: '/finesse/api/Queue/{queueId}',
    UserQueue: '/finesse/api/User/{userId}/Queue/{queueId}',
    TeamUsers: '/finesse/api/Team/{teamId}/Users',
    TeamMessages: '/finesse/api/Team/{teamId}/TeamMessages',
    SystemInfo: '/finesse/api/SystemInfo',
    Configuration: '/poise/api/configuration',
  });
  expect(channels.TeamUsers?.description).toBe('May be subscribed by Supervisor, Administrator.');
});
