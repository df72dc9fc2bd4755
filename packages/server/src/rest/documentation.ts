/** The table of docs/rest.md, made from the resources and the table of roles. */
import { OPERATIONS, type OperationRule, type Ownership } from '../accounts/operations.ts';
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

/** The resources as paths of OpenAPI: who may ask, and that bodies and answers are XML. */
export function restPaths(): Record<string, Record<string, unknown>> {
  const xml = { content: { 'application/xml': { schema: { type: 'string' } } } };
  const failed = { description: 'ApiErrors', ...xml };
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
          operationId: `${method} ${path}`,
          ...(roles === null
            ? { security: [] }
            : { description: `For ${roles.length === 0 ? 'every user' : roles.join(', ')}.` }),
          ...(method === 'PUT' || method === 'POST' ? { requestBody: xml } : {}),
          responses: {
            '2XX': { description: 'Done, or accepted: an Update follows', ...xml },
            default: failed,
          },
        };
        return [method.toLowerCase(), operation];
      });
      return [`/finesse/api/${path}`, { parameters, ...Object.fromEntries(operations) }];
    }),
  );
}
