// BOSH by hand, as scripts of integrations have it: one poll at a time, an answer that did not come is asked for once more.
import { agent, hear, lost, obey, password, present, RETRY_MS } from './desk.mjs';

const { SERVICE, WAIT } = process.env;
const HTTPBIND = 'http://jabber.org/protocol/httpbind';
let rid = 0;
let sid = '';
let leaving = false;

async function post(attributes, content = '') {
  rid += 1;
  const body = `<body rid='${rid}' xmlns='${HTTPBIND}'${sid && ` sid='${sid}'`}${attributes}>${content}</body>`;
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await fetch(SERVICE, {
        method: 'POST',
        headers: { 'content-type': 'text/xml; charset=utf-8' },
        body,
        signal: AbortSignal.timeout((Number(WAIT) + 10) * 1_000),
      });
      const text = await answer.text();
      if (answer.status !== 200 || /^<body[^>]* type=["']terminate/.test(text))
        throw Object.assign(new Error(`status ${answer.status} ${text.slice(0, 200)}`), { final: true });
      return text;
    } catch (error) {
      if (error.final || attempt === 3) throw error;
      await new Promise((done) => setTimeout(done, 500));
    }
  }
}

async function session() {
  rid = Math.floor(Math.random() * 1e9);
  sid = '';
  const stream = ` to='localhost' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'`;
  const created = await post(`${stream} hold='1' wait='${WAIT}' ver='1.6' xml:lang='en'`);
  sid = /\bsid=["']([^"']*)/.exec(created)[1];
  const plain = Buffer.from(`\0${agent}\0${password}`).toString('base64');
  await post('', `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`);
  await post(`${stream} xmpp:restart='true'`);
  const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind>`;
  await post('', `<iq xmlns='jabber:client' type='set' id='bind'>${bind}</iq>`);
  take(await post('', `<presence xmlns='jabber:client'/>`));
  while (!leaving) take(await post(''));
}

function take(text) {
  for (const [stanza] of text.matchAll(/<presence [^>]*>/g))
    present(/from=["']([^"']*)/.exec(stanza)?.[1] ?? '', /type=["']([^"']*)/.exec(stanza)?.[1]);
  hear(text);
}

obey(() => {
  leaving = true;
  rid += 1;
  const body = `<body rid='${rid}' sid='${sid}' type='terminate' xmlns='${HTTPBIND}'/>`;
  return fetch(SERVICE, { method: 'POST', body });
});
while (!leaving) {
  try {
    await session();
  } catch (error) {
    if (leaving) break;
    lost(error);
    await new Promise((done) => setTimeout(done, RETRY_MS));
  }
}
