/** A database that cannot be written: changes answer 503, and what is read comes out of memory. */
import { type Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStoredCentre, type StoredCentre } from '../../../test/centre/stored-centre.ts';
import type { Schema } from '../../store/schema.ts';

let stored: StoredCentre;
beforeEach(async () => {
  stored = await openStoredCentre();
});
afterEach(() => stored.close());

const writable = (yes: boolean) =>
  sql`${sql.raw(`PRAGMA query_only = ${yes ? 'OFF' : 'ON'}`)}`.execute(
    (stored.store.repositories.facts as unknown as { db: Kysely<Schema> }).db,
  );
const call = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: string) =>
  stored.centre.call('admin', method, path, body);
const REASON =
  '<ReasonCode><category>NOT_READY</category><code>413</code><label>Meeting</label><forAll>true</forAll></ReasonCode>';

it('is told by 503, and is no defect of the server', async () => {
  await writable(false);
  const changes: [Parameters<typeof call>[0], string, string?][] = [
    ['POST', 'ReasonCode', REASON],
    ['DELETE', 'ReasonCode/1'],
    ['POST', 'WrapUpReason', '<WrapUpReason><label>x</label><forAll>true</forAll></WrapUpReason>'],
    ['POST', 'PhoneBook', '<PhoneBook><name>x</name><type>GLOBAL</type></PhoneBook>'],
    ['DELETE', 'Workflow/1'],
    ['DELETE', 'WorkflowAction/1'],
    [
      'POST',
      'MediaPropertiesLayout',
      '<MediaPropertiesLayout><name>x</name><description>d</description><header><entry><displayName>a</displayName><mediaProperty>callVariable1</mediaProperty></entry></header><column><entry><displayName>a</displayName><mediaProperty>callVariable1</mediaProperty></entry></column></MediaPropertiesLayout>',
    ],
  ];
  for (const [method, path, body] of changes) {
    const answer = await call(method, path, body);
    expect([method, path, answer.statusCode, answer.body.replace(/\s*\n\s*/g, '')]).toEqual([
      method,
      path,
      503,
      '<ApiErrors><ApiError><ErrorType>Service Unavailable</ErrorType><ErrorData></ErrorData>' +
        '<ErrorMessage>The database cannot be written</ErrorMessage></ApiError></ApiErrors>',
    ]);
  }
  expect((await call('GET', 'ReasonCodes?category=NOT_READY')).statusCode).toBe(200);
  expect(stored.centre.told.filter(({ kind }) => kind === 'operator')).toEqual([]);
  await writable(true);
  expect((await call('POST', 'ReasonCode', REASON)).statusCode).toBe(200);
});
