import { expect, test } from 'vitest';
import {
  FACTS_KEPT_MS,
  FactsOfGadgets,
  type FactsQuestion,
  NO_FACTS,
  type ToldOfGadget,
} from './gadget-facts.ts';

const WHOLE: ToldOfGadget = { securityToken: 't1', title: 'Clock', height: 90 };
const FACTS = { securityToken: 't1', title: 'Clock', height: 90 };

function server() {
  const asked: string[][] = [];
  let answer: (question: FactsQuestion) => ToldOfGadget = () => WHOLE;
  let now = 0;
  const facts = new FactsOfGadgets({
    origin: 'https://poise.test',
    ask: async (questions) => {
      asked.push(questions.map(({ url }) => url));
      return questions.map((question) => answer(question));
    },
    soon: () => Promise.resolve(),
    now: () => now,
  });
  return {
    facts,
    asked,
    answers: (with_: typeof answer) => {
      answer = with_;
    },
    passes: (ms: number) => {
      now += ms;
    },
  };
}
const unreachable = () => {
  throw new TypeError('fetch failed');
};

test('those of this server are asked for together, one of another host alone, each once', async () => {
  const { facts, asked } = server();
  const urls = ['/a.xml', '/b.xml', 'https://other.test/c.xml', '/a.xml'];
  expect(await Promise.all(urls.map((url, mid) => facts.of({ mid, url })))).toEqual(urls.map(() => FACTS));
  expect(asked).toEqual([['https://other.test/c.xml'], ['/a.xml', '/b.xml']]);
  await facts.of({ mid: 0, url: '/a.xml' });
  expect(asked).toHaveLength(2);
});

test.each<[string, (question: FactsQuestion) => ToldOfGadget, object]>([
  ['does not answer', unreachable, NO_FACTS],
  ['does not know the user', () => undefined as unknown as ToldOfGadget, NO_FACTS],
  ['gives no token', () => ({ title: 'Clock' }), { ...NO_FACTS, title: 'Clock' }],
  [
    'cannot get the gadget',
    () => ({ securityToken: 't0', errors: ['its host is down'] }),
    { ...NO_FACTS, securityToken: 't0' },
  ],
])(
  'a server that %s is asked anew by the next load, for that gadget alone',
  async (_what, fault, meanwhile) => {
    const { facts, asked, answers } = server();
    await facts.of({ mid: 1, url: '/whole.xml' });
    answers(fault);
    const load = () => facts.of({ mid: 0, url: '/a.xml' });
    // Two that ask at the same time share the answer, also a bad one.
    expect(await Promise.all([load(), load()])).toEqual([meanwhile, meanwhile]);
    answers(() => WHOLE);
    expect(await load()).toEqual(FACTS);
    expect(await load()).toEqual(FACTS);
    await facts.of({ mid: 1, url: '/whole.xml' });
    expect(asked).toEqual([['/whole.xml'], ['/a.xml'], ['/a.xml']]);
  },
);

test('an answer is used again for an hour, and by nobody else', async () => {
  const { facts, asked, passes } = server();
  const load = () => facts.of({ mid: 0, url: '/a.xml' });
  await load();
  passes(FACTS_KEPT_MS - 1);
  await load();
  expect(asked).toHaveLength(1);
  passes(1);
  await load();
  expect(asked).toHaveLength(2);
  facts.forget();
  await load();
  expect(asked).toHaveLength(3);
});

test('what was asked before it was forgotten takes nothing away from what is asked after', async () => {
  const { facts, asked, answers } = server();
  answers(unreachable);
  const before = facts.of({ mid: 0, url: 'https://other.test/c.xml' });
  facts.forget();
  answers(() => WHOLE);
  const after = facts.of({ mid: 0, url: 'https://other.test/c.xml' });
  expect([await before, await after]).toEqual([NO_FACTS, FACTS]);
  await facts.of({ mid: 0, url: 'https://other.test/c.xml' });
  expect(asked).toHaveLength(2);
});
