import { expect, test, vi } from 'vitest';
import { fakeLink } from '../../test/fake-link.ts';
import { rpc } from './rpc.ts';
import { gadgetWindow } from './window.ts';

test('a call goes to the container, and its answer comes back', () => {
  const link = fakeLink();
  const calls = rpc(link, 'https://h', () => {});
  const callback = vi.fn();
  calls.call(null, 'service', callback, 1, undefined, { a: 'b' });
  expect(link.sent).toEqual([{ type: 'call', service: 'service', args: '[1,null,{"a":"b"}]', call: 1 }]);
  link.tell({ type: 'result', call: 1, value: '{"ok":true}' });
  link.tell({ type: 'result', call: 1, value: '{"ok":true}' });
  expect(callback.mock.calls).toEqual([[{ ok: true }]]);
});

test('other frames cannot be called', () => {
  const link = fakeLink();
  const log = vi.fn();
  rpc(link, 'https://h', log).call('finesse_gadget_2', 'service', null);
  expect(link.sent).toEqual([]);
  expect(log).toHaveBeenCalledTimes(1);
});

test('services answer at once or later; the default one takes what nobody registered', () => {
  const link = fakeLink();
  const calls = rpc(link, 'https://h', () => {});
  const heard: unknown[] = [];
  calls.register('now', (...args) => args.length);
  calls.register('later', function () {
    this.callback('later');
  });
  calls.registerDefault(function () {
    heard.push(this.s);
  });
  link.tell({ type: 'call', service: 'now', args: '[1,2]', call: 5 });
  link.tell({ type: 'call', service: 'later', args: '[]', call: 6 });
  link.tell({ type: 'call', service: 'other', args: 'no list', call: 7 });
  expect(link.sent).toEqual([
    { type: 'result', call: 5, value: '2' },
    { type: 'result', call: 6, value: '"later"' },
  ]);
  expect(heard).toEqual(['other']);
});

test('the height is told when it is another one; none is measured in a frame that is hidden', () => {
  const link = fakeLink();
  let content = 0;
  const { adjustHeight } = gadgetWindow(
    rpc(link, 'https://h', () => {}),
    () => ({ width: 0, height: 0 }),
    () => content,
  );
  for (const given of [undefined, '1000', 1000, '680px', 'x', 0]) adjustHeight(given);
  content = 240;
  adjustHeight();
  adjustHeight(null);
  expect(link.sent.map((message) => message.type === 'call' && message.args)).toEqual([
    '[1000]',
    '[680]',
    '[0]',
    '[240]',
  ]);
});
