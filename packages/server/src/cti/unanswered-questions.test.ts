import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { type Question, UnansweredQuestions } from './unanswered-questions.ts';

function create() {
  const clock = new VirtualClock();
  const asked: { readonly question: Question; readonly at: number }[] = [];
  const questions = new UnansweredQuestions({
    clock,
    ask: (question) => void asked.push({ question, at: clock.monotonic() - start }),
  });
  const start = clock.monotonic();
  return { clock, asked, questions };
}

test('a question is asked every 5 s for two minutes, then once a minute, until it is told', () => {
  const { clock, asked, questions } = create();
  questions.add({ agentId: 'a' });
  clock.advance(2_500);
  questions.add({ agentId: 'a' });
  questions.add({ extension: 'a' });
  questions.told({ extension: 'a' });
  clock.advance(237_500);
  const times = asked.map(({ at }) => at / 1_000);
  expect(times).toEqual([...Array.from({ length: 24 }, (_, i) => 5 * (i + 1)), 180, 240]);
  questions.told({ agentId: 'a' });
  clock.advance(600_000);
  expect(asked).toHaveLength(26);
  expect(clock.pending).toBe(0);
});

test('of thousands fifty are asked each second, each in its turn', () => {
  const { clock, asked, questions } = create();
  for (let i = 0; i < 1_000; i++) questions.add({ agentId: String(i) });
  clock.advance(5_999);
  expect(asked.length).toBe(50);
  clock.advance(19_000);
  expect(asked.map(({ question }) => 'agentId' in question && question.agentId)).toEqual(
    Array.from({ length: 1_000 }, (_, i) => String(i)),
  );
  questions.clear();
  clock.advance(600_000);
  expect(asked).toHaveLength(1_000);
});
