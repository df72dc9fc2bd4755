import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Outbox } from './outbox.ts';

const stanza = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('a', 'ä', '坐', '🎧').chain((c) => fc.nat(40).map((length) => c.repeat(length))),
);

test('a stanza is taken just as long as the bytes of all in UTF-8 stay within the limit', () => {
  fc.assert(
    fc.property(fc.array(stanza, { maxLength: 40 }), fc.nat(400), fc.nat(20), (stanzas, bytesMax, most) => {
      const outbox = new Outbox();
      const taken: string[] = [];
      for (const xml of stanzas) {
        const fits =
          taken.length < most && Buffer.byteLength(taken.join('')) + Buffer.byteLength(xml) <= bytesMax;
        expect(outbox.add(xml, most, bytesMax)).toBe(fits);
        if (fits) taken.push(xml);
        expect(outbox.stanzas).toBe(taken.length);
      }
      expect(outbox.isEmpty).toBe(taken.length === 0);
      expect(outbox.take()).toBe(taken.join(''));
      expect(outbox.isEmpty).toBe(true);
    }),
  );
});

test('what was taken makes room', () => {
  const outbox = new Outbox();
  expect(outbox.add('ää', 9, 4)).toBe(true);
  expect(outbox.add('a', 9, 4)).toBe(false);
  outbox.take();
  expect(outbox.add('abcd', 9, 4)).toBe(true);
});
