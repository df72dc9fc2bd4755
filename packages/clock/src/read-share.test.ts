import { expect, test } from 'vitest';
import { READ_SHARE_BYTES, ReadShare, type SharedReader } from './read-share.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A reader that notes the lengths of what it reads, and when it is paused. */
function recorder(
  divisible: boolean,
  wants: (lengths: readonly (number | string)[]) => boolean = () => true,
) {
  const seen: (number | string)[] = [];
  const reader: SharedReader = {
    divisible,
    read: (piece) => {
      seen.push(piece.length);
      return wants(seen);
    },
    pause: () => void seen.push('pause'),
    resume: () => void seen.push('resume'),
  };
  const clock = new VirtualClock();
  return {
    seen,
    share: new ReadShare(reader, (goOn) => void clock.schedule(0, goOn)),
    nextTurn: () => clock.runNext(),
  };
}

test('what a desktop sends is read at once and as it came', () => {
  const { seen, share } = recorder(true);
  share.take(new Uint8Array(100));
  share.take(new Uint8Array(2_000));
  expect(seen).toEqual([100, 2_000]);
});

test('a flood is read one share a turn, in order, and the socket rests meanwhile', () => {
  const { seen, share, nextTurn } = recorder(true);
  share.take(new Uint8Array(2 * READ_SHARE_BYTES + 5));
  share.take(new Uint8Array(7));
  expect(seen).toEqual([READ_SHARE_BYTES, 'pause']);
  nextTurn();
  expect(seen.splice(0)).toEqual([READ_SHARE_BYTES, 'pause', READ_SHARE_BYTES]);
  nextTurn();
  expect(seen).toEqual([5, 7, 'resume']);
});

test('frames are read whole, and an empty one is work, too', () => {
  const { seen, share, nextTurn } = recorder(false);
  for (let i = 0; i < 1_000; i++) share.take(new Uint8Array(0));
  expect(seen).toEqual([...Array(128).fill(0), 'pause']);
  seen.length = 0;
  share.take(new Uint8Array(20_000));
  for (let turn = 0; turn < 8; turn++) nextTurn();
  expect(seen.filter((entry) => entry === 0)).toHaveLength(872);
  expect(seen.slice(-2)).toEqual([20_000, 'resume']);
});

test('what came behind STARTTLS in clear, or behind the end, is not read', () => {
  const { seen, share, nextTurn } = recorder(true, (lengths) => lengths.length < 3);
  share.take(new Uint8Array(3 * READ_SHARE_BYTES));
  share.take(new Uint8Array(9));
  nextTurn();
  expect(seen).toEqual([READ_SHARE_BYTES, 'pause', READ_SHARE_BYTES, 'resume']);
});
