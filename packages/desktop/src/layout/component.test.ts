import { expect, test } from 'vitest';
import { componentFor, type DesktopComponent, pathOf } from './component.ts';

const callControl: DesktopComponent = {
  name: 'call-control',
  urls: ['/desktop/scripts/js/callcontrol.js', '/desktop/gadgets/CallControl.jsp'],
  title: null,
  Component: () => null,
};

test.each([
  ['/desktop/scripts/js/callcontrol.js'],
  ['desktop/scripts/js/callcontrol.js'],
  ['/desktop/gadgets/CallControl.jsp?gadgetHeight=200'],
  ['https://localhost:8445/desktop/gadgets/CallControl.jsp'],
])('%s is the call control', (url) => {
  expect(componentFor([callControl], url)).toBe(callControl);
});

test('anything else is a gadget', () => {
  expect(componentFor([callControl], '/3rdpartygadget/files/callcontrol.js')).toBeUndefined();
  expect(componentFor([callControl], 'https://a.example/desktop/scripts/js/CALLCONTROL.js')).toBeUndefined();
});

test('old layouts separate parameters with semicolons', () => {
  expect(pathOf('3rdpartygadget/files/a.xml;b=c')).toBe('/3rdpartygadget/files/a.xml');
});
