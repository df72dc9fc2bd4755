#!/usr/bin/env node
// `node bench/xml.mjs`: CPU microseconds for each document that the server reads or writes often. Needs the built files.
import { execFileSync } from 'node:child_process';
import { element, escapeText, parse, StreamParser, serialize } from '../packages/xml/dist/index.js';

const fields = [
  'dialogs',
  'extension',
  'firstName',
  'lastName',
  'loginId',
  'loginName',
  'mediaType',
  'pendingState',
];
const more = [
  'reasonCodeId',
  'skillTargetId',
  'state',
  'stateChangeTime',
  'teamId',
  'teamName',
  'uri',
  'wrapUpTimer',
];
const user = [...fields, ...more].map((name) => `<${name}>/finesse/api/User/2001</${name}>`).join('');
const update = `<Update><data><user>${user}<roles><role>Agent</role></roles></user></data><event>PUT</event><requestId>8c1bd6c5-1b3f</requestId><source>/finesse/api/User/2001</source></Update>`;
const poll = "<body rid='1573741821' sid='a1b2c3d4e5' xmlns='http://jabber.org/protocol/httpbind'/>";
const iq =
  "<iq type='set' to='pubsub.localhost' id='s1'><pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/finesse/api/User/2001' jid='2001@localhost'/></pubsub></iq>";
const push = `<body xmlns='http://jabber.org/protocol/httpbind'><message xmlns='jabber:client'>${escapeText(update)}</message></body>`;
const header =
  "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
const bytes = (text) => new TextEncoder().encode(text);

const parsing = (text) => {
  const input = bytes(text);
  return { size: input.length, run: () => parse(input) };
};
const CASES = {
  'parse Update': () => parsing(update),
  'parse BOSH poll': () => parsing(poll),
  'parse BOSH push': () => parsing(push),
  'stream iq': () => {
    const parser = new StreamParser({ open() {}, element() {}, close() {}, error() {} });
    parser.write(bytes(header));
    const input = bytes(iq);
    return { size: input.length, run: () => parser.write(input) };
  },
  'serialize Update': () => {
    const tree = parse(update);
    return { size: update.length, run: () => serialize(tree) };
  },
  'escape Update': () => ({ size: update.length, run: () => escapeText(update) }),
  'escape plain text': () => ({ size: 12, run: () => escapeText('Minnies_Team') }),
  'make an iq': () => ({
    size: 0,
    run: () => element('iq', 'jabber:client', { type: 'result', id: 'abc', to: '2001@localhost/x' }, []),
  }),
};

const [, script, wanted] = process.argv;
if (wanted === '--help') {
  console.log(`usage: node bench/xml.mjs [CASE]\n  cases: ${Object.keys(CASES).join(', ')}`);
} else if (wanted === undefined) {
  // Each in a process of its own: what one teaches the compiler must not help or harm the next.
  for (const name of Object.keys(CASES)) process.stdout.write(execFileSync(process.execPath, [script, name]));
} else {
  const { size, run } = CASES[wanted]();
  const rounds = 20_000;
  let best = Infinity;
  for (let trial = 0; trial < 9; trial++) {
    const start = process.cpuUsage();
    for (let i = 0; i < rounds; i++) run();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / rounds);
  }
  console.log(`${wanted.padEnd(20)} ${String(size).padStart(5)} bytes ${best.toFixed(2).padStart(8)} µs`);
}
