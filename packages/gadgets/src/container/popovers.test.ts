import { expect, test } from 'vitest';
import { fakePage } from '../../test/fake-page.ts';
import { POPOVERS_MAX, Popovers } from './popovers.ts';

const REQUESTS = 'finesse.containerservices.popover.requests';
const EVENTS = 'finesse.containerservices.popover.events.*';

function setup() {
  const page = fakePage();
  const popovers = new Popovers(page.container, page.clock, (line) => void page.log.push(line));
  const a = page.connected('a');
  a.hears(EVENTS);
  const show = (popoverId: string, data: object = {}) =>
    a.ask(REQUESTS, 'ShowPopoverReq', { popoverId, bannerData: { content: [] }, ...data });
  const ids = () => popovers.snapshot().map(({ id }) => id);
  const told = () => a.heard.map(([, data]) => data);
  return { ...page, popovers, a, show, ids, told };
}

const BUTTONS = [
  { id: 'ok', label: 'Accept', type: 'Affirm', hoverText: 'Take it' },
  {
    id: 'no',
    label: 'Decline',
    type: 'Decline',
    confirmButtons: [
      { id: 'reject', label: 'Reject' },
      { id: 'close', label: 'Close' },
    ],
  },
];

test('a pop-over has what the gadget gave, and a press is told as the id of the button, once', () => {
  const { popovers, show, ids, told, a } = setup();
  show('p', {
    bannerData: {
      icon: { type: 'collab-icon', value: 'chat' },
      content: [{ name: 'Customer', value: 'Anna' }, { name: 'Queue' }, 7],
      headerContent: { maxHeaderTitle: 'Chat from Anna', minHeaderTitle: 'Chat' },
    },
    actionData: { dismissible: false, requiredActionText: 'Answer in the gadget', buttons: BUTTONS },
  });
  expect(popovers.snapshot()[0]).toMatchObject({
    gadget: a.gadget,
    title: 'Chat from Anna',
    icon: { type: 'collab-icon', value: 'chat' },
    rows: [
      { name: 'Customer', value: 'Anna' },
      { name: 'Queue', value: '' },
    ],
    isDismissible: false,
    actionText: 'Answer in the gadget',
    buttons: [
      { id: 'ok', isAffirm: true, hoverText: 'Take it', confirm: [] },
      { id: 'no', isAffirm: false, confirm: [{ id: 'reject' }, { id: 'close' }] },
    ],
  });
  popovers.dismiss('p');
  popovers.press('p', 'unknown');
  expect(ids()).toEqual(['p']);
  popovers.press('p', 'reject');
  popovers.press('p', 'ok');
  expect(ids()).toEqual([]);
  expect(told()).toEqual([{ popoverId: 'p', source: 'reject' }]);
});

test('it ends by itself after its time, and counts as it was asked to', () => {
  const { clock, popovers, show, ids, told } = setup();
  show('down', { timerData: { displayTimeoutInSecs: 30, display: true, counterType: 'COUNT_DOWN' } });
  show('up', { timerData: { displayTimeoutInSecs: -1, display: true, counterType: 'COUNT_DOWN' } });
  const now = clock.now();
  expect(popovers.snapshot().map(({ counter }) => counter)).toEqual([
    { type: 'COUNT_DOWN', since: now, until: now + 30_000 },
    { type: 'COUNT_UP', since: now, until: null },
  ]);
  clock.advance(29_999);
  expect(ids()).toEqual(['down', 'up']);
  clock.advance(1);
  expect(ids()).toEqual(['up']);
  expect(told()).toEqual([{ popoverId: 'down', source: 'timeout' }]);
  // It could never be answered: it can be dismissed, though the gadget did not say so.
  popovers.dismiss('up');
  expect(told().at(-1)).toEqual({ popoverId: 'up', source: 'dismissed' });
});

test('the id of a button is any text', () => {
  const { popovers, show } = setup();
  show('p', { actionData: { buttons: [{ id: 'my.button 1', label: 'One' }] } });
  expect(popovers.snapshot()[0]?.buttons).toMatchObject([{ id: 'my.button 1', label: 'One' }]);
});

test('an update replaces what it names; the time goes on unless it is given anew', () => {
  const { clock, popovers, show, ids, a, told } = setup();
  show('p', { timerData: { displayTimeoutInSecs: 10, display: true }, actionData: { buttons: BUTTONS } });
  clock.advance(5_000);
  a.ask(REQUESTS, 'UpdatePopoverReq', {
    popoverId: 'p',
    bannerData: { content: [{ name: 'n', value: 'v' }] },
  });
  expect(popovers.snapshot()[0]).toMatchObject({
    rows: [{ name: 'n', value: 'v' }],
    buttons: [{ id: 'ok' }, {}],
  });
  a.ask(REQUESTS, 'UpdatePopoverReq', { popoverId: 'p', actionData: { dismissible: true } });
  expect(popovers.snapshot()[0]).toMatchObject({ isDismissible: true, buttons: [] });
  clock.advance(5_000);
  expect(ids()).toEqual([]);
  show('q', { timerData: { displayTimeoutInSecs: 10 } });
  clock.advance(5_000);
  a.ask(REQUESTS, 'UpdatePopoverReq', { popoverId: 'q', timerData: { displayTimeoutInSecs: 10 } });
  clock.advance(9_999);
  expect(ids()).toEqual(['q']);
  clock.advance(1);
  expect(told()).toHaveLength(2);
});

test('it goes with its gadget, which alone may change it; nothing is told of what the gadget took away', () => {
  const { show, ids, a, connected, told } = setup();
  const b = connected('b');
  show('p');
  b.ask(REQUESTS, 'DismissPopoverReq', { popoverId: 'p' });
  b.ask(REQUESTS, 'ShowPopoverReq', { popoverId: 'p' });
  expect(ids()).toEqual(['p']);
  a.ask(REQUESTS, 'DismissPopoverReq', { popoverId: 'p' });
  expect(ids()).toEqual([]);
  show('q');
  b.ask(REQUESTS, 'ShowPopoverReq', { popoverId: 'r' });
  a.leave();
  expect(ids()).toEqual(['r']);
  expect(told()).toEqual([]);
});

test('too many, and what is no pop-over, do not get on the page', () => {
  const { a, show, ids, told, log } = setup();
  for (let n = 0; n <= POPOVERS_MAX.gadget; n++) show(`p${n}`);
  expect(ids()).toHaveLength(POPOVERS_MAX.gadget);
  expect(told()).toEqual([{ popoverId: `p${POPOVERS_MAX.gadget}`, source: 'dismissed' }]);
  expect(log).toEqual(['Gadget 0 (a): too many pop-overs, one is not shown']);
  a.ask(REQUESTS, 'DismissPopoverReq', { popoverId: 'p0' });
  a.ask(REQUESTS, 'ShowPopoverReq', { popoverId: 'a.b' });
  a.ask(REQUESTS, 'ShowPopoverReq', { popoverId: 7 });
  show('odd', {
    bannerData: 'text',
    timerData: { displayTimeoutInSecs: 'soon' },
    actionData: { buttons: [null, 'x', { id: '' }] },
  });
  expect(ids()).toHaveLength(POPOVERS_MAX.gadget);
  expect(ids().at(-1)).toBe('odd');
});
