import { expect, test } from 'vitest';
import {
  type Answers,
  answered,
  callbackAt,
  callbackTo,
  printedCallType,
  printedStatus,
} from './outbound.ts';

test.each([
  ['RESERVATION_PERSONAL_CALLBACK', 'OUTBOUND_CALLBACK_PREVIEW'],
  ['RESERVATION_PREVIEW_DIRECT', 'OUTBOUND_DIRECT_PREVIEW'],
  ['CUSTOMER_PREVIEW_DIRECT', 'OUTBOUND'],
  ['OUT', 'OUT'],
  ['constructor', 'constructor'],
])('call type %s is printed as %s', (type, word) => {
  expect(printedCallType(type)).toBe(word);
});

test.each([
  ['PO', 'RESERVATION_PREVIEW', 'PREVIEW_OUTBOUND_RESERVATION'],
  ['PB', 'RESERVATION_PREVIEW', 'BLENDED_PREVIEW_OUTBOUND_RESERVATION'],
  ['DO', 'RESERVATION_PREVIEW_DIRECT', 'DIRECT_PREVIEW_OUTBOUND_RESERVATION'],
  ['CO', 'CUSTOMER_PREVIEW_DIRECT', 'DIRECT_PREVIEW_OUTBOUND'],
  ['PREVIEW_OUTBOUND', 'CUSTOMER_PREVIEW', 'PREVIEW_OUTBOUND'],
  ['PO', 'TRANSFER', 'PO'],
])('BAStatus %s of a call of type %s is %s', (status, type, word) => {
  expect(printedStatus(status, type)).toBe(word);
});

test('one variable tells number, time, cancellation and class, one after the other', () => {
  let known: Answers = { outboundClassification: '', callback: null };
  const say = (response: string) => {
    known = answered(known, response);
    return known;
  };
  expect(say('Accept')).toEqual({ outboundClassification: '', callback: null });
  expect(say(callbackTo('5551212')).callback).toEqual({ time: '', number: '5551212' });
  expect(say(callbackAt('2014-03-07T14:30')).callback).toEqual({
    time: '2014-03-07T14:30',
    number: '5551212',
  });
  expect(say('REX_ANS_MACHINE')).toMatchObject({ outboundClassification: 'ANS_MACHINE' });
  expect(say('Callback Cancel')).toEqual({ outboundClassification: 'ANS_MACHINE', callback: null });
});
