import { beforeEach, expect, test } from 'vitest';
import { leadWaitingRequests, NODE_OF_PAGE, type WaitingFrame } from './sync-requests.ts';

const OWN = 'http://a.example:8082';
const OTHER = 'http://b.example:8082';

let node: unknown;
let opened: unknown[][];
beforeEach(() => {
  node = OTHER;
  opened = [];
});

/** @param parent the page */
function requestOf(parent: unknown = { [NODE_OF_PAGE]: () => node }): XMLHttpRequest {
  class Request {
    open(...args: unknown[]) {
      opened.push(args);
    }
  }
  leadWaitingRequests({
    parent,
    location: { origin: OWN },
    document: { baseURI: `${OWN}/3rdpartygadget/files/x.xml` },
    XMLHttpRequest: Request as unknown as WaitingFrame['XMLHttpRequest'],
  });
  return new Request() as unknown as XMLHttpRequest;
}

test.each([
  ['note.txt?a=1', `${OTHER}/3rdpartygadget/files/note.txt?a=1`],
  ['/finesse/api/User/3001', `${OTHER}/finesse/api/User/3001`],
  [`${OWN}/finesse/api/User/3001`, `${OTHER}/finesse/api/User/3001`],
  ['https://crm.example/x', 'https://crm.example/x'],
  [`${OTHER}/x`, `${OTHER}/x`],
  ['/desktop/sso/token', '/desktop/sso/token'],
  ['http://[', 'http://['],
])('what a gadget waits for at %s goes to %s', (asked, to) => {
  requestOf().open('PUT', asked, false, 'user', 'password');
  expect(opened).toEqual([['PUT', to, false, 'user', 'password']]);
});

test('what it does not wait for is left to the service worker', () => {
  const request = requestOf();
  request.open('GET', 'note.txt');
  request.open('GET', 'note.txt', true);
  expect(opened).toEqual([
    ['GET', 'note.txt'],
    ['GET', 'note.txt', true],
  ]);
});

test.each([
  ['works with its own node', { [NODE_OF_PAGE]: () => OWN }],
  ['has nobody signed in', { [NODE_OF_PAGE]: () => undefined }],
  ['tells nothing', {}],
  [
    'is of another origin',
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('SecurityError');
        },
      },
    ),
  ],
])('nothing is led anywhere where the page %s', (_what, parent) => {
  requestOf(parent).open('GET', 'note.txt', false);
  expect(opened).toEqual([['GET', 'note.txt', false]]);
});
