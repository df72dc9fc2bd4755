import { inflateRawSync } from 'node:zlib';
import { ApiError, type Update } from '@poise/client';
import { VirtualClock } from '@poise/clock';
import { element } from '@poise/xml';
import { beforeEach, expect, test } from 'vitest';
import { settle } from '../../test/fake-client.ts';
import { LogCollection } from './log-collection.ts';

const NODE = '/finesse/api/User/2001/ClientLog';
const clientLog = (...children: string[]) =>
  element(
    'clientLog',
    '',
    {},
    children.map((name) => element(name, '', {}, ['x'])),
  );
const asks = (more: Partial<Update> = {}): Update => ({
  node: NODE,
  event: 'PUT',
  requestId: 'r7',
  source: NODE,
  data: { type: 'other', element: clientLog('uri') },
  ...more,
});

let text: string;
let notes: string[];
let sent: unknown[][];
let refusal: unknown;
let collection: LogCollection;
beforeEach(() => {
  text = 'one\ntwo';
  notes = [];
  sent = [];
  refusal = null;
  collection = new LogCollection({
    clock: new VirtualClock(),
    log: { text: () => text },
    note: (line) => notes.push(line),
  });
});

const client = {
  async compressedClientLog(...args: unknown[]) {
    sent.push(['zip', ...args]);
    if (refusal !== null) throw refusal;
  },
  async clientLog(...args: unknown[]) {
    sent.push(['text', ...args]);
  },
};
const hear = (update: Update = asks()) => collection.heard(update, '2001', client);
/** The text in a zip of one file. */
function unzipped(zip: Uint8Array): string {
  const bytes = Buffer.from(zip);
  const start = 30 + bytes.readUInt16LE(26);
  return inflateRawSync(bytes.subarray(start, start + bytes.readUInt32LE(18))).toString();
}

test('the log is sent as a zip that bears the id of the request', async () => {
  await hear();
  expect(sent).toHaveLength(1);
  const [kind, zip, requestId] = sent[0] as [string, Uint8Array, string];
  expect([kind, requestId]).toEqual(['zip', 'r7']);
  expect(unzipped(zip)).toBe('one\ntwo');
  expect(Buffer.from(zip).includes('clientlog.2001.log')).toBe(true);
  expect(notes).toEqual([]);
});

test('credentials that a gadget has written are in no zip', async () => {
  text = 'Authorization: Basic MjAwMToyMDAx\n{"password":"hush","a":1}\nBearer abcdefghijkl';
  await hear();
  expect(unzipped(sent[0]?.[1] as Uint8Array)).toBe(
    'Authorization: Basic ***\n{"password":***,"a":1}\nBearer ***',
  );
});

test('one at a time: what asks meanwhile is passed over, what asks afterwards is not', async () => {
  let goOn = () => {};
  const slow = {
    ...client,
    compressedClientLog: () => {
      sent.push(['slow']);
      return new Promise<void>((done) => {
        goOn = done;
      });
    },
  };
  const first = collection.heard(asks(), '2001', slow);
  await expect.poll(() => sent.length).toBe(1);
  await hear();
  expect(sent).toHaveLength(1);
  goOn();
  await first;
  await hear();
  expect(sent).toHaveLength(2);
});

test.each([
  ['of another agent', { node: '/finesse/api/User/2002/ClientLog' }],
  ['of another node', { node: '/finesse/api/User/2001' }],
  ['that carries a log', { data: { type: 'other', element: clientLog('logData') } }],
  ['with another object', { data: { type: 'other', element: element('media', '', {}, []) } }],
  ['of a deletion', { event: 'DELETE' }],
  ['of errors', { data: { type: 'apiErrors', errors: [] } }],
] as [string, Partial<Update>][])('an event %s asks for nothing', async (_title, more) => {
  await hear(asks(more));
  await settle();
  expect(sent).toEqual([]);
});

test('an event without data, and one without an id, ask as well', async () => {
  await hear(asks({ data: { type: 'none' }, requestId: '', event: 'POST' }));
  expect(sent[0]?.[2]).toBeUndefined();
  expect(sent).toHaveLength(1);
});

test('a server without the call gets the text, and so does any from a browser that cannot compress', async () => {
  refusal = new ApiError(404, []);
  await hear();
  expect(sent.map(([kind]) => kind)).toEqual(['zip', 'text']);
  expect(sent[1]?.[1]).toBe('one\ntwo');
  const old = new LogCollection({
    clock: new VirtualClock(),
    log: { text: () => text },
    note: () => {},
    zip: async () => null,
  });
  sent.length = 0;
  await old.heard(asks(), '2001', client);
  expect(sent).toEqual([['text', 'one\ntwo']]);
});

test('a refusal is told in the log and nowhere else, and nothing is tried again', async () => {
  refusal = new ApiError(503, [{ errorType: 'Service Unavailable', errorData: '', errorMessage: '' }]);
  await hear();
  expect(sent).toHaveLength(1);
  expect(notes).toEqual(['The server asked for this log and did not get it: 503 Service Unavailable']);
  refusal = null;
  await hear();
  expect(sent).toHaveLength(2);
});

test('an empty log is not sent; of a long one the end', async () => {
  text = '';
  await hear();
  expect(sent).toEqual([]);
  text = `${'x'.repeat(1_000_000)}\nthe end`;
  await hear();
  expect(unzipped(sent[0]?.[1] as Uint8Array)).toBe('the end');
});
