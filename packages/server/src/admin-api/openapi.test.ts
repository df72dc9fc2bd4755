import { expect, test } from 'vitest';
import { descriptionsFor } from '../configuration/descriptions.ts';
import { objectSchemas } from '../rest/answers.ts';
import { restPaths } from '../rest/documentation.ts';
import { openApi } from './openapi.ts';

interface PathItem {
  readonly parameters?: readonly { readonly name: string }[];
  readonly [method: string]: unknown;
}

const document = JSON.parse(
  JSON.stringify(
    openApi(descriptionsFor({ deployment: 'CCE', passwordMin: 8 }), '1', {
      paths: restPaths(),
      schemas: objectSchemas({ release: '12.6', deployment: 'CCE' }),
    }),
  ),
);

test('every reference leads to a schema, every parameter of a path is described, every operation has one name', () => {
  const names = new Set<string>();
  for (const [, to] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g))
    expect(document.components.schemas, to).toHaveProperty(to!);
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
