import { expect, test } from 'vitest';
import { agent, TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import { testPresenter } from '../../test/centre/test-presenter.ts';
import { AgentBook } from '../domain/agents.ts';
import type { Profile } from '../domain/profile.ts';
import { updateOf } from './update.ts';

function centre(profile: Profile, data = TEST_DATA) {
  const directory = new TestDirectorySource(data);
  const agents = new AgentBook(profile.deployment);
  return { agents, directory, presenter: testPresenter({ directory, agents, profile }) };
}

const state = (name: 'READY' | 'NOT_READY' | 'LOGOUT', at: string, more: object = {}) =>
  ({
    type: 'state',
    state: name,
    reasonCode: 0,
    extension: undefined,
    pendingState: undefined,
    at: Date.parse(at),
    ...more,
  }) as const;

test('release 9.1 answers GET of a signed-out user as the sign-in trace shows it', () => {
  const { presenter, directory } = centre({ release: '9.1', deployment: 'CCE' });
  const source = presenter.userSource(directory.current.user('2001')!);
  expect(presenter.user.document(source)).toBe(`<User>
  <dialogs>/finesse/api/User/2001/Dialogs</dialogs>
  <extension></extension>
  <firstName>Mickey</firstName>
  <lastName>Mouse</lastName>
  <loginId>2001</loginId>
  <loginName>mmouse</loginName>
  <roles>
    <role>Agent</role>
  </roles>
  <state>LOGOUT</state>
  <stateChangeTime></stateChangeTime>
  <teamId>5000</teamId>
  <teamName>Minnies_Team</teamName>
  <uri>/finesse/api/User/2001</uri>
</User>`);
});

test('release 11.6 publishes READY byte for byte as the http-bind capture shows it', () => {
  const isaac = agent('47483648', 'isaac', 'Isaac', 'Newton', 5000);
  const teams = [{ ...TEST_DATA.teams[1]!, id: 5000 }];
  const { presenter, agents, directory } = centre(
    { release: '11.6', deployment: 'CCE' },
    { ...TEST_DATA, users: [isaac], teams },
  );
  agents.apply('47483648', state('READY', '2019-01-11T23:56:54.783Z', { extension: '10005' }));
  const data = presenter.user.event(presenter.userSource(directory.current.user('47483648')!));
  const envelope = {
    event: 'PUT',
    requestId: '07f14a42-6b3c-4855-a4c9-af50ab5e7cc6',
    source: '/finesse/api/User/47483648',
  } as const;
  expect(updateOf(data, envelope)).toBe(`<Update>
<data>
<user>
<dialogs>/finesse/api/User/47483648/Dialogs</dialogs>
<extension>10005</extension>
<firstName>Isaac</firstName>
<lastName>Newton</lastName>
<loginId>47483648</loginId>
<loginName>isaac</loginName>
<mediaType>1</mediaType>
<pendingState></pendingState>
<roles>
<role>Agent</role>
</roles>
<settings>
<wrapUpOnIncoming>OPTIONAL</wrapUpOnIncoming>
</settings>
<state>READY</state>
<stateChangeTime>2019-01-11T23:56:54.783Z</stateChangeTime>
<teamId>5000</teamId>
<teamName>Maths</teamName>
<uri>/finesse/api/User/47483648</uri>
</user>
</data>
<event>PUT</event>
<requestId>07f14a42-6b3c-4855-a4c9-af50ab5e7cc6</requestId>
<source>/finesse/api/User/47483648</source>
</Update>`);
});

test('release 11.6 answers GET of a signed-in user with the 619 bytes that the capture shows in one chunk', () => {
  const isaac = agent('47483648', 'isaac', 'Isaac', 'Newton', 5000);
  const teams = [{ ...TEST_DATA.teams[1]!, id: 5000 }];
  const { presenter, agents, directory } = centre(
    { release: '11.6', deployment: 'CCE' },
    { ...TEST_DATA, users: [isaac], teams },
  );
  agents.apply('47483648', state('NOT_READY', '2019-01-11T23:56:54.783Z', { extension: '10005' }));
  const document = presenter.user.document(presenter.userSource(directory.current.user('47483648')!));
  // The capture counts 631: the length line `26b`, the end of the chunk and the closing chunk are 12.
  expect(Buffer.byteLength(document)).toBe(0x26b);
});

test('release 12.6 prints the reason, the wrap-up time and the teams of a supervisor, in alphabetical order', () => {
  const { presenter, agents, directory } = centre({ release: '12.6', deployment: 'CCE' });
  agents.apply('2050', state('NOT_READY', '2023-01-13T11:07:11.466Z', { extension: '2005', reasonCode: 20 }));
  const document = presenter.user.document(presenter.userSource(directory.current.user('2050')!));
  const names = [...document.matchAll(/^ {2}<(\w+)>/gm)].map(([, name]) => name!);
  expect(names).toEqual([...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
  expect(document).toContain(`  <reasonCode>
    <category>NOT_READY</category>
    <code>20</code>
    <forAll>false</forAll>
    <id>13</id>
    <label>Lunch</label>
    <systemCode>false</systemCode>
    <uri>/finesse/api/ReasonCode/13</uri>
  </reasonCode>
  <reasonCodeId>13</reasonCodeId>
`);
  expect(document).toContain(`  <teams>
    <Team>
      <id>5000</id>
      <name>Minnies_Team</name>
      <uri>/finesse/api/Team/5000</uri>
    </Team>
  </teams>
`);
  expect(document).toContain('  <wrapUpTimer>30</wrapUpTimer>\n</User>');
});

test('a reason that no record explains is printed as -1, without the group', () => {
  const { presenter, agents, directory } = centre({ release: '11.6', deployment: 'CCE' });
  agents.apply('2001', state('NOT_READY', '2023-01-13T11:07:11.466Z', { reasonCode: 50002 }));
  const document = presenter.user.document(presenter.userSource(directory.current.user('2001')!));
  expect(document).toContain('<reasonCodeId>-1</reasonCodeId>');
  expect(document).not.toContain('<reasonCode>');
});

test('names with markup and characters illegal in XML are escaped and replaced', () => {
  const odd = agent('2001', 'odd', 'A\u0000<b>', '\ud800&', 5000);
  const { presenter, directory } = centre(
    { release: '11.6', deployment: 'CCE' },
    { ...TEST_DATA, users: [odd] },
  );
  const document = presenter.user.document(presenter.userSource(directory.current.user('2001')!));
  expect(document).toContain('<firstName>A\ufffd&lt;b&gt;</firstName>');
  expect(document).toContain('<lastName>\ufffd&amp;</lastName>');
});

test('CCX prints no mobile agent and tells the media state inside the team', () => {
  const { presenter, directory } = centre({ release: '11.6', deployment: 'CCX' });
  const source = presenter.userSource(directory.current.user('2001')!);
  expect(presenter.summary.document(source)).toContain('<mediaState>IDLE</mediaState>');
  expect(presenter.user.document(source)).not.toContain('mediaState');
});

test('a state that the system chose tells its reason, from 11.6 on', () => {
  const printed = (release: Profile['release']) => {
    const { presenter, agents, directory } = centre({ release, deployment: 'CCE' });
    agents.apply('3001', state('NOT_READY', '2019-01-11T23:56:54.783Z', { reasonCode: 32767 }));
    return presenter.user.document(presenter.userSource(directory.current.user('3001')!));
  };
  expect(printed('11.6')).toContain(`  <reasonCode>
    <category>NOT_READY</category>
    <code>32767</code>
    <forAll>true</forAll>
    <id>90</id>
    <label>Call Not Answered</label>
    <uri>/finesse/api/ReasonCode/90</uri>
  </reasonCode>
  <reasonCodeId>90</reasonCodeId>
`);
  expect(printed('9.1')).toContain('<reasonCodeId>-1</reasonCodeId>');
  expect(printed('9.1')).not.toContain('<reasonCode>');
});
