import { describe, expect, test } from 'vitest';
import { decode, encode, type Fields, Ged188Error, type MessageName, message } from './index.ts';

const code = (name: MessageName, fields: Fields, version = 24): [string, string | null] => {
  try {
    encode({ name, fields }, version);
    return ['encoded', null];
  } catch (error) {
    if (!(error instanceof Ged188Error)) throw error;
    return [error.code, error.field];
  }
};

describe('a message is refused', () => {
  const device = { ConnectionDeviceID: '2003' };
  test.each<[string, MessageName, Fields, string, string | null]>([
    ['a field it does not have', 'HEARTBEAT_REQ', { InvokeId: 1 }, 'field-unknown', 'InvokeId'],
    ['a number that does not fit', 'HEARTBEAT_REQ', { InvokeID: 2 ** 32 }, 'field-value', 'InvokeID'],
    [
      'a negative number where there is no sign',
      'HEARTBEAT_REQ',
      { InvokeID: -1 },
      'field-value',
      'InvokeID',
    ],
    ['a fraction', 'HEARTBEAT_REQ', { InvokeID: 0.5 }, 'field-value', 'InvokeID'],
    ['text for a number', 'HEARTBEAT_REQ', { InvokeID: '1' }, 'field-value', 'InvokeID'],
    ['text that is too long', 'SYSTEM_EVENT', { Text: 'x'.repeat(255) }, 'field-length', 'Text'],
    ['text that is too long in UTF-8', 'SYSTEM_EVENT', { Text: 'ü'.repeat(128) }, 'field-length', 'Text'],
    ['a zero inside text', 'SYSTEM_EVENT', { Text: 'a\0b' }, 'field-value', 'Text'],
    ['a number for text', 'SYSTEM_EVENT', { Text: 5 }, 'field-value', 'Text'],
    ['a required field that is missing', 'SET_AGENT_STATE_REQ', {}, 'field-missing', 'AgentInstrument'],
    [
      'a count that contradicts its group',
      'SET_AGENT_STATE_REQ',
      { AgentInstrument: '1', NumSkillGroups: 2, skillGroups: [{ SkillGroupNumber: 1 }] },
      'count-mismatch',
      'NumSkillGroups',
    ],
    [
      'too many repetitions',
      'SET_AGENT_STATE_REQ',
      { AgentInstrument: '1', skillGroups: Array.from({ length: 11 }, () => ({ SkillGroupNumber: 1 })) },
      'count-mismatch',
      'skillGroups',
    ],
    [
      'a repetition without its first field',
      'AGENT_STATE_EVENT',
      { skillGroups: [{ FltSkillGroupID: 1 }] },
      'field-missing',
      'FltSkillGroupNumber',
    ],
    [
      'an unknown field in a repetition',
      'AGENT_STATE_EVENT',
      { skillGroups: [{ FltSkillGroupNumber: 1, Nonsense: 1 }] },
      'field-unknown',
      'Nonsense',
    ],
    [
      'expanded variables of more than 2,000 bytes',
      'BEGIN_CALL_EVENT',
      {
        ...device,
        namedVariables: Array.from({ length: 10 }, (_, i) => ({
          NamedVariable: { name: `user.v${i}`, value: 'x'.repeat(200) },
        })),
      },
      'variables-too-long',
      'NamedVariable',
    ],
    [
      'a variable name of more than 32 bytes',
      'BEGIN_CALL_EVENT',
      { ...device, namedVariables: [{ NamedVariable: { name: 'x'.repeat(33), value: '' } }] },
      'field-length',
      'NamedVariable.name',
    ],
  ])('for %s', (_title, name, fields, expected, field) => {
    expect(code(name, fields)).toEqual([expected, field]);
  });

  test('when the version does not have it, or is none', () => {
    expect(code('STANDBY_ACTIVE_EVENT', {}, 23)[0]).toBe('message-not-in-version');
    expect(code('HEARTBEAT_REQ', {}, 13)[0]).toBe('version-unsupported');
    expect(code('NONSENSE' as MessageName, {})[0]).toBe('message-unknown');
  });

  test('when the frame would be longer than the version allows', () => {
    const records = Array.from({ length: 10 }, (_, i) => ({
      RecordType: 0,
      LoginID: `${i}`.padEnd(60, 'x'),
      Description: 'x'.repeat(127),
      LastName: 'x'.repeat(31),
      FirstName: 'x'.repeat(31),
      skillGroups: Array.from({ length: 20 }, (_, n) => ({
        FltSkillGroupNumber: n,
        FltSkillGroupPriority: 0,
      })),
    }));
    expect(code('CONFIG_AGENT_EVENT', { records }, 24)[0]).toBe('encoded');
    expect(code('CONFIG_AGENT_EVENT', { records }, 19)[0]).toBe('message-too-long');
  });
});

test('one message serves every version: fields that a version lacks are left out', () => {
  const event = message('AGENT_STATE_EVENT', {
    AgentState: 2,
    DepartmentID: 7,
    ActiveTerminal: 'SEP1',
    Direction: 1,
  });
  expect(decode(encode(event, 24), 24).fields).toMatchObject({ DepartmentID: 7, ActiveTerminal: 'SEP1' });
  const older = decode(encode(event, 15), 15).fields;
  for (const name of ['DepartmentID', 'ActiveTerminal', 'Direction']) expect(older).not.toHaveProperty(name);
  const record = { RecordType: 0, LoginID: '1', SSOEnabled: 1, AgentDeskSettingsID: 3 };
  const agents = message('CONFIG_AGENT_EVENT', { records: [record] });
  expect(decode(encode(agents, 19), 19).fields.records).toEqual([{ RecordType: 0, LoginID: '1' }]);
});

test('missing fields of the fixed part are written as none, or zero', () => {
  const frame = encode(message('QUERY_AGENT_STATE_REQ', {}), 24);
  expect(decode(frame, 24).fields).toMatchObject({ InvokeID: 0, PeripheralID: 0xffffffff });
});

test('counts are filled in, also those of packed lists and lists within records', () => {
  const records = [
    {
      RecordType: 0,
      LoginID: '1001',
      skillGroups: [
        { FltSkillGroupNumber: 5, FltSkillGroupPriority: 1 },
        { FltSkillGroupNumber: 6, FltSkillGroupPriority: 2 },
      ],
      FltAgentMRDID: [1, 5001],
      FltAgentMRDState: [2, 1],
    },
    { RecordType: 0, LoginID: '1002' },
  ];
  const read = decode(encode({ name: 'CONFIG_AGENT_EVENT', fields: { records } }, 24), 24, { strict: true });
  expect(read.fields).toEqual({
    NumRecords: 2,
    records: [{ ...records[0], NumSkills: 2, NumMRDs: 2 }, records[1]],
  });
});

test('a login name is cut for versions that had less room for it, between characters', () => {
  const records = [{ RecordType: 0, LoginID: '1', LoginName: 'ü'.repeat(20) }];
  const frame = encode(message('CONFIG_AGENT_EVENT', { records }), 19);
  expect(decode(frame, 19).fields.records).toMatchObject([{ LoginName: 'ü'.repeat(15) }]);
  expect(decode(encode(message('CONFIG_AGENT_EVENT', { records }), 20), 20).fields.records).toMatchObject(
    records,
  );
});

test('messages without a published layout keep their body', () => {
  const Body = Uint8Array.of(1, 2, 3);
  const frame = encode(message('SUPERVISOR_ASSIST_EVENT', { Body }), 24);
  expect(decode(frame, 24)).toMatchObject({ name: 'SUPERVISOR_ASSIST_EVENT', type: 120, fields: { Body } });
});

test('booleans are written as 0 and 1', () => {
  const frame = encode(message('OPEN_CONF', { PeripheralOnline: true }), 24);
  expect(decode(frame, 24).fields.PeripheralOnline).toBe(1);
});
