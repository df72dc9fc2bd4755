import { expect, test } from 'vitest';
import { followPage, PAGE_LINES } from './page-events.ts';

test('leaving and coming back, and whatever may have touched the network, reach the desktop', () => {
  const told: string[] = [];
  const lines: string[] = [];
  let hasCall = false;
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' as DocumentVisibilityState });
  const connection = new EventTarget();
  followPage(
    {
      suspend: () => told.push('suspend'),
      resume: () => told.push('resume'),
      probe: () => told.push('probe'),
      log: (line) => lines.push(line),
    },
    { window, document, connection },
    () => hasCall,
  );
  const hear = (target: EventTarget, type: string, more: object = {}) => {
    told.length = 0;
    target.dispatchEvent(Object.assign(new Event(type), more));
    return told.join(' ');
  };
  expect(hear(window, 'pagehide')).toBe('suspend');
  // The first showing of a page is no return.
  expect(hear(window, 'pageshow', { persisted: false })).toBe('');
  expect(hear(window, 'pageshow', { persisted: true })).toBe('resume');
  const asksFirst = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  expect(asksFirst()).toBe(false);
  hasCall = true;
  expect(asksFirst()).toBe(true);
  expect(hear(window, 'online')).toBe('probe');
  expect(hear(document, 'resume')).toBe('probe');
  expect(hear(connection, 'change')).toBe('probe');
  expect(hear(document, 'visibilitychange')).toBe('');
  document.visibilityState = 'visible';
  expect(hear(document, 'visibilitychange')).toBe('probe');
  expect(lines).toEqual([
    PAGE_LINES.pagehide,
    PAGE_LINES.online,
    PAGE_LINES.resume,
    PAGE_LINES.hidden,
    PAGE_LINES.visible,
  ]);
  hear(document, 'freeze');
  hear(window, 'offline');
  expect(lines.slice(-2)).toEqual([PAGE_LINES.freeze, PAGE_LINES.offline]);
});
