import { expect, it } from 'vitest';
import { CallCentre } from './testing/call-centre.ts';

it('x', () => {
  const c = new CallCentre();
  c.available('1002', '202');
  c.exchange.arrive('5551234567', '7001');
  console.log(c.log().join('\n'), '\n', c.parties(1));
  console.log(c.answer('202'), c.log().join('\n'), '\n', c.parties(1));
  console.log(c.hold('202'), c.log().join('\n'), '\n', c.parties(1));
  console.log(c.retrieve('202'), c.log().join('\n'), '\n', c.parties(1));
  c.available('1001', '201');
  console.log(c.consult('202', '201'), c.log().join('\n'), '\n', c.parties(1), '|', c.parties(2));
  console.log(c.answer('201'), c.log().join('\n'), '\n', c.parties(1), '|', c.parties(2));
  console.log(c.pair('transfer', '202'), c.log().join('\n'), '\n', c.parties(1), '|', c.parties(2));
  console.log(c.exchange.legs);
  c.clock.advance(30000);
  console.log(c.log().join('\n'));
  c.exchange.hangUp('5551234567');
  console.log(c.log().join('\n'));
  console.log(c.exchange.legs, c.calls.figures(1), [...c.calls.calls()]);
  expect(1).toBe(1);
});
