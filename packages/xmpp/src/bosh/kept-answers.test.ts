import { expect, onTestFinished, test, vi } from 'vitest';
import { KeptAnswers } from './kept-answers.ts';

/** Newest first. */
function kept(answers: KeptAnswers): string[] {
  return Array.from({ length: answers.count }, (_, back) => answers.at(back));
}

test('the newest answers are kept, each as it was given', () => {
  const answers = new KeptAnswers(2);
  expect(kept(answers)).toEqual([]);
  answers.add('one');
  expect(kept(answers)).toEqual(['one']);
  answers.add('two');
  answers.add('three');
  expect(kept(answers)).toEqual(['three', 'two']);
  answers.clear();
  expect(kept(answers)).toEqual([]);
  answers.add('four');
  expect(kept(answers)).toEqual(['four']);
});

const LENGTHS = [0, 1, 511, 512, 513, 1_024, 1_025, 1_900, 8_191, 8_192, 8_193, 70_000];

test.each([
  ['ASCII', 'a'],
  ['two bytes a character', 'ä'],
  ['three bytes a character', '坐'],
  ['a pair of code units', '🎧'],
])('answers of every length come back: %s', (_, character) => {
  const answers = new KeptAnswers(3);
  // Long and short ones take turns in each place.
  const given = [...LENGTHS, ...LENGTHS.toReversed()].map((length, i) => `${i}${character.repeat(length)}`);
  given.forEach((answer, i) => {
    answers.add(answer, i % 2 === 0 ? Buffer.byteLength(answer) : undefined);
    expect(kept(answers)).toEqual(given.slice(Math.max(0, i - 2), i + 1).reverse());
  });
});

test('half a surrogate pair comes back as it went out: as the replacement character', () => {
  const answers = new KeptAnswers(1);
  const text = 'a'.repeat(600);
  answers.add(`${text}\ud83c`);
  expect(answers.at(0)).toBe(`${text}\ufffd`);
});

test('memory outside of the heap is taken for long answers alone, and used again', () => {
  const taken = vi.spyOn(Buffer, 'allocUnsafeSlow');
  onTestFinished(() => taken.mockRestore());
  const answers = new KeptAnswers(2);
  for (let i = 0; i < 10; i++) answers.add('a'.repeat(511));
  expect(taken).not.toHaveBeenCalled();
  for (let i = 0; i < 100; i++) answers.add('b'.repeat(1_990 + (i % 10)));
  expect(taken).toHaveBeenCalledTimes(2);
  answers.add('c'.repeat(8_193));
  expect(taken).toHaveBeenCalledTimes(2);
});
