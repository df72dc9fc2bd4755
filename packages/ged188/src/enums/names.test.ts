import { expect, test } from 'vitest';
import { CCE_REASON_CODES, CCX_REASON_CODES } from '../reason-codes.ts';
import { enumName, enumOf, enumValue, knownBits, maskNames } from './names.ts';

test('numbers and names go both ways; unknown ones pass', () => {
  expect(enumName('AgentState', 2)).toBe('NOT_READY');
  expect(enumValue('AgentState', 'NOT_READY')).toBe(2);
  expect(enumName('AgentState', 99)).toBeUndefined();
  expect(enumValue('AgentState', 'toString')).toBeUndefined();
  expect(enumOf('FailureStatus').prefix).toBe('E_CTI_');
});

test('call type 27 changed its meaning in version 19', () => {
  expect(enumName('CallType', 27, 18)).toBe('NON_ACD');
  expect(enumName('CallType', 27, 19)).toBe('RESERVATION_PREVIEW');
  expect(enumValue('CallType', 'NON_ACD', 18)).toBe(27);
  expect(enumValue('CallType', 'NON_ACD', 24)).toBe(38);
  expect(enumValue('CallType', 'RESERVATION_PREVIEW', 18)).toBeUndefined();
});

test('masks are split into names, bits without one into hexadecimal', () => {
  expect(maskNames('ServiceMask', 0x94)).toEqual(['CLIENT_CONTROL', 'ALL_EVENTS', 'SUPERVISOR']);
  expect(maskNames('ServiceMask', 0x80004000)).toEqual(['0x4000', 'DEBUG']);
  expect(maskNames('ServiceMask', 0x2000000, 23)).toEqual(['0x2000000']);
});

test('each version knows its own bits', () => {
  expect([14, 15, 22, 23].map((version) => knownBits('CallMsgMask', version))).toEqual([
    0x07ffffff, 0x0fffffff, 0x0fffffff, 0xffffffff,
  ]);
  expect(knownBits('ConfigMask', 24)).toBe(0x2ff);
  expect(knownBits('AgentStateMask')).toBe(0x3fff);
});

test('reason codes fit EventReasonCode and are listed once each', () => {
  for (const list of [CCE_REASON_CODES, CCX_REASON_CODES]) {
    expect(new Set(list.map(([code]) => code)).size).toBe(list.length);
    for (const [code, , meaning] of list) {
      expect(code).toBeLessThan(65536);
      expect(meaning).not.toBe('');
    }
  }
});
