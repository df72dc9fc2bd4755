import { expect, it } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { droppable } from './participants.ts';

const others = [
  part('3002', 'ACTIVE'),
  { ...part('15551234', 'HELD'), mediaAddressType: '' },
  part('3004', 'DROPPED'),
  part('3005', 'WRAP_UP'),
];

it('agents who are in the call can be removed, or everybody, where the server lets this agent do it', () => {
  const may = dialog('1', [part(OWN, 'ACTIVE', ['PARTICIPANT_DROP']), ...others]);
  expect(droppable(may, OWN, 'agents')).toEqual(['3002']);
  expect(droppable(may, OWN, 'all')).toEqual(['3002', '15551234']);
  expect(droppable(dialog('1', [part(OWN, 'ACTIVE', ['DROP']), ...others]), OWN, 'all')).toEqual([]);
});
