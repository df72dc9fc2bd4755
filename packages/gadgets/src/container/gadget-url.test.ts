import { expect, test } from 'vitest';
import { gadgetFrameUrl, layoutParameter, onHost, preferencesOf } from './gadget-url.ts';

test('the address names gadget, number, language and preferences, but no credentials', () => {
  const url = gadgetFrameUrl(
    {
      mid: 3,
      gadgetUrl: '/3rdpartygadget/files/a.xml?gadgetHeight=310&x=CL%20Team',
      locale: 'de_DE',
      view: 'default',
      preferences: { id: '1001', teamName: 'A & B', authorization: 'c2VjcmV0', authToken: 'x' },
      securityToken: 'a.b',
      isFresh: true,
      loads: 2,
    },
    'https://h:8445',
  );
  expect(url).toBe(
    '/gadgets/ifr?container=default&mid=3&nocache=1&country=DE&lang=de&view=default&reload=2&up_id=1001&' +
      'up_teamName=A%20%26%20B&parent=https%3A%2F%2Fh%3A8445&st=a.b&' +
      'url=https%3A%2F%2Fh%3A8445%2F3rdpartygadget%2Ffiles%2Fa.xml%3FgadgetHeight%3D310%26x%3DCL%2520Team',
  );
  // What a gadget does: its own query is the layout's, byte for byte.
  expect(new URL(url, 'https://h').searchParams.get('url')).toBe(
    'https://h:8445/3rdpartygadget/files/a.xml?gadgetHeight=310&x=CL%20Team',
  );
});

test('parameters of the layout are parted by & or ;', () => {
  expect(layoutParameter('/a.xml?b=1;gadgetHeight=420', 'gadgetHeight')).toBe('420');
  expect(layoutParameter('/a.xml?b=1&gadgetHeight=420', 'gadgetHeight')).toBe('420');
  expect(layoutParameter('/a.xml', 'gadgetHeight')).toBeNull();
});

test('another host in the place of the first', () => {
  expect(onHost('https://a.test:8444/x.xml?h=a.test', 'b.test')).toBe('https://b.test:8444/x.xml?h=a.test');
});

test('values of the layout win over those that every gadget has', () => {
  const facts = {
    id: '1001',
    host: 'h',
    port: '8445',
    scheme: 'https',
    locale: 'fr_FR',
    extension: '2001',
    mobileAgentMode: '',
    mobileAgentDialNumber: '',
    xmppDomain: 'h.d',
    pubsubDomain: 'pubsub.h.d',
    teamId: '5000',
    teamName: 'Sales',
    firstName: 'A',
    lastName: 'B',
    clientDriftInMillis: 12.4,
    systemAuthMode: 'NON_SSO',
  };
  expect(preferencesOf(facts, { teamName: 'mine', maxDialogLimit: '10' })).toMatchObject({
    id: '1001',
    restHost: 'localhost',
    localhostPort: '8445',
    language: 'fr',
    country: 'FR',
    teamName: 'mine',
    maxDialogLimit: '10',
    clientDriftInMillis: '12',
  });
});
