import { crc32, deflateRawSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';
import { isZip } from './zip-form.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

/** A zip of one file, written here anew so that nothing is tested against itself. */
function zip(text: string, comment = ''): Buffer {
  const plain = Buffer.from(text);
  const packed = deflateRawSync(plain);
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(8, 4);
  facts.writeUInt32LE(crc32(plain), 10);
  facts.writeUInt32LE(packed.length, 14);
  facts.writeUInt32LE(plain.length, 18);
  facts.writeUInt16LE(1, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, Buffer.from('x'), packed]);
  const entry = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
    facts,
    Buffer.alloc(14),
    Buffer.from('x'),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([local, entry, end, Buffer.from(comment)]);
}

const error = ({ statusCode, body }: { statusCode: number; body: string }) => [
  statusCode,
  /<ErrorType>(.*)<\/ErrorType>/.exec(body)?.[1],
  /<ErrorData>(.*)<\/ErrorData>/.exec(body)?.[1],
];
const body = (data: string) => `<ClientLog><logData>${data}</logData></ClientLog>`;
const send = (data: string | Buffer, user = '2001', method: 'POST' | 'PUT' = 'POST') => {
  const text = typeof data === 'string' ? data : body(data.toString('base64'));
  return centre.call(user, method, 'User/2001/CompressedClientLog', text);
};
const kept = () => centre.told.filter(({ kind }) => kind === 'client.log');

test('a zip is kept as it came, whether its Base64 has lines or not, and nothing is unpacked or published', async () => {
  centre = await TestCentre.open();
  const bytes = zip('a line of the log\n'.repeat(1000));
  const lines = bytes.toString('base64').replace(/.{76}/g, '$&\n');
  expect((await send(body(lines))).statusCode).toBe(202);
  expect((await send(bytes)).statusCode).toBe(202);
  expect(kept()).toMatchObject([{ user: '2001' }, { user: '2001' }]);
  for (const one of kept()) expect(Buffer.from((one as { data: Uint8Array }).data).equals(bytes)).toBe(true);
  expect(centre.published).toEqual([]);
});

test('what is no zip is refused, and so is none at all', async () => {
  centre = await TestCentre.open();
  const no = [400, 'Invalid Input', 'logData'];
  const bytes = zip('x');
  expect(error(await send(body('a log that is text')))).toEqual(no);
  expect(error(await send(body(Buffer.from('a log').toString('base64'))))).toEqual(no);
  expect(error(await send(bytes.subarray(0, -1)))).toEqual(no);
  expect(error(await send(Buffer.from('PK\x03\x04', 'latin1')))).toEqual(no);
  expect(error(await send('<ClientLog/>'))).toEqual([400, 'Parameter Missing', 'logData']);
  expect(error(await send(body(' \n ')))).toEqual([400, 'Parameter Missing', 'logData']);
  expect(error(await send('<Log/>'))).toEqual([400, 'Bad Request', 'Log']);
  expect(error(await send(''))).toEqual([400, 'Bad Request', 'ClientLog']);
  expect(kept()).toEqual([]);
});

test('a zip may have 1,500,000 bytes, whatever it holds, and not one more', async () => {
  centre = await TestCentre.open();
  const base = zip('x', '');
  const filled = (length: number) => {
    // In front of the directory: a file of any length that nobody looks into.
    const filler = Buffer.alloc(length - base.length, 'x');
    return Buffer.concat([base.subarray(0, 31), filler, base.subarray(31)]);
  };
  expect((await send(filled(1_500_000))).statusCode).toBe(202);
  const tooLong = [400, 'Invalid Input', 'logData'];
  expect(error(await send(filled(1_500_001)))).toEqual(tooLong);
  expect(error(await send(filled(4_000_000)))).toEqual(tooLong);
  const { body: text } = await send(filled(4_000_000));
  expect(text).toContain('The compressed log is longer than 1500000 bytes');
  expect(kept()).toHaveLength(1);
});

test('only the user himself sends his log, and only by POST', async () => {
  centre = await TestCentre.open();
  const bytes = zip('x');
  expect(error(await send(bytes, '2002')).slice(0, 2)).toEqual([401, 'Invalid Authorization User Specified']);
  // Not even the supervisor of his team.
  expect(error(await send(bytes, '2050')).slice(0, 2)).toEqual([401, 'Invalid Authorization User Specified']);
  expect((await send(bytes, 'admin')).statusCode).toBe(401);
  expect((await send(bytes, '2001', 'PUT')).statusCode).toBe(405);
  expect((await centre.call('2001', 'GET', 'User/2001/CompressedClientLog')).statusCode).toBe(405);
  expect(kept()).toEqual([]);
});

test('a zip is told by its beginning and its end, with a comment or without', () => {
  expect(isZip(zip('x', 'a comment'))).toBe(true);
  // The signature of the end inside the comment is not the end.
  expect(isZip(zip('x', 'PK\x05\x06 and so on, longer than an end of a directory'))).toBe(true);
  expect(isZip(Buffer.concat([zip('x'), Buffer.from('more')]))).toBe(false);
  expect(isZip(Buffer.alloc(0))).toBe(false);
});
