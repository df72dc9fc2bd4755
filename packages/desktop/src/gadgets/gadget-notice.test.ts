import { expect, test } from 'vitest';
import { noticeOfGadget } from './gadget-notice.ts';

const nobody = () => false;

test('it can be clicked when its gadget waits for that', () => {
  const click = (notificationId: unknown) =>
    noticeOfGadget({ message: 'x', notificationId }, (id) => id === 'n')?.click;
  expect([click('n'), click('m'), click('n.*'), click(7)]).toEqual(['n', undefined, undefined, undefined]);
});

test('who and what, and for how long it pops up', () => {
  expect(noticeOfGadget({ from: 'Mail', message: 'Two new ones', timeout: 5_000 }, nobody)).toEqual({
    kind: 'other',
    sentence: { key: 'notices.gadget', values: { text: 'Mail: Two new ones' } },
    popUpMs: 5_000,
  });
  expect(noticeOfGadget({ message: 'No sender', timeout: 0 }, nobody)).toMatchObject({
    sentence: { values: { text: 'No sender' } },
    popUpMs: 0,
  });
  expect(noticeOfGadget({ message: 'x'.repeat(10_000), timeout: 1e9 }, nobody)).toMatchObject({
    sentence: { values: { text: 'x'.repeat(500) } },
    popUpMs: 60_000,
  });
});

test.each([[null], ['text'], [{}], [{ message: '  ' }], [{ message: { html: 1 } }]])(
  '%j is no notice',
  (data) => {
    expect(noticeOfGadget(data, nobody)).toBeNull();
  },
);
