import { expect, test, vi } from 'vitest';
import { EntryFacts } from './entry-facts.ts';

test('listeners are told of what is new, and the last word counts', () => {
  const facts = new EntryFacts();
  const listener = vi.fn();
  const end = facts.subscribe(listener);
  facts.tell('a', { title: 'A', isHidden: true });
  const before = facts.snapshot();
  facts.tell('a', { title: 'A', isHidden: true });
  expect(facts.snapshot()).toBe(before);
  facts.tell('a', { title: 'A', isHidden: false });
  expect(listener).toHaveBeenCalledTimes(2);
  expect(facts.snapshot().get('a')).toEqual({ title: 'A', isHidden: false });
  expect(before.get('a')?.isHidden).toBe(true);
  end();
  facts.tell('b', { title: '', isHidden: false });
  expect(listener).toHaveBeenCalledTimes(2);
});
