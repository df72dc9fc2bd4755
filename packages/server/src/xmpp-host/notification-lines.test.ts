import { expect, test } from 'vitest';
import {
  activeLine,
  consumeLine,
  idleClosedLine,
  receivedLine,
  routedLine91,
  sessionClosedLine,
  statsLine,
  unroutableLine,
} from './notification-lines.ts';
import { prettyPresence } from './pretty-presence.ts';

const JID = '1001003@fin.example.com/desktop';

test('the lines of the disconnect trace', () => {
  expect(receivedLine('3445afbe', '<body sid="3445afbe" rid="164853266"/>')).toBe(
    'HTTPBindLog: HTTP RECV(3445afbe): <body sid="3445afbe" rid="164853266"/>',
  );
  expect(activeLine('f382a015', 63231.4, JID)).toBe(
    `Session (id=f382a015) was last active 63231 ms ago: ${JID}`,
  );
  expect(idleClosedLine('f382a015', JID, 60)).toBe(
    `Closing idle session (id=f382a015): ${JID} after being inactive for more than threshold value of 60`,
  );
  expect(sessionClosedLine(JID)).toBe(`A session is being closed for ${JID}`);
  expect(statsLine(1492185866851, JID, 4, 0, 0, 3748)).toBe(
    `time=1492185866851,JID=${JID},msgs_sent=4,msgs_queue=0,msgs_drop=0,bytes_sent=3748`,
  );
  expect(unroutableLine('<message/>')).toBe(
    'Unable to route packet. No session is available so store offline. <message/>',
  );
  expect(routedLine91('<message from="pubsub.d" to="2001@d" id="x"/>')).toBe(
    'RoutingTableImpl: Failed to route packet to JID: 2001@d/User packet: <message from="pubsub.d" to="2001@d/User" id="x"/>',
  );
  expect(consumeLine('3445afbe', JID, 3, '<presence/>', 164853266)).toMatch(
    /^consumeResponse: org\.jivesoftware\.openfire\.http\.HttpSession@[0-9a-f]+ status: 3 address: 1001003@fin\.example\.com\/desktop id: 3445afbe presence: \n<presence from="1001003@fin\.example\.com\/desktop"\/> rid: 164853266$/,
  );
});

test('a presence is printed with its address, an element on each line', () => {
  const caps =
    '<c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="http://jabber.cisco.com/caxl" ver="V="/>';
  expect(prettyPresence(`<presence>${caps}</presence>`, JID).split('\n')).toEqual([
    `<presence from="${JID}">`,
    `  ${caps}`,
    '</presence>',
  ]);
  expect(
    prettyPresence(
      '<presence xmlns="jabber:client" id="&quot;1"><status> a\n b&lt; </status><x><y/>t</x></presence>',
      '2001@d',
    ).split('\n'),
  ).toEqual([
    '<presence from="2001@d" id="&quot;1">',
    '  <status>a b&lt;</status>',
    '  <x>',
    '    <y/>',
    '    t',
    '  </x>',
    '</presence>',
  ]);
  expect(prettyPresence('', '2001@d')).toBe('<presence type="unavailable"/>');
  expect(prettyPresence('<presence><stat...', '2001@d')).toBe('<presence><stat...');
});
