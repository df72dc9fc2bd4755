import { readFileSync } from 'node:fs';
import { parse } from '@poise/xml';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  asyncError,
  CTI_ERRORS,
  ctiCode,
  failure,
  SYNC_ERRORS,
  type SyncErrorCode,
} from '../domain/errors.ts';
import { asyncErrorTable, syncErrorTable } from '../domain/errors-documentation.ts';
import { apiErrors } from './api-errors.ts';
import { errorUpdate } from './update.ts';

const document = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');

test('docs/errors.md holds the catalogue; print the tables with errors-documentation.ts when they differ', () => {
  expect(document).toContain(syncErrorTable());
  expect(document).toContain(asyncErrorTable());
});

test('every synchronous error prints ErrorType, ErrorData and ErrorMessage in this order', () => {
  for (const code of Object.keys(SYNC_ERRORS) as SyncErrorCode[]) {
    const made = failure(code, 'x<y', 'because');
    const root = parse(apiErrors([made]), { declaration: 'allow' });
    const [error] = root.elements('ApiError');
    expect(error!.elements().map(({ name }) => name)).toEqual(['ErrorType', 'ErrorData', 'ErrorMessage']);
    expect(error!.child('ErrorData')!.text).toBe(SYNC_ERRORS[code].data ?? 'x<y');
    expect(error!.child('ErrorMessage')!.text).toBe(SYNC_ERRORS[code].message ?? 'because');
    expect(made.status).toBeGreaterThanOrEqual(400);
  }
});

test('numbers and constants of CTI errors are unique; an unknown constant is a defect of ours', () => {
  expect(new Set(CTI_ERRORS.map(({ code }) => code)).size).toBe(CTI_ERRORS.length);
  expect(new Set(CTI_ERRORS.map(({ constant }) => constant)).size).toBe(CTI_ERRORS.length);
  expect(() => ctiCode('CF_NOTHING')).toThrow('No CTI error is called CF_NOTHING.');
});

test('a number that the table does not have is a Generic Error with the name the codec knows', () => {
  expect(asyncError({ code: 12, constant: 'CF_INVALID_CSTA_DEVICE_IDENTIFIER' })).toEqual({
    errorType: 'Generic Error',
    errorData: '12',
    errorMessage: 'CF_INVALID_CSTA_DEVICE_IDENTIFIER',
  });
});

test('releases up to 11.6 print an error update in alphabetical order', () => {
  const payload = errorUpdate(
    [asyncError({ code: 22, peripheralErrorCode: 9 })],
    'r<1>',
    '/finesse/api/User/2001',
    {
      release: '11.6',
      deployment: 'CCE',
    },
  );
  expect(payload).toBe(`<Update>
<data>
<apiErrors>
<apiError>
<errorData>22</errorData>
<errorMessage>CF_INVALID_OBJECT_STATE</errorMessage>
<errorType>Invalid State</errorType>
</apiError>
</apiErrors>
</data>
<event>put</event>
<requestId>r&lt;1&gt;</requestId>
<source>/finesse/api/User/2001</source>
</Update>`);
});

test('whatever text an error carries, its document can be read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (data, message) => {
      expect(parse(apiErrors([failure('NOT_FOUND', data, message)])).name).toBe('ApiErrors');
    }),
  );
});
