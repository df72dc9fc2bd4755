import { beforeEach, describe, expect, it } from 'vitest';
import { LiveRows } from './live-rows.ts';
import { RowOrder } from './row-order.ts';

interface Row {
  readonly rank: number;
  readonly isHere: boolean;
}

let frames: (() => void)[];
let rows: LiveRows<Row>;
let order: RowOrder<Row>;
let told: number;

const frame = (run: () => void) => void frames.push(run);
const draw = () => {
  for (const run of frames.splice(0)) run();
};
const here = (rank: number): Row => ({ rank, isHere: true });
const away = (rank: number): Row => ({ rank, isHere: false });
const byRank = { belongs: ({ isHere }: Row) => isHere, compare: (a: Row, b: Row) => a.rank - b.rank };
const ids = () => order.snapshot().ids.join(' ');
const isStale = () => order.snapshot().isStale;

beforeEach(() => {
  frames = [];
  told = 0;
  rows = new LiveRows<Row>(frame);
  order = new RowOrder(rows, frame, byRank);
  order.subscribe(() => {
    told++;
  });
  rows.replace(
    new Map([
      ['a', here(3)],
      ['b', here(1)],
      ['c', away(0)],
      ['d', here(2)],
    ]),
  );
  draw();
  told = 0;
});

describe('the order of rows', () => {
  it('is that of the arrangement, with those alone that belong there', () => {
    expect(ids()).toBe('b d a');
    expect(isStale()).toBe(false);
  });

  it('stays when a row changes, and is made anew by the beat', () => {
    rows.put('b', here(9));
    expect([ids(), isStale()]).toEqual(['b d a', true]);
    order.beat();
    expect([ids(), isStale()]).toEqual(['d a b', false]);
  });

  it.each(['pointer', 'focus', 'menu'])('stays over the beat while the %s is there', (by) => {
    order.hold(by, true);
    rows.put('b', here(9));
    order.beat();
    expect(ids()).toBe('b d a');
    order.hold(by, false);
    order.beat();
    expect(ids()).toBe('d a b');
  });

  it('is made anew at once when the user asks for another', () => {
    order.hold('focus', true);
    order.arrange({ ...byRank, compare: (a, b) => b.rank - a.rank });
    expect(ids()).toBe('a d b');
  });

  it('takes one that comes at its end, and keeps one that goes until it is made anew', () => {
    rows.put('c', here(0));
    rows.put('d', away(2));
    expect([ids(), isStale()]).toEqual(['b d a c', true]);
    order.beat();
    expect(ids()).toBe('c b a');
  });

  it('loses at once what is gone altogether', () => {
    rows.remove('d');
    expect(ids()).toBe('b a');
  });

  it('is the same after a reading while somebody is there, with new ones at its end', () => {
    order.hold('pointer', true);
    rows.replace(
      new Map([
        ['a', here(1)],
        ['b', here(9)],
        ['e', here(0)],
      ]),
    );
    expect([ids(), isStale()]).toEqual(['b a e', true]);
  });

  it('is told of once for all that happens until the next frame', () => {
    for (let i = 0; i < 500; i++) rows.put(`new ${i}`, here(i));
    expect(told).toBe(0);
    draw();
    expect(told).toBe(1);
    expect(order.snapshot().ids).toHaveLength(503);
    expect(order.snapshot()).toBe(order.snapshot());
  });
});

describe('a row that is drawn', () => {
  it('is told of its own changes alone, once per frame', () => {
    const seen: string[] = [];
    rows.subscribe('a', () => seen.push('a'));
    const leave = rows.subscribe('b', () => seen.push('b'));
    rows.put('a', here(4));
    rows.put('a', here(5));
    rows.put('d', here(6));
    draw();
    expect(seen).toEqual(['a']);
    rows.redraw();
    draw();
    expect(seen).toEqual(['a', 'a', 'b']);
    leave();
    rows.put('b', here(7));
    expect(frames).toHaveLength(0);
    draw();
    expect(seen).toEqual(['a', 'a', 'b']);
  });

  it('is another object when it is to be drawn anew, and the same until then', () => {
    const before = rows.drawn('a');
    rows.subscribe('a', () => {});
    expect(rows.drawn('a')).toBe(before);
    rows.redraw();
    expect(rows.drawn('a')).not.toBe(before);
    expect(rows.get('a')).toBe(before?.row);
  });

  it('keeps what events told while it was read', () => {
    rows.put('a', here(7));
    rows.remove('b');
    rows.replace(
      new Map([
        ['a', here(1)],
        ['b', here(1)],
        ['d', here(8)],
      ]),
      new Set(['a', 'b']),
    );
    expect([...rows.entries()]).toEqual([
      ['a', here(7)],
      ['d', here(8)],
    ]);
  });
});
