import { describe, expect, test } from 'vitest';
import { decode, encode, Ged188Error, message, openRequestVersion, TAGS } from './index.ts';
import { layoutOf } from './layout.ts';

const wire = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** A frame made by hand: type, then body in hex. */
function frame(type: number, body: string): Uint8Array {
  const bytes = wire(body);
  const result = new Uint8Array(8 + bytes.length);
  new DataView(result.buffer).setUint32(0, bytes.length);
  new DataView(result.buffer).setUint32(4, type);
  result.set(bytes, 8);
  return result;
}

describe('text', () => {
  test('is read with and without its zero byte, and cut at the first', () => {
    for (const data of ['0002 6869', '0003 686900', '0006 686900787800']) {
      const failure = decode(frame(2, `0000000f 0007 ${data}`), 24);
      expect(failure.fields.Text).toBe('hi');
    }
  });

  test('is UTF-8, or Latin-1 where it cannot be', () => {
    expect(decode(frame(2, '0000000f 0007 0003 c3bc00'), 24).fields.Text).toBe('ü');
    expect(decode(frame(2, '0000000f 0007 0002 fc00'), 24).fields.Text).toBe('ü');
  });
});

describe('a tolerant reader', () => {
  test('skips unknown tags and keeps them aside', () => {
    const read = decode(frame(2, '0000000f 7777 0002 abcd 0007 0002 6100'), 24);
    expect(read.fields).toEqual({ Status: 15, Text: 'a' });
    expect(read.unknown).toEqual([{ tag: 0x7777, bytes: wire('abcd') }]);
  });

  test('puts a field aside whose data do not fit, and one that is there twice', () => {
    const read = decode(frame(1, '00000001 00000000 00d9 0001 61 00d9 0001 62'), 24);
    expect(read.fields).toEqual({ InvokeID: 1, Status: 0, CTIOSCILClientID: 'a' });
    expect(read.unknown).toEqual([{ tag: 217, bytes: wire('62') }]);
    const odd = decode(frame(4, `${'00'.repeat(32)} 00d0 0003 000001`), 24);
    expect(odd.fields).not.toHaveProperty('peripherals');
    expect(odd.unknown).toEqual([{ tag: 208, bytes: wire('000001') }]);
  });

  test('reads integers of another size', () => {
    const group = { RecordType: 0, PeripheralNumber: 1, AutoWork: 1 };
    const regular = encode(message('CONFIG_SKILL_GROUP_EVENT', { records: [group] }), 24);
    const tag = TAGS.AUTO_WORK_TAG[0].toString(16).padStart(4, '0');
    const hex = Buffer.from(regular.subarray(8)).toString('hex');
    const wide = hex.replace(`${tag}00020001`, `${tag}000400000001`);
    expect(wide).not.toBe(hex);
    for (const strict of [false, true]) {
      expect(decode(frame(236, wide), 24, { strict }).fields.records).toMatchObject([{ AutoWork: 1 }]);
    }
  });

  test('takes the fixed part of a lower version when only that explains the bytes', () => {
    const conf = message('OPEN_CONF', {
      InvokeID: 1,
      ServicesGranted: 4,
      AgentExtension: '2003',
      DepartmentID: 9,
    });
    expect(decode(encode(conf, 23), 24).fields).toEqual(decode(encode(conf, 23), 23).fields);
    expect(() => decode(encode(message('OPEN_CONF', {}), 23), 24, { strict: true })).toThrow(Ged188Error);
  });
});

describe('lists', () => {
  test('begin a repetition with their first field, or with one that is there already', () => {
    const parties = '0027 0004 00000001 0029 0002 3100 0027 0004 00000002 0029 0002 3200';
    const fixedSize = layoutOf(17, 24)?.fixedSize ?? 0;
    const body = '00'.repeat(fixedSize);
    const read = decode(frame(17, body + parties), 24);
    expect(read.fields.parties).toEqual([
      { ConnectedPartyCallID: 1, ConnectedPartyDeviceID: '1' },
      { ConnectedPartyCallID: 2, ConnectedPartyDeviceID: '2' },
    ]);
    const swapped = '0029 0002 3100 0029 0002 3200 0027 0004 00000003';
    expect(decode(frame(17, body + swapped), 24).fields.parties).toHaveLength(3);
  });

  test('of skill groups in agent records may be packed, as the guide of version 25 has them', () => {
    const packed = decode(
      frame(
        237,
        '0001 00b7 0002 0000 00be 0002 3100 00bf 0002 0002 003e 0008 0000000500000006 0040 0004 00010002',
      ),
      24,
      { strict: true },
    );
    expect(packed.fields.records).toEqual([
      {
        RecordType: 0,
        LoginID: '1',
        NumSkills: 2,
        skillGroups: [
          { FltSkillGroupNumber: 5, FltSkillGroupPriority: 1 },
          { FltSkillGroupNumber: 6, FltSkillGroupPriority: 2 },
        ],
      },
    ]);
  });

  test('of media domains may come as repeated single fields', () => {
    const read = decode(
      frame(237, '0001 00b7 0002 0000 00be 0002 3100 0105 0002 0002 0106 0004 00000001 0106 0004 00000002'),
      24,
    );
    expect(read.fields.records).toMatchObject([{ NumMRDs: 2, FltAgentMRDID: [1, 2] }]);
  });

  test('of named variables survive missing terminators', () => {
    const begin = encode(message('BEGIN_CALL_EVENT', { ConnectionDeviceID: '1' }), 24);
    const body = Buffer.from(begin.subarray(8)).toString('hex');
    const read = decode(frame(23, `${body} 0052 0003 610062 0052 0001 61 0053 0001 05 0053 0000`), 24);
    expect(read.fields.namedVariables).toEqual([
      { NamedVariable: { name: 'a', value: 'b' } },
      { NamedVariable: { name: 'a', value: '' } },
    ]);
    expect(read.fields.namedArrays).toEqual([{ NamedArray: { index: 5, name: '', value: '' } }]);
    expect(read.unknown).toEqual([{ tag: 83, bytes: new Uint8Array() }]);
  });
});

describe('where the sources contradict each other', () => {
  test('FAILURE_CONF may have the body of CONTROL_FAILURE_CONF', () => {
    const read = decode(frame(1, '00000009 0101 00000005'), 24);
    expect(read.fields).toEqual({ InvokeID: 9, FailureCode: 257, PeripheralErrorCode: 5 });
    expect(decode(frame(1, '00000009 00000001 0007 0002 6100'), 24).fields).toMatchObject({
      Status: 1,
      Text: 'a',
    });
  });

  test.each([
    [24, '00000004 00000000', { ConfigInformation: 4, PeripheralID: 0 }],
    [24, '00000004 000003ff 00000000', { ConfigInformation: 4, ConfigMsgMask: 0x3ff, PeripheralID: 0 }],
    [25, '00000004 00001388', { ConfigInformation: 4, PeripheralID: 5000 }],
    [19, '00000004 00001388 8304 00000001', { ConfigInformation: 4, PeripheralID: 5000, CustomerID: 1 }],
    [
      25,
      '00000004 00000001 00001388 0083 0004 00000001',
      { ConfigInformation: 4, ConfigMsgMask: 1, PeripheralID: 5000, CustomerID: 1 },
    ],
  ])('CONFIG_REQUEST_EVENT of version %i has or has not ConfigMsgMask: %s', (version, body, fields) => {
    for (const strict of [false, true])
      expect(decode(frame(232, body), version, { strict }).fields).toEqual(fields);
  });

  test('CLEAR_CONNECTION_REQ may have RequestingDeviceIDType fixed', () => {
    const fixed = '00000001 00001388 00000005 0000';
    for (const strict of [false, true]) {
      const regular = decode(frame(46, `${fixed} 0019 0002 3100`), 24, { strict });
      expect(regular.fields).not.toHaveProperty('RequestingDeviceIDType');
      const other = decode(frame(46, `${fixed} 004c 0019 0002 3100`), 24, { strict });
      expect(other.fields).toMatchObject({ RequestingDeviceIDType: 76, ConnectionDeviceID: '1' });
    }
  });

  test('QUERY_DEVICE_INFO_REQ may have a reserved field of four bytes', () => {
    for (const reserved of ['0000', '00000000']) {
      const read = decode(frame(78, `00000001 00001388 ${reserved} 0006 0002 3100`), 24, { strict: true });
      expect(read.fields).toMatchObject({ PeripheralID: 5000, AgentInstrument: '1' });
    }
  });
});

test('the version of OPEN_REQ is read before anything else', () => {
  const open = message('OPEN_REQ', { VersionNumber: 15, ClientID: 'a', ClientPassword: '' });
  expect(openRequestVersion(encode(open, 15))).toBe(15);
  expect(() => openRequestVersion(frame(3, '00000001 000000'))).toThrow(Ged188Error);
  expect(() => openRequestVersion(frame(5, '00000001 00000018'))).toThrow(Ged188Error);
});

test('a message of an unknown type keeps its body; one of another version is refused', () => {
  expect(decode(frame(999, '0102'), 24)).toEqual({
    name: 'UNKNOWN',
    type: 999,
    fields: { Body: wire('0102') },
    unknown: [],
  });
  expect(() => decode(frame(277, ''), 23)).toThrow(
    expect.objectContaining({ code: 'message-not-in-version' }),
  );
});
