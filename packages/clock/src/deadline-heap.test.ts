import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DeadlineEntry, DeadlineHeap } from './deadline-heap.ts';

type Step = { add: number } | { removeAt: number } | 'pop';

const steps = fc.array(
  fc.oneof(
    fc.record({ add: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ removeAt: fc.nat(200) }),
    fc.constant('pop' as const),
  ),
  { maxLength: 300 },
);

test('it behaves like a sorted list, whatever is added, removed and taken', () => {
  fc.assert(
    fc.property(steps, (run: Step[]) => {
      const heap = new DeadlineHeap();
      const model: DeadlineEntry[] = [];
      const everSeen: DeadlineEntry[] = [];
      for (const step of run) {
        if (step === 'pop') {
          const first = heap.peek();
          expect(first).toBe(model[0]);
          if (first) expect(heap.remove(first)).toBe(true);
          model.shift();
        } else if ('add' in step) {
          const entry = { deadline: step.add, sequence: everSeen.length, fn: () => {}, index: -1 };
          everSeen.push(entry);
          model.push(entry);
          model.sort((a, b) => a.deadline - b.deadline || a.sequence - b.sequence);
          heap.push(entry);
        } else if (everSeen.length > 0) {
          const entry = everSeen[step.removeAt % everSeen.length]!;
          const place = model.indexOf(entry);
          expect(heap.remove(entry)).toBe(place >= 0);
          if (place >= 0) model.splice(place, 1);
        }
        expect(heap.size).toBe(model.length);
        expect(heap.peek()).toBe(model[0]);
      }
    }),
  );
});
