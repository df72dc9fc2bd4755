import { VirtualClock } from '@poise/clock';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INTEGER_TYPES, type IntegerType } from './data-types.ts';
import {
  CtiClientSession,
  CtiServerSession,
  decode,
  encode,
  type Fields,
  Framer,
  Ged188Error,
  MESSAGES,
  message,
} from './index.ts';
import { type FixedSlot, type FloatingSlot, type GroupSlot, type Layout, layoutOf } from './layout.ts';

const version = fc.integer({ min: 14, max: 25 });

const integer = (type: IntegerType) => {
  const { size, signed } = INTEGER_TYPES[type];
  const span = 2 ** (8 * size);
  return signed ? fc.integer({ min: -span / 2, max: span / 2 - 1 }) : fc.integer({ min: 0, max: span - 1 });
};
const text = (bytesMax: number) =>
  fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .filter((value) => !value.includes('\0') && Buffer.byteLength(value) < bytesMax);
const bytes = (max: number) => fc.uint8Array({ maxLength: Math.min(max, 20) });

function fixedValue(slot: FixedSlot): fc.Arbitrary<Fields[string]> {
  return slot.type === 'UNSPEC'
    ? fc.uint8Array({ minLength: slot.size, maxLength: slot.size })
    : integer(slot.type);
}

function floatingValue(slot: FloatingSlot): fc.Arbitrary<Fields[string]> {
  switch (slot.type) {
    case 'STRING':
      return text(slot.maxSize);
    case 'UNSPEC':
    case 'TASKID':
      return bytes(slot.maxSize);
    case 'NAMEDVAR':
      return fc.record({ name: text(33), value: text(60) });
    case 'NAMEDARRAY':
      return fc.record({ index: fc.integer({ min: 0, max: 255 }), name: text(33), value: text(60) });
    default:
      return slot.array ? fc.array(integer(slot.type), { minLength: 1, maxLength: 4 }) : integer(slot.type);
  }
}

/** Fields of one level: groups and their counts agree, required fields are there, others may be. */
function members(slots: readonly (FloatingSlot | GroupSlot)[], first: string | null): fc.Arbitrary<Fields> {
  const counts = new Set(slots.flatMap((slot) => slot.count ?? []));
  const arbitraries = slots
    .filter((slot) => !counts.has(slot.name) && (slot.kind === 'group' || slot.count === null))
    .map((slot) => {
      const value =
        slot.kind === 'group'
          ? fc.array(members(slot.members, slot.first), { minLength: 1, maxLength: 3 })
          : floatingValue(slot);
      const present = slot.name === first || (slot.kind === 'field' && slot.required);
      return fc.tuple(fc.constant(slot), present ? value : fc.option(value, { nil: undefined }));
    });
  return fc.tuple(...arbitraries).map((entries) => {
    const fields: Record<string, Fields[string]> = {};
    for (const [slot, value] of entries) {
      if (value === undefined) continue;
      fields[slot.name] = value;
      if (slot.count !== null && Array.isArray(value)) fields[slot.count] = value.length;
    }
    return fields;
  });
}

function fieldsOf(layout: Layout): fc.Arbitrary<Fields> {
  const fixed = fc.tuple(
    ...layout.fixed.map((slot) => {
      // Counts are filled in below; nothing is counted unless a group is there.
      const counted = layout.floating.some((floating) => floating.count === slot.name);
      return fc.tuple(fc.constant(slot.name), counted ? fc.constant(0) : fixedValue(slot));
    }),
  );
  return fc
    .tuple(fixed, members(layout.floating, null))
    .map(([entries, floating]) => ({ ...Object.fromEntries(entries), ...floating }));
}

/** Messages whose body decides which of two layouts it has cannot take random numbers. */
const AMBIGUOUS = new Set(['FAILURE_CONF', 'CONFIG_REQUEST_EVENT']);
const laidOut = MESSAGES.filter(({ layout, name }) => layout !== null && !AMBIGUOUS.has(name));

/** A message of the table with random fields, in a random version that has it. */
const anyMessage = fc
  .tuple(fc.constantFrom(...laidOut), version)
  .filter(([def, v]) => layoutOf(def.type, v) !== null)
  .chain(([def, v]) => {
    const layout = layoutOf(def.type, v) as Layout;
    return fc.record({ name: fc.constant(def.name), version: fc.constant(v), fields: fieldsOf(layout) });
  });

/** Runs a reader; anything but our own error fails the test. */
function onlyOurError(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Ged188Error)) throw error;
  }
}

const strictness = [{ strict: false }, { strict: true }, { strict: true, skipUnexpectedTags: true }];

describe('the codec', () => {
  test('reads what it wrote, for any message in any version', () => {
    fc.assert(
      fc.property(anyMessage, ({ name, fields, version: v }) => {
        const frame = encode({ name, fields }, v);
        for (const options of strictness) {
          const read = decode(frame, v, options);
          expect(read.fields).toEqual(fields);
          expect(read.unknown).toEqual([]);
          expect(Buffer.compare(encode(read, v), frame)).toBe(0);
        }
      }),
      { numRuns: 600 },
    );
  });

  test('throws nothing but its own error for random bodies of known messages', () => {
    const type = fc.oneof(fc.constantFrom(...MESSAGES.map((def) => def.type)), fc.nat());
    fc.assert(
      fc.property(type, version, fc.uint8Array({ maxLength: 200 }), (messageType, v, body) => {
        const frame = new Uint8Array(8 + body.length);
        new DataView(frame.buffer).setUint32(0, body.length);
        new DataView(frame.buffer).setUint32(4, messageType);
        frame.set(body, 8);
        for (const options of strictness) onlyOurError(() => decode(frame, v, options));
      }),
      { numRuns: 3000 },
    );
  });

  test('throws nothing but its own error for damaged frames', () => {
    const damage = fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
    fc.assert(
      fc.property(
        anyMessage,
        damage,
        fc.nat(2000),
        version,
        ({ name, fields, version: v }, flips, cut, other) => {
          const whole = encode({ name, fields }, v);
          const frame = whole.slice(0, 8 + (cut % Math.max(1, whole.length - 7)));
          new DataView(frame.buffer).setUint32(0, frame.length - 8);
          for (const [at, value] of flips) if (frame.length > 8) frame[8 + (at % (frame.length - 8))] = value;
          for (const options of strictness) {
            onlyOurError(() => decode(frame, v, options));
            onlyOurError(() => decode(frame, other, options));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('throws nothing but its own error for bytes that are no frame', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), version, (frame, v) =>
        onlyOurError(() => decode(frame, v)),
      ),
    );
  });
});

test('the framer finds the same frames however the stream is cut', () => {
  const frames = fc.array(
    anyMessage.map(({ name, fields, version: v }) => encode({ name, fields }, v)),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sent, sizes) => {
      const stream = Buffer.concat(sent);
      const framer = new Framer();
      const received: Uint8Array[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = sizes[i % sizes.length] as number;
        received.push(...framer.push(stream.subarray(at, at + size)).map((frame) => frame.slice()));
        at += size;
      }
      expect(received.map((frame) => Buffer.from(frame).toString('hex'))).toEqual(
        sent.map((frame) => Buffer.from(frame).toString('hex')),
      );
      expect(framer.buffered).toBe(0);
    }),
    { numRuns: 150 },
  );
});

describe('sessions', () => {
  const frames = fc.array(
    anyMessage.map(({ name, fields }) => ({ name, fields })),
    { maxLength: 20 },
  );

  test('of the server survive any stream of messages and bytes', () => {
    fc.assert(
      fc.property(frames, fc.uint8Array({ maxLength: 60 }), fc.boolean(), (messages, garbage, open) => {
        const session = new CtiServerSession({
          clock: new VirtualClock(),
          send: () => {},
          onEvent: () => {},
          accept: () => ({ ok: true }),
        });
        if (open) session.received(encode(openRequest, 24));
        for (const one of messages) onlyOurError(() => session.received(encode(one, 24)));
        session.received(garbage);
        session.lost();
        expect(session.state).toBe('ENDED');
      }),
      { numRuns: 200 },
    );
  });

  test('of the client survive any stream of messages and bytes', () => {
    fc.assert(
      fc.property(frames, fc.uint8Array({ maxLength: 60 }), (messages, garbage) => {
        const session = new CtiClientSession({
          clock: new VirtualClock(),
          open: { clientId: 'poise', services: 0x94 },
          send: () => {},
          onEvent: () => {},
        });
        session.connected();
        session.received(encode(message('OPEN_CONF', { InvokeID: 1, ServicesGranted: 0x94 }), 24));
        expect(session.state).toBe('OPEN');
        for (const one of messages) onlyOurError(() => session.received(encode(one, 24)));
        session.received(garbage);
        session.lost();
        expect(session.state).toBe('DISCONNECTED');
      }),
      { numRuns: 200 },
    );
  });

  const openRequest = message('OPEN_REQ', {
    InvokeID: 1,
    VersionNumber: 24,
    IdleTimeout: 20,
    ServicesRequested: 0x94,
    ClientID: 'poise',
    ClientPassword: '',
  });
});
