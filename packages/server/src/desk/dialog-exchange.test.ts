import { afterEach, expect, test } from 'vitest';
import { CALL_DATA, inShort } from '../../test/centre/call-centre.ts';
import { NodePair } from '../../test/centre/node-pair.ts';
import type { TestCentre } from '../../test/centre/test-centre.ts';
import {
  CONFERENCE,
  CONSULTING,
  HELD_AND_BACK,
  INTO_WRAP_UP,
  RINGING,
  SIGNED_IN,
  SINGLE_STEP,
  TALKING,
  TRANSFERRED,
  WITHOUT_WRAP_UP,
  WRAP_UP_DONE,
} from '../../test/domain/call-scenarios.ts';
import { initiated, originated, type Step } from '../../test/domain/call-script.ts';

let pair: NodePair;
afterEach(() => pair?.close());

async function open(script: readonly Step[]): Promise<void> {
  pair = await NodePair.open({ data: CALL_DATA });
  pair.play([...SIGNED_IN, ...script]).quiet();
}
const put = (action: string, more: Record<string, string> = {}, requestId = 'r1') =>
  pair.a.dialog(
    'a',
    'Dialog/100',
    { requestedAction: action, targetMediaAddress: '2001', ...more },
    requestId,
  );
const setVariable = (value: string) => ({
  mediaProperties: `<callvariables><CallVariable><name>callVariable1</name><value>${value}</value></CallVariable></callvariables>`,
});
const told = (centre: TestCentre, requestId = 'r1') =>
  centre.answers(requestId).map(({ payload }) => inShort(payload));
const steps = (whole: readonly Step[], from: readonly Step[]) => whole.slice(from.length);
const confirm = () => pair.a.asked[0]!.answered({ type: 'confirmed' });

test.each<[string, readonly Step[], readonly Step[], Record<string, string>]>([
  ['ANSWER', RINGING, steps(TALKING, RINGING), {}],
  ['HOLD', TALKING, steps(HELD_AND_BACK, TALKING).slice(0, 2), {}],
  ['RETRIEVE', HELD_AND_BACK.slice(0, -2), HELD_AND_BACK.slice(-2), {}],
  ['DROP', TALKING, steps(WITHOUT_WRAP_UP, TALKING), {}],
  ['DROP', TALKING, steps(INTO_WRAP_UP, TALKING), {}],
  ['CONSULT_CALL', TALKING, steps(CONSULTING, TALKING), { toAddress: '2002' }],
  ['TRANSFER', CONSULTING, steps(TRANSFERRED, CONSULTING), {}],
  ['CONFERENCE', CONSULTING, steps(CONFERENCE, CONSULTING), {}],
  ['TRANSFER_SST', TALKING, steps(SINGLE_STEP, TALKING), { toAddress: '2002' }],
  ['UPDATE_CALL_DATA', INTO_WRAP_UP, steps(WRAP_UP_DONE, INTO_WRAP_UP), setVariable('x')],
])(
  '%s at A: the change that is its outcome bears its requestId at both nodes',
  async (action, before, after, more) => {
    await open(before);
    await put(action, more);
    pair.play(after);
    confirm();
    pair.clock.advance(60_000);
    expect(told(pair.a)).toHaveLength(1);
    expect(told(pair.b)).toEqual(told(pair.a));
    expect(pair.b.published).toHaveLength(pair.a.published.length);
    await pair.close();

    // B hears all of it before the word comes, and later than A.
    for (const isLate of [true, false]) {
      await open(before);
      pair.fabricB.cut(isLate);
      await put(action, more);
      pair.clock.advance(1);
      if (isLate) pair.b.play(after);
      pair.fabricB.cut(false);
      pair.a.play(after);
      confirm();
      pair.clock.advance(100);
      if (!isLate) pair.b.play(after);
      const quick = told(pair.b);
      pair.clock.advance(60_000);
      expect(quick).toHaveLength(1);
      expect(told(pair.b)).toEqual(quick);
      if (!isLate) expect(quick).toEqual(told(pair.a));
      await pair.close();
    }
    pair = await NodePair.open();
  },
);

const CALLING: readonly Step[] = [initiated('200', '2001'), originated('200', '2001', '9001')];
const call = () =>
  pair.a.dialog(
    'a',
    'User/a/Dialogs',
    { requestedAction: 'MAKE_CALL', fromAddress: '2001', toAddress: '9001' },
    'r1',
  );

test('a call made at A appears at B with its requestId; what is told of it holds no number that is called', async () => {
  await open([]);
  const words: string[] = [];
  const stranger = pair.hub.join();
  stranger.bus.subscribe('request.>', (bytes) => words.push(Buffer.from(bytes).toString()));
  await call();
  pair.play(CALLING);
  pair.a.asked[0]!.answered({ type: 'confirmed', newDialogId: '200' });
  pair.clock.advance(60_000);
  expect(told(pair.a)).toEqual(['POST 200 INITIATING']);
  expect(told(pair.b)).toEqual(told(pair.a));
  expect(words).toHaveLength(2);
  expect(words.join()).not.toContain('9001');
});

test('a call whose events come to B before the word: the dialog once more, with the requestId', async () => {
  await open([]);
  pair.fabricB.cut(true);
  await call();
  pair.b.play(CALLING);
  pair.fabricB.cut(false);
  pair.a.play(CALLING);
  pair.clock.advance(60_000);
  expect(told(pair.b)).toEqual(['PUT 200 INITIATED']);
});

test('a call that is over at B before the word comes: its end once more, with the requestId, and nothing that would bring it back', async () => {
  await open(TALKING);
  pair.fabricB.cut(true);
  await put('DROP');
  pair.b.play(steps(WITHOUT_WRAP_UP, TALKING));
  pair.fabricB.cut(false);
  pair.a.play(steps(WITHOUT_WRAP_UP, TALKING));
  pair.clock.advance(60_000);
  expect(told(pair.b)).toEqual(['DELETE 100 DROPPED']);
});

test('of two holds from two nodes the change answers the older one at each, and the other is answered, too', async () => {
  await open(TALKING);
  await put('HOLD', {}, 'r1');
  const target = { requestedAction: 'HOLD', targetMediaAddress: '2001' };
  await pair.b.dialog('a', 'Dialog/100', target, 'r2');
  pair.play(steps(HELD_AND_BACK, TALKING).slice(0, 2));
  expect([told(pair.a, 'r1').length, told(pair.b, 'r1').length]).toEqual([1, 1]);
  confirm();
  pair.b.asked[0]!.answered({ type: 'refused', refusal: { code: 12 } });
  pair.clock.advance(60_000);
  for (const centre of [pair.a, pair.b]) {
    expect(told(centre, 'r1')).toEqual(['PUT 100 ACTIVE']);
    expect(told(centre, 'r2')).toEqual([expect.stringMatching(/^error 12/)]);
  }
});

test('a refusal, and what nobody answers, is told at B as at A', async () => {
  await open(TALKING);
  await put('HOLD');
  pair.a.asked[0]!.answered({ type: 'refused', refusal: { code: 12 } });
  await put('HOLD', {}, 'r2');
  pair.clock.advance(10);
  pair.a.asked[1]!.answered({ type: 'timeout' });
  pair.clock.advance(60_000);
  for (const requestId of ['r1', 'r2']) {
    expect(told(pair.a, requestId)).toEqual([expect.stringMatching(/^error/)]);
    expect(pair.b.answers(requestId)).toEqual(pair.a.answers(requestId));
  }
});

test('what is over with its confirmation is told at B with the dialog as it is; digits are told to nobody', async () => {
  await open(TALKING);
  const words: string[] = [];
  pair.hub.join().bus.subscribe('request.>', (bytes) => words.push(Buffer.from(bytes).toString()));
  await put('SEND_DTMF', {
    actionParams: '<ActionParam><name>dtmfString</name><value>4711#</value></ActionParam>',
  });
  confirm();
  pair.clock.advance(60_000);
  expect(told(pair.a)).toEqual(['PUT 100 ACTIVE']);
  expect(told(pair.b)).toEqual(told(pair.a));
  expect(words).toHaveLength(2);
  expect(words.join()).not.toContain('4711');
});

test('a change that B never hears: after a second the dialog as B has it', async () => {
  await open(TALKING);
  await put('HOLD');
  pair.a.play(steps(HELD_AND_BACK, TALKING).slice(0, 2));
  confirm();
  pair.clock.advance(900);
  expect(told(pair.b)).toEqual([]);
  pair.clock.advance(60_000);
  expect(told(pair.b)).toEqual(['PUT 100 ACTIVE']);
});

test('A dies: B answers with the error of one that nobody answers, and what A asked for is forgotten', async () => {
  await open(TALKING);
  await put('HOLD');
  pair.fabricA.cut(true);
  pair.clock.advance(60_000);
  expect(told(pair.b)).toEqual([expect.stringMatching(/^error 78/)]);
});

/** The picture of B comes back as the script says, as after a lost link. */
function backAtB(script: readonly Step[]): void {
  pair.b.desk.ctiListener.recoveryBegins();
  pair.b.play(script);
  pair.b.desk.ctiListener.inService(false);
}

test('the CTI link of B is lost: what A is asked for is answered at B when the link is back, once', async () => {
  await open(TALKING);
  pair.b.desk.ctiListener.outOfService();
  await put('HOLD');
  pair.a.play(steps(HELD_AND_BACK, TALKING).slice(0, 2));
  confirm();
  pair.clock.advance(30_000);
  expect(told(pair.a)).toHaveLength(1);
  expect(told(pair.b)).toEqual([]);
  backAtB(HELD_AND_BACK.slice(0, -2));
  pair.clock.advance(60_000);
  expect(told(pair.b)).toEqual(told(pair.a));
});

test('so is what ended the call: with its end', async () => {
  await open(TALKING);
  pair.b.desk.ctiListener.outOfService();
  await put('DROP');
  pair.a.play(steps(WITHOUT_WRAP_UP, TALKING));
  confirm();
  pair.clock.advance(5_000);
  backAtB([]);
  pair.b.desk.ctiListener.callsAt('2001', []);
  pair.clock.advance(60_000);
  expect(told(pair.b)).toEqual(told(pair.a));
});
