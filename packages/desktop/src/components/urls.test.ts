import { expect, test } from 'vitest';
import { componentNameOf, pathOf } from './urls.ts';

test.each([
  ['/desktop/scripts/js/callcontrol.js'],
  ['desktop/scripts/js/callcontrol.js'],
  ['/desktop/gadgets/CallControl.jsp?gadgetHeight=200'],
  ['https://localhost:8445/desktop/gadgets/CallControl.jsp'],
])('%s is the call control', (url) => {
  expect(componentNameOf(url)).toBe('call-control');
});

test('anything else is a gadget', () => {
  expect(componentNameOf('/3rdpartygadget/files/callcontrol.js')).toBeNull();
  expect(componentNameOf('https://a.example/desktop/scripts/js/CALLCONTROL.js')).toBeNull();
});

test('old layouts separate parameters with semicolons', () => {
  expect(pathOf('3rdpartygadget/files/a.xml;b=c')).toBe('/3rdpartygadget/files/a.xml');
});
