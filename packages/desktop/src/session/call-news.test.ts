import { expect, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { callNews } from './call-news.ts';

const CUSTOMER = '15551234';
const call = (own: string, ...others: readonly string[]) =>
  dialog('1', [part(OWN, own), ...others.map((party) => part(party, 'ACTIVE'))], {
    fromAddress: CUSTOMER,
    toAddress: OWN,
  });
const consultation = (own: string) =>
  dialog('2', [part(OWN, own), part('10000', own === 'ACTIVE' ? 'ACTIVE' : 'ALERTING')]);
const over = (party: string) => ({ key: 'calls.over', values: { party } });
const rangOut = (party: string) => ({ key: 'calls.rangOut', values: { party } });
const ringing = () =>
  dialog('1', [part(OWN, 'ALERTING', ['ANSWER']), part(CUSTOMER, 'ACTIVE')], { fromAddress: CUSTOMER });
const news = (party: string, state: string) => ({
  key: 'calls.news',
  values: { call: { key: 'calls.with', values: { party } }, state: { key: `call.state.${state}` } },
});

test('the end of a call is told once, with its wrap-up or without', () => {
  const wrapUp = call('WRAP_UP', CUSTOMER);
  expect(callNews([call('ACTIVE', CUSTOMER)], [wrapUp], OWN)).toEqual([over(CUSTOMER)]);
  expect(callNews([wrapUp], [], OWN)).toEqual([]);
  expect(callNews([ringing()], [], OWN), 'not answered').toEqual([rangOut(CUSTOMER)]);
  expect(
    callNews([dialog('3', [part(OWN, 'INITIATING')], { fromAddress: OWN, toAddress: '' })], [], OWN),
  ).toEqual([{ key: 'call.error.gone' }]);
});

test('what the state of the agent says is not said again: a call that rings, is answered, or is held alone', () => {
  expect(callNews([], [call('ALERTING', CUSTOMER)], OWN)).toEqual([]);
  expect(callNews([call('ALERTING', CUSTOMER)], [call('ACTIVE', CUSTOMER)], OWN)).toEqual([]);
  expect(callNews([call('ACTIVE', CUSTOMER)], [call('HELD', CUSTOMER)], OWN)).toEqual([]);
});

test('of several calls it is told which is on hold, and when the other end answers', () => {
  const held = call('HELD', CUSTOMER);
  expect(callNews([call('ACTIVE', CUSTOMER)], [held, consultation('INITIATED')], OWN)).toEqual([
    news(CUSTOMER, 'HELD'),
  ]);
  expect(callNews([held, consultation('INITIATED')], [held, consultation('ACTIVE')], OWN)).toEqual([
    news('10000', 'ACTIVE'),
  ]);
});

test('a silent monitor is called so', () => {
  const monitor = (own: string) => ({ ...consultation(own), callType: 'SUPERVISOR_MONITOR' });
  const [said] = callNews([monitor('INITIATED')], [monitor('ACTIVE')], OWN);
  expect(said?.values?.call).toEqual({ key: 'calls.monitoring', values: { agent: '10000' } });
});

test('a consultation that becomes a conference has not ended; who joins and leaves is told', () => {
  const before = [call('HELD', CUSTOMER), consultation('ACTIVE')];
  const conference = call('ACTIVE', CUSTOMER, '10000');
  expect(callNews(before, [call('ACTIVE', CUSTOMER)], OWN)).toEqual([over('10000')]);
  expect(callNews([call('ACTIVE', CUSTOMER), consultation('ACTIVE')], [conference], OWN)).toEqual([
    { key: 'calls.with', values: { party: `${CUSTOMER}, 10000` } },
  ]);
  expect(callNews(before, [conference], OWN)).toEqual([
    { key: 'calls.with', values: { party: `${CUSTOMER}, 10000` } },
  ]);
  expect(callNews([conference], [call('ACTIVE', '10000')], OWN)).toEqual([
    { key: 'calls.with', values: { party: '10000' } },
  ]);
});

test('a transfer is no end: it is told to whom the call was handed over, with wrap-up or without', () => {
  const consult = { ...consultation('ACTIVE'), callType: 'CONSULT' };
  const told = [{ key: 'calls.handedOver', values: { party: CUSTOMER, to: '10000' } }];
  const before = [call('HELD', CUSTOMER), consult];
  expect(callNews(before, [call('WRAP_UP', CUSTOMER, '10000')], OWN)).toEqual(told);
  expect(callNews(before, [], OWN)).toEqual(told);
  expect(callNews([call('ACTIVE', CUSTOMER)], [call('WRAP_UP', CUSTOMER, '10000')], OWN), 'direct').toEqual(
    told,
  );
  const other = { ...consultation('ACTIVE'), callType: 'OUT' };
  expect(callNews([call('HELD', CUSTOMER), other], [], OWN), 'two calls that ended').toEqual([
    over(CUSTOMER),
    over('10000'),
  ]);
  expect(callNews(before, [call('ACTIVE', CUSTOMER)], OWN), 'the consultation alone has ended').toEqual([
    over('10000'),
  ]);
});

test('a direct transfer without wrap-up is told by who is left at the end; what rang here and goes on elsewhere was not handed over', () => {
  const left = call('DROPPED', CUSTOMER, '10000');
  expect(callNews([call('ACTIVE', CUSTOMER)], [], OWN, [left])).toEqual([
    { key: 'calls.handedOver', values: { party: CUSTOMER, to: '10000' } },
  ]);
  const ended = dialog('1', [part(OWN, 'DROPPED'), part(CUSTOMER, 'DROPPED')], { fromAddress: CUSTOMER });
  expect(callNews([call('ACTIVE', CUSTOMER)], [], OWN, [ended]), 'an end').toEqual([over(CUSTOMER)]);
  expect(callNews([ringing()], [], OWN, [left]), 'rang').toEqual([rangOut(CUSTOMER)]);
  expect(callNews([call('ACTIVE', CUSTOMER, '10000')], [], OWN, [left]), 'left a conference').toEqual([
    over(`${CUSTOMER}, 10000`),
  ]);
  const consult = { ...consultation('ACTIVE'), callType: 'CONSULT' };
  const joined = dialog('2', [part(OWN, 'DROPPED'), part('10000', 'ACTIVE'), part(CUSTOMER, 'ACTIVE')]);
  expect(callNews([consult, call('HELD', CUSTOMER)], [], OWN, [joined]), 'consulted first').toEqual([
    { key: 'calls.handedOver', values: { party: CUSTOMER, to: '10000' } },
  ]);
});

test('a direct transfer that this page asked for is told, whoever is left in the call', () => {
  const handing = { of: '1', to: '15550199' };
  const alone = dialog('1', [part(OWN, 'DROPPED'), part(CUSTOMER, 'ACTIVE')], { fromAddress: CUSTOMER });
  expect(callNews([call('ACTIVE', CUSTOMER)], [], OWN, [alone], handing)).toEqual([
    { key: 'calls.handedOver', values: { party: CUSTOMER, to: '15550199' } },
  ]);
  expect(callNews([consultation('ACTIVE')], [], OWN, [], handing), 'another call').toEqual([over('10000')]);
});

test('a contact that was offered by a campaign is no call that ends', () => {
  const offer = dialog('9', [part(OWN, 'ALERTING', ['ACCEPT', 'REJECT']), part('8900', 'ACTIVE')], {
    fromAddress: '8900',
    toAddress: OWN,
  });
  expect(callNews([offer], [], OWN)).toEqual([]);
  expect(callNews([offer], [consultation('INITIATED')], OWN)).toEqual([]);
});

test('a reason that was applied is told, and another one that takes its place; nothing that was there before', () => {
  const wrapUp = (wrapUpReason: string) => ({ ...call('WRAP_UP', CUSTOMER), wrapUpReason });
  const told = (state: string) => [{ key: 'calls.news', values: { call: { key: 'call.wrapUp' }, state } }];
  expect(callNews([wrapUp('')], [wrapUp('Sale made')], OWN)).toEqual(told('Sale made'));
  expect(callNews([wrapUp('Sale made')], [wrapUp('Wrong number')], OWN)).toEqual(told('Wrong number'));
  expect(callNews([wrapUp('Sale made')], [wrapUp('Sale made')], OWN)).toEqual([]);
  expect(callNews([], [wrapUp('Sale made')], OWN)).toEqual([]);
});
