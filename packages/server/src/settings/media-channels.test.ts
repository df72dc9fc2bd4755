import { expect, it } from 'vitest';
import { mediaChannels } from './parsers.ts';

it('media are numbers with a name, none twice, and are printed as they are written', () => {
  const chat = [
    { id: '5001', name: 'Chat' },
    { id: '5002', name: 'E-mail: all' },
  ];
  expect(mediaChannels.parse('5001:Chat, 5002:E-mail: all')).toEqual(chat);
  expect(mediaChannels.print(chat)).toBe('5001:Chat,5002:E-mail: all');
  expect(mediaChannels.parse('')).toEqual([]);
  for (const wrong of ['5001', 'a:b', '5001:', '5001:a,5001:b', `1:${'x'.repeat(65)}`])
    expect(mediaChannels.parse(wrong), wrong).toBeUndefined();
});
