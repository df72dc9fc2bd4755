import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AGENT_STATES } from './agent-state.ts';
import { AgentBook, type AgentEvent } from './agents.ts';

test('the number of agents who are signed in is right after every event', () => {
  const ids = ['2001', '2002', '2003'];
  const state = fc.constantFrom(...AGENT_STATES);
  const event: fc.Arbitrary<AgentEvent | 'forget'> = fc.oneof(
    state.map((to) => ({
      type: 'state' as const,
      state: to,
      reasonCode: 0,
      extension: '2003',
      pendingState: undefined,
      at: 1,
    })),
    state.map((to) => ({ type: 'snapshot' as const, state: to, extension: undefined })),
    state.map((to) => ({ type: 'wish' as const, state: to })),
    fc.constant('forget' as const),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...ids), event)), (happened) => {
      const book = new AgentBook('CCE');
      for (const [id, what] of happened) {
        if (what === 'forget') book.forget(id);
        else book.apply(id, what);
        expect(book.signedIn).toBe(ids.filter((one) => book.get(one).state !== 'LOGOUT').length);
      }
    }),
  );
});
